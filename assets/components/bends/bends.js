// @ts-check
/* z̃ on the curve of the activation function that it enters, and below it beside z. While γ or β is dragged, z̃ is
   γ z_norm + β of bncore's z_norm; at rest it is bncore's own. Before the question is answered (`closed`) z_norm stands
   on the curve, and there is nothing to drag.

   Tests find the truth in `data-value` of each mark. */

import { Dragged } from "../drag/dragged.js";
import { niceRange, scale, ticksOf } from "../kit/axes.js";
import { fill, grow, make, put, write } from "../kit/dom.js";
import { clamp, mix, pixel, written } from "../kit/numbers.js";
import { tallOf } from "../kit/sized.js";
import { lanes, summary } from "../stage/steps.js";
import { ease } from "../stage/walk.js";

const INSET = { left: 40, right: 14 }; // px
const HEIGHT = 276; // px
const CURVE = { top: 8, bottom: 168 }; // px from the top, in a plot of the usual height
const ROWS = { tilde: 208, z: 248 }; // the same, of the lines below
const AXIS = 272;
const GLIDE = 700; // ms
const G = {
  sigmoid: value => 1 / (1 + Math.exp(-value)),
  relu: value => Math.max(0, value),
};
const signs = { tilde: "z̃", z: "z", below: "norm" };

export class Bends extends Dragged {
  constructor(root) {
    super(root);
    const svg = this.find(".plot");
    svg.replaceChildren();
    this.svg = svg;
    this.reduced = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.band = make("rect", svg, { class: "band", y: CURVE.top });
    this.straight = make("text", svg, { class: "straight", y: CURVE.top + 12 });
    this.grid = make("g", svg, { class: "grid" });
    this.lines = []; this.texts = [];
    this.curve = make("path", svg, { class: "curve" });
    this.points = make("g", svg, { class: "points" });
    this.onCurve = [];
    this.rows = Object.fromEntries(Object.entries(ROWS).map(([name, y]) => {
      const group = make("g", svg, { class: `row ${name}` });
      const parts = { group, marks: [], line: make("line", group, { y1: y, y2: y }), span: make("line", group, { class: "span", y1: y, y2: y }), mean: make("path", group, { class: "mean" }) };
      make("text", group, { class: "name", x: 0, y: y + 5 }).textContent = signs[name];
      if (name === "tilde") { // what stands in its place before the question is answered
        const norm = make("text", group, { class: "name norm", x: 0, y: y + 5 });
        norm.textContent = signs.z;
        make("tspan", norm, { dy: 4 }).textContent = signs.below;
      }
      return [name, parts];
    }));
  }

  receive(data) {
    super.receive(data);
    this.root.classList.toggle("closed", data.closed);
    for (const [name, mark] of Object.entries(data.guess)) write(this.find(`[data-control=${name}] .guess`), mark ? `← ${mark}` : "");
    write(this.straight, data.activation === "sigmoid" ? data.words.straight : "");
  }

  /* γ and β as they are painted: at once in the hand, else on their way to what is set. */
  glide() {
    const target = { gamma: this.values.gamma, beta: this.values.beta };
    const far = this.data.z_norm.map(value => target.gamma * value + target.beta);
    const ends = niceRange(Math.min(-4, ...far, ...this.data.z), Math.max(4, ...far, ...this.data.z));
    this.shown ??= { ...target, ...this.data.from, ends };
    if (this.held) { this.motion = undefined; this.shown = { ...target, ends: this.shown.ends }; return; }
    const to = JSON.stringify([target, ends]);
    if (this.motion?.to !== to) this.motion = { to, from: this.shown, start: performance.now() };
    const { from, start } = this.motion;
    const share = this.reduced.matches ? 1 : ease(clamp((performance.now() - start) / GLIDE, 0, 1));
    this.shown = {
      gamma: mix(from.gamma, target.gamma, share), beta: mix(from.beta, target.beta, share),
      ends: ends.map((end, k) => mix(from.ends[k], end, share)),
    };
    if (share < 1) this.repaint();
  }

  now() {
    const { gamma, beta } = this.shown, { tracks, z_norm, z_tilde } = this.data;
    if (gamma === tracks.gamma.value && beta === tracks.beta.value) return z_tilde;
    return z_norm.map(value => gamma * value + beta);
  }

