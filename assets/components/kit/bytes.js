// @ts-check
/* Bytes from Python: what there is to say about them as JSON, then themselves. */

const json = (/** @type {Uint8Array} */ bytes) => JSON.parse(new TextDecoder().decode(bytes));

/**
 * A length of four bytes, as much JSON, and the rest.
 * @param {Uint8Array} bytes
 * @returns {[any, Uint8Array]}
 */
export function split(bytes) {
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return [json(bytes.subarray(4, end)), bytes.subarray(end)];
}

/**
 * Compressed by zlib: a line of JSON, and the rest.
 * @param {Uint8Array} compressed
 * @returns {Promise<[any, Uint8Array]>}
 */
export async function inflate(compressed) {
  const part = /** @type {Uint8Array<ArrayBuffer>} */ (compressed);
  const stream = new Blob([part]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const line = bytes.indexOf(10);
  return [json(bytes.subarray(0, line)), bytes.subarray(line + 1)];
}
