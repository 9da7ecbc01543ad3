// @ts-check
/* A file of batch norm layers, read where it lies: its kind by its first bytes, its layers by their names, and of those
   no more than Python needs. */

import { newest, recognized } from "./names.js";
import { base64 } from "./numbers.js";
import { npy } from "./npy.js";
import { MOST, Refused } from "./refused.js";
import { safetensors } from "./safetensors.js";
import { sheet } from "./sheet.js";
import { entries, unpacked } from "./zip.js";

/** @typedef {() => import("./npy.js").Numbers | Promise<import("./npy.js").Numbers>} Read */

/**
 * What Python is sent: layers and what is known of the whole, or {error} with what fills its sentence.
 * @param {Blob & { name?: string }} file
 */
export async function contents(file) {
  try {
    if (file.size > MOST.bytes) throw new Refused("too_big", { size: file.size, most_bytes: MOST.bytes });
    return await layers(arrays(new Uint8Array(await file.arrayBuffer()), file.name ?? ""));
  } catch (error) {
    return error instanceof Refused ? { error: error.code, fields: error.fields } : { error: "not_known", fields: {} };
  }
}

/**
 * How each array is read, by its name.
 * @param {Uint8Array} bytes
 * @param {string} called
 * @returns {Map<string, Read>}
 */
function arrays(bytes, called) {
  if (!bytes.length) throw new Refused("empty");
  const begins = (/** @type {number[]} */ ...first) => first.every((byte, k) => bytes[k] === byte);
  if (begins(0x50, 0x4b)) return archive(bytes);
  if (begins(0x93, 0x4e, 0x55)) throw new Refused("one_array");
  if (begins(0x80) && bytes[1] >= 2 && bytes[1] <= 5 || /\.(pkl|pickle|pt|pth|ckpt)$/i.test(called)) throw new Refused("pickle");
  if (begins(0x89, 0x48, 0x44, 0x46)) throw new Refused("hdf5");
  if (/\.safetensors$/i.test(called) || bytes[8] === 0x7b && bytes[7] === 0) return safetensors(bytes);
  return sheet(bytes);
}

/** @param {Uint8Array} bytes @returns {Map<string, Read>} */
function archive(bytes) {
  const budget = { left: MOST.unpacked }, found = new Map(), all = entries(bytes);
  if (all.some(({ name }) => /(^|\/)data\.pkl$/.test(name))) throw new Refused("pickle"); // what torch.save writes
  for (const entry of all) {
    if (!entry.name.endsWith(".npy")) continue;
    const name = entry.name.slice(0, -4);
    found.set(name, async () => npy(await unpacked(bytes, entry, budget), name));
  }
  if (!found.size) throw new Refused("no_arrays");
  return found;
}

/** @param {Map<string, Read>} all */
async function layers(all) {
  const found = recognized(all.keys()), whole = found.whole;
  const one = async (/** @type {string | undefined} */ name) => {
    if (name === undefined) return null;
    const { values } = await /** @type {Read} */ (all.get(name))();
    // a sheet says it anew for each unit
    if (!values.length || values.some(value => !Object.is(value, values[0]))) throw new Refused("one_number", { name });
    return Number.isFinite(values[0]) ? values[0] : null;
  };
  const budget = { kept: MOST.kept, taken: MOST.taken }, known = { eps: await one(whole.eps), momentum: await one(whole.momentum), updates: await one(whole.updates) };
  const sent = [];
  for (const { path, kind, parts } of found.layers) {
    const mean = await row(all, parts.mean), n = mean.length;
    /** @type {Record<string, string>} */
    const rest = {};
    if (n > MOST.units || (budget.kept -= 4 * n) < 0) throw new Refused("many_units", { most: MOST.units, all: MOST.kept / 4 });
    for (const part of ["var", "gamma", "beta"]) {
      if (!parts[part]) continue;
      const other = await row(all, parts[part]);
      if (other.length !== n) throw new Refused("widths", { name: parts[part], other: parts.mean, n: other.length, units: n });
      rest[part] = base64(new Uint8Array(other.buffer));
    }
    const momentum = await one(parts.momentum) ?? known.momentum;
    sent.push({
      name: path.slice(0, 60), kind, n, mean: base64(new Uint8Array(mean.buffer)), gamma: null, beta: null, ...rest,
      eps: await one(parts.eps) ?? known.eps, momentum: momentum === null ? null : newest(momentum, kind), updates: await one(parts.updates) ?? known.updates,
      z: parts.z ? await table(all, parts.z, budget, n) : null,
    });
  }
  /** @type {Record<string, object | null>} */
  const modes = {};
  for (const mode of ["training", "evaluation"]) modes[mode] = whole[mode] ? await table(all, whole[mode], budget) : null;
  return { layers: sent, m: await one(whole.m), ...modes };
}

/** One number for each unit. @param {Map<string, Read>} all @param {string} name */
async function row(all, name) {
  const { shape, values } = await /** @type {Read} */ (all.get(name))();
  const long = shape.filter(length => length !== 1);
  if (long.length > 1 || !values.length) throw new Refused("not_row", { name, shape: shape.join(" × ") });
  return values;
}

/**
 * Examples × something, in single precision.
 * @param {Map<string, Read>} all
 * @param {string} name
 * @param {{ taken: number }} budget
 * @param {number} [units]
 */
async function table(all, name, budget, units) {
  const { shape, values } = await /** @type {Read} */ (all.get(name))();
  const [m, n] = shape;
  if (shape.length !== 2 || units !== undefined && n !== units) throw new Refused("not_table", { name, shape: shape.join(" × ") || "1", units: units ?? "k" });
  if (m > MOST.examples || (budget.taken -= values.length) < 0) throw new Refused("many_examples", { name, most: MOST.examples, all: MOST.taken });
  return { m, n, data: base64(new Uint8Array(Float32Array.from(values).buffer)) };
}
