// @ts-check
/* Two networks while they train: every digit stands where one hidden unit puts it, and the accuracy below is what time
   is dragged along. It computes nothing about the runs: values, accuracy and spread come from experiments/home/hero.py.
   Between two recorded steps the digits glide in a straight line; all numbers are those of the recorded step before. */

import { split } from "../kit/bytes.js";
import { element, fill, icon, paintWith } from "../kit/dom.js";
import { REST } from "../kit/mount.js";
import { minus, percent } from "../kit/numbers.js";
import { inks } from "../kit/paper.js";
import { sized } from "../kit/sized.js";
import { undoneBySwipe } from "../kit/swipe.js";
import { paintChart } from "./chart.js";
import { DIGIT, Lane } from "./lane.js";
import { ARMS, spread, unpack } from "./run.js";

const SECONDS = 13; // of a whole run
const EASE = 1.7;   // the start, where most happens, gets more of them

export class Hero {
  /** @type {(sent: any) => void} */
  send = () => {};

  /** @type {any} what Python says beside the runs */
  settings = undefined;

  constructor(parent) {
    this.root = element("div", "lab hero", parent);
    this.frame = 0;
    this.runs = {};
    this.build();
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.unwatch = sized(this.root, () => this.paint(), () => this.printed());
    this.view = new IntersectionObserver(([seen]) => this.look(seen.isIntersecting), { threshold: 0.2 });
    this.view.observe(this.root);
  }

  build() {
    this.choice = element("div", "choice", this.root, { role: "group" });
    this.lanes = ARMS.map(arm => new Lane(this.root, arm, (lane, event) => this.pick(lane, event)));
    this.axis = element("div", "axis", this.root, { "aria-hidden": "true" });
    const time = element("div", "time", this.root);
    this.toggle = element("button", "play", time, { type: "button" });
    this.toggle.addEventListener("click", () => this.playing ? this.halt() : this.play());
    const drawn = element("div", "drawn", time);
    const head = element("div", "over", drawn, { "aria-hidden": "true" });
    this.what = element("span", "", head);
    this.at = element("span", "at", head);
    this.track = element("div", "track", drawn);
    this.chart = element("canvas", "", this.track, { "aria-hidden": "true" });
    this.range = element("input", "", this.track, { type: "range", min: 0, step: 1 });
    this.range.addEventListener("input", () => {
      const wanted = +this.range.value;   // a paint puts it back to where the picture stands
      this.scrubbed = true;
      this.pause();
      this.show(wanted);
    });
    this.range.addEventListener("change", () => { if (this.scrubbed) this.rest(); });
    undoneBySwipe(this.range, () => {
      const { frame, playing } = this;
      return () => this.goBack(frame, playing);
    });
    this.range.addEventListener("keydown", event => {
      if (event.key !== " ") return;
      event.preventDefault();
      this.toggle.click();
    });
    this.why = element("p", "why", this.root, { "aria-live": "polite" });
    this.spoken = element("p", "spoken", this.root);
  }

  leave() {
    this.pause();
    clearTimeout(this.telling);
    this.unwatch();
    this.view.disconnect();
    this.root.remove();
  }

  // A place is gone to when it is news: Python repeats what it was told here.
  async receive(bytes) {
    let rest;
    [this.settings, rest] = split(bytes);
    this.packed = {};
    for (const { name, size } of this.settings.runs) [this.packed[name], rest] = [rest.subarray(0, size), rest.subarray(size)];
    for (const lane of this.lanes) lane.forget();
    const { run, frame } = this.settings.place, told = `${run} ${frame}`;
    if (told === this.told) return this.open(this.name);
    this.told = told;
    await this.open(run, frame);
  }

