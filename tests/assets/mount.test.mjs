import assert from "node:assert/strict";
import { test } from "node:test";

import { fill } from "../../assets/components/kit/dom.js";
import { mounted, Unsaved } from "../../assets/components/kit/mount.js";

class Kind {
  constructor(root) {
    this.root = root;
    this.heard = [];
    Kind.made.push(this);
  }

  receive(data) { this.heard.push(data); }

  leave() { this.left = true; }
}

function stage(how) {
  Kind.made = [];
  const sent = [], mount = mounted(Kind, how), inner = {};
  const place = { querySelector: selector => selector === ".inner" ? inner : null };
  const show = (data, parentElement = place) => mount({
    parentElement, data,
    setTriggerValue: (event, value) => sent.push(["trigger", event, value]),
    setStateValue: (event, value) => sent.push(["state", event, value]),
  });
  return { sent, place, inner, show };
}

test("a place has one picture, however often data comes", () => {
  const { place, show } = stage({ trigger: "told" });
  show(1);
  show(2);
  assert.equal(Kind.made.length, 1);
  assert.equal(Kind.made[0].root, place);
  assert.deepEqual(Kind.made[0].heard, [1, 2]);
  show(3, { querySelector: () => null });
  assert.equal(Kind.made.length, 2);
});

test("only the last caller ends it; then the place is free again", () => {
  const { show } = stage({ trigger: "told" });
  const first = show(1), second = show(2);
  first(); // as Streamlit does when data changes twice at once
  assert.equal(Kind.made[0].left, undefined);
  second();
  assert.equal(Kind.made[0].left, true);
  show(3);
  assert.equal(Kind.made.length, 2);
});

test("what it sends is the event it was mounted with", () => {
  for (const kind of ["trigger", "state"]) {
    const { sent, inner, show } = stage({ selector: ".inner", [kind]: "told" });
    show(1);
    Kind.made[0].send("x");
    assert.deepEqual(sent, [[kind, "told", "x"]]);
    assert.equal(Kind.made[0].root, inner);
  }
});

test("Python's word counts, except over what is held or has just been let go of", () => {
  let now = 0;
  const unsaved = new Unsaved(() => now);
  const seen = n => ({ mount: unsaved.mount, n });
  assert.equal(unsaved.stands("gamma", undefined), false);
  unsaved.hold("gamma");
  now = 1e9; // held for however long
  assert.equal(unsaved.stands("gamma", seen(5)), true);
  assert.deepEqual(unsaved.letGo(["gamma"]), seen(1));
  assert.equal(unsaved.stands("gamma", undefined), true);
  assert.equal(unsaved.stands("beta", undefined), false);
  assert.equal(unsaved.stands("gamma", { mount: "another", n: 7 }), true);
  assert.equal(unsaved.some(), true);
  assert.equal(unsaved.some(["beta"]), false);
  assert.equal(unsaved.stands("gamma", seen(1)), false);
  assert.equal(unsaved.some(), false);
});

test("an answer to an older value is none, and who waits too long is forgotten", () => {
  let now = 0;
  const unsaved = new Unsaved(() => now);
  unsaved.letGo(["z"]);
  unsaved.letGo(["z", "example"]);
  assert.equal(unsaved.stands("z", { mount: unsaved.mount, n: 1 }), true);
  now = 14_999;
  assert.equal(unsaved.stands("z", null), true);
  now = 15_001;
  assert.equal(unsaved.stands("z", null), false);
});

test("a field can go back to as it was", () => {
  const unsaved = new Unsaved(() => 0);
  const free = unsaved.keep("z");
  unsaved.letGo(["z"]);
  const waiting = unsaved.keep("z");
  unsaved.hold("z");
  waiting();
  assert.equal(unsaved.fields.z.n, 1);
  free();
  assert.equal(unsaved.some(), false);
});

test("tokens are filled in; one that nobody knows stays", () => {
  assert.equal(fill("{a} of {b}, {c}", { a: 0, b: "x" }), "0 of x, {c}");
});
