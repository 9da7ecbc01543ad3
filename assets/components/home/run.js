// @ts-check
/* A run and its twin as they come from `Hero.to_bytes`, and how their numbers are written. */

import { inflate } from "../kit/bytes.js";
import { minus } from "../kit/numbers.js";

/**
 * @typedef {object} Run
 * @property {string} name
 * @property {number[]} steps of the recorded frames
 * @property {number} last frame
 * @property {number} images
 * @property {number} side of an image in dots
 * @property {number} low end of the axis
 * @property {number} high end of the axis
 * @property {number} levels between the two
 * @property {number[][]} accuracy by arm and frame
 * @property {number[][]} spread by arm and frame
 * @property {Float32Array} share (arm, frame, image): place on the axis, 0 to 1
 * @property {Uint8Array} ink of the images' dots
 */

export const ARMS = ["bn", "plain"];

/**
 * A line of JSON, differences of levels in two planes, then the images.
 * @param {string} name
 * @param {Uint8Array} compressed
 * @returns {Promise<Run>}
 */
export async function unpack(name, compressed) {
  const [run, low] = await inflate(compressed);
  const records = run.steps.length, size = 2 * records * run.images, high = low.subarray(size);
  run.name = name;
  run.last = records - 1;
  run.share = new Float32Array(size);
  for (let arm = 0; arm < 2; arm++)
    for (let i = 0; i < run.images; i++)
      for (let t = 0, level = 0; t < records; t++) {
        const k = (arm * records + t) * run.images + i;
        level = (level + low[k] + 256 * high[k]) & 0xffff;
        run.share[k] = level / run.levels;
      }
  run.ink = high.subarray(size);
  return run;
}

/**
 * Where an image stands on the axis, 0 to 1; between two frames in a straight line.
 * @param {Run} run
 * @param {number} arm
 * @param {number} frame
 * @param {number} image
 */
export function shareAt(run, arm, frame, image) {
  const t = Math.floor(frame), f = frame - t;
  const at = (/** @type {number} */ record) => run.share[(arm * (run.last + 1) + record) * run.images + image];
  return f ? at(t) + f * (at(t + 1) - at(t)) : at(t);
}

/** @param {number} sd */
export const spread = sd => sd < 0.01 ? sd.toFixed(4) : sd.toFixed(2);

/** @param {number} value */
export const signed = value => minus(value.toFixed(2));
