// @ts-check
/* What runs into each layer of both networks at a moment, as histograms: one column for each arm. */

import { scale, ticksWithin } from "../kit/axes.js";
import { element, fill } from "../kit/dom.js";
import { clamp, percent } from "../kit/numbers.js";
import { ARMS, histogram, moments, over, tallest, VIEWS } from "./run.js";
import { ending, font, haloed, LABEL, line, momentsText, paintTicks, sized, takeRoom, TEXT } from "./scene.js";

/**
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./scene.js").Pen} Pen
 * @typedef {{ arm: string, a: number, layer: number, x: number, y: number, w: number, h: number, gutter: number,
 *   top: number }} Panel a layer from 0 of an arm; `gutter` is room for the layer's name at the left
 */

/**
 * Where the panels stand in so much room, and how large the picture becomes.
 * @param {import("./run.js").Run} run
 * @param {number} width
 * @param {boolean} columns whether the curves stand beside it
 * @param {number} [tall] times as tall as usual
 */
export function placePanels(run, width, columns, tall = 1) {
  const { layers } = run;
  const gutter = width > 520 ? 66 : 0, gap = 14;
  const early = ARMS.some((_, a) => run.ended[a] < run.frames - 1);
  const head = early ? 46 : 26;
  const above = gutter ? 22 : 40, below = 24;
  const room = (columns ? 326 : 400) * tall - head;
  const h = clamp(room / layers - above - below, 48 * Math.min(1, tall), 130 * Math.max(1, tall));
  const w = (width - gutter - gap) / 2;
  /** @type {Panel[]} */
  const panels = [];
  for (let layer = 0; layer < layers; layer++) {
    const top = head + layer * (above + h + below);
    ARMS.forEach((arm, a) => panels.push({
      arm, a, layer, x: gutter + a * (w + gap), y: top + above, w, h, gutter, top,
    }));
  }
  return { panels, size: [width, head + layers * (above + h + below) + 4] };
}

export class Histograms {
  /** @param {Element} parent */
  constructor(parent) {
    this.canvas = element("canvas", "histograms", parent, { role: "img" });
    /** @type {Panel[]} */
    this.panels = [];
    this.size = [0, 0];
  }

  /** Another run: how high its bars may be. @param {import("./run.js").Run} run */
  take(run) {
    this.full = { z: tallest(run, "z"), u: tallest(run, "u") };
  }

  /** @param {import("./run.js").Run} run @param {number} width @param {boolean} columns @param {number} tall */
  place(run, width, columns, tall) {
    Object.assign(this, placePanels(run, width, columns, tall));
    takeRoom(this.canvas, this.size);
  }

  /** The layer, from 0, at a height in px. @param {number} y */
  layerAt(y) { return this.panels.findLast(panel => y >= panel.top)?.layer; }

  /** Paints the moment, and tells what it has painted. @param {Scene} scene */
  paint(scene) {
    const { run, frame, palette, words } = scene, pen = sized(this.canvas, this.size, scene);
    pen.textBaseline = "alphabetic";
    for (const { arm, a, x, w } of this.panels.slice(0, 2)) {
      pen.font = font(scene, LABEL, 600);
      pen.fillStyle = palette[arm];
      pen.textAlign = "left";
      pen.fillText(words[arm], x, 15);
      if (!over(run, frame, a)) continue;
      pen.font = font(scene, TEXT);
      pen.fillStyle = palette.error;
      pen.fillText(ending(scene, a), x, 34, w);
    }
    return this.panels.map(panel => {
      if (panel.a === 0) paintLayerName(pen, scene, panel);
      return this.paintPanel(pen, scene, panel);
    });
  }

  /** @param {Pen} pen @param {Scene} scene @param {Panel} panel */
  paintPanel(pen, scene, panel) {
    const { run, frame, view, palette } = scene, { a, layer, x, y, w, h } = panel;
    const v = VIEWS.indexOf(view), low = run.low[v][layer], high = run.high[v][layer];
    const { counts, outside } = histogram(run, view, frame, a, layer);
    const full = /** @type {Record<string, number[]>} */ (this.full)[view][layer], base = y + h;
    const X = scale(low, high, x, x + w);
    const ended = over(run, frame, a);

    pen.strokeStyle = palette.faint;
    pen.lineWidth = 1;
    if (low < 0 && high > 0) line(pen, X(0), y, X(0), base);
    if (!ended) {
      stairs(pen, histogram(run, view, 0, a, layer).counts, panel, full); // where it began
      pen.strokeStyle = palette.faint;
      pen.lineWidth = 1.5;
      pen.stroke();
    }

    stairs(pen, counts, panel, full);
    pen.globalAlpha = a ? 0.78 : 0.22;
    pen.fillStyle = palette[panel.arm];
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = palette[panel.arm];
    pen.lineWidth = 1.4;
    if (!a) pen.setLineDash([4, 2.5]);
    pen.stroke();
    pen.setLineDash([]);

    pen.strokeStyle = palette.ink;
    pen.lineWidth = 1;
    line(pen, x, base, x + w, base);
    paintMoments(pen, scene, panel, X);
    paintTicks(pen, scene, X, ticksWithin([low, high], clamp(w / 45, 3, 6)), [x, x + w], base + 17);
    paintNotes(pen, scene, panel, counts, outside, full);
    if (ended) hatch(pen, scene, panel);
    return { arm: panel.arm, layer, counts: [...counts], outside: [...outside], low, high, full, x, y, w, h, held: ended };
  }
}

