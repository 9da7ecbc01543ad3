// @ts-check
/* Digits in less and less light, and what each of several networks makes of them (`Bars`). */

import { put } from "../kit/dom.js";
import { clamp, mix } from "../kit/numbers.js";
import { inks } from "../kit/paper.js";
import { Bars } from "./bars.js";

const SIDE = 8; // px of a digit

export class Light extends Bars {
  constructor(root) {
    super(root);
    this.canvases = [...root.querySelectorAll("canvas")];
  }

  draw() {
    this.digits(this.canvases[0], 1);
    this.digits(this.canvases[1], this.between(this.data.shades));
    super.draw();
  }

  /* Ink times a on paper, as pixels. */
  digits(canvas, a) {
    const { digits } = this.data, palette = inks(this.data.palette), painted = `${a} ${palette.ink}`;
    if (canvas.painted === painted) return;
    canvas.painted = painted;
    const width = digits.length * (SIDE + 1) - 1;
    Object.assign(canvas, { width, height: SIDE });
    put(canvas, { "aria-label": this.data.alt });
    const pen = canvas.getContext("2d"), [paper, faint, ink] = ["paper", "faint", "ink"].map(name => rgb(palette[name]));
    const ground = paper.map((value, i) => (2 * value + faint[i]) / 3), pixels = pen.createImageData(width, SIDE);
    digits.forEach((digit, d) => digit.forEach((value, i) => {
      const at = 4 * ((i / SIDE | 0) * width + d * (SIDE + 1) + i % SIDE), dark = clamp(value * a, 0, 1);
      for (let c = 0; c < 3; c++) pixels.data[at + c] = Math.round(mix(ground[c], ink[c], dark));
      pixels.data[at + 3] = 255;
    }));
    pen.putImageData(pixels, 0, 0);
  }
}

/** @param {string} hex */
const rgb = hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
