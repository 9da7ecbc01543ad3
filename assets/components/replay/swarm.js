// @ts-check
/* Images one by one: each digit stands where one unit of the last layer puts its image, in a lane for each network. */

import { scale, ticksWithin } from "../kit/axes.js";
import { element } from "../kit/dom.js";
import { clamp, percent } from "../kit/numbers.js";
import { ARMS, over, swarm, VIEWS } from "./run.js";
import { ending, font, haloed, LABEL, line, paintTicks, sized, summary, takeRoom, TEXT } from "./scene.js";

const HEAD = 22, LANE = 68, BETWEEN = 10, BELOW = 22, SIDE = 8; // px
const GOLDEN = 0.6180339887; // spreads the digits over the height of their lane

/**
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./scene.js").Pen} Pen
 * @typedef {{ arm: string, a: number, x: number, y: number, w: number, h: number }} Room of one network
 */

/**
 * Where the lanes stand in so much room, and how large the picture becomes.
 * @param {number} width
 * @param {number} [tall] times as tall as usual
 * @returns {{ rooms: Room[], size: number[] }}
 */
export function placeLanes(width, tall = 1) {
  const lane = LANE * tall, rooms = ARMS.map((arm, a) => ({ arm, a, x: 0, y: HEAD + a * (HEAD + lane + BETWEEN), w: width, h: lane }));
  return { rooms, size: [width, 2 * (HEAD + lane) + BETWEEN + BELOW] };
}

export class Swarm {
  /** @param {Element} parent */
  constructor(parent) {
    this.canvas = element("canvas", "swarm", parent, { role: "img" });
    /** @type {Room[]} */
    this.rooms = [];
    this.size = [0, 0];
  }

  /** @param {number} width @param {number} tall */
  place(width, tall) {
    Object.assign(this, placeLanes(width, tall));
    takeRoom(this.canvas, this.size);
  }

  /** Paints the moment, and tells what it has painted. @param {Scene} scene */
  paint(scene) {
    const pen = sized(this.canvas, this.size, scene), { run } = scene, v = VIEWS.indexOf("u"), last = run.layers - 1;
    const ends = [run.low[v][last], run.high[v][last]];
    const X = scale(ends[0], ends[1], SIDE, this.size[0] - SIDE);
    pen.textBaseline = "alphabetic";
    const [width, height] = this.size;
    paintTicks(pen, scene, X, ticksWithin(ends, clamp(width / 70, 4, 8)), [0, width], height - 7);
    return this.rooms.map(room => paintLane(pen, scene, room, X, ends));
  }
}

/** @param {Pen} pen @param {Scene} scene @param {Room} room @param {(value: number) => number} X @param {number[]} ends */
function paintLane(pen, scene, room, X, [low, high]) {
  const { run, frame, palette, words } = scene, { arm, a, x, y, w, h } = room, ended = over(run, frame, a);
  pen.strokeStyle = palette.faint;
  pen.lineWidth = 1;
  pen.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
  if (low < 0 && high > 0) line(pen, X(0), y, X(0), y + h);
  pen.font = font(scene, LABEL, 600);
  pen.fillStyle = palette[arm];
  pen.textAlign = "left";
  pen.fillText(words[arm], x, y - 8);
  pen.font = font(scene, TEXT);
  pen.fillStyle = ended ? palette.error : palette.ink;
  pen.textAlign = "right";
  pen.fillText(ended ? ending(scene, a) : summary(scene, a), x + w, y - 8);

  const values = swarm(run, frame, a), outside = [0, 0];
  pen.font = font(scene, TEXT, 600);
  pen.textAlign = "center";
  pen.fillStyle = palette[arm];
  pen.globalAlpha = ended ? 0.4 : 0.85;
  values.forEach((value, i) => {
    if (value < low) outside[0] += 1;
    if (value > high) outside[1] += 1;
    if (value < low || value > high) return;
    pen.fillText(String(run.labels[i]), X(value), y + 13 + ((i * GOLDEN) % 1) * (h - 18));
  });
  pen.globalAlpha = 1;
  paintOutside(pen, scene, room, outside, values.length);
  return { arm, values: [...values], outside, low, high, x, y, w, h, held: ended };
}

/** How many of them stand beyond the ends. @param {Pen} pen @param {Scene} scene @param {Room} room @param {number[]} outside @param {number} of */
function paintOutside(pen, scene, { x, y, w, h }, outside, of) {
  pen.font = font(scene, TEXT);
  pen.fillStyle = scene.palette.error;
  pen.textAlign = "left";
  if (outside[0]) haloed(pen, scene, `◂ ${percent(outside[0] / of)}`, x + 4, y + h - 6);
  pen.textAlign = "right";
  if (outside[1]) haloed(pen, scene, `${percent(outside[1] / of)} ▸`, x + w - 4, y + h - 6);
}
