// @ts-check
/* Batch norm layers as lanes: a bar for each unit, from its mean by one standard deviation to either side, as the layer
   keeps it and as a batch has it beside it; below, how much γ lets through. Under a lane stands what was found; what is
   pointed at is lit. */

import { element, fill, listener, paintWith, penOf, placeIn, zoomOf } from "../kit/dom.js";
import { clamp, number } from "../kit/numbers.js";
import { inks } from "../kit/paper.js";
import { dots, roomed, sized, tallOf } from "../kit/sized.js";
import { range } from "./range.js";

const TALL = { ill: 66, well: 34 }, STRIP = 7, GAP = 4; // px of a lane, and of γ below it

export class Lanes {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector(".list");
    this.legend = root.querySelector(".legend");
    this.lanes = [];
    this.ending = new AbortController();
    const ends = [sized(this.list, () => this.paint()), roomed(() => this.paint())];
    this.unwatch = () => ends.forEach(end => end());
  }

  leave() {
    this.unwatch();
    this.ending.abort();
  }

  receive(data) {
    const same = this.data && JSON.stringify(this.data.lanes) === JSON.stringify(data.lanes) && JSON.stringify(this.data.words) === JSON.stringify(data.words);
    this.data = data;
    paintWith(this.root, data.palette);
    if (!same) this.build();
    this.paint();
  }

  build() {
    const { words, lanes, whole } = this.data;
    this.ending.abort();
    this.ending = new AbortController();
    this.legend.replaceChildren();
    for (const [kind, shown] of [["running", true], ["z", lanes.some(({ batch }) => batch)], ["bn", lanes.some(({ gamma }) => gamma)], ["error", true]]) {
      if (!shown) continue;
      const entry = element("span", kind, this.legend);
      element("i", "", entry);
      entry.append(words[kind]);
    }
    this.list.replaceChildren();
    for (const found of whole) this.told(found, element("ul", "found whole", this.list));
    this.lanes = lanes.map(lane => this.lane(lane));
  }

  lane(lane) {
    const ill = lane.findings.length > 0, box = element("section", `lane ${ill ? "ill" : "well"}`, this.list);
    const head = element("header", "", box);
    element("b", "", head).append(lane.name);
    element("span", "about", head).append(lane.about);
    if (!ill) element("span", "healthy", head).append(this.data.words.healthy);
    const read = element("output", "num", head, { "aria-live": "polite" });
    const canvas = element("canvas", "", box, { tabindex: 0, role: "img", "aria-label": lane.alt });
    const one = { ...lane, box, read, canvas, ill, at: -1, lit: /** @type {Set<number> | null} */ (null), marked: new Set(lane.sick), range: range(lane) };
    const list = ill ? element("ul", "found", box) : null, on = listener(this.ending.signal);
    for (const found of lane.findings) {
      const item = this.told(found, list);
      const light = (/** @type {Set<number> | null} */ units) => { one.lit = units; this.paintLane(one); };
      on(item, "pointerenter", () => light(new Set(found.units)));
      on(item, "pointerleave", () => light(null));
    }
    on(canvas, "pointermove", event => this.point(one, event));
    on(canvas, "pointerdown", event => this.point(one, event));
    on(canvas, "pointerleave", () => this.show(one, -1));
    on(canvas, "blur", () => this.show(one, -1));
    on(canvas, "keydown", event => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.show(one, clamp(Math.max(one.at, step > 0 ? -1 : 0) + step, 0, one.n - 1));
    });
    return one;
  }

  told({ name, why }, list) {
    const item = element("li", "", list);
    element("b", "", item).append(name);
    item.append(" ", why);
    return item;
  }

  point(one, event) {
    this.show(one, clamp(Math.floor(placeIn(one.canvas, event).x / one.canvas.clientWidth * one.n), 0, one.n - 1));
  }

  /* A unit's numbers, or none. */
  show(one, at) {
    if (one.at === at) return;
    one.at = at;
    const { words } = this.data;
    const write = (/** @type {number | null | undefined} */ value) => value === null || value === undefined ? words.none : number(value);
    const text = at < 0 ? "" : fill(one.batch ? words.reads_both : words.reads, {
      unit: at, mean: write(one.mean[at]), sd: write(one.sd[at]), gamma: write(one.gamma?.[at]),
      batch_mean: write(one.batch?.mean[at]), batch_sd: write(one.batch?.sd[at]),
    });
    one.read.textContent = text;
    this.paintLane(one);
  }

  paint() {
    for (const one of this.lanes) this.paintLane(one);
  }

  paintLane(one) {
    const tall = Math.round((one.ill ? TALL.ill : TALL.well) * tallOf(this.root, 0.5)), { canvas } = one;
    canvas.style.height = `${tall + STRIP + GAP}px`;
    const width = canvas.clientWidth;
    if (!width) return;
    const ink = inks(this.data.palette), pen = penOf(canvas, width, tall + STRIP + GAP, dots(zoomOf(canvas))), pitch = width / one.n;
    const [low, high] = one.range, y = value => clamp((high - value) / (high - low), 0, 1) * (tall - 4) + 2;
    pen.fillStyle = ink.faint;
    if (low < 0 && high > 0) pen.fillRect(0, y(0) - 0.5, width, 1);
    for (let unit = 0; unit < one.n; unit++) {
      const x = unit * pitch, sick = one.marked.has(unit), dim = one.lit && !one.lit.has(unit);
      if (sick || one.at === unit) {
        pen.globalAlpha = one.at === unit ? 0.3 : 0.16;
        pen.fillStyle = sick ? ink.error : ink.plain;
        pen.fillRect(x, 0, Math.max(pitch, 1.5), tall + STRIP + GAP);
      }
      pen.globalAlpha = dim ? 0.2 : 1;
      const half = one.batch ? 0.5 : 1;
      bar(pen, ink.running, x + pitch * 0.08, pitch * (half - 0.12), one.mean[unit], one.sd[unit], y, dim);
      if (one.batch) bar(pen, ink.z, x + pitch * 0.52, pitch * 0.38, one.batch.mean[unit], one.batch.sd[unit], y, dim);
      if (one.mean[unit] === null || one.sd[unit] === null) cross(pen, ink.error, x + pitch / 2, tall / 2, Math.min(7, Math.max(pitch / 2, 3)));
      if (one.gamma) gamma(pen, ink, x, pitch, tall + GAP, one, unit);
    }
    pen.globalAlpha = 1;
  }
}

