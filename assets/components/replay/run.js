// @ts-check
/* A run and its twin as experiments/replay.py has packed them, and what is recorded where. */

import { inflate } from "../kit/bytes.js";

export const ARMS = ["plain", "bn"];
const PANELS = { z: [0, 1], u: [2, 3] }; // where an arm's histogram stands in `counts`
const SERIES = { z: [0, 1], u: [0, 2] }; // and in mean, sd, percentiles
export const VIEWS = /** @type {const} */ (["z", "u"]);

/**
 * Arrays have time first. An arm that has ended keeps its last frame.
 * @typedef {object} Run
 * @property {number} frames
 * @property {number} layers
 * @property {number} bins
 * @property {number} examples
 * @property {number[]} steps by frame
 * @property {number[]} ended the last real frame of each arm
 * @property {(number | null)[]} diverged the step at which an arm did
 * @property {number[][]} low end of the axes, by view and layer
 * @property {number[][]} high end
 * @property {Int32Array} counts (frame, panel, layer, bin)
 * @property {Int32Array} outside (frame, panel, layer, side)
 * @property {Float32Array} mean (frame, series, layer)
 * @property {Float32Array} sd (frame, series, layer)
 * @property {Float32Array} percentiles (frame, series, layer, three of them)
 * @property {Float32Array} loss (frame, arm)
 * @property {Float32Array} accuracy (frame, arm)
 * @property {Float32Array} gamma (frame, layer, mean and ends of a band)
 * @property {Float32Array} beta (frame, layer, mean and ends of a band)
 * @property {Float32Array} swarm (frame, arm, image) what one unit of the last layer makes of it
 * @property {number[]} labels of these images
 * @property {number} since the number of the first frame, of frames that follow others
 * @property {number} of steps that the run has from beginning to end; of a part of it it is not known
 * @typedef {"z" | "u"} View
 */

/**
 * @param {Uint8Array} compressed
 * @returns {Promise<Run>}
 */
export async function unpack(compressed) {
  const [run, bytes] = await inflate(compressed);
  let at = 0;
  run.moving = run.arrays.map((/** @type {any} */ array) => array.name);
  for (const { name, shape, kind, planes } of run.arrays) {
    const size = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    run[name] = undo(bytes.subarray(at, at + size * planes), shape[0], size, planes, kind);
    at += size * planes;
  }
  run.frames = run.steps.length;
  run.layers = run.low[0].length;
  run.bins = run.counts.length / run.frames / 4 / run.layers;
  return run;
}

/**
 * A run that goes on: what it was up to the first of the new frames, and these.
 * @param {any} run
 * @param {any} part
 */
export function joined(run, part) {
  if (part.since === 0) return part;
  const whole = { ...part, since: 0, frames: part.since + part.frames };
  for (const name of part.moving) {
    const stride = part[name].length / part.frames, kept = run[name].subarray(0, part.since * stride);
    whole[name] = new part[name].constructor(kept.length + part[name].length);
    whole[name].set(kept);
    whole[name].set(part[name], kept.length);
  }
  return whole;
}

/**
 * Bytes of differences along time, series by series → an array with time first (see _pack in Python).
 * @param {Uint8Array} bytes
 * @param {number} frames
 * @param {number} size
 * @param {number} planes
 * @param {"float" | "int"} kind
 */
export function undo(bytes, frames, size, planes, kind) {
  const series = size / frames;
  const values = kind === "float" ? new Float32Array(size) : new Int32Array(size);
  const word = new Int32Array(1), real = new Float32Array(word.buffer);
  for (let s = 0; s < series; s++) {
    let sum = 0;
    for (let t = 0; t < frames; t++) {
      let folded = 0;
      for (let p = planes - 1; p >= 0; p--) folded = folded * 256 + bytes[p * size + s * frames + t];
      sum += folded % 2 ? -(folded + 1) / 2 : folded / 2;
      if (kind === "float") {
        word[0] = (Math.abs(sum) << 12) | (sum < 0 ? 0x80000000 : 0);
        values[t * series + s] = real[0];
      } else values[t * series + s] = sum;
    }
  }
  return values;
}

/** The frame that an arm shows. @param {Run} run @param {number} frame @param {number} arm */
export const held = (run, frame, arm) => Math.min(frame, run.ended[arm]);

/** Whether it has ended before. @param {Run} run @param {number} frame @param {number} arm */
export const over = (run, frame, arm) => frame > run.ended[arm];

/**
 * Mean and standard deviation.
 * @param {Run} run
 * @param {View} view
 * @param {number} frame
 * @param {number} arm
 * @param {number} layer from 0
 */
export function moments(run, view, frame, arm, layer) {
  const at = (frame * 3 + SERIES[view][arm]) * run.layers + layer;
  return [run.mean[at], run.sd[at]];
}

/**
 * How many examples are in each bin, and beyond each end.
 * @param {Run} run
 * @param {View} view
 * @param {number} frame
 * @param {number} arm
 * @param {number} layer from 0
 */
export function histogram(run, view, frame, arm, layer) {
  const at = (frame * 4 + PANELS[view][arm]) * run.layers + layer;
  return {
    counts: run.counts.subarray(at * run.bins, (at + 1) * run.bins),
    outside: run.outside.subarray(at * 2, at * 2 + 2),
  };
}

/**
 * What one unit of the last layer makes of each image.
 * @param {Run} run
 * @param {number} frame
 * @param {number} arm
 */
export function swarm(run, frame, arm) {
  const many = run.labels.length, at = (frame * 2 + arm) * many;
  return run.swarm.subarray(at, at + many);
}

/**
 * A series over all frames.
 * @param {Float32Array} array
 * @param {number} frames
 * @param {number} offset
 */
export function series(array, frames, offset) {
  const stride = array.length / frames;
  return Float64Array.from({ length: frames }, (_, t) => array[t * stride + offset]);
}

/**
 * The 15th, 50th and 85th percentile of an arm, each over all frames.
 * @param {Run} run
 * @param {View} view
 * @param {number} arm
 * @param {number} layer from 0
 */
export function percentiles(run, view, arm, layer) {
  const first = (SERIES[view][arm] * run.layers + layer) * 3;
  return [0, 1, 2].map(p => series(run.percentiles, run.frames, first + p));
}

/**
 * The share of examples that fills a panel, by layer: the same for both arms and all times. A taller bar is cut, and
 * says so; else one collapsed unit would flatten every other shape.
 * @param {Run} run
 * @param {View} view
 */
export function tallest(run, view) {
  return Array.from({ length: run.layers }, (_, layer) => {
    const [plain, bn] = ARMS.map((_, arm) => {
      const peaks = [];
      for (let t = 0; t <= run.ended[arm]; t++) peaks.push(Math.max(...histogram(run, view, t, arm, layer).counts));
      return quantile(peaks, 0.9);
    });
    return 1.15 * Math.max(bn, Math.min(plain, 2 * bn), run.examples / 50);
  });
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.round(share * (sorted.length - 1))];
}
