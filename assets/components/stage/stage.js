// @ts-check
/* The stage: one mini-batch on four number lines, z → z − μ → z_norm → z̃, that follows the finger.

   What is dragged is painted here at once, by the closed form of the four steps (`fourSteps`); on release
   it is sent to Python, and the numbers that come back, and stay, are bncore's. Every mark stands at
   exactly its value; only its height is chosen, so that marks do not hide each other.

   Tests and readers of the page find the truth in attributes: `.mark[data-row][data-i][data-value]`,
   `.axis-of[data-row][data-lo][data-hi][data-x0][data-x1]`, `dd[data-value]`, and on the root `data-state`:
   still, moving or dragging, and `data-unsaved`: what was set here and has not been to Python and back.

   A scene says what of it is there: how many rows are laid out (`levels`) and how many of them are `open`, which `sliders`
   there are, whether one may `walk` and take a point in `hand`. What stood there before is `from`: it is painted
   first, and moves. With `play` it walks by itself as soon as it is there; with `steady` the axis of z_norm has
   room for what it is without ε. Where a reader had expected the values of a row is its `guess`. */

import { fill, listener, paintWith, put } from "../kit/dom.js";
import { Unsaved } from "../kit/mount.js";
import { clamp, mix } from "../kit/numbers.js";
import { sized } from "../kit/sized.js";
import { Hands } from "./hands.js";
import { Geometry, Layers } from "./layers.js";
import { Painting } from "./paint.js";
import { ROWS, SCALES } from "./scales.js";
import { Sliders } from "./sliders.js";
import { fitDomains, fourSteps, histogram, summary } from "./steps.js";
import { ease, Walk } from "./walk.js";
import { Words } from "./words.js";

const FIELDS = ["z", "eps", "gamma", "beta", "step", "axis", "example"];
const NUMERIC = ["z", "eps", "gamma", "beta"];

/* What the parts do, as methods of the stage. Their `this` is the stage, of which no types are known. */
const Parts = /** @type {new () => any} */ (class {});
Object.assign(Parts.prototype, Geometry, Layers, Painting, Words, Sliders, Hands, Walk);

export class Stage extends Parts {
  constructor(root) {
    super();
    this.root = root;
    this.find = selector => root.querySelector(selector);
    this.findAll = selector => [...root.querySelectorAll(selector)];
    this.canvas = this.find(".canvas");
    this.story = this.find(".story");
    this.note = this.find(".note");
    this.axisButtons = this.findAll("[data-axis]");
    this.sliders = Object.fromEntries(Object.keys(SCALES).map(name => {
      const box = this.find(`[data-control="${name}"]`);
      return [name, { input: box.querySelector("input"), output: box.querySelector("output") }];
    }));
    this.unsaved = new Unsaved();
    this.state = null; // what is true now, the user's hand included
    this.shown = null; // what is painted: differs from `state` only while something glides
    this.reveal = 4;
    this.pinned = null;
    this.hovered = null;
    this.heights = ROWS.map(() => []);
    this.abort = new AbortController();
    this.on = listener(this.abort.signal);
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.buildLayers();
    this.listen();
    this.unwatch = sized(
      this.find(".picture"),
      () => { this.measure(); this.repaint(); },
      () => { this.measure(); this.paint(performance.now()); },
    );
  }