  draw() {
    this.glide();
    const width = this.svg.clientWidth, { ends } = this.shown, { activation, linear, z } = this.data;
    const along = scale(ends[0], ends[1], INSET.left, width - INSET.right), x = value => pixel(along(value));
    const more = this.more = HEIGHT * (tallOf(this.svg, 0.8) - 1); // px: what the curve has of it, the rows are lower
    const g = G[activation], top = activation === "sigmoid" ? 1 : ends[1];
    const up = scale(0, top, CURVE.bottom + more, CURVE.top), y = value => pixel(up(value));
    const tilde = this.now();
    for (const { group } of Object.values(this.rows)) put(group, { transform: `translate(0 ${more})` });
    this.ruler(ends, x, y, top, width);
    const band = activation === "sigmoid" ? linear : 0;
    put(this.band, { height: CURVE.bottom + more - CURVE.top, x: x(-band), width: Math.max(0, x(band) - x(-band)) });
    put(this.straight, { x: x(0) });
    let d = "";
    for (let k = 0; k <= 120; k++) {
      const at = mix(ends[0], ends[1], k / 120);
      d += `${k ? "L" : "M"}${x(at)} ${y(g(at))}`;
    }
    put(this.curve, { d });
    grow(this.onCurve, tilde.length, () => make("circle", this.points, { r: 5.5 }));
    tilde.forEach((value, i) => put(this.onCurve[i], { cx: x(value), cy: y(g(value)), "data-value": value }));
    this.row("tilde", tilde, x, width);
    this.row("z", z, x, width);
    this.facts(tilde);
  }

  row(name, values, x, width) {
    const { group, marks, line, span, mean } = this.rows[name], at = summary(values), y = ROWS[name];
    const xs = values.map(x), order = values.map((_, i) => i).sort((a, b) => xs[a] - xs[b]);
    const { lane } = lanes(xs, order, 9);
    grow(marks, values.length, () => make("circle", group, { r: 4, class: "mark" }));
    marks.forEach((mark, i) => put(mark, { cx: xs[i], cy: y - 7 - Math.min(lane[i], 3) * 5, "data-value": values[i] }));
    put(line, { x1: INSET.left, x2: width - INSET.right });
    put(span, { x1: x(at.mean - at.sd), x2: x(at.mean + at.sd) });
    put(mean, { d: `M${x(at.mean)} ${y - 6}l5.5 6 -5.5 6 -5.5 -6z` });
  }

  ruler(ends, x, y, top, width) {
    const across = ticksOf(ends, width - INSET.left - INSET.right).map(({ value, text }) => ({ x1: x(value), x2: x(value), y1: CURVE.top, y2: AXIS + this.more - 14, tx: x(value), ty: AXIS + this.more, text, zero: value === 0, up: false }));
    const above = [0, top / 2, top].map(value => ({ x1: INSET.left, x2: width - INSET.right, y1: y(value), y2: y(value), tx: INSET.left - 6, ty: y(value) + 4, text: written(value, 1), zero: false, up: true }));
    const all = [...across, ...above];
    grow(this.lines, all.length, () => make("line", this.grid));
    grow(this.texts, all.length, () => make("text", this.grid));
    all.forEach(({ x1, x2, y1, y2, tx, ty, text, zero, up }, k) => {
      put(this.lines[k], { x1, x2, y1, y2, class: zero ? "zero" : "" });
      put(this.texts[k], { x: tx, y: ty, class: up ? "up" : "" });
      write(this.texts[k], up && text === "1.000" ? "1" : up ? text.replace(/\.?0+$/, "") : text);
    });
  }

  /* How much of the curve is used, and where z̃ lies. */
  facts(tilde) {
    const { activation, linear, closed } = this.data, at = summary(tilde);
    const counted = tilde.filter(value => activation === "sigmoid" ? Math.abs(value) < linear : value > 0).length;
    const share = `${Math.round(100 * counted / tilde.length)}%`;
    const values = { share, mean: written(at.mean, Math.max(1, at.sd)), sd: written(at.sd) };
    write(this.find(".part"), `${share} ${this.words.counted}`);
    for (const name of ["mean", "sd"]) write(this.find(`.facts .${name}`), this.say(name, values));
    if (!this.held) put(this.svg, { "aria-label": this.say("alt", values) });
    this.spoken = closed ? {} : values;
  }

  told(name) {
    const value = written(this.values[name], Math.max(1, Math.abs(this.values[name])));
    const words = name === "gamma" ? "spoken" : "spoken_shift";
    return { written: value, spoken: fill(this.words[words], { ...this.spoken, value }) };
  }
}
