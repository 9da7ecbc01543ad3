// @ts-check
/* A picture under the finger: sliders that move it at once, in the browser. What they are set to goes to Python
   on release; until Python has answered, what the hand set stays, and from then on Python's word counts (a
   link, Back, another language).

   A picture of this kind says what to paint in `draw()` and what a slider's value means in `told(name)`. Python
   sends a track for each slider: {value, low, high, step, label} and, where its values are places in a list,
   the `options` as a link writes them.

   A picture that Python sends a `start` moves from there when it comes up; one that is `locked` cannot be dragged.

   Tests and readers of the page find the truth in attributes: `data-value` of what is painted or written, and
   on the root `data-state`: still, moving, dragging or waiting (for Python). */

import { fill, listener, paintWith, put, write } from "../kit/dom.js";
import { REST, Unsaved } from "../kit/mount.js";
import { clamp, mix } from "../kit/numbers.js";
import { sized } from "../kit/sized.js";
import { undoneBySwipe } from "../kit/swipe.js";

const COMING = 1100; // ms from the start to where it stands
const ALL = "all"; // of its sliders: they are sent, and answered, together

export class Dragged {
  /** @type {(sent: any) => void} */
  send = () => {};

  constructor(root) {
    this.root = root;
    this.find = selector => root.querySelector(selector);
    this.unsaved = new Unsaved();
    this.values = {};
    this.abort = new AbortController();
    this.on = listener(this.abort.signal);
    this.sliders = {};
    for (const box of root.querySelectorAll("[data-control]")) {
      const [what, output, input] = [".what", "output", "input"].map(part => box.querySelector(part));
      this.sliders[box.dataset.control] = { what, output, input };
      this.listen(box.dataset.control, input);
    }
    this.unwatch = sized(root, () => this.repaint(), () => this.printed());
  }

  leave() {
    this.abort.abort();
    this.unwatch();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
  }

  /* New data. It wins, except over what the hand holds or has just let go of. */
  receive(data) {
    const first = !this.data;
    this.data = data;
    this.words = data.words;
    this.waiting = this.unsaved.stands(ALL, data.seen);
    for (const [name, track] of Object.entries(data.tracks)) {
      if (!this.held && !this.waiting && !this.coming) this.values[name] = track.value;
      if (!this.sliders[name]) continue; // what a picture takes in hand itself
      const { what, input } = this.sliders[name];
      input.disabled = Boolean(data.locked);
      put(input, { min: track.low, max: track.high, step: track.step });
      write(what, track.label);
    }
    paintWith(this.root, data.palette);
    for (const element of this.root.querySelectorAll("[data-word]")) write(element, this.words[element.dataset.word]);
    put(this.root, { "data-locked": data.locked ? "yes" : "no" });
    if (first && data.start && !data.locked && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.come();
    this.repaint();
  }

  /* From the start to where it stands; a hand stops it. */
  come() {
    const begin = performance.now();
    this.coming = true;
    const tick = now => {
      const share = clamp((now - begin) / COMING, 0, 1), eased = share * share * (3 - 2 * share);
      this.coming = share < 1 && !this.held && this.root.isConnected;
      for (const [name, track] of Object.entries(this.data.tracks))
        if (!this.held) this.values[name] = share < 1 ? mix(this.data.start[name], track.value, eased) : track.value;
      this.paint();
      if (this.coming) requestAnimationFrame(tick);
    };
    tick(begin);
  }

  /** What to paint. A picture says. */
  draw() {}

  /**
   * What a slider's value means, in figures and in words. A picture says.
   * @param {string} name
   */
  told(name) { return { written: String(this.values[name]), spoken: String(this.values[name]) }; }

  say(name, values) { return fill(this.words[name], values); }

  /* A pointer is done when it lets go, a key when no other one follows. */
  listen(name, input) {
    let keyed = false;
    const release = () => { if (this.held === name) this.release(); };
    this.on(input, "pointerdown", () => { keyed = false; });
    this.on(input, "keydown", () => { keyed = true; });
    this.on(input, "input", () => this.take(name, Number(input.value)));
    this.on(input, "change", () => {
      clearTimeout(this.resting);
      if (keyed) this.resting = setTimeout(release, REST);
      else release();
    });
    this.on(input, "blur", release);
    this.undone(input, name);
  }

  /* A finger that only scrolls leaves a control as it was. */
  undone(target, name) {
    undoneBySwipe(target, () => {
      if (this.held) this.release(); // typed a moment ago
      const value = this.values[name];
      return () => {
        if (this.held !== name) return;
        this.held = undefined;
        this.values[name] = value;
        this.receive(this.data);
      };
    }, { signal: this.abort.signal });
  }

  take(name, value) {
    this.held = name;
    this.values[name] = value;
    this.repaint();
  }

  release() {
    clearTimeout(this.resting);
    this.held = undefined;
    this.waiting = true;
    const set = {};
    for (const [name, { options }] of Object.entries(this.data.tracks)) set[name] = options?.[this.values[name]] ?? String(this.values[name]);
    this.send({ ...this.unsaved.letGo([ALL]), set });
    this.repaint();
  }

  /* Whether what stands here is what Python knows. */
  get still() { return !this.held && !this.waiting && !this.coming; }

  repaint() {
    if (this.frame || !this.data) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  /* On paper, or on the screen again: at once. */
  printed() {
    if (this.data) this.paint();
  }

  paint() {
    if (!this.root.clientWidth) return;
    this.draw();
    for (const [name, { input, output }] of Object.entries(this.sliders)) {
      const value = this.values[name], { written, spoken } = this.told(name);
      const [low, high] = [Number(input.min), Number(input.max)], share = at => clamp((at - low) / (high - low), 0, 1) * 100;
      if (this.held !== name) input.value = value;
      write(output, written);
      put(output, { "data-value": value });
      put(input, { "aria-valuetext": spoken });
      const [here, origin] = [share(value), share(low < 0 ? 0 : low)];
      input.style.setProperty("--from", `${Math.min(here, origin)}%`);
      input.style.setProperty("--to", `${Math.max(here, origin)}%`);
    }
    put(this.root, { "data-state": this.held ? "dragging" : this.waiting ? "waiting" : this.coming ? "moving" : "still" });
  }
}
