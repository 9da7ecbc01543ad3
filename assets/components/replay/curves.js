// @ts-check
/* The whole run as curves, drawn once; over them, on a canvas of its own, the marker of the moment. */

import { ticksWithin } from "../kit/axes.js";
import { element, fill } from "../kit/dom.js";
import { number } from "../kit/numbers.js";
import { nameLines } from "./names.js";
import { placeBoxes, placeFew, plotted } from "./plots.js";
import { font, LABEL, line, sized, takeRoom, TEXT } from "./scene.js";

/**
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./scene.js").Pen} Pen
 * @typedef {import("./plots.js").Plot} Plot
 * @typedef {import("./plots.js").Line} Line
 */

const ROOM = 170; // px that a title and the values beside it need

export class Curves {
  /** @param {Element} parent */
  constructor(parent) {
    this.root = element("div", "curves", parent);
    this.base = element("canvas", "", this.root, { role: "img" });
    this.marker = element("canvas", "marker", this.root, { "aria-hidden": true });
    /** @type {import("./plots.js").Box[]} */
    this.boxes = [];
    /** @type {Plot[]} */
    this.plots = [];
    this.size = [0, 0];
    this.few = false;
  }

  /** The plot at a point in px, its edges included. @param {number} x @param {number} y */
  plotAt(x, y) {
    return this.plots.find(plot => x >= plot.x - 8 && x <= plot.x + plot.w + 8 && y >= plot.y - 20 && y <= plot.y + plot.h + 16);
  }

  /** @param {number} width @param {boolean} few of one unit alone @param {number} tall */
  place(width, few, tall) {
    Object.assign(this, { few, ...(few ? placeFew : placeBoxes)(width, tall) });
    takeRoom(this.base, this.size);
  }

  /** @param {Scene} scene */
  draw(scene) {
    const { palette, words, layer } = scene, { few } = this;
    this.plots = this.boxes.map(box => plotted(scene, box));
    const pen = sized(this.base, this.size, scene);
    pen.fillStyle = palette.ink;
    pen.font = font(scene, LABEL, 600);
    pen.textAlign = "left";
    pen.fillText(fill(words.percentiles, { layer }), 0, 14);
    for (const plot of this.plots) {
      drawPlot(pen, scene, plot);
      if (!few) drawLines(pen, scene, plot);
      else if (scene.reached >= scene.run.frames - 1) nameLines(pen, scene, plot); // they stand where there is room
    }
  }

  /** @param {Scene} scene */
  mark(scene) {
    const { frame, palette } = scene, pen = sized(this.marker, this.size, scene);
    for (const plot of this.plots) {
      if (this.few) drawSoFar(pen, scene, plot);
      const x = plot.X(frame);
      pen.strokeStyle = palette.ink;
      pen.lineWidth = 1.25;
      line(pen, x, plot.y - 4, x, plot.y + plot.h);
      paintValues(pen, scene, plot);
      for (const one of plot.lines) {
        const t = Math.min(frame, one.end);
        if (!one.band && !Number.isNaN(one.y[t])) dot(pen, scene, one, plot.X(t), plot.Y(one.y[t]));
      }
    }
  }
}

/** @param {Pen} pen @param {Scene} scene @param {Line} line @param {number} x @param {number} y */
function dot(pen, { palette }, { arm, wide }, x, y) {
  pen.beginPath();
  pen.arc(x, y, wide ? 4 : 3, 0, 2 * Math.PI);
  pen.fillStyle = arm === "plain" ? palette.paper : palette[arm];
  pen.strokeStyle = arm === "plain" ? palette[arm] : palette.paper;
  pen.lineWidth = arm === "plain" ? 2 : 1.5;
  pen.fill();
  pen.stroke();
}

/**
 * The values at the marker, above the plot's right end, in the colours of their lines.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Plot} plot
 */
function paintValues(pen, scene, plot) {
  if (plot.row === "percentiles" || plot.w < ROOM) return;
  let right = plot.x + plot.w;
  pen.font = font(scene, TEXT);
  pen.textAlign = "right";
  for (const one of plot.lines.filter(one => !one.band)) {
    const value = one.y[Math.min(scene.frame, one.end)];
    const sign = plot.row !== "curves" ? "" : one.arm === "plain" ? "○ " : "● ";
    const text = sign + (plot.percent ? (100 * value).toFixed(1) : number(value));
    pen.fillStyle = scene.palette[one.arm];
    pen.fillText(text, right, plot.y - 9);
    right -= pen.measureText(text).width + 12;
  }
}

