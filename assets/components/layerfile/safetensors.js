// @ts-check
/* A safetensors file: a length, as much JSON, and the bytes of all arrays. */

import { numbersIn, sizeOf } from "./numbers.js";
import { count, MOST, Refused } from "./refused.js";

/** @type {Record<string, string>} */
const KINDS = { F64: "f8", F32: "f4", F16: "f2", BF16: "bf16", I64: "i8", I32: "i4", I16: "i2", I8: "i1", U8: "u1" };

/**
 * Names, and how each is read; what stands beside them as text counts as numbers of no axis.
 * @param {Uint8Array} bytes
 */
export function safetensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  if (length > MOST.header) throw new Refused("not_safetensors");
  if (8 + length > bytes.length) throw new Refused("truncated_file");
  const head = parsed(bytes.subarray(8, 8 + length)), data = bytes.subarray(8 + length);
  const { __metadata__: about, ...tensors } = head;
  if (Object.keys(tensors).length > MOST.names) throw new Refused("many_names", { most: MOST.names });
  /** @type {Map<string, () => import("./npy.js").Numbers>} */
  const found = new Map();
  const collate = new Intl.Collator("en", { numeric: true });
  for (const name of Object.keys(tensors).sort(collate.compare)) found.set(name, () => tensor(tensors[name], data, name));
  for (const [name, text] of Object.entries(about ?? {})) {
    if (typeof text === "string" && text.trim() && Number.isFinite(Number(text))) found.set(name, () => ({ shape: [], values: Float64Array.of(Number(text)) }));
  }
  return found;
}

/** @param {Uint8Array} text */
function parsed(text) {
  try {
    const head = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
    if (head && typeof head === "object" && !Array.isArray(head)) return head;
  } catch { /* said below */ }
  throw new Refused("not_safetensors");
}

/** @param {any} about @param {Uint8Array} data @param {string} name */
function tensor(about, data, name) {
  const kind = Object.hasOwn(KINDS, about?.dtype ?? "") ? KINDS[about.dtype] : "";
  if (!kind) throw new Refused("kind", { name });
  const { shape, data_offsets: offsets } = about;
  if (!Array.isArray(shape) || !Array.isArray(offsets) || offsets.length !== 2) throw new Refused("not_safetensors");
  const many = count(shape, name), [from, to] = offsets;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from || to - from !== many * sizeOf(kind)) throw new Refused("shape", { name });
  if (to > data.length) throw new Refused("truncated", { name });
  return { shape, values: numbersIn(data.subarray(from, to), kind, many, true, name) };
}
