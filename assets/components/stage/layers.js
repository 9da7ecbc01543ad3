// @ts-check
/* What the picture is made of, and where a value stands in it. Mixed into the stage in stage.js. */

import { grow, make, put } from "../kit/dom.js";
import { tallOf } from "../kit/sized.js";
import { ROWS } from "./scales.js";

const ACROSS = ["label", "stats"]; // the sizes that are no heights

export const Geometry = {
  measure() {
    const picture = this.find(".picture"), style = getComputedStyle(picture);
    const px = name => Number(style.getPropertyValue(`--${name}`)) * (ACROSS.includes(name) ? 1 : tall), tall = tallOf(picture, 0.76);
    this.width = picture.clientWidth;
    const [label, stats, head, hist, gap, band, row] = ["label", "stats", "head", "hist", "gap", "band", "row"].map(px);
    const inset = label ? 10 : 14;
    Object.assign(this, { hist, band, row, base: head + hist, bandTop: head + hist + gap, x0: label + inset, x1: this.width - stats - inset });
    this.narrow = label === 0;
    put(this.clip, { x: this.x0 - 1, width: Math.max(0, this.x1 - this.x0 + 2), y: 0, height: this.levels * row });
    this.heights = ROWS.map(() => []);
  },

  x(row, value) {
    const [lo, hi] = this.domains[row];
    return this.x0 + (value - lo) / (hi - lo) * (this.x1 - this.x0);
  },

  value(row, x) {
    const [lo, hi] = this.domains[row];
    return lo + (x - this.x0) / (this.x1 - this.x0) * (hi - lo);
  },

  off(x) { return x < this.x0 - 0.5 ? -1 : x > this.x1 + 0.5 ? 1 : 0; },
};

export const Layers = {
  buildLayers() {
    this.canvas.replaceChildren();
    const layer = name => make("g", this.canvas, { class: name });
    const perRow = (group, extra = {}) => ROWS.map(row => make("g", group, { "data-row": row, ...extra }));
    const id = `plot-${this.unsaved.mount}`;
    this.clip = make("rect", make("clipPath", make("defs", this.canvas), { id }));
    this.grid = make("g", layer("grid"));
    this.gridLines = []; this.gridTexts = [];
    this.barsOf = perRow(layer("bars")).map(group => ({
      group, path: make("path", group, { "clip-path": `url(#${id})` }), text: make("text", group),
    }));
    this.links = make("g", layer("links"), { "clip-path": `url(#${id})` });
    this.linkPaths = [];
    this.spines = perRow(layer("spine"), { class: "axis-of" }).map(group => this.buildSpine(group, id));
    const marks = layer("marks-layer");
    this.marksOf = perRow(marks, { class: "marks", role: "listbox" });
    this.marks = ROWS.map(() => []);
    this.traceGroup = layer("trace");
    this.thread = make("path", this.traceGroup, { class: "thread", "clip-path": `url(#${id})` });
    this.spots = ROWS.map(row => ({ circle: make("circle", this.traceGroup, { "data-row": row }), text: make("text", this.traceGroup) }));
    this.guess = layer("guess");
    this.guessed = [];
    this.ofGuess = make("text", this.guess);
    this.edges = perRow(layer("edges")).map(group => [-1, 1].map(side => ({
      side, path: make("path", group), text: make("text", group, { "text-anchor": side < 0 ? "start" : "end" }),
    })));
    this.rowTexts = this.findAll(".row-text").map(box => this.buildStats(box));
    this.sym = Object.fromEntries(this.findAll(".row-text").map(box => [box.dataset.row, box.querySelector(".sym")]));
  },

  buildSpine(group, id) {
    const clip = { "clip-path": `url(#${id})` };
    return {
      group, line: make("line", group, { class: "line" }), pole: make("line", group, { class: "pole", ...clip }),
      span: make("line", group, { class: "span", ...clip }), ends: make("path", group, { class: "ends", ...clip }),
      mean: make("path", group, { class: "mean" }),
      ofMean: make("text", group, { class: "of-mean" }), ofSd: make("text", group, { class: "of-sd" }),
    };
  },

  buildStats(box) {
    const list = box.querySelector(".stats"), parts = { box };
    list.replaceChildren();
    for (const name of ["mean", "sd", "one"]) {
      const line = list.appendChild(document.createElement("div"));
      line.className = name;
      parts[name] = { line, term: line.appendChild(document.createElement("dt")), number: line.appendChild(document.createElement("dd")) };
    }
    return parts;
  },

  /* As many marks as examples. One mark of all can be reached by Tab; arrows walk from there. */
  syncMarks() {
    const m = this.state.z.length;
    if (this.marks[0].length === m && this.radiusFor === this.narrow) return;
    this.radiusFor = this.narrow;
    const size = m <= 40 ? 5.5 : m <= 80 ? 4.5 : m <= 140 ? 3.6 : 2.9;
    this.radius = this.narrow ? size * 0.85 : size;
    this.marks.forEach((list, row) => {
      grow(list, m, i => make("circle", this.marksOf[row], {
        class: "mark", "data-row": ROWS[row], "data-i": i, role: "option", tabindex: -1, "aria-selected": false,
      }));
      for (const mark of list) put(mark, { r: this.radius });
    });
    const threads = m <= 64 ? m : 0;
    grow(this.linkPaths, threads, () => make("path", this.links));
    this.root.style.setProperty("--thin", m <= 16 ? 0.32 : m <= 40 ? 0.2 : 0.13);
    this.heights = ROWS.map(() => []);
    this.reachable(this.focusPlace ?? { row: 0, i: 0 });
  },

  reachable({ row, i }) {
    if (this.tabStop) put(this.tabStop, { tabindex: -1, "aria-selected": false });
    this.tabStop = this.marks[row][Math.min(i, this.marks[row].length - 1)];
    put(this.tabStop, { tabindex: 0, "aria-selected": true });
  },
};