/** From the mean by one standard deviation to either side. */
function bar(pen, colour, x, width, mean, sd, y, dim) {
  if (mean === null || sd === null) return;
  const wide = Math.max(width, 0.8), top = y(mean + sd), bottom = y(mean - sd);
  pen.fillStyle = colour;
  pen.globalAlpha = dim ? 0.12 : 0.42;
  pen.fillRect(x, top, wide, Math.max(bottom - top, 1));
  pen.globalAlpha = dim ? 0.3 : 1;
  pen.fillRect(x, y(mean) - 1.25, wide, 2.5);
}

function cross(pen, colour, x, y, reach) {
  pen.strokeStyle = colour;
  pen.lineWidth = 2.5;
  pen.beginPath();
  pen.moveTo(x - reach, y - reach);
  pen.lineTo(x + reach, y + reach);
  pen.moveTo(x + reach, y - reach);
  pen.lineTo(x - reach, y + reach);
  pen.stroke();
}

/** How much of a unit γ lets through, beside the unit of which it lets through most. */
function gamma(pen, ink, x, pitch, y, one, unit) {
  const value = one.gamma[unit], wide = Math.max(pitch * 0.84, 0.8), from = x + pitch * 0.08;
  if (value === null || Math.abs(value) <= 1e-4) {
    pen.strokeStyle = ink.error;
    pen.lineWidth = 1.5;
    pen.strokeRect(from + 0.75, y + 0.75, Math.max(wide - 1.5, 0.5), STRIP - 1.5);
    return;
  }
  pen.fillStyle = ink.bn;
  pen.globalAlpha = 0.15 + 0.85 * Math.min(1, Math.abs(value) / one.most);
  pen.fillRect(from, y, wide, STRIP);
}
