// @ts-check
/* The replay: what two networks recorded while they trained, painted frame by frame. It computes nothing about the
   runs. Bytes come from experiments/replay.py, words and colours from Python; here they are unpacked and painted. One
   paint touches two canvases: the histograms, and the marker over curves that were drawn beforehand. */

import { split } from "../kit/bytes.js";
import { element, fill, paintWith } from "../kit/dom.js";
import { REST } from "../kit/mount.js";
import { clamp } from "../kit/numbers.js";
import { undoneBySwipe } from "../kit/swipe.js";
import { Clock } from "./clock.js";
import { Choice, Transport } from "./controls.js";
import { Curves } from "./curves.js";
import { Histograms } from "./histograms.js";
import { ARMS, unpack, VIEWS } from "./run.js";
import { named, where } from "./scene.js";
import { Spoken } from "./spoken.js";

const SPEEDS = [100, 50, 25, 10]; // percent
const COLUMNS_FROM = 820;         // px: histograms and curves side by side from here on

export class Replay {
  /** @type {(sent: any) => void} */
  send = () => {};

  constructor(parent) {
    /** @type {HTMLElement & { painted?: any }} */
    this.root = element("div", "lab replay", parent);
    this.clock = new Clock();
    this.frame = 0;
    this.paints = 0;
    this.painting = 0;
    this.build();
    this.listen();
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.body);
    this.root.painted = { frame: -1, panels: [] };
  }

  build() {
    const root = this.root;
    this.transport = new Transport(root, {
      back: () => this.go(this.frame - 1), on: () => this.go(this.frame + 1),
      toggle: () => this.clock.playing ? this.pause() : this.play(),
    });
    const bar = element("div", "bar", root);
    this.views = new Choice(bar);
    this.speeds = new Choice(bar);
    const now = element("div", "now", root, { "aria-hidden": true });
    this.armLine = Object.fromEntries([...ARMS].reverse().map(arm => [arm, element("span", arm, now)]));
    this.body = element("div", "body", root);
    this.left = element("div", "left", this.body);
    this.histograms = new Histograms(this.left);
    this.right = element("div", "right", this.body);
    this.layers = new Choice(this.right, "layers");
    this.curves = new Curves(this.right);
    this.spoken = new Spoken(root);
  }

  leave() {
    this.halt();
    clearTimeout(this.telling);
    this.sizes.disconnect();
    this.root.remove();
  }

  // ---------------------------------------------------------------- under the hand

  listen() {
    const { range } = this.transport;
    range.addEventListener("input", () => { this.halt(); this.show(+range.value); this.scrubbed = true; });
    range.addEventListener("change", () => { if (this.scrubbed) this.settle(); });
    this.undone(range);
    range.addEventListener("pointerdown", () => { this.dragging = true; });
    range.addEventListener("pointerup", () => { this.dragging = false; });
    this.views.choose = view => this.set("view", view);
    this.speeds.choose = speed => this.set("speed", speed);
    this.layers.choose = layer => this.set("layer", layer);
    this.histograms.canvas.addEventListener("click", event => { // the buttons above the curves do the same
      const layer = this.histograms.layerAt(event.offsetY);
      if (layer !== undefined) this.set("layer", layer + 1);
    });
    this.scrubOnCurves(this.curves.root);
  }

  // A press on any curve takes the replay to that step.
  scrubOnCurves(target) {
    const follow = event => {
      const box = target.getBoundingClientRect(), x = event.clientX - box.left;
      this.plot ??= this.curves.plotAt(x, event.clientY - box.top);
      if (!this.plot) return;
      const { steps } = this.run;
      const step = clamp((x - this.plot.x) / this.plot.w, 0, 1) * steps[steps.length - 1];
      let near = 0;
      for (let t = 0; t < steps.length; t++) if (Math.abs(steps[t] - step) < Math.abs(steps[near] - step)) near = t;
      this.show(near);
    };
    target.addEventListener("pointerdown", event => {
      this.plot = undefined;
      this.halt();
      follow(event);
      if (!this.plot) return;
      this.dragging = true;
      target.setPointerCapture(event.pointerId);
    });
    target.addEventListener("pointermove", event => { if (this.dragging && this.plot) follow(event); });
    target.addEventListener("pointerup", () => {
      if (!this.dragging) return;
      this.dragging = false;
      this.plot = undefined;
      this.settle();
    });
    this.undone(target);
  }

  // A finger that only scrolls leaves the replay where it stood, or went on.
  undone(target) {
    undoneBySwipe(target, () => {
      const { frame, clock: { playing } } = this;
      return () => {
        this.dragging = this.scrubbed = false;
        this.plot = undefined;
        if (this.clock.playing) return; // as it does still
        this.show(frame);
        if (playing) this.play();
      };
    });
  }

  set(name, value) {
    this[name] = value;
    this.word();
    this.resize(true);
    this.settle();
  }

  // ---------------------------------------------------------------- talk with Python

  // New data. The position in it counts only if Python moved it: what this component reported itself
  // comes back late, and must not pull the replay back.
  async receive(bytes) {
    const [settings, compressed] = split(bytes);
    this.settings = settings;
    const place = JSON.stringify(settings.place);
    const moved = settings.run !== this.id || (place !== this.placed && place !== this.reported);
    this.placed = place;
    if (settings.run !== this.id) {
      this.id = settings.run;
      this.halt();
      const run = await unpack(compressed);
      if (this.id !== settings.run) return; // newer data has come meanwhile
      this.run = run;
      this.histograms.take(run);
    }
    if (!this.run) return;
    if (moved && !this.dragging) {
      this.halt();
      clearTimeout(this.telling);
      this.reported = undefined;
      this.view = settings.place.view;
      this.speed = settings.place.speed;
      this.layer = clamp(settings.place.layer || this.run.layers, 1, this.run.layers);
      this.frame = clamp(settings.place.frame, 0, this.run.frames - 1);
    }
    this.word();
    this.resize(true);
    this.speak();
    this.root.dataset.run = this.id;
  }

  // At rest: tell Python (for the link) and screen readers. Keys come in bursts, so wait a little.
  settle() {
    this.speak();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      const last = this.layer === this.run.layers ? 0 : this.layer;
      const place = { frame: this.frame, layer: last, view: this.view, speed: this.speed };
      const told = JSON.stringify(place);
      if (told === this.reported) return;
      this.reported = told;
      this.send({ ...place, at: Date.now() }); // a place told twice is news twice
    }, REST);
  }

  // ---------------------------------------------------------------- words

  word() {
    const { words, palette } = this.settings, { run, view, layer } = this;
    paintWith(this.root, { plain: palette.plain, bn: palette.bn });
    this.transport.word(words, run.frames);
    this.wordPlay();
    this.speeds.word(words.speed, SPEEDS, words.speeds, this.speed);
    this.views.word(words.view, VIEWS, words.views, view);
    const layers = Array.from({ length: run.layers }, (_, l) => l + 1);
    const names = Object.fromEntries(layers.map(l => [l, fill(words.layer, { layer: l })]));
    this.layers.word(words.follow, layers, names, layer);
    this.histograms.canvas.setAttribute("aria-label", fill(words.histograms, { view: words.views[view] }));
    this.curves.base.setAttribute("aria-label", fill(words.curves, { layer }));
  }

  wordPlay() {
    this.transport.wordPlay(this.settings.words, this.clock.playing);
    this.root.dataset.playing = String(this.clock.playing);
  }

  speak() {
    this.transport.range.setAttribute("aria-valuetext", where(this.scene));
    this.spoken.say(this.scene);
  }

  // ---------------------------------------------------------------- time

  play() {
    const last = this.run.frames - 1;
    if (this.frame === last) this.frame = 0;
    this.clock.run(this.frame, last, () => this.speed, frame => {
      this.show(frame);
      if (frame === last) this.pause();
    });
    this.wordPlay();
  }

  halt() {
    if (!this.clock.playing) return;
    this.clock.halt();
    this.wordPlay();
  }

  pause() { this.halt(); this.settle(); }

  go(frame) { this.halt(); this.show(frame); this.settle(); }

  show(frame) {
    this.frame = clamp(frame, 0, this.run.frames - 1);
    this.paint();
  }

  // ---------------------------------------------------------------- painting

  get scene() {
    const { run, frame, view, layer, ratio, family, settings: { words, palette } } = this;
    return { run, frame, view, layer, words, palette, ratio, family };
  }

  // `again` draws the curves although nothing has another size: they show something else.
  resize(again = false) {
    if (!this.run) return;
    const width = this.body.clientWidth, ratio = Math.min(window.devicePixelRatio || 1, 3);
    if (!width || (!again && width === this.width && ratio === this.ratio)) return;
    this.width = width;
    this.ratio = ratio;
    this.family = getComputedStyle(this.root).fontFamily;
    const columns = width >= COLUMNS_FROM;
    this.body.classList.toggle("columns", columns);
    const left = this.left.clientWidth, right = this.right.clientWidth;
    this.histograms.place(this.scene, left, columns);
    this.curves.draw(this.scene, right);
    this.paint();
  }

  paint() {
    const began = performance.now(), { scene, frame } = this, step = this.run.steps[frame];
    const panels = this.histograms.paint(scene);
    this.curves.mark(scene);
    this.transport.show(frame, where(scene));
    ARMS.forEach((arm, a) => { this.armLine[arm].textContent = named(scene, a); });
    this.paints += 1;
    this.painting += performance.now() - began;
    this.root.dataset.frame = String(frame);
    this.root.dataset.step = String(step);
    Object.assign(this.root.painted, {
      frame, step, view: this.view, layer: this.layer, panels, paints: this.paints, milliseconds: this.painting,
    });
  }
}
