// @ts-check
/* Digits in less and less light, and what each of several networks makes of them: a bar for its accuracy, a bracket for
   how far several networks differ. What was measured is known for every step of the ladder; between two steps, on the
   way from the light to the dark, a bar is between its two lengths. */

import { Dragged } from "../drag/dragged.js";
import { element, grow, put, write } from "../kit/dom.js";
import { clamp, mix, percent } from "../kit/numbers.js";
import { inks } from "../kit/paper.js";

const SIDE = 8; // px of a digit
const DIMMING = 1400; // ms from the full light to the chosen one

export class Light extends Dragged {
  constructor(root) {
    super(root);
    this.canvases = [...root.querySelectorAll("canvas")];
    this.list = root.querySelector("ul");
    this.list.replaceChildren();
    this.rows = [];
  }

  receive(data) {
    super.receive(data);
    this.root.classList.toggle("asked", !data.told);
    if (data.told && !this.since) this.since = matchMedia("(prefers-reduced-motion: reduce)").matches ? -Infinity : performance.now();
    grow(this.rows, data.arms.length, () => this.row());
    data.arms.forEach(({ name, idea, guess }, k) => {
      const { box, name: called, guess: mark } = this.rows[k];
      box.style.setProperty("--mine", `var(--${idea})`);
      write(called, name);
      write(mark, guess ? data.words.guess : "");
    });
  }

  row() {
    const box = element("li", "", this.list), head = element("div", "", box), bar = element("div", "bar", box);
    const row = { box, name: element("span", "", head), guess: element("i", "", head), share: element("b", "num", head), fill: element("em", "", bar), ends: element("u", "", bar) };
    return Object.assign(row, { remove: () => box.remove() });
  }

  /* The place on the ladder that is shown: the first one until the answer is told, then on the way to the chosen one. */
  get place() {
    if (!this.data.told) return 0;
    const at = this.values.dim, way = clamp((performance.now() - this.since) / DIMMING, 0, 1);
    if (way >= 1 || this.held) return at;
    requestAnimationFrame(() => this.repaint());
    return at * (1 - (1 - way) ** 3);
  }

  draw() {
    const { shades, arms } = this.data, place = this.place, [before, share] = [Math.floor(place), place % 1];
    const between = list => share ? mix(list[before], list[before + 1], share) : list[before];
    const a = between(shades);
    this.digits(this.canvases[0], 1);
    this.digits(this.canvases[1], a);
    arms.forEach(({ shares, name }, k) => {
      const [mean, low, high] = [0, 1, 2].map(i => between(shares.map(each => each[i])));
      const { fill, ends, share: read } = this.rows[k];
      fill.style.width = `${100 * mean}%`;
      ends.style.left = `${100 * low}%`;
      ends.style.width = `${100 * (high - low)}%`;
      write(read, percent(mean));
      put(read, { "data-value": mean.toFixed(4), "aria-label": this.say("says", { name, share: percent(mean) }) });
    });
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

  told() {
    const written = String(this.data.shades[this.values.dim]);
    return { written, spoken: written };
  }
}

/** @param {string} hex */
const rgb = hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
