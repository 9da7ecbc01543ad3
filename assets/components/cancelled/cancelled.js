// @ts-check
/* One unit's z and z̃ on a mini-batch, as they were (above) and as they are now (below), each example joined with
   itself. b moves every z, a nudge moves `one` of them; β comes after. While one is dragged, mean, variance, z_norm
   and z̃ are computed anew (`fourSteps`): under b z̃ stays because it comes out the same. At rest the numbers are
   bncore's. Where a reader had expected z̃ is marked below the row (`guess`). */

import { Dragged } from "../drag/dragged.js";
import { scale, ticksOf } from "../kit/axes.js";
import { grow, make, put, write } from "../kit/dom.js";
import { average, minus, pixel, written } from "../kit/numbers.js";
import { tallOf } from "../kit/sized.js";
import { fourSteps } from "../stage/steps.js";

const LEVELS = { before: 42, after: 112 }; // px from the top, of the rows; what is below grows with what is between
const WORDS_AT = { before: 15, after: 142 };
const GUESS = { mark: 122, word: 161 }; // px from the top
const BETWEEN = LEVELS.after - LEVELS.before;
const AXIS = 170; // px from the top, where the grid ends
const INSET = 8; // px left and right of the axis
const IDEAS = ["z", "z_tilde"];

export class Cancelled extends Dragged {
  constructor(root) {
    super(root);
    this.panels = Object.fromEntries(IDEAS.map(idea => [idea, this.build(this.find(`[data-idea="${idea}"] svg`))]));
  }

  build(svg) {
    svg.replaceChildren();
    const panel = { svg, grid: make("g", svg, { class: "grid" }), ties: make("g", svg, { class: "ties" }), threads: [], lines: [], ticks: [], guess: make("path", svg, { class: "guess" }), guessed: make("text", svg, { class: "guessed", y: GUESS.word }) };
    for (const row in LEVELS) {
      const group = make("g", svg, { class: row });
      panel[row] = {
        group, marks: [], mean: make("path", group, { class: "mean" }),
        name: make("text", group, { x: 0, y: WORDS_AT[row] }), ofMean: make("text", group, { class: "of-mean", y: WORDS_AT[row] }),
      };
    }
    return panel;
  }

  /* {z, z_tilde} with b, the nudge and β as the hand has set them. */
  now() {
    const { before, after, gamma, beta, eps, one } = this.data, { b = 0, nudge = 0, shift = 0 } = this.values;
    if (this.still) return after;
    const z = before.z.map((value, i) => value + b + (i === one ? nudge : 0));
    const { rows } = fourSteps(z, { eps, gamma, beta: beta + shift });
    return { z: rows[0], z_tilde: rows[3] };
  }

  draw() {
    const now = this.now(), { before, ends } = this.data;
    this.means = {};
    const more = this.more = BETWEEN * (tallOf(this.root, 0.8) - 1);
    for (const idea of IDEAS) {
      const panel = this.panels[idea], width = panel.svg.clientWidth;
      const [low, high] = ends[idea], along = scale(low, high, INSET, width - INSET), x = value => pixel(along(value));
      for (const part of [panel.after.group, panel.guess, panel.guessed]) put(part, { transform: `translate(0 ${more})` });
      this.ruler(panel, ends[idea], x, width);
      this.join(panel, before[idea], now[idea], x);
      const rows = { before: before[idea], after: now[idea] };
      for (const row in rows) this.row(panel[row], rows[row], LEVELS[row], this.called(row, idea), x, width);
      const [was, is] = [rows.before, rows.after].map(values => written(average(values), 1));
      this.means[idea] = is;
      this.mark(panel, idea === "z_tilde" ? this.data.guess : null, x);
      if (!this.held) put(panel.svg, { "aria-label": this.say(`alt_${idea}`, { was, now: is }) });
    }
  }

  ruler(panel, ends, x, width) {
    const ticks = ticksOf(ends, width);
    grow(panel.lines, ticks.length, () => make("line", panel.grid, { y1: 24 }));
    grow(panel.ticks, ticks.length, () => make("text", panel.grid));
    ticks.forEach(({ value, text }, k) => {
      put(panel.lines[k], { x1: x(value), x2: x(value), y2: AXIS + this.more, class: value === 0 ? "zero" : "" });
      put(panel.ticks[k], { x: x(value), y: AXIS + this.more + 17 });
      write(panel.ticks[k], text);
    });
  }

  join(panel, before, after, x) {
    grow(panel.threads, before.length, () => make("path", panel.ties));
    panel.threads.forEach((path, i) => put(path, { d: `M${x(before[i])} ${LEVELS.before}L${x(after[i])} ${LEVELS.after + this.more}` }));
  }

  row({ group, marks, mean, name, ofMean }, values, y, word, x, width) {
    grow(marks, values.length, () => group.insertBefore(make("circle", group, { r: 5.5, cy: y }), mean));
    values.forEach((value, i) => put(marks[i], { cx: x(value), "data-value": value, class: i === this.data.one ? "one" : "" }));
    const middle = average(values);
    put(mean, { d: `M${x(middle)} ${y - 15}v30` });
    write(name, word);
    put(ofMean, { x: width, "data-value": middle });
    write(ofMean, `${this.words.mean} ${written(middle, 1)}`);
  }

  mark({ guess, guessed }, values, x) {
    put(guess, { d: values ? values.map(value => `M${x(value)} ${GUESS.mark}v9`).join("") : "" });
    put(guessed, { x: values ? x(average(values)) : 0 });
    write(guessed, values ? this.words.guess : "");
  }

  called(row, idea) {
    if (row === "before" || this.data.locked) return this.words.before;
    const set = Object.fromEntries(Object.keys(this.values).map(name => [name, this.told(name).written]));
    return this.say(idea === "z_tilde" && this.values.shift ? "after_shift" : "after", set);
  }

  told(name) {
    const value = this.values[name], plain = minus(String(Number(value.toPrecision(3))));
    const written = name !== "b" && value > 0 ? `+${plain}` : plain;
    return { written, spoken: this.means ? this.say("spoken", { value: written, ...this.means }) : written };
  }
}
