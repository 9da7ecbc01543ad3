// @ts-check
/* The curves over the whole run: where each plot stands, and what it shows. */

import { scale } from "../kit/axes.js";
import { fill } from "../kit/dom.js";
import { clamp } from "../kit/numbers.js";
import { ARMS, percentiles, series, VIEWS } from "./run.js";

/**
 * @typedef {{ arm: string, y: Float64Array | number[], end: number, wide?: boolean, band?: boolean, label?: string, last?: number }} Line
 *   `end` is the last frame at which it is real; `last` too, where `end` is the last one that is drawn
 * @typedef {{ name: string, row: string, x: number, y: number, w: number, h: number }} Box
 * @typedef {{ lines: Line[], ends: number[], title: string, start?: number, percent?: boolean }} Content
 * @typedef {Box & Content & { X: (frame: number) => number, Y: (value: number) => number }} Plot
 */

/** @type {[string, number, string[]][]} */
const ROWS = [
  ["percentiles", 76, ["plain", "bn"]], ["curves", 53, ["loss", "accuracy"]], ["learned", 53, ["gamma", "beta"]],
];
const GAP = 30, AXIS = 40; // px between plots, and for the numbers beside one
const ENDS = 26;           // px: what stands at the right end of a line
const WIDE = 170, SQUEEZED = 130; // px: plots stand beside each other from this width on, or where there is little height
const THREE_FROM = 540;    // px: of one unit, all plots in a row from here on

/**
 * Where the plots stand in so much room, and how large the picture becomes.
 * @param {number} width
 * @param {number} [tall] times as tall as usual
 */
export function placeBoxes(width, tall = 1) {
  const gap = GAP, axis = AXIS, half = (width - gap - 2 * axis) / 2;
  /** @type {Box[]} */
  const boxes = [];
  let y = 0;
  for (const [row, usual, names] of ROWS) {
    const h = usual * tall;
    const stacked = row !== "percentiles" && half < (tall < 1 ? SQUEEZED : WIDE);
    const w = stacked ? width - axis - 8 : half;
    names.forEach((name, i) => {
      if (stacked || i === 0) y += row === "percentiles" ? 40 : 24;
      boxes.push({ name, row, x: axis + (stacked ? 0 : i * (w + gap + axis)), y, w, h });
      if (stacked || i === 1) y += h + 22;
    });
  }
  return { boxes, size: [width, y] };
}

/**
 * The same for one unit: its percentiles in both networks, and what becomes of the accuracy.
 * @param {number} width
 * @param {number} [tall]
 */
export function placeFew(width, tall = 1) {
  const many = width >= THREE_FROM ? 3 : 2, w = (width - many * AXIS - (many - 1) * GAP - ENDS) / many, top = 42, h = 96 * tall;
  const left = (/** @type {number} */ i) => AXIS + i * (w + GAP + AXIS);
  /** @type {Box[]} */
  const boxes = ["plain", "bn"].map((name, i) => ({ name, row: "percentiles", x: left(i), y: top, w, h }));
  const below = top + h + 26 + 24;
  boxes.push({
    name: "accuracy", row: "curves", h, ...many === 3 ? { x: left(2), y: top, w } : { x: AXIS, y: below, w: width - AXIS - ENDS },
  });
  return { boxes, size: [width, (many === 3 ? top : below) + h + 22] };
}

/**
 * A plot in its box, with its axes.
 * @param {import("./scene.js").Scene} scene
 * @param {Box} box
 * @returns {Plot}
 */
export function plotted(scene, box) {
  const { run } = scene, { x, y, w, h } = box, content = contentOf(scene, box), [low, high] = content.ends;
  const across = scale(0, run.of || 1, x, x + w), up = scale(low, high, y + h, y);
  return { ...box, ...content, X: t => across(run.steps[t]), Y: value => up(clamp(value, low, high)) };
}

/**
 * What a plot shows: its lines and the ends of its y axis.
 * @param {import("./scene.js").Scene} scene
 * @param {Box} box
 * @returns {Content}
 */
export function contentOf({ run, layer, view, words }, { row, name }) {
  const l = layer - 1, v = VIEWS.indexOf(view);
  if (row === "percentiles") {
    const arms = ARMS.map((_, a) => spreadOf(run, view, a, l));
    const ends = within(arms.flat(), run.low[v][l], run.high[v][l]);
    return { lines: arms[ARMS.indexOf(name)], ends, title: words[name] };
  }
  if (name === "loss") {
    const lines = bothOf(run, run.loss);
    const most = Math.max(.../** @type {Float64Array} */ (lines[1].y).subarray(0, lines[1].end + 1));
    return { lines, ends: [0, within(lines, 0, 1.5 * most)[1]], title: words.loss };
  }
  if (name === "accuracy")
    return { lines: bothOf(run, run.accuracy), ends: [0, 1], title: words.accuracy, percent: true };
  const start = name === "gamma" ? 1 : 0, lines = unitsOf(run, name === "gamma" ? run.gamma : run.beta, l);
  const flat = { arm: "bn", y: [start], end: 0 };
  return { lines, start, ends: within([...lines, flat], -Infinity, Infinity), title: fill(words[name], { layer }) };
}

/**
 * @param {import("./run.js").Run} run @param {import("./run.js").View} view @param {number} arm @param {number} layer
 * @returns {Line[]}
 */
const spreadOf = (run, view, arm, layer) => percentiles(run, view, arm, layer).map((y, p) => ({
  arm: ARMS[arm], label: ["15", "50", "85"][p], wide: p === 1, y, end: run.ended[arm],
}));

/** @param {import("./run.js").Run} run @param {Float32Array} array @returns {Line[]} */
const bothOf = (run, array) => ARMS.map((arm, a) => ({ arm, y: series(array, run.frames, a), end: run.ended[a], wide: true }));

/**
 * The mean of a layer's units, and a band around it.
 * @param {import("./run.js").Run} run @param {Float32Array} array @param {number} layer
 * @returns {Line[]}
 */
const unitsOf = (run, array, layer) => [0, 1, 2].map(k => ({
  arm: "bn", y: series(array, run.frames, layer * 3 + k), end: run.ended[1], wide: k === 0, band: k > 0,
}));

/**
 * The ends of an axis that holds all lines, as far as they lie between low and high.
 * @param {Line[]} lines @param {number} low @param {number} high
 */
function within(lines, low, high) {
  let a = Infinity, b = -Infinity;
  for (const line of lines) for (let t = 0; t <= line.end; t++) {
    const y = clamp(line.y[t], low, high);
    if (y < a) a = y;
    if (y > b) b = y;
  }
  if (!(b > a)) [a, b] = [a - 0.5, a + 0.5];
  return [a - 0.06 * (b - a), b + 0.06 * (b - a)];
}