  leave() {
    this.abort.abort();
    this.unwatch();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.waiting);
    clearTimeout(this.typing);
    clearTimeout(this.choosing);
    clearTimeout(this.naming);
  }

  // ------------------------------------------------------------ talk with Python

  /* New data from Python. It wins, except over what the user's hand holds or has just let go of. */
  receive(data) {
    const before = this.data?.open === data.open ? this.state : null; // what is revealed begins anew
    this.data = data;
    if (this.levels !== data.levels) [this.levels, this.width] = [data.levels, 0]; // to be measured anew
    this.words = data.words;
    const next = {};
    for (const field of FIELDS) next[field] = this.unsaved.stands(field, data.seen) ? this.state[field] : data[field];
    this.state = next;
    this.exact = !this.unsaved.some(NUMERIC);
    if (!this.playing && !this.falling) this.reveal = Math.min(next.step, data.open);
    if (before?.example !== next.example) this.pinned = { row: 0, i: next.example - 1 };
    if (this.hovered?.i >= next.z.length) this.hovered = null;
    this.dress();
    this.arrange();
    this.setSliders();
    if (!before && data.from) this.begin(data.from);
    if (this.grip || this.sliding) this.moved();
    else this.glide(before ?? data.from);
    if (!before && data.play) this.still.matches ? this.jump() : this.play();
    this.repaint();
  }

  /* What a scene has of it. */
  arrange() {
    const { levels, open, sliders, hand, walk, tight } = this.data;
    this.root.style.setProperty("--levels", levels);
    this.root.classList.toggle("closed", open < 2);
    this.root.classList.toggle("hand", hand);
    this.root.classList.toggle("tight", tight);
    this.find(".walk").hidden = !walk;
    this.find(".axis").hidden = !walk;
    this.find(".hint").hidden = !hand;
    for (const name in SCALES) this.find(`[data-control="${name}"]`).hidden = !sliders.includes(name);
  }

  /* What stood here before this picture was asked for. */
  begin(from) {
    this.shown = from;
    this.picture = this.compute(from);
    this.domains = this.fit(this.picture);
  }

  fit(picture) { return fitDomains(picture, this.state.axis, this.data.steady); }

  /* Send what was set, in the grammar of the links, so that one reader checks both. */
  commit(fields) {
    const set = {};
    for (const field of fields) set[field] = field === "z" ? this.state.z.join(",") : String(this.state[field]);
    this.send({ ...this.unsaved.letGo(fields), set });
  }

  say(name, values = {}) { return fill(this.words[name], values); }

  /* Words and colours: they follow the language and the theme. */
  dress() {
    paintWith(this.root, this.data.palette);
    for (const element of this.findAll("[data-word]")) element.textContent = this.words[element.dataset.word];
    for (const element of this.findAll("[data-label]")) {
      element.setAttribute("aria-label", this.words[element.dataset.label]);
      if (element.localName === "button") element.title = this.words[element.dataset.label];
    }
    this.marksOf.forEach((group, row) => group.setAttribute("aria-label", this.words[`row_${ROWS[row]}`]));
    this.rowTexts.forEach(text => {
      ["mean", "sd"].forEach(name => { text[name].term.textContent = this.words[name]; });
    });
  }

  // ------------------------------------------------------------ what is painted, and gliding there

  parameters(state) { return { z: state.z, eps: state.eps, gamma: state.gamma, beta: state.beta }; }

  compute(parameters) {
    const picture = fourSteps(parameters.z, parameters);
    picture.summaries = picture.rows.map(summary);
    return picture;
  }

  /* bncore's own numbers where nothing is in the user's hand. */
  settled() {
    const own = this.compute(this.state);
    if (!this.exact) return own;
    const rows = own.rows.map((values, row) => this.data.rows[row] ?? values); // of those that are open
    return { ...own, ...this.data.statistics, rows, summaries: rows.map(summary) };
  }

  /* From what is painted to what is true: γ, β and ε pass through every state between (each a true
     picture), and the axes are fitted again. A new batch is shown at once. */
  glide(before) {
    const target = this.settled();
    const domains = this.fit(target);
    const from = this.shown && { ...this.shown, domains: this.domains };
    this.bins = histogram(this.state.z);
    const sameBatch = before && before.z.length === this.state.z.length
      && (before === this.data.from || before.z.every((value, i) => value === this.state.z[i]));
    const moves = from && sameBatch && (["z", "eps", "gamma", "beta"].some(name => from[name] !== this.state[name])
      || domains.some((domain, row) => domain[0] !== from.domains[row][0] || domain[1] !== from.domains[row][1]));
    const arrive = () => {
      this.shown = this.parameters(this.state);
      this.domains = domains;
      this.picture = this.settled();
    };
    if (!moves || this.still.matches) { this.motion = null; return arrive(); }
    const to = { ...this.parameters(this.state), domains };
    if (this.motion && JSON.stringify(this.motion.to) === JSON.stringify(to)) return;
    this.motion = { from, to, start: performance.now(), length: before === this.data.from ? 900 : 320, arrive };
  }

  advance(now) {
    const { from, to, start, length, arrive } = this.motion;
    const t = (now - start) / length;
    if (t >= 1) { this.motion = null; return arrive(); }
    const s = ease(clamp(t, 0, 1));
    this.shown = {
      z: from.z === to.z ? to.z : to.z.map((value, i) => mix(from.z[i] ?? value, value, s)), gamma: mix(from.gamma, to.gamma, s), beta: mix(from.beta, to.beta, s),
      eps: from.eps === to.eps ? to.eps : 10 ** mix(Math.log10(from.eps), Math.log10(to.eps), s),
    };
    this.domains = to.domains.map(([lo, hi], row) => [mix(from.domains[row][0], lo, s), mix(from.domains[row][1], hi, s)]);
    if (from.z !== to.z) this.bins = histogram(this.shown.z);
    this.picture = this.compute(this.shown);
  }

  /* The hand moved: compute at once, keep the axes, paint in the next frame. */
  moved() {
    this.motion = null;
    this.exact = false;
    this.shown = this.parameters(this.state);
    if (this.bins?.of !== this.state.z) this.bins = histogram(this.state.z);
    this.picture = this.compute(this.state);
    this.repaint();
  }

  repaint() {
    clearTimeout(this.naming); // until the marks are as many as the examples again
    if (this.frame || !this.data) return;
    this.frame = requestAnimationFrame(now => { this.frame = 0; this.paint(now); });
  }

  paint(now) {
    if (!this.width) this.measure();
    if (!this.width || !this.state) return;
    if (this.motion) this.advance(now);
    if (this.falling) this.fall(now);
    this.syncMarks();
    this.paintGrid();
    let unsettled = false;
    for (let row = 0; row < 4; row++) unsettled = this.paintRow(row) || unsettled;
    this.paintLinks();
    this.paintTrace();
    this.paintGuess();
    this.paintTexts();
    const busy = this.motion || this.falling || unsettled;
    const state = this.grip || this.sliding ? "dragging" : busy || this.playing ? "moving" : "still";
    put(this.root, { "data-state": state, "data-unsaved": Object.keys(this.unsaved.fields).join(" ") });
    if (state === "still") this.naming = setTimeout(() => this.nameMarks(), 200);
    if (busy) this.repaint();
  }
}
