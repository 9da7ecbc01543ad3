// @ts-check
/* Why a file is not read: a code that Python has a sentence for, and what fills it. */

export class Refused extends Error {
  /** @param {string} code @param {Record<string, string | number>} [fields] */
  constructor(code, fields = {}) {
    super(code);
    this.code = code;
    this.fields = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? value.slice(0, 60) : value]));
  }
}

/** What a file may hold: numbers of one array, bytes of all that is unpacked, names, layers, units, examples. */
export const MOST = {
  bytes: 20e6, numbers: 2 ** 20, unpacked: 2 ** 26, names: 5000, header: 2 ** 21, layers: 200, units: 4096, kept: 2 ** 18,
  examples: 1024, taken: 2 ** 20, lines: 2 ** 17,
};

/**
 * How many numbers a shape declares; refused before anything is made for them.
 * @param {readonly number[]} shape
 * @param {string} name
 */
export function count(shape, name) {
  let product = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) throw new Refused("shape", { name });
    product *= length;
    if (product > MOST.numbers) throw new Refused("too_many_numbers", { name, most: MOST.numbers });
  }
  return product;
}