/** @param {Pen} pen @param {Scene} scene @param {Panel} panel */
function paintLayerName(pen, scene, { layer, gutter, top, y, h }) {
  const chosen = layer + 1 === scene.layer;
  pen.font = font(scene, LABEL, chosen ? 700 : 500);
  pen.fillStyle = scene.palette.ink;
  pen.textAlign = "left";
  pen.fillText(fill(scene.words.layer, { layer: layer + 1 }), 0, gutter ? y + h / 2 + 5 : top + 14);
}

/** @param {Pen} pen @param {Int32Array} counts @param {Panel} panel @param {number} full */
function stairs(pen, counts, { x, y, w, h }, full) {
  const wide = w / counts.length, base = y + h;
  pen.beginPath();
  pen.moveTo(x, base);
  counts.forEach((count, i) => {
    const top = base - Math.min(count / full, 1) * h;
    pen.lineTo(x + i * wide, top);
    pen.lineTo(x + (i + 1) * wide, top);
  });
  pen.lineTo(x + w, base);
}

/**
 * The mean as a dot on the axis, one standard deviation to each side as a bar.
 * @param {Pen} pen @param {Scene} scene @param {Panel} panel @param {(value: number) => number} X
 */
function paintMoments(pen, { run, frame, view, palette }, { a, layer, x, y, w, h }, X) {
  const [mean, sd] = moments(run, view, frame, a, layer);
  const inside = (/** @type {number} */ value) => clamp(X(value), x, x + w);
  pen.strokeStyle = pen.fillStyle = palette.ink;
  pen.lineWidth = 3;
  line(pen, inside(mean - sd), y + h, inside(mean + sd), y + h);
  if (X(mean) < x || X(mean) > x + w) return;
  pen.beginPath();
  pen.arc(X(mean), y + h, 4, 0, 2 * Math.PI);
  pen.fill();
}

/**
 * Mean and standard deviation in numbers; what is cut, and what lies outside.
 * @param {Pen} pen @param {Scene} scene @param {Panel} panel @param {Int32Array} counts @param {Int32Array} outside
 * @param {number} full
 */
function paintNotes(pen, scene, { a, layer, x, y, w }, counts, outside, full) {
  const { run, frame, view, palette } = scene, [mean, sd] = moments(run, view, frame, a, layer);
  const share = (/** @type {number} */ count) => percent(count / run.examples);
  pen.font = font(scene, TEXT);
  pen.fillStyle = palette.ink;
  pen.textAlign = "left";
  pen.fillText(momentsText(scene, mean, sd), x, y - 6, w);

  const most = counts.indexOf(Math.max(...counts));
  if (counts[most] > full) { // a bar cut at the top says how tall it is
    const text = `▲ ${share(counts[most])}`, room = pen.measureText(text).width + 4;
    const left = x + (most + 1) * w / counts.length + 4;
    haloed(pen, scene, text, left + room < x + w ? left : x + most * w / counts.length - room, y + 11);
  }
  pen.fillStyle = palette.error;
  if (outside[0]) haloed(pen, scene, `◂ ${share(outside[0])}`, x + 2, y + 27);
  pen.textAlign = "right";
  if (outside[1]) haloed(pen, scene, `${share(outside[1])} ▸`, x + w - 2, y + 27);
}

/** What is shown is the last real frame of an arm that has ended. @param {Pen} pen @param {Scene} scene @param {Panel} panel */
function hatch(pen, { palette }, { x, y, w, h }) {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, w, h);
  pen.clip();
  pen.strokeStyle = palette.error;
  pen.globalAlpha = 0.3;
  pen.lineWidth = 1;
  for (let at = -h; at < w; at += 9) line(pen, x + at, y + h, x + at + h, y);
  pen.restore();
}
