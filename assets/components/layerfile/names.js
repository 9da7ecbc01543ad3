// @ts-check
/* Batch norm layers among the names of a file: as PyTorch, Keras or Flax call what a layer keeps, or as we do. */

import { MOST, Refused } from "./refused.js";

/** What is meant by the last part of a name. @type {Record<string, string>} */
const PARTS = {
  running_mean: "mean", moving_mean: "mean", mean: "mean", running_var: "var", moving_variance: "var", moving_var: "var", var: "var",
  gamma: "gamma", scale: "gamma", weight: "gamma", beta: "beta", bias: "beta", num_batches_tracked: "updates", updates: "updates",
  eps: "eps", epsilon: "eps", momentum: "momentum", z: "z",
};
/** Of the network as a whole. @type {Record<string, string>} */
const WHOLE = {
  m: "m", batch_size: "m", eps: "eps", epsilon: "eps", momentum: "momentum", updates: "updates", predictions_train: "training", predictions_eval: "evaluation",
};
const KEEPS_OLD = { keras: true, flax: true }; // their momentum is the weight of the old

/** @typedef {{ path: string, kind: string, parts: Record<string, string> }} Found a part's name in the file by what it is */

/**
 * @param {Iterable<string>} names
 * @returns {{ layers: Found[], whole: Record<string, string> }}
 */
export function recognized(names) {
  /** @type {Map<string, Found>} */
  const layers = new Map();
  /** @type {Record<string, string>} */
  const whole = {};
  for (const name of names) {
    const [, head, leaf] = /^(?:(.*)[./])?([^./]*)$/.exec(name.replace(/:0$/, "")) ?? [];
    if (!head && Object.hasOwn(WHOLE, leaf)) {
      whole[WHOLE[leaf]] = name;
      continue;
    }
    if (!Object.hasOwn(PARTS, leaf)) continue;
    const part = PARTS[leaf];
    const path = (head ?? "").replace(/^(params|batch_stats)(?=$|[./])[./]?/, "");
    const layer = layers.get(path) ?? { path, kind: "other", parts: {} };
    layers.set(path, layer);
    layer.parts[part] ??= name;
    if (leaf.startsWith("moving_")) layer.kind = "keras";
    else if (leaf === "num_batches_tracked" || leaf === "weight") layer.kind = "torch";
    else if (leaf === "var") layer.kind = "flax";
  }
  const found = [...layers.values()].filter(({ parts }) => parts.mean && parts.var);
  if (!found.length) throw new Refused([...layers.values()].some(({ parts }) => parts.mean || parts.var) ? "half" : "no_layers");
  if (found.length > MOST.layers) throw new Refused("many_layers", { most: MOST.layers });
  return { layers: found, whole };
}

/** The weight of the newest batch, whatever they call momentum. @param {number} momentum @param {string} kind */
export const newest = (momentum, kind) => kind in KEEPS_OLD ? 1 - momentum : momentum;
