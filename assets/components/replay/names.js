// @ts-check
/* Names stand at the lines themselves: percentiles at their right ends, arms where they are apart. */

import { clamp } from "../kit/numbers.js";
import { font, haloed, TEXT } from "./scene.js";

/**
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./scene.js").Pen} Pen
 * @typedef {import("./plots.js").Plot} Plot
 * @typedef {import("./plots.js").Line} Line
 */

/** @param {Pen} pen @param {Scene} scene @param {Plot} plot */
export function nameLines(pen, scene, plot) {
  pen.font = font(scene, TEXT, 600);
  if (plot.row === "percentiles") nameEnds(pen, scene, plot);
  if (plot.row !== "curves" || !plot.lines.some(line => plot.X(line.end) > plot.x + plot.w / 2)) return; // no room yet
  for (const line of plot.lines) nameBeside(pen, scene, plot, line);
}

/** @param {Pen} pen @param {Scene} scene @param {Plot} plot */
function nameEnds(pen, { palette }, plot) {
  const places = plot.lines.map(line => ({ line, y: plot.Y(line.y[line.end]) + 4 })).sort((a, b) => a.y - b.y);
  places.forEach((p, i) => { if (i) p.y = Math.max(p.y, places[i - 1].y + 14); });
  const below = Math.max(0, places[2].y - (plot.y + plot.h + 4));
  pen.textAlign = "left";
  pen.fillStyle = palette[plot.name];
  for (const { line, y } of places) pen.fillText(String(line.label), plot.X(line.end) + 6, y - below);
}

/** @param {Pen} pen @param {Scene} scene @param {Plot} plot @param {Line} line */
function nameBeside(pen, scene, plot, line) {
  const name = scene.words[line.arm], place = placeOf(plot, line, pen.measureText(name).width);
  if (!place) return; // the value above the plot still tells the lines apart
  pen.textAlign = "left";
  pen.fillStyle = scene.palette[line.arm];
  haloed(pen, scene, name, place.left, place.middle + 4);
}

/**
 * The place beside its line, on no line, where a name so wide is furthest from the other line; none where it fits
 * nowhere.
 * @param {Plot} plot
 * @param {Line} line
 * @param {number} room
 */
export function placeOf(plot, line, room) {
  const other = /** @type {Line} */ (plot.lines.find(one => one !== line));
  const nearest = (/** @type {Line} */ which, /** @type {number} */ left, /** @type {number} */ middle) => {
    let least = Infinity;
    for (let t = 0; t <= which.end; t++) {
      if (plot.X(t) < left - 5 || plot.X(t) > left + room + 5) continue;
      least = Math.min(least, Math.abs(plot.Y(which.y[t]) - middle));
    }
    return least;
  };
  let best, most = 0;
  for (let t = 0; t <= line.end; t++) for (const side of [-13, 13]) {
    const left = clamp(plot.X(t) - room / 2, plot.x + 4, plot.x + plot.w - room - 2);
    const middle = plot.Y(line.y[t]) + side;
    if (middle < plot.y + 5 || middle > plot.y + plot.h - 6) continue;
    if (nearest(line, left, middle) < 9) continue;
    const score = Math.min(nearest(other, left, middle) - 15, 40); // its own line is nearer
    if (score > most) [best, most] = [{ left, middle }, score];
  }
  return best;
}
