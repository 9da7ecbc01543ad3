import assert from "node:assert/strict";
import { test } from "node:test";

import { range } from "../../assets/components/lanes/range.js";

const many = (n, value) => Array.from({ length: n }, () => value);

test("a lane shows all its bars, kept and of the batch", () => {
  const [low, high] = range({ mean: [0, 2], sd: [1, 1], batch: { mean: [5, 0], sd: [1, 3] } });
  assert.ok(low < -3 && low > -4 && high > 6 && high < 7);
});

test("the few that reach far beyond the others are cut off, in a lane of many", () => {
  const [, high] = range({ mean: [...many(199, 0), 1e6], sd: many(200, 1), batch: null });
  assert.ok(high < 2);
});

test("what is no number is no bar, and a lane of nothing still has an axis", () => {
  assert.deepEqual(range({ mean: [null, 1], sd: [2, null], batch: null }), [-1, 1]);
  const [low, high] = range({ mean: [3, 3], sd: [0, 0] });
  assert.ok(low < 3 && high > 3);
});
