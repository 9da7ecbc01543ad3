// @ts-check
/* What each of several networks makes of something: a bar for its accuracy, a bracket for how far several networks
   differ. What was measured is known for every step of a ladder; between two steps, on the way from the first to the
   chosen one, a bar is between its two lengths. */

import { Dragged } from "../drag/dragged.js";
import { element, grow, put, write } from "../kit/dom.js";
import { clamp, mix, percent } from "../kit/numbers.js";

const COMING = 1400; // ms from the first step to the chosen one

export class Bars extends Dragged {
  constructor(root) {
    super(root);
    this.list = root.querySelector("ul");
    this.list.replaceChildren();
    this.rows = [];
  }

  /* The name of the control that is the ladder. */
  get ladder() { return Object.keys(this.data.tracks)[0]; }

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
    const at = this.values[this.ladder], way = clamp((performance.now() - this.since) / COMING, 0, 1);
    if (way >= 1 || this.held) return at;
    requestAnimationFrame(() => this.repaint());
    return at * (1 - (1 - way) ** 3);
  }

  draw() {
    const { arms } = this.data;
    arms.forEach(({ shares, name }, k) => {
      const [mean, low, high] = [0, 1, 2].map(i => this.between(shares.map(each => each[i])));
      const { fill, ends, share: read } = this.rows[k];
      fill.style.width = `${100 * mean}%`;
      ends.style.left = `${100 * low}%`;
      ends.style.width = `${100 * (high - low)}%`;
      write(read, percent(mean));
      put(read, { "data-value": mean.toFixed(4), "aria-label": this.say("says", { name, share: percent(mean) }) });
    });
  }

  /* Of a list with a number for each step, what it is at the place that is shown. */
  between(list) {
    const place = this.place, [before, share] = [Math.floor(place), place % 1];
    return share ? mix(list[before], list[before + 1], share) : list[before];
  }

  told(name) {
    const { options } = this.data.tracks[name], written = String(options[Math.round(this.values[name])]);
    return { written, spoken: written };
  }
}
