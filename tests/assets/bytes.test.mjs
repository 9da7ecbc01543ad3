import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

import { inflate, split } from "../../assets/components/kit/bytes.js";
import { undo } from "../../assets/components/replay/run.js";

test("what Python says comes before the bytes, wherever they lie in memory", () => {
  const head = Buffer.from(JSON.stringify({ words: "여기" })), length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const whole = Buffer.concat([Buffer.from([9, 9, 9]), length, head, Buffer.from([1, 2, 3])]);
  const [said, rest] = split(new Uint8Array(whole).subarray(3));
  assert.deepEqual([said, [...rest]], [{ words: "여기" }, [1, 2, 3]]);
});

test("what is compressed has a line of its own about itself", async () => {
  const body = Buffer.from([10, 0, 255]); // the first is a line's end, too
  const [said, rest] = await inflate(deflateSync(Buffer.concat([Buffer.from('{"frames": 2}\n'), body])));
  assert.deepEqual([said, [...rest]], [{ frames: 2 }, [...body]]);
});

test("differences along time are summed, series by series", () => {
  // two series of three frames: 1, 0, 300 and -1, -1, 2 as 2, 1, 600 and 1, 0, 6; low bytes, then high ones
  const bytes = Uint8Array.from([2, 1, 600 & 255, 1, 0, 6, 0, 0, 600 >> 8, 0, 0, 0]);
  assert.deepEqual([...undo(bytes, 3, 6, 2, "int")], [1, -1, 0, -1, 300, 2]);
});
