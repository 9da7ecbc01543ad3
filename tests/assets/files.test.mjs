import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { contents, read } from "../../assets/components/intake/contents.js";
import { forget, keep, keepShow, recall } from "../../assets/components/progress/store.js";

// ---------------------------------------------------------------- a file of the visitor's own

const bytes = (...parts) => new Uint8Array(Buffer.concat(parts.map(part => Buffer.from(part))));

test("text is read in whatever it was written", () => {
  const wide = Buffer.from("1.5, 2\n3", "utf16le");
  assert.equal(read(bytes("1.5, 2\n3")), "1.5, 2\n3");
  assert.equal(read(bytes([0xef, 0xbb, 0xbf], "1")), "1");
  assert.equal(read(bytes([0xff, 0xfe], wide)), "1.5, 2\n3");
  assert.equal(read(bytes(wide)), "1.5, 2\n3");
  assert.equal(read(bytes([0xfe, 0xff], Buffer.from(wide).swap16())), "1.5, 2\n3");
  assert.equal(read(bytes(Buffer.from(wide).swap16())), "1.5, 2\n3");
  assert.equal(read(bytes([0xb0, 0xaa], ",1")), "값,1"); // CP949
  assert.equal(read(bytes([0xe9], " 5")), "é 5"); // Windows
});

test("what is no text is refused, and what is too big never opened", async () => {
  assert.equal(read(bytes([1, 0, 0, 7, 0])), null);
  assert.deepEqual(await contents(new Blob([bytes([0x89], "PNG\r\n", [0x1a], "\n")]), 100), { error: "not_text" });
  assert.deepEqual(await contents(new Blob(["1 2"]), 3), { text: "1 2" });
  const big = { size: 4, arrayBuffer: () => assert.fail("it was opened") };
  assert.deepEqual(await contents(big, 3), { error: "too_big", size: 4 });
});

// ---------------------------------------------------------------- what a browser keeps of the visitor's way

let kept;
beforeEach(() => {
  kept = {};
  globalThis.localStorage = {
    getItem: name => kept[name] ?? null, setItem: (name, text) => { kept[name] = text; }, removeItem: name => { delete kept[name]; },
  };
});

const NOTHING = { last: null, done: {}, at: {}, show: null };

test("steps are kept once each, with the place, and forgotten together", () => {
  keep("noise", null, null);
  keep("noise", "size", "size");
  keep("noise", "size", "law");
  keep("why", "sooner", null);
  const all = { last: "why", done: { noise: ["size"], why: ["sooner"] }, at: { noise: "law" }, show: null };
  assert.deepEqual(recall(), all);
  forget();
  assert.deepEqual(recall(), NOTHING);
});

test("how lessons are looked at outlives what was seen there", () => {
  keepShow("everything");
  keep("why", "cats", "cats");
  assert.equal(recall().show, "everything");
  forget();
  assert.deepEqual(recall(), { ...NOTHING, show: "everything" });
  keepShow("asked");
  forget();
  assert.equal(kept["batch-norm-lab"], undefined);
});

test("whatever else stands in its place counts as nothing", () => {
  const texts = [
    "", "no JSON", "null", "[]", "7", '{"done": []}', '{"done": {"noise": "size"}, "last": {}, "at": [], "show": 1}',
    `{"last": "${"x".repeat(65)}"}`, '{"at": {"noise": 1}}',
  ];
  for (const text of texts) {
    kept["batch-norm-lab"] = text;
    assert.deepEqual(recall(), NOTHING, text);
  }
  kept["batch-norm-lab"] = '{"last": "why", "done": {"why": [1, "sooner", {}]}, "at": {"why": "cats"}}';
  assert.deepEqual(recall(), { last: "why", done: { why: ["sooner"] }, at: { why: "cats" }, show: null });
});

test("a browser that keeps nothing stops nobody", () => {
  globalThis.localStorage = new Proxy({}, { get: () => { throw new Error("SecurityError"); } });
  keep("why", null, null);
  keepShow("everything");
  forget();
  assert.deepEqual(recall(), NOTHING);
});
