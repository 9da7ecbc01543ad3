// @ts-check
/* The accuracy of both, along which time is dragged. */

import { penOf } from "../kit/dom.js";
import { dots } from "../kit/sized.js";
import { ARMS } from "./run.js";

const SIDE = 9, TOP = 7, BELOW = 20; // px around the lines

/**
 * Both accuracies over the whole run, in full colour as far as it has come.
 * @param {HTMLCanvasElement} canvas
 * @param {import("./lane.js").Scene} scene
 */
export function paintChart(canvas, { run, frame, palette }) {
  const w = canvas.clientWidth, h = canvas.clientHeight, pen = penOf(canvas, w, h, dots());
  const bottom = h - BELOW, t = Math.floor(frame);
  const X = (/** @type {number} */ at) => SIDE + at / run.last * (w - 2 * SIDE);
  const Y = (/** @type {number} */ share) => bottom - share * (bottom - TOP);
  pen.fillStyle = palette.faint;
  pen.fillRect(SIDE, bottom, w - 2 * SIDE, 1);
  pen.fillRect(SIDE, TOP, w - 2 * SIDE, 1);
  const line = (/** @type {number} */ arm, /** @type {number} */ to) => {
    pen.beginPath();
    for (let k = 0; k <= to; k++) pen.lineTo(X(k), Y(run.accuracy[arm][k]));
    pen.strokeStyle = palette[ARMS[arm]];
    pen.setLineDash(ARMS[arm] === "plain" ? [6, 4] : []);
    pen.lineWidth = 2.5;
    pen.lineJoin = "round";
    pen.stroke();
  };
  for (const arm of [1, 0]) {
    pen.globalAlpha = 0.3;
    line(arm, run.last);
    pen.globalAlpha = 1;
    line(arm, t);
  }
  pen.setLineDash([]);
  const x = X(frame);
  pen.fillStyle = palette.ink;
  pen.fillRect(x - 0.75, TOP - 2, 1.5, bottom - TOP + 8);
  paintHandle(pen, x, h - 10, palette.paper);
  for (const arm of [1, 0]) {
    pen.beginPath();
    pen.arc(x, Y(run.accuracy[arm][t]), 5, 0, 2 * Math.PI);
    pen.fillStyle = arm ? palette.paper : palette.bn;
    pen.strokeStyle = arm ? palette.plain : palette.paper;
    pen.lineWidth = 2;
    pen.fill();
    pen.stroke();
  }
}

/**
 * What can be dragged looks like it.
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {string} paper
 */
function paintHandle(pen, x, y, paper) {
  pen.beginPath();
  pen.roundRect(x - 9, y - 9, 18, 18, 6);
  pen.fill();
  pen.beginPath();
  for (const side of [-1, 1]) {
    pen.moveTo(x + side * 6, y);
    pen.lineTo(x + side * 2, y - 3.5);
    pen.lineTo(x + side * 2, y + 3.5);
  }
  pen.fillStyle = paper;
  pen.fill();
}
