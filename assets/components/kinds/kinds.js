// @ts-check
/* The kinds of noise, a strip each: threads lead from exact values, above, to what becomes of them, below. The mean of
   a batch moves all of them alike, its spread stretches all of them alike from 0, and dropout rolls for each.

   Python sends where the threads end in every draw (hundredths), for dropout by what it keeps. The first of the values
   is that of the image. */

import { Drawn } from "../draws/drawn.js";
import { scale } from "../kit/axes.js";
import { grow, make, put, write } from "../kit/dom.js";
import { clamp, minus, mix, pixel } from "../kit/numbers.js";

const STRIPS = ["added", "multiplied", "dropped"];
const SIDE = 12, TOP = 30, FOOT = 20; // px: air at the ends; above the upper row of a strip, and below the lower one

export class Kinds extends Drawn {
  constructor(root) {
    super(root);
    const svg = this.svg = root.querySelector("svg");
    svg.replaceChildren();
    this.strips = STRIPS.map(name => {
      const group = make("g", svg, { class: `strip ${name}` });
      const parts = { grid: make("g", group, { class: "grid" }), past: make("path", group, { class: "past" }), threads: make("g", group), text: make("text", group, { class: "name" }) };
      return { name, lines: [], dots: [], ...parts };
    });
    this.mine = make("text", svg, { class: "mine", "text-anchor": "middle" });
  }

  get first() { return 0; }

  /* Where the threads of a strip end in a draw; before the first one, where they begin. */
  ends(name, at) {
    const sent = this.data.strips?.[name];
    if (!sent || at < 0) return this.data.values;
    return sent[name === "dropped" ? this.values.keep : 0][at].map(end => end / 100);
  }

  draw() {
    const { values, reach } = this.data, width = this.svg.clientWidth, height = this.svg.clientHeight;
    const place = scale(-reach, reach, SIDE, width - SIDE), x = value => pixel(clamp(place(value), SIDE, width - SIDE));
    const high = height / STRIPS.length;
    this.strips.forEach((strip, k) => {
      const top = k * high + TOP, foot = (k + 1) * high - FOOT, at = this.count - 1;
      this.ruler(strip, x, top, foot);
      let past = "";
      for (let d = 0; d < at; d++) this.ends(strip.name, d).forEach((end, i) => { past += `M${x(values[i])} ${top}L${x(end)} ${foot}`; });
      put(strip.past, { d: past });
      const [from, to] = [this.ends(strip.name, at - 1), this.ends(strip.name, at)];
      grow(strip.lines, values.length, i => make("line", strip.threads, { class: i ? "thread" : "thread own" }));
      grow(strip.dots, values.length, i => make("circle", strip.threads, { r: i ? 3.5 : 6 }));
      values.forEach((value, i) => {
        const end = mix(from[i], to[i], this.eased);
        put(strip.lines[i], { x1: x(value), x2: x(end), y1: top, y2: foot });
        put(strip.dots[i], { cx: x(end), cy: foot, "data-value": end.toFixed(2) });
      });
      put(strip.text, { x: 0, y: top - 14 });
      write(strip.text, this.words[strip.name]);
    });
    put(this.svg, { "aria-label": this.words.alt });
    put(this.mine, { x: x(values[0]), y: TOP - 10 });
    write(this.mine, this.words.mine);
  }

  ruler({ grid }, x, top, foot) {
    const drawn = `${x(1)} ${top} ${foot}`;
    if (grid.drawn === drawn) return;
    grid.drawn = drawn;
    grid.replaceChildren();
    for (const y of [top, foot]) make("line", grid, { x1: x(-99), x2: x(99), y1: y, y2: y });
    for (let value = -3; value <= 3; value++) {
      make("line", grid, { x1: x(value), x2: x(value), y1: top - 3, y2: foot + 3, class: value ? "up" : "zero" });
      make("text", grid, { x: x(value), y: foot + 16 }).textContent = minus(String(value));
    }
  }

  told(name) {
    const keep = this.data.tracks[name].options[this.values[name]];
    return { written: keep, spoken: keep };
  }
}
