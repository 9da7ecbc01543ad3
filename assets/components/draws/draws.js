// @ts-check
/* One image in many mini-batches. Above, z of the image and its companions: the image stays, and with the others the
   mean and the spread of the batch move. A band leads from that spread to -1 and 1 below, and so the image to where batch
   norm puts it. What has come of it in all batches so far hangs below as a histogram.

   Python sends, for each size of a batch, z_norm of the image in every draw (thousandths) and the members of some of the
   batches (hundredths, the image first), all counted in standard deviations over all images. */

import { scale, ticksWithin } from "../kit/axes.js";
import { fill, grow, make, put, write } from "../kit/dom.js";
import { average, clamp, mix, number, pixel } from "../kit/numbers.js";
import { Drawn } from "./drawn.js";

const ROW = 74, NORM = 172, HANG = 190, FOOT = 40; // px: the two rows, where bars begin, room for numbers below
const BIN = 0.08; // as in the histogram that Python draws
const SIDE = 8; // px of air at both ends of the axis
const FULL = 10; // so many in one bar, at least, fill its height

export class Draws extends Drawn {
  constructor(root) {
    super(root);
    const svg = this.svg = root.querySelector("svg");
    svg.replaceChildren();
    this.grid = make("g", svg, { class: "grid" });
    this.band = make("path", svg, { class: "band" });
    this.exact = make("line", svg, { class: "exact" });
    this.bars = make("path", svg, { class: "bars" });
    this.spread = make("path", svg, { class: "spread" });
    this.mean = make("line", svg, { class: "mean" });
    this.way = make("line", svg, { class: "way" });
    this.others = make("g", svg, { class: "others" });
    this.images = [make("image", svg, { width: 30, height: 30, class: "own" }), make("circle", svg, { r: 6, class: "own" }), make("circle", svg, { r: 7.5, class: "own norm" })];
    this.guessed = make("circle", svg, { r: 10, class: "guessed" });
    this.texts = Object.fromEntries(["row", "norm", "exact", "mu", "guess", "count", "sd"].map(name => [name, make("text", svg, { class: name })]));
  }

  /* The size of the batch that the slider stands at; before the answer only one has been sent. */
  get size() { return this.data.sizes[this.values.m] ?? this.data.sizes.find(Boolean); }

  /* The members of a draw, and what batch norm makes of them; nothing of a draw that came without its members. */
  batch(at) {
    const t = this.size.batches[at]?.map(z => z / 100);
    if (!t) return null;
    const mean = average(t), sd = Math.sqrt(average(t.map(z => (z - mean) ** 2)));
    return { t, mean, sd, own: this.size.z_norm[at] / 1000 };
  }

  draw() {
    const { ends, draws } = this.data, width = this.svg.clientWidth, height = this.svg.clientHeight;
    const place = scale(ends[0], ends[1], SIDE, width - SIDE);
    const x = value => pixel(clamp(place(value), SIDE, width - SIDE));
    const known = this.size.z_norm.slice(0, this.count).map(z => z / 1000);
    const at = this.count - 1, now = this.batch(at), before = this.share < 1 ? this.batch(at - 1) : null;
    this.ruler(x, height);
    this.above(x, now, before);
    const own = before ? mix(before.own, known[at], this.eased) : known[at];
    const z = now ? before ? mix(before.t[0], now.t[0], this.eased) : now.t[0] : this.data.t;
    this.own(x, z, own);
    this.below(x, this.share < 1 ? known.slice(0, -1) : known, height);
    this.say(x, height, known, draws);
  }

  ruler(x, height) {
    const drawn = `${x(1)} ${x(0)} ${height}`;
    if (this.grid.drawn === drawn) return;
    this.grid.drawn = drawn;
    this.grid.replaceChildren();
    for (const y of [ROW, NORM]) make("line", this.grid, { x1: x(-99), x2: x(99), y1: y, y2: y });
    for (const { value, text } of ticksWithin(this.data.ends, 7)) {
      make("line", this.grid, { x1: x(value), x2: x(value), y1: NORM, y2: height - FOOT, class: "up" });
      make("text", this.grid, { x: x(value), y: height - FOOT + 17 }).textContent = text;
    }
  }

