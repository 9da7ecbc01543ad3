// @ts-check
/* A CSV with a line for each unit: columns by name, and one that says which layer, if there are several. It gives names
   as the other files have them, `layer/column`. */

import { read } from "../intake/contents.js";
import { count, MOST, Refused } from "./refused.js";

const LAYER = /^(layer|name|module)$/i, LEFT_OUT = /^(unit|channel|index|)$/i;

/** @param {Uint8Array} bytes */
export function sheet(bytes) {
  const text = read(bytes);
  if (text === null) throw new Refused("not_known");
  const lines = text.split(/\r\n?|\n/).filter(line => line.trim());
  if (lines.length > MOST.lines) throw new Refused("many_lines", { most: MOST.lines });
  const mark = ["\t", ";", ","].find(sign => lines[0]?.includes(sign)) ?? ",";
  const cells = (/** @type {string} */ line) => line.split(mark).map(cell => cell.trim().replace(/^"(.*)"$/, "$1"));
  const heads = cells(lines[0] ?? ""), layer = heads.findIndex(head => LAYER.test(head));
  if (!heads.some(head => /(mean|var|variance)$/.test(head))) throw new Refused("no_layers");
  /** @type {Map<string, number[]>} */
  const columns = new Map();
  for (let row = 1; row < lines.length; row++) {
    const values = cells(lines[row]);
    if (values.length !== heads.length) throw new Refused("ragged", { row: row + 1, columns: heads.length, got: values.length });
    heads.forEach((head, column) => {
      if (column === layer || LEFT_OUT.test(head)) return;
      const name = layer < 0 ? head : `${values[layer]}/${head}`;
      if (!columns.has(name)) columns.set(name, []);
      columns.get(name)?.push(number(values[column], row + 1, head));
    });
    if (columns.size > MOST.names) throw new Refused("many_names", { most: MOST.names });
  }
  return new Map([...columns].map(([name, values]) => [name, () => {
    count([values.length], name);
    return { shape: [values.length], values: Float64Array.from(values) };
  }]));
}

/** @param {string} text @param {number} row @param {string} column */
function number(text, row, column) {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return NaN;
  if (/^\+?inf(inity)?$/i.test(text)) return Infinity;
  if (/^-inf(inity)?$/i.test(text)) return -Infinity;
  throw new Refused("not_number", { row, column, text: text.slice(0, 24) });
}
