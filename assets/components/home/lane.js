// @ts-check
/* One network: every digit stands where one hidden unit puts it. */

import { element, fill, penOf } from "../kit/dom.js";
import { clamp, percent } from "../kit/numbers.js";
import { dots } from "../kit/sized.js";
import { ARMS, shareAt, signed, spread } from "./run.js";

export const DIGIT = 17;     // px
const LARGE = 46;            // px, of the one under the finger
const REACH = 26;            // px from a finger to a digit that it means
const GOLDEN = 0.6180339887; // spreads the digits over the height of their lane

/**
 * What is painted: of both lanes the same moment.
 * @typedef {object} Scene
 * @property {import("./run.js").Run} run
 * @property {number} frame
 * @property {number | undefined} picked the digit under the finger
 * @property {Record<string, any>} words
 * @property {Record<string, string>} palette
 * @property {string} font
 */

/**
 * The digits of a run side by side in one colour, to be stamped from.
 * @param {import("./run.js").Run} run
 * @param {string} colour
 */
function sheet({ ink, images, side }, colour) {
  const canvas = element("canvas");
  canvas.width = side * images;
  canvas.height = side;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const painted = pen.createImageData(canvas.width, side);
  const [r, g, b] = [1, 3, 5].map(k => parseInt(colour.slice(k, k + 2), 16));
  for (let i = 0; i < images; i++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        painted.data.set([r, g, b, ink[(i * side + y) * side + x]], 4 * (y * canvas.width + i * side + x));
  pen.putImageData(painted, 0, 0);
  return canvas;
}

export class Lane {
  /** @type {Record<string, HTMLCanvasElement>} by run */
  sheets = {};

  /**
   * @param {Element} parent
   * @param {string} name of the arm
   * @param {(lane: Lane, event?: PointerEvent) => void} pick a finger is over it, or no more
   */
  constructor(parent, name, pick) {
    this.arm = ARMS.indexOf(name);
    this.name = name;
    const lane = element("div", `lane ${name}`, parent);
    const head = element("div", "head", lane, { "aria-hidden": true });
    this.title = element("span", "name", head);
    this.sd = element("span", "sd", head);
    this.right = element("span", "right", head);
    this.canvas = element("canvas", "", lane, { role: "img" });
    for (const kind of ["pointermove", "pointerdown"])
      this.canvas.addEventListener(kind, event => pick(this, /** @type {PointerEvent} */ (event)));
    for (const kind of ["pointerleave", "pointercancel"])
      this.canvas.addEventListener(kind, () => pick(this));
  }

  /** Colours may have changed. */
  forget() { this.sheets = {}; }

  /** @param {Record<string, any>} words */
  word(words) {
    this.title.textContent = words[this.name];
    this.canvas.setAttribute("aria-label", words[`picture_${this.name}`]);
  }

  /**
   * Where a digit's middle stands in a lane of w × h.
   * @param {Scene} scene
   * @param {number} i
   * @param {number} w
   * @param {number} h
   */
  place({ run, frame }, i, w, h) {
    const share = shareAt(run, this.arm, frame, i);
    return [DIGIT / 2 + share * (w - DIGIT), DIGIT / 2 + ((i * GOLDEN) % 1) * (h - DIGIT)];
  }

  /**
   * The digit nearest to a finger, if there is one that it can mean.
   * @param {Scene} scene
   * @param {PointerEvent} event
   */
  nearest(scene, event) {
    let found, nearest = REACH ** 2;
    for (let i = 0; i < scene.run.images; i++) {
      const [x, y] = this.place(scene, i, this.canvas.clientWidth, this.canvas.clientHeight);
      const away = (x - event.offsetX) ** 2 + (y - event.offsetY) ** 2;
      if (away < nearest) [found, nearest] = [i, away];
    }
    return found;
  }

  /** @param {Scene} scene */
  paint(scene) {
    const { run, frame, picked, palette, words } = scene, { arm, name, canvas } = this, t = Math.floor(frame);
    const w = canvas.clientWidth, h = canvas.clientHeight, pen = penOf(canvas, w, h, dots());
    const zero = DIGIT / 2 + -run.low / (run.high - run.low) * (w - DIGIT);
    pen.fillStyle = palette.faint;
    pen.fillRect(Math.round(zero) - 0.5, 0, 1, h);
    const stamps = this.sheets[run.name + palette[name]] ??= sheet(run, palette[name]), { side } = run;
    pen.imageSmoothingQuality = "high";
    pen.globalAlpha = picked === undefined ? 0.9 : 0.25;
    for (let i = 0; i < run.images; i++) {
      const [x, y] = this.place(scene, i, w, h);
      pen.drawImage(stamps, i * side, 0, side, side, x - DIGIT / 2, y - DIGIT / 2, DIGIT, DIGIT);
    }
    pen.globalAlpha = 1;
    if (picked !== undefined) this.paintPicked(pen, scene, stamps, picked, w, h);
    this.sd.textContent = fill(words.spread, { spread: spread(run.spread[arm][t]) });
    this.right.textContent = fill(words.right, { share: percent(run.accuracy[arm][t]) });
    this.right.dataset.value = String(run.accuracy[arm][t]);
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Scene} scene
   * @param {HTMLCanvasElement} stamps
   * @param {number} picked
   * @param {number} w
   * @param {number} h
   */
  paintPicked(pen, scene, stamps, picked, w, h) {
    const { run, palette, font } = scene, half = LARGE / 2;
    const [x, y] = this.place(scene, picked, w, h);
    const left = clamp(x, half + 1, w - half - 1), top = clamp(y, half + 1, h - half - 1);
    pen.beginPath();
    pen.roundRect(left - half, top - half, LARGE, LARGE, 8);
    pen.fillStyle = palette.paper;
    pen.fill();
    pen.strokeStyle = palette[this.name];
    pen.lineWidth = 2;
    pen.stroke();
    pen.drawImage(stamps, picked * run.side, 0, run.side, run.side, left - half + 3, top - half + 3, LARGE - 6, LARGE - 6);
    const value = signed(run.low + (x - DIGIT / 2) / (w - DIGIT) * (run.high - run.low));
    pen.font = `700 13px ${font}`;
    pen.textBaseline = "middle";
    const room = pen.measureText(value).width + 12, side = left + half + room < w ? 1 : -1;
    pen.fillStyle = palette.paper;
    pen.fillRect(side > 0 ? left + half + 3 : left - half - 3 - room, top - 11, room, 22);
    pen.fillStyle = palette[this.name];
    pen.textAlign = side > 0 ? "left" : "right";
    pen.fillText(value, left + side * (half + 8), top);
  }
}