  /* The members, each on its way from its place in the batch before; mean and spread of those that stand there. */
  above(x, now, before) {
    const t = now ? now.t.map((z, i) => before?.t[i] === undefined ? z : mix(before.t[i], z, this.eased)) : [];
    const mean = t.length ? average(t) : 0, sd = t.length ? Math.sqrt(average(t.map(z => (z - mean) ** 2))) : 0;
    const there = now ? "visible" : "hidden";
    grow(this.others.dots ??= [], 2 * Math.max(0, t.length - 1), () => make("circle", this.others, { r: t.length > 40 ? 2.5 : 4 }));
    t.slice(1).forEach((z, i) => {
      put(this.others.dots[2 * i], { cx: x(z), cy: ROW, r: t.length > 40 ? 2.5 : 4 });
      put(this.others.dots[2 * i + 1], { cx: x(sd ? (z - mean) / sd : 0), cy: NORM, r: t.length > 40 ? 2 : 3 });
    });
    const [low, high] = [x(mean - sd), x(mean + sd)];
    put(this.band, { visibility: there, d: `M${low} ${ROW}H${high}L${x(1)} ${NORM}H${x(-1)}Z` });
    put(this.mean, { visibility: there, x1: x(mean), x2: x(0), y1: ROW, y2: NORM });
    put(this.texts.mu, { visibility: there, x: x(mean), y: ROW + 20 });
    write(this.texts.mu, "μ");
    put(this.way, { visibility: there });
  }

  /* The image itself: in the layers behind the first one even its z is not the same in each batch. */
  own(x, t, z_norm) {
    const { image, guess } = this.data, [picture, above, below] = this.images;
    if (picture.getAttribute("href") !== image) picture.setAttribute("href", image);
    put(picture, { x: pixel(x(t) - 15), y: ROW - 42 });
    put(above, { cx: x(t), cy: ROW });
    put(below, { cx: x(z_norm), cy: NORM, "data-value": z_norm.toFixed(3) });
    put(this.way, { x1: x(t), x2: x(z_norm), y1: ROW, y2: NORM });
    const there = guess ? "visible" : "hidden", first = x(this.size.z_norm[0] / 1000);
    put(this.guessed, { visibility: there, cx: first, cy: NORM });
    put(this.texts.guess, { visibility: there, x: first - 14, y: NORM - 10, "text-anchor": "end" });
    write(this.texts.guess, guess);
  }

  /* How often it came to lie where, and the standard deviation to both sides of the mean. */
  below(x, values, height) {
    const counts = new Map();
    for (const value of values) {
      const bin = Math.round(clamp(value, ...this.data.ends) / BIN);
      counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    const room = height - FOOT - HANG, top = Math.max(FULL, ...counts.values());
    let d = "";
    for (const [bin, count] of counts) {
      const left = x((bin - 0.5) * BIN), right = x((bin + 0.5) * BIN);
      d += `M${left} ${HANG}V${pixel(HANG + room * count / top)}H${pixel(right - 0.6)}V${HANG}Z`;
    }
    put(this.bars, { d });
    const mean = values.length ? average(values) : 0;
    this.sd = values.length ? Math.sqrt(average(values.map(value => (value - mean) ** 2))) : 0;
    const [low, high] = [x(mean - this.sd), x(mean + this.sd)], y = HANG - 7;
    put(this.spread, { visibility: values.length > 1 ? "visible" : "hidden", d: `M${low} ${y - 5}V${y + 5}M${low} ${y}H${high}M${high} ${y - 5}V${y + 5}` });
  }

  say(x, height, known, draws) {
    const { words, data } = this, { texts } = this, left = x(-99), right = x(99);
    put(this.svg, { "aria-label": words.alt });
    put(texts.row, { x: left, y: 16 });
    write(texts.row, words.row);
    put(texts.norm, { x: left, y: NORM - 10 });
    write(texts.norm, words.norm);
    const end = x(data.t) > 0.78 * right ? "end" : "start";
    put(this.exact, { x1: x(data.t), x2: x(data.t), y1: ROW + 8, y2: height - FOOT });
    put(texts.exact, { x: x(data.t) + (end === "end" ? -6 : 6), y: height - FOOT - 6, "text-anchor": end });
    write(texts.exact, words.exact);
    put(texts.count, { x: left, y: height - 4 });
    write(texts.count, fill(words.count, { n: known.length, draws, m: this.size.m }));
    put(texts.sd, { x: right, y: height - 4, "data-value": this.sd.toFixed(4), visibility: data.begun && known.length > 1 ? "visible" : "hidden" });
    write(texts.sd, fill(words.sd, { sd: number(this.sd) }));
  }

  told(name) {
    const m = String(this.data.sizes[this.values[name]]?.m ?? this.data.tracks[name].options[this.values[name]]);
    return { written: m, spoken: this.sd === undefined ? m : `${m}, ${this.texts.sd.textContent}` };
  }
}