  // Where a finger left it is what the link holds.
  rest(frame = Math.floor(this.frame)) {
    this.told = `${this.name} ${frame}`;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.send({ run: this.name, frame }), REST);
  }

  halt() {
    this.pause();
    this.rest();
  }

  // To where it stood, or went on, before a finger that only scrolled.
  goBack(frame, playing) {
    this.scrubbed = false;
    if (this.playing) return;   // as it does still
    this.show(frame);
    if (playing) this.play(this.until);
  }

  // At a frame it rests; at 0 it plays from the start to where the two differ most. Without one it goes on as it was.
  async open(name, frame) {
    const fresh = frame !== undefined;
    this.name = name;
    const run = this.runs[name] ??= await unpack(name, this.packed[name]);
    if (this.name !== name) return;   // another one was chosen meanwhile
    this.run = run;
    this.range.max = run.last;
    this.word();
    if (fresh) {
      this.pause();
      this.picked = undefined;
      this.frame = frame || (this.still.matches ? run.differs : 0);
    }
    this.paint();
    this.root.dataset.run = name;
    if (frame === 0 && !this.still.matches) this.play(run.differs);
  }

  word() {
    const { words, palette, runs } = this.settings;
    paintWith(this.root, { bn: palette.bn, plain: palette.plain });
    this.choice.setAttribute("aria-label", words.choice);
    if (!this.choice.children.length)
      for (const { name } of runs)
        element("button", "", this.choice, { type: "button", "data-run": name })
          .addEventListener("click", async () => {
            await this.open(name, 0);
            this.rest(0);
          });
    runs.forEach(({ name }, k) => {
      this.choice.children[k].textContent = words.runs[name];
      this.choice.children[k].setAttribute("aria-pressed", String(name === this.name));
    });
    for (const lane of this.lanes) lane.word(words);
    this.range.setAttribute("aria-label", words.scrub);
    this.what.textContent = words.chart;
    this.why.textContent = words.why[this.name];
    this.wordPlay();
  }

  wordPlay() {
    const act = this.playing ? "pause" : "play", words = this.settings.words[act];
    this.toggle.replaceChildren(icon(act));
    this.toggle.setAttribute("aria-label", words);
    this.toggle.setAttribute("title", words);
    this.root.dataset.playing = String(Boolean(this.playing));
  }

  // ---- time

  play(until = this.run.last) {
    if (this.frame >= this.run.last) this.frame = 0;
    this.until = until;
    this.playing = true;
    this.wordPlay();
    this.run_on();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.next);
    this.wordPlay();
    this.paint();
  }

  // Out of sight nothing is painted; it goes on from there when it comes back.
  look(seen) {
    this.seen = seen;
    this.root.dataset.seen = seen;
    if (!this.playing) return;
    cancelAnimationFrame(this.next);
    if (seen) this.run_on();
  }

  run_on() {
    cancelAnimationFrame(this.next);
    const { last } = this.run;
    let before;
    const tick = now => {
      const passed = Math.min(now - (before ?? now), 100) / 1000;
      before = now;
      const share = (this.frame / last) ** (1 / EASE) + passed / SECONDS;
      this.show(Math.min(this.until, last * share ** EASE));
      if (this.frame >= this.until) this.pause();
      else this.next = requestAnimationFrame(tick);
    };
    if (this.seen !== false) this.next = requestAnimationFrame(tick);
  }

  show(frame) {
    this.frame = frame;
    this.paint();
  }

  // ---- a digit under the finger

  pick(lane, event) {
    const found = event && this.run ? lane.nearest(this.scene, event) : undefined;
    if (found === this.picked) return;
    this.picked = found;
    this.paint();
  }

  // ---- painting

  // On paper a run that is under way has arrived.
  printed() {
    const { frame } = this;
    if (matchMedia("print").matches && this.playing) this.frame = this.until;
    this.paint();
    this.frame = frame;
  }

  paint() {
    if (!this.run || !this.root.clientWidth) return;
    const t = Math.floor(this.frame), { run } = this, { words } = this.settings;
    const { scene } = this;
    for (const lane of this.lanes) lane.paint(scene);
    this.paintAxis();
    paintChart(this.chart, scene);
    const step = { step: run.steps[t], last: run.steps[run.last] };
    this.at.textContent = fill(words.at, step);
    if (+this.range.value !== t) this.range.value = String(t);
    const told = fill(words.told, { ...step, bn: percent(run.accuracy[0][t]), plain: percent(run.accuracy[1][t]),
      spread_bn: spread(run.spread[0][t]), spread_plain: spread(run.spread[1][t]) });
    this.range.setAttribute("aria-valuetext", told);
    if (!this.playing) this.spoken.textContent = told;
    this.root.dataset.frame = String(t);
  }

  get scene() {
    const { run, frame, picked, settings: { words, palette } } = this;
    return { run, frame, picked, words, palette: inks(palette), font: picked === undefined ? "" : getComputedStyle(this.root).fontFamily };
  }

  paintAxis() {
    const { run, axis } = this, w = this.lanes[0].canvas.clientWidth;
    const key = `${run.name} ${w} ${this.settings.words.axis}`;
    if (axis.dataset.key === key) return;
    axis.dataset.key = key;
    axis.replaceChildren();
    for (let value = Math.ceil(run.low / 2) * 2; value <= run.high; value += 2) {
      const tick = element("span", "tick", axis);
      tick.textContent = minus(String(value));
      tick.style.left = `${DIGIT / 2 + (value - run.low) / (run.high - run.low) * (w - DIGIT)}px`;
    }
    element("span", "what", axis).textContent = this.settings.words.axis;
  }
}
