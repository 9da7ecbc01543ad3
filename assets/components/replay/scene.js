// @ts-check
/* The moment that is painted, its words, and strokes that both pictures know. */

import { fill, penOf } from "../kit/dom.js";
import { clamp, number, percent, plain } from "../kit/numbers.js";
import { ARMS, held } from "./run.js";

export const TEXT = 12.5; // px
export const LABEL = 13.5;

/**
 * @typedef {object} Scene
 * @property {import("./run.js").Run} run
 * @property {number} frame
 * @property {number} reached the last frame that has been seen
 * @property {import("./run.js").View} view
 * @property {number} layer that is chosen, from 1
 * @property {Record<string, any>} words
 * @property {Record<string, string>} palette
 * @property {number} ratio of dots to px
 * @property {string} family of the font
 * @property {number} least px that letters may have, before a class
 * @typedef {CanvasRenderingContext2D} Pen
 */

/** @param {Scene} scene @param {number} size @param {number} [weight] */
export const font = ({ family, least }, size, weight = 400) => `${weight} ${Math.max(size, least)}px ${family}`;

/**
 * The pen of an empty canvas, with the font of most texts.
 * @param {HTMLCanvasElement} canvas
 * @param {readonly number[]} size in px
 * @param {Scene} scene
 */
export function sized(canvas, size, scene) {
  const pen = penOf(canvas, size[0], size[1], scene.ratio);
  takeRoom(canvas, size);
  pen.font = font(scene, TEXT);
  return pen;
}

/** So much of the page, painted or not. @param {HTMLCanvasElement} canvas @param {readonly number[]} size in px */
export function takeRoom({ style }, [width, height]) {
  style.width = `${width}px`;
  style.height = `${height}px`;
}

/** @param {Pen} pen @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
export function line(pen, x1, y1, x2, y2) {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}

/**
 * What stands below an axis: each number under its place, and none beyond the ends.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {(value: number) => number} X
 * @param {{ value: number, text: string }[]} ticks
 * @param {readonly number[]} ends in px
 * @param {number} y
 */
export function paintTicks(pen, scene, X, ticks, [left, right], y) {
  pen.font = font(scene, TEXT);
  pen.fillStyle = scene.palette.ink;
  pen.globalAlpha = 0.75;
  for (const { value, text } of ticks) {
    const half = pen.measureText(text).width / 2;
    pen.textAlign = "left";
    pen.fillText(text, clamp(X(value) - half, left, right - 2 * half), y);
  }
  pen.globalAlpha = 1;
}

/**
 * A text that stands out from what is below it.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {string} text
 * @param {number} x
 * @param {number} y
 */
export function haloed(pen, { palette }, text, x, y) {
  pen.strokeStyle = palette.paper;
  pen.lineWidth = 4;
  pen.lineJoin = "round";
  pen.strokeText(text, x, y);
  pen.fillText(text, x, y);
}

/** Loss and accuracy of an arm. @param {Scene} scene @param {number} arm */
export function summary({ run, frame, words }, arm) {
  const at = held(run, frame, arm) * 2 + arm;
  return fill(words.summary, { loss: number(run.loss[at]), accuracy: percent(run.accuracy[at]) });
}

/** The same with the arm's name. @param {Scene} scene @param {number} arm */
export const named = (scene, arm) => `${scene.words[ARMS[arm]]}: ${summary(scene, arm)}`;

/** Why an arm stands still. @param {Scene} scene @param {number} arm */
export function ending({ run, words }, arm) {
  const last = run.steps[run.ended[arm]], step = run.diverged[arm];
  return step === null ? fill(words.ended, { last }) : fill(words.diverged, { step, last });
}

/** Which step it is, of how many. @param {Scene} scene */
export const where = ({ run, frame, words }) => fill(words.at, { step: run.steps[frame], last: run.of });

/**
 * As many decimals as the standard deviation needs for three digits: the text keeps its width.
 * @param {Scene} scene
 * @param {number} mean
 * @param {number} sd
 */
export function momentsText({ words }, mean, sd) {
  const decimals = clamp(sd > 0 ? 2 - Math.floor(Math.log10(sd)) : 3, 0, 6);
  const shown = (/** @type {number} */ x) => Math.max(Math.abs(mean), sd) < 1e5 ? plain(x, decimals) : number(x);
  return fill(words.moments, { mean: shown(mean), sd: shown(sd) });
}
