// @ts-check
/* A zip archive, as NumPy writes one: names first, and what is asked for unpacked within its bounds. What is declared is
   never believed: an entry that unpacks to more than it said, or than there may be, ends there. */

import { MOST, Refused } from "./refused.js";

const END = 0x06054b50, ENTRY = 0x02014b50, LOCAL = 0x04034b50, LONGEST_COMMENT = 65557;

/**
 * @typedef {{ name: string, method: number, packed: number, size: number, at: number, locked: boolean }} Entry
 */

/**
 * Every entry that the directory at the end names.
 * @param {Uint8Array} bytes
 * @returns {Entry[]}
 */
export function entries(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - 22;
  for (const least = Math.max(0, bytes.length - LONGEST_COMMENT); end >= least; end--) if (view.getUint32(end, true) === END) break;
  if (end < 0 || view.getUint32(end, true) !== END) throw new Refused("truncated_zip");
  const count = view.getUint16(end + 10, true), found = [];
  let at = view.getUint32(end + 16, true);
  if (count > MOST.names) throw new Refused("many_names", { most: MOST.names });
  for (let k = 0; k < count; k++) {
    if (at + 46 > end || view.getUint32(at, true) !== ENTRY) throw new Refused("broken_zip");
    const [name, extra, comment] = [28, 30, 32].map(place => view.getUint16(at + place, true));
    found.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name)), locked: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true), packed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true), at: view.getUint32(at + 42, true),
    });
    at += 46 + name + extra + comment;
  }
  return found;
}

/**
 * What an entry holds.
 * @param {Uint8Array} bytes of the archive
 * @param {Entry} entry
 * @param {{ left: number }} budget bytes that may still be unpacked from this archive
 */
export async function unpacked(bytes, { name, method, packed, size, at, locked }, budget) {
  if (locked) throw new Refused("locked_zip");
  if (size > budget.left) throw new Refused("bomb", { name });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (at + 30 > bytes.length || view.getUint32(at, true) !== LOCAL) throw new Refused("broken_zip");
  const from = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (from + packed > bytes.length) throw new Refused("truncated", { name });
  budget.left -= size;
  const part = bytes.subarray(from, from + packed);
  if (method === 0) {
    if (packed !== size) throw new Refused("broken_zip");
    return part;
  }
  if (method !== 8) throw new Refused("method", { name });
  return inflated(part, size, name);
}

/**
 * Exactly so many bytes, or refused as soon as there are more.
 * @param {Uint8Array} part
 * @param {number} size
 * @param {string} name
 */
async function inflated(part, size, name) {
  const out = new Uint8Array(size), packed = /** @type {Uint8Array<ArrayBuffer>} */ (part);
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => { throw new Refused("truncated", { name }); });
    if (done) break;
    if (at + value.length > size) {
      reader.cancel().catch(() => {});
      throw new Refused("bomb", { name });
    }
    out.set(value, at);
    at += value.length;
  }
  if (at !== size) throw new Refused("truncated", { name });
  return out;
}