/** @param {Pen} pen @param {Scene} scene @param {Plot} plot */
function drawPlot(pen, scene, plot) {
  const { palette } = scene, { x, y, w, start } = plot;
  pen.font = font(scene, TEXT, 600);
  pen.textAlign = "left";
  pen.fillStyle = plot.row === "percentiles" ? palette[plot.name] : palette.ink;
  pen.fillText(plot.title, x - 36, y - 9);
  drawAxes(pen, scene, plot);
  if (start !== undefined) {
    pen.strokeStyle = palette.ink;
    pen.setLineDash([1.5, 3]);
    line(pen, x, plot.Y(start), x + w, plot.Y(start));
    pen.setLineDash([]);
  }
}

/** @param {Pen} pen @param {Scene} scene @param {Plot} plot */
function drawLines(pen, scene, plot) {
  drawBand(pen, scene, plot, plot.lines.filter(one => one.band));
  for (const one of plot.lines.filter(one => !one.band)) drawLine(pen, scene, plot, one);
  nameLines(pen, scene, plot);
}

/**
 * As far as the run has been seen: pale beyond the moment.
 * @param {Pen} pen @param {Scene} scene @param {Plot} plot
 */
function drawSoFar(pen, scene, plot) {
  const upto = (/** @type {number} */ frame) => plot.lines.map(one => ({ ...one, end: Math.min(one.end, frame), last: one.end }));
  pen.globalAlpha = 0.3;
  for (const one of upto(scene.reached)) drawLine(pen, scene, plot, one);
  pen.globalAlpha = 1;
  for (const one of upto(scene.frame)) drawLine(pen, scene, plot, one);
}

/** @param {Pen} pen @param {Scene} scene @param {Plot} plot */
function drawAxes(pen, scene, plot) {
  const { run, words, palette } = scene, { x, y, w, h, ends } = plot, last = run.of || 1;
  pen.font = font(scene, TEXT);
  pen.fillStyle = palette.ink;
  pen.strokeStyle = palette.faint;
  pen.lineWidth = 1;
  for (const { value, text } of ticksWithin(ends, h > 100 ? 4 : 3)) {
    line(pen, x, plot.Y(value), x + w, plot.Y(value));
    pen.textAlign = "right";
    pen.globalAlpha = 0.75;
    pen.fillText(plot.percent ? String(Math.round(100 * value)) : text, x - 6, plot.Y(value) + 4);
    pen.globalAlpha = 1;
  }
  pen.globalAlpha = 0.75;
  [0, last].forEach((step, i) => {
    pen.textAlign = i ? "right" : "left";
    pen.fillText(i ? fill(words.step, { step }) : String(step), x + i * w, y + h + 16);
  });
  pen.globalAlpha = 1;
}

/** @param {Pen} pen @param {Scene} scene @param {Plot} plot @param {Line[]} lines */
function drawBand(pen, { palette }, plot, lines) {
  if (lines.length !== 2) return;
  const [low, high] = lines;
  pen.beginPath();
  for (let t = 0; t <= low.end; t++) pen.lineTo(plot.X(t), plot.Y(low.y[t]));
  for (let t = high.end; t >= 0; t--) pen.lineTo(plot.X(t), plot.Y(high.y[t]));
  pen.fillStyle = palette.bn;
  pen.globalAlpha = 0.22;
  pen.fill();
  pen.globalAlpha = 1;
}

/** @param {Pen} pen @param {Scene} scene @param {Plot} plot @param {Line} one */
function drawLine(pen, { run, palette }, plot, one) {
  pen.beginPath();
  for (let t = 0; t <= one.end; t++) if (!Number.isNaN(one.y[t])) pen.lineTo(plot.X(t), plot.Y(one.y[t]));
  pen.strokeStyle = palette[one.arm];
  pen.lineWidth = one.wide ? 2 : 1.3;
  pen.lineJoin = "round";
  if (one.arm === "plain") pen.setLineDash([5, 3]);
  pen.stroke();
  pen.setLineDash([]);
  if (one.end === run.frames - 1 || one.end < (one.last ?? one.end)) return;
  pen.strokeStyle = palette.error; // the arm ended here
  pen.lineWidth = 2;
  const x = plot.X(one.end), y = plot.Y(one.y[one.end]);
  line(pen, x - 4, y - 4, x + 4, y + 4);
  line(pen, x - 4, y + 4, x + 4, y - 4);
}
