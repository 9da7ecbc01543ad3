// What runs of the app call on the page: in the order in which they were said.
import assert from "node:assert/strict";
import { test } from "node:test";

import { hear } from "../../assets/components/kit/hear.js";

test("what is mounted once more after something later is not heard", () => {
  const kept = [], lab = { hear, keep: (...what) => kept.push(what) };
  lab.hear("scene", 10, [["keep", "noise", "draw"]]);
  lab.hear("scene", 12, [["keep", "noise", "kinds"]]);
  lab.hear("scene", 10, [["keep", "noise", "draw"]]);
  lab.hear("claim", 11, [["keep", "why", "sooner"]]);
  assert.deepEqual(kept, [["noise", "draw"], ["noise", "kinds"], ["why", "sooner"]]);
});

test("a page from before an update leaves out what it does not know", () => {
  const kept = [], lab = { hear, keep: what => kept.push(what) };
  lab.hear("other", 1, [["unheard", 1], ["keep", 2]]);
  assert.deepEqual(kept, [2]);
});
