// @ts-check
/* How much each past batch weighs in a running average: bars that fade into the past, and below them what they weigh,
   the mean and the variance of each batch, with the running value beside the true one. Until `weighed`, the batches
   alone are there. After release the numbers are Python's. */

import { Dragged } from "../drag/dragged.js";
import { scale, ticksWithin } from "../kit/axes.js";
import { element, grow, make, put, write } from "../kit/dom.js";
import { clamp, mix, number, percent, pixel } from "../kit/numbers.js";
import { averages, weights } from "./weights.js";

const EDGE = { left: 46, right: 16, top: 8, bottom: 8 }; // px around a plot
const GROWTH = 900; // ms
const PARTS = ["start", "older", "few"];

export class Fading extends Dragged {
  constructor(root) {
    super(root);
    this.figures = [...root.querySelectorAll("figure")].map(figure => {
      const svg = figure.querySelector("svg");
      svg.replaceChildren();
      return { caption: figure.querySelector("figcaption"), svg, grid: make("g", svg, { class: "grid" }), marks: make("g", svg), over: make("g", svg) };
    });
    this.parts = PARTS.map(part => ({
      strip: this.find(`i[data-part=${part}]`), name: this.find(`li[data-part=${part}] span`), share: this.find(`li[data-part=${part}] b`),
    }));
    this.grown = 0;
  }

  receive(data) {
    this.few = data.few;
    super.receive(data);
    const [head, ...followed] = this.figures;
    this.newest = this.caption(head.caption, [[data.words.weight, ""], [data.words.newest, "running"]])[1];
    this.read = followed.map(({ caption }, k) => this.caption(caption, [[data.words[data.panels[k].idea], data.panels[k].idea], [data.words.running, "running"], [data.words.true, "ink"]]).slice(1));
    if (!data.weighed) this.grown = 0;
    else if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.grown = 1;
    else if (!this.since) this.since = performance.now();
  }

  /* Names, each with a place for its number. */
  caption(caption, names) {
    caption.replaceChildren();
    return names.map(([name, idea]) => {
      const entry = element("span", "", caption);
      if (idea) entry.style.setProperty("--mine", `var(--${idea})`);
      entry.append(`${name} `);
      return element("b", "num", entry);
    });
  }

  draw() {
    if (this.data.weighed && this.grown < 1) {
      this.grown = clamp((performance.now() - this.since) / GROWTH, 0, 1);
      if (this.grown < 1) requestAnimationFrame(() => this.repaint());
    }
    const { decays, stops, corrected, panels } = this.data, width = this.figures[0].svg.clientWidth;
    const decay = decays[this.values.decay], stop = stops[this.values.stop], first = Math.max(0, stop - (width < 420 ? 40 : 60));
    const x = scale(first - 0.5, stop + 0.5, EDGE.left, width - EDGE.right);
    const now = { decay, stop, first, width, x, ...weights(decay, stop, corrected) };
    this.shares(now);
    this.bars(now);
    panels.forEach((panel, k) => this.follow(this.figures[k + 1], panel, this.read[k], now));
  }

  /* What the last few batches, all before them, and the start have in it. */
  shares({ start, batches }) {
    const few = batches.slice(-this.few).reduce((sum, weight) => sum + weight, 0);
    const parts = [start, 1 - start - few, few].map(share => Math.max(0, share));
    this.parts.forEach(({ strip, name, share }, k) => {
      strip.style.width = this.data.weighed ? `${100 * parts[k]}%` : "0";
      write(name, this.say(PARTS[k], { n: this.few }));
      write(share, this.data.weighed ? percent(parts[k]) : "?");
      if (this.data.weighed) put(share, { "data-value": parts[k].toPrecision(6) });
    });
  }

  bars({ stop, first, width, x, batches, decay }) {
    const { svg, marks, over } = this.figures[0], height = svg.clientHeight, seen = this.data.weighed;
    const most = batches.at(-1), y = scale(0, most, height - EDGE.bottom, EDGE.top), thick = Math.max(1.5, (x(1) - x(0)) * 0.72);
    const bars = batches.slice(first);
    grow(marks.bars ??= [], bars.length, () => make("rect", marks, { class: "bar" }));
    bars.forEach((weight, k) => {
      const tall = seen ? Math.max(1, (height - EDGE.bottom - y(weight)) * this.grown) : 2;
      put(marks.bars[k], {
        x: pixel(x(first + k + 1) - thick / 2), width: pixel(thick), y: pixel(height - EDGE.bottom - tall), height: pixel(tall),
        opacity: seen ? pixel(mix(1, 0.2 + 0.8 * weight / most, this.grown)) : 0.6,
      });
    });
    write(this.newest, seen ? percent(most) : "?");
    if (seen) put(this.newest, { "data-value": most.toPrecision(6) });
    this.guess(over, x, stop, first, width);
    put(svg, { "aria-label": seen ? this.say("says", { decay, newest: percent(most) }) : this.words.weight });
  }

