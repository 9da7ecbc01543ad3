// @ts-check
/* One array of NumPy's: a header that says kind, order and shape, and its bytes. Objects would have to be unpickled, so
   that they could run what they like: they are refused by their header. */

import { byRows, numbersIn, sizeOf } from "./numbers.js";
import { count, Refused } from "./refused.js";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], LONGEST = 10000; // characters of a header, as NumPy itself reads

/** @typedef {{ shape: number[], values: Float64Array }} Numbers */

/**
 * @param {Uint8Array} bytes
 * @param {string} name
 * @returns {Numbers}
 */
export function npy(bytes, name) {
  if (bytes.length < 12 || MAGIC.some((byte, k) => bytes[k] !== byte)) throw new Refused("not_npy", { name });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), wide = bytes[6] > 1;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true), from = wide ? 12 : 10;
  if (length > LONGEST) throw new Refused("not_npy", { name });
  if (from + length > bytes.length) throw new Refused("truncated", { name });
  const header = new TextDecoder("latin1").decode(bytes.subarray(from, from + length));
  const { kind, little, columns, shape } = described(header, name);
  const many = count(shape, name), values = numbersIn(bytes.subarray(from + length), kind, many, little, name);
  return { shape, values: columns && shape.length > 1 ? byRows(values, shape) : values };
}

/** @param {string} header @param {string} name */
function described(header, name) {
  const descr = /'descr':\s*'([^']{1,16})'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const axes = /'shape':\s*\(([\d,\sL]{0,200})\)/.exec(header)?.[1];
  if (descr && /^.?O/.test(descr)) throw new Refused("objects", { name });
  const kind = /^[<>|=]?([fiu][1248])$/.exec(descr ?? "")?.[1];
  if (!kind || !sizeOf(kind)) throw new Refused("kind", { name });
  if (!order || axes === undefined) throw new Refused("not_npy", { name });
  const shape = axes.split(",").map(axis => axis.replace("L", "").trim()).filter(Boolean).map(Number);
  return { kind, little: !descr?.startsWith(">"), columns: order === "True", shape };
}
