// @ts-check
/* Numbers of any plain kind, from bytes. */

import { Refused } from "./refused.js";

/** @param {number} bits of half precision */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1, power = (bits >> 10) & 31, rest = bits & 1023;
  if (power === 31) return rest ? NaN : sign * Infinity;
  return sign * (power ? 2 ** (power - 15) * (1 + rest / 1024) : 2 ** -14 * rest / 1024);
}

const four = new DataView(new ArrayBuffer(4));
/** @param {number} bits the upper two bytes of single precision */
function brain(bits) {
  four.setUint32(0, bits << 16 >>> 0);
  return four.getFloat32(0);
}

/**
 * By kind: how many bytes, and how one is read.
 * @type {Record<string, [number, (view: DataView, at: number, little: boolean) => number]>}
 */
const KINDS = {
  f2: [2, (view, at, little) => half(view.getUint16(at, little))], bf16: [2, (view, at, little) => brain(view.getUint16(at, little))],
  f4: [4, (view, at, little) => view.getFloat32(at, little)], f8: [8, (view, at, little) => view.getFloat64(at, little)],
  i1: [1, (view, at) => view.getInt8(at)], u1: [1, (view, at) => view.getUint8(at)],
  i2: [2, (view, at, little) => view.getInt16(at, little)], u2: [2, (view, at, little) => view.getUint16(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)], u4: [4, (view, at, little) => view.getUint32(at, little)],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))], u8: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
};

/** Bytes of one number. @param {string} kind */
export const sizeOf = kind => KINDS[kind]?.[0] ?? 0;

/**
 * So many of them; there must be exactly as many bytes.
 * @param {Uint8Array} bytes
 * @param {string} kind
 * @param {number} many
 * @param {boolean} little which end comes first
 * @param {string} name
 */
export function numbersIn(bytes, kind, many, little, name) {
  const [size, read] = KINDS[kind];
  if (bytes.length !== many * size) throw new Refused("truncated", { name });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), found = new Float64Array(many);
  for (let k = 0; k < many; k++) found[k] = read(view, k * size, little);
  return found;
}

/**
 * The same in the order of rows, where they were stored by columns.
 * @param {Float64Array} values
 * @param {readonly number[]} shape
 */
export function byRows(values, shape) {
  const found = new Float64Array(values.length), strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, 1));
  const place = shape.map(() => 0);
  for (let k = 0; k < found.length; k++) {
    found[k] = values[place.reduce((sum, at, axis) => sum + at * strides[axis], 0)];
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis] === shape[axis]; axis--) place[axis] = 0;
  }
  return found;
}

/**
 * Bytes as text that JSON can carry.
 * @param {Uint8Array} bytes
 */
export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