  /* How many of the last batches the reader thought of. */
  guess(over, x, stop, first) {
    const { guess } = this.data;
    over.bracket ??= make("path", over, { class: "guess" });
    over.words ??= make("text", over, { class: "guess", y: 20 });
    put(over, { visibility: guess ? "visible" : "hidden" });
    if (!guess) return;
    const from = guess < 0 ? first : Math.max(first, stop - guess), left = pixel(x(from + 0.5)), right = pixel(x(stop + 0.5));
    put(over.bracket, { d: `M${left} 9V3H${right}V9` });
    const room = left - EDGE.left > 90;
    put(over.words, { x: room ? left - 6 : left + 6, "text-anchor": room ? "end" : "start" });
    write(over.words, this.words.guess);
  }

  /* One statistic: of each batch a dot, the running value a line, the true one dotted; at the stop both in numbers. */
  follow({ svg, grid, marks, over }, { idea, batch, start, steps, true: known, kept }, [read, truth], { decay, stop, first, width, x, batches }) {
    const height = svg.clientHeight, seen = this.data.weighed, run = averages(batch.slice(0, stop), start, decay, this.data.corrected);
    const from = Math.max(0, steps.findIndex(step => step > first) - 1), to = steps.findIndex(step => step >= stop);
    const shown = [...batch.slice(first, stop), ...known.slice(from, to + 1), ...(seen ? run.slice(first) : [])];
    const low = Math.min(...shown), high = Math.max(...shown), air = 0.08 * (high - low || 1);
    const y = scale(low - air, high + air, height - EDGE.bottom, EDGE.top);
    this.ruler(grid, low - air, high + air, y, width);
    grow(marks.dots ??= [], stop - first, () => make("circle", marks, { class: "dot", r: 3.5 }));
    marks.style.setProperty("--mine", `var(--${idea})`);
    marks.dots.forEach((dot, k) => put(dot, {
      cx: pixel(x(first + k + 1)), cy: pixel(y(batch[first + k])),
      opacity: seen ? pixel(mix(0.7, 0.15 + 0.85 * batches[first + k] / batches.at(-1), this.grown)) : 0.7,
    }));
    over.truth ??= make("path", over, { class: "line truth" });
    over.run ??= make("path", over, { class: "line run" });
    over.end ??= make("circle", over, { class: "end", r: 6 });
    const path = points => points.map(([at, value], k) => `${k ? "L" : "M"}${pixel(clamp(x(at), EDGE.left, width))} ${pixel(y(value))}`).join("");
    put(over.truth, { d: path(steps.slice(from, to + 1).map((step, k) => [step, known[from + k]])) });
    put(over.run, { d: seen ? path(run.slice(first).map((value, k) => [first + k, value])) : "", opacity: pixel(this.grown) });
    put(over.end, { visibility: seen ? "visible" : "hidden", cx: pixel(x(stop)), cy: pixel(y(run[stop])) });
    const numbers = this.still && kept ? kept : [run[stop], known[to]];
    write(read, seen ? number(numbers[0]) : "?");
    write(truth, number(numbers[1] ?? known[to]));
    if (seen) put(read, { "data-value": numbers[0].toPrecision(6) });
    put(truth, { "data-value": known[to].toPrecision(6) });
    put(svg, { "aria-label": this.say("follows", { what: this.words[idea], running: read.written, true: truth.written }) });
  }

  ruler(grid, low, high, y, width) {
    const ticks = ticksWithin([low, high], 3);
    grow(grid.lines ??= [], ticks.length, () => make("line", grid));
    grow(grid.texts ??= [], ticks.length, () => make("text", grid, { class: "up" }));
    ticks.forEach(({ value, text }, k) => {
      put(grid.lines[k], { x1: EDGE.left, x2: width - EDGE.right, y1: pixel(y(value)), y2: pixel(y(value)) });
      put(grid.texts[k], { x: EDGE.left - 8, y: pixel(y(value) + 4.5) });
      write(grid.texts[k], text);
    });
  }

  told(name) {
    const written = String(name === "decay" ? this.data.decays[this.values.decay] : this.data.stops[this.values.stop]);
    return { written, spoken: written };
  }
}
