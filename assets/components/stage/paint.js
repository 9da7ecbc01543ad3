// @ts-check
/* Painting: from numbers to marks, bars and lines. Mixed into the stage in stage.js. */

import { ticksOf } from "../kit/axes.js";
import { grow, make, put, write } from "../kit/dom.js";
import { clamp, mix, pixel, written } from "../kit/numbers.js";
import { ROWS, SCALES } from "./scales.js";
import { carry, lanes } from "./steps.js";

export const Painting = {
  /* One set of ticks under the last row, or one under each row that is there. */
  paintGrid() {
    const own = this.state.axis === "own", bottom = this.levels * this.row;
    const lines = [];
    (own ? [0, 1, 2, 3].slice(0, Math.min(this.levels, this.reveal)) : [this.levels - 1]).forEach(row => {
      const top = row * this.row;
      for (const { value, text } of ticksOf(this.domains[row], this.x1 - this.x0)) {
        const x = this.x(row, value);
        lines.push({ x, zero: value === 0, text, y1: own ? top + this.base - this.hist : 4, y2: top + this.bandTop + this.band + 4, y: Math.min(top + this.bandTop + this.band + 18, bottom - 3) });
      }
    });
    grow(this.gridLines, lines.length, () => make("line", this.grid));
    grow(this.gridTexts, lines.length, () => make("text", this.grid));
    lines.forEach((line, k) => {
      const x = pixel(line.x);
      put(this.gridLines[k], { x1: x, x2: x, y1: line.y1, y2: line.y2, class: line.zero ? "zero" : "" });
      put(this.gridTexts[k], { x, y: line.y });
      write(this.gridTexts[k], line.text);
    });
  },

  /* Returns whether a mark is still on its way to its lane. */
  paintRow(row) {
    const visible = row < this.reveal;
    for (const group of [this.barsOf[row].group, this.spines[row].group, this.marksOf[row]]) group.classList.toggle("row-hidden", !visible);
    if (visible) this.exposeAxis(row);
    if (!visible) { this.paintEdges(row, [0, 0]); return false; }
    const moving = this.placeMarks(row);
    const t = this.falling?.row === row ? this.falling.t : 1;
    for (const { group } of [this.barsOf[row], this.spines[row]]) put(group, { opacity: clamp((t - 0.7) / 0.3, 0, 1) });
    this.paintBars(row);
    this.paintSpine(row);
    return moving;
  },

  exposeAxis(row) {
    const [lo, hi] = this.domains[row];
    put(this.spines[row].group, { "data-lo": lo, "data-hi": hi, "data-x0": this.x0, "data-x1": this.x1 });
  },

  placeMarks(row) {
    const values = this.picture.rows[row], xs = values.map(value => this.x(row, value));
    const backwards = row === 3 && this.shown.gamma < 0;
    const { lane, count } = lanes(xs, this.order(backwards), this.radius * 2 + 0.6);
    const pitch = Math.min(this.radius * 2 + 0.6, (this.band - this.radius * 2) / Math.max(1, count - 1));
    const top = row * this.row + this.bandTop + this.radius;
    const heights = this.heights[row], jump = this.still.matches || heights.length !== xs.length;
    const fallen = this.falling?.row === row ? this.falling : null;
    const outside = [0, 0];
    let moving = false;
    this.xs ??= []; this.xs[row] = xs;
    xs.forEach((x, i) => {
      const target = top + lane[i] * pitch;
      heights[i] = jump || Math.abs(target - heights[i]) < 0.3 ? target : mix(heights[i], target, 0.35);
      moving ||= heights[i] !== target;
      const mark = this.marks[row][i], side = this.off(x);
      if (side) outside[side < 0 ? 0 : 1]++;
      let cx = x, cy = heights[i];
      if (fallen) {
        cx = mix(this.xs[row - 1][i], x, fallen.s);
        cy = mix(this.heights[row - 1][i], cy, fallen.s);
      }
      put(mark, { cx: pixel(cx), cy: pixel(cy), "data-value": values[i] });
      if (side !== (mark.side ?? 0)) { mark.side = side; mark.classList.toggle("off", side !== 0); }
    });
    this.paintEdges(row, outside);
    return moving;
  },

  /* Examples from left to right; a row is in z's order, or the reverse when γ < 0. */
  order(backwards) {
    const z = this.state.z;
    if (this.sortedFor !== z) {
      this.sortedFor = z;
      this.sorted = z.map((_, i) => i).sort((a, b) => z[a] - z[b] || a - b);
      this.reversed = [...this.sorted].reverse();
    }
    return backwards ? this.reversed : this.sorted;
  },

  /* What lies beyond an edge is an arrow there, with its count. */
  paintEdges(row, outside) {
    const y = row * this.row + this.bandTop + this.band / 2;
    this.edges[row].forEach(({ side, path, text }, k) => {
      const count = outside[k], x = side < 0 ? this.x0 : this.x1;
      put(path, { d: count ? `M${x + side * 8} ${y}l${-side * 11} -7v14z` : "" });
      write(text, count || "");
      put(text, { x: x - side * 7, y: y + 4 });
      put(path.parentNode, { [side < 0 ? "data-left" : "data-right"]: count });
    });
  },

  /* Where a reader had expected the values of a row: rings below its marks; beyond an edge an arrow points there. */
  paintGuess() {
    const { guess } = this.data, row = guess ? ROWS.indexOf(guess.row) : -1;
    const there = guess && row < this.reveal && this.falling?.row !== row;
    this.guess.classList.toggle("row-hidden", !there);
    if (!there) return;
    const y = row * this.row + this.bandTop + this.band - 1, all = guess.values.map(value => this.x(row, value));
    const xs = all.filter(x => !this.off(x)), last = xs.length ? Math.max(...xs) : this.x1;
    grow(this.guessed, xs.length, () => make("circle", this.guess, { r: 3.5 }));
    xs.forEach((x, k) => put(this.guessed[k], { cx: pixel(x), cy: y }));
    const beyond = all.some(x => this.off(x) > 0) ? " →" : "", left = !beyond && last < this.x1 - 90;
    put(this.ofGuess, { x: pixel(left ? last + 8 : this.x1), y: left ? y + 4 : y - 8, "text-anchor": left ? "start" : "end" });
    write(this.ofGuess, guess.text + beyond);
  },

  paintBars(row) {
    const { path, text } = this.barsOf[row], { counts, edges, most } = this.bins;
    const base = row * this.row + this.base - 3, xs = carry(edges, this.picture, this.shown)[row].map(edge => this.x(row, edge));
    const narrow = Math.abs(xs[xs.length - 1] - xs[0]) < counts.length * 1.5;
    let d = "", peak = { x: 0, height: 0, count: 0 };
    const bar = (a, b, height, count) => {
      const [left, right] = a < b ? [a, b] : [b, a];
      d += `M${pixel(left)} ${base}v${-pixel(height)}h${pixel(right - left)}v${pixel(height)}z`;
      if (count > peak.count) peak = { x: (left + right) / 2, height, count };
    };
    if (narrow) {
      const middle = (xs[0] + xs[xs.length - 1]) / 2;
      bar(middle - 4, middle + 4, this.hist - 14, this.state.z.length);
    } else counts.forEach((count, k) => {
      const inset = Math.sign(xs[k + 1] - xs[k]) * 0.5;
      if (count) bar(xs[k] + inset, xs[k + 1] - inset, count / most * (this.hist - 14), count);
    });
    put(path, { d, "data-counts": narrow ? this.state.z.length : counts.join(",") });
    const pole = this.x(row, this.picture.summaries[row].mean), beside = Math.abs(peak.x - pole) < 13;
    put(text, beside
      ? { x: pixel(pole + 9), y: pixel(base - peak.height - 4), "text-anchor": "start" }
      : { x: pixel(peak.x), y: pixel(base - peak.height - 4), "text-anchor": "middle" });
    write(text, this.off(peak.x) ? "" : peak.count);
  },

  /* The number line itself: mean as a diamond, ± one standard deviation as a span. */
  paintSpine(row) {
    const { line, span, ends, mean, pole, ofMean, ofSd } = this.spines[row], { summaries } = this.picture;
    const y = row * this.row + this.base, at = summaries[row];
    const x = this.x(row, at.mean), left = this.x(row, at.mean - at.sd), right = this.x(row, at.mean + at.sd);
    put(line, { x1: this.x0, x2: this.x1, y1: y, y2: y });
    put(span, { x1: pixel(left), x2: pixel(right), y1: y, y2: y });
    put(ends, { d: right - left > 3 ? `M${pixel(left)} ${y - 5}v10M${pixel(right)} ${y - 5}v10` : "" });
    put(pole, { x1: pixel(x), x2: pixel(x), y1: y - this.hist + 6, y2: y });
    put(mean, { d: this.off(x) ? "" : `M${pixel(x)} ${y - 7}l6 7 -6 7 -6 -7z` });
    this.letter(ofMean, row === 0 ? "μ" : row === 3 ? "β" : "", x, y - this.hist + 2);
    this.letter(ofSd, row === 0 && right - left > 30 ? "σ" : "", right + 10, y - 6);
  },

  letter(text, letter, x, y) {
    write(text, this.off(x) ? "" : letter);
    put(text, { x: pixel(x), y });
  },

  /* The path of one example: straight down inside a row, slanted between rows. Parallel slants are a
     shift, a fan is a scale. */
  threadOf(i, rows) {
    let d = "";
    for (let row = 0; row < rows; row++) {
      const top = row * this.row, x = pixel(clamp(this.xs[row][i], this.x0 - 40, this.x1 + 40));
      if (this.falling?.row === row) {
        const mark = this.marks[row][i];
        d += `L${mark.getAttribute("cx")} ${mark.getAttribute("cy")}`;
      } else {
        d += row ? `L${x} ${top + this.base}` : `M${x} ${pixel(this.heights[0][i])}`;
        d += `L${x} ${row === rows - 1 ? pixel(this.heights[row][i]) : top + this.bandTop + this.band + 2}`;
      }
    }
    return d;
  },

  paintLinks() {
    this.linkPaths.forEach((path, i) => put(path, { d: this.reveal > 1 ? this.threadOf(i, this.reveal) : "" }));
  },

  /* The example that lights up: the one in hand, else under the pointer, else the chosen one. */
  lit() {
    const lit = this.grip ?? this.hovered ?? this.pinned;
    return lit && lit.i < this.state.z.length ? lit : null;
  },

  /* One example everywhere: its thread, its places, its numbers. */
  paintTrace() {
    const lit = this.lit();
    this.canvas.classList.toggle("lit", Boolean(lit));
    this.traceGroup.classList.toggle("grabbed", Boolean(this.grip));
    this.traceGroup.style.display = lit ? "" : "none";
    if (!lit) return;
    put(this.thread, { d: this.threadOf(lit.i, this.reveal) });
    this.spots.forEach(({ circle, text }, row) => {
      const mark = this.marks[row][lit.i], visible = row < this.reveal && !mark.side;
      circle.style.display = text.style.display = visible ? "" : "none";
      if (!visible) return;
      const cx = Number(mark.getAttribute("cx")), cy = Number(mark.getAttribute("cy"));
      const number = this.number(row, this.picture.rows[row][lit.i]), right = this.freerSide(row, lit.i, cx, cy, number.length * 8) > 0;
      put(circle, { cx, cy, r: this.radius + 2 });
      put(text, { x: cx + (right ? 1 : -1) * (this.radius + 8), y: cy + 4.5, "text-anchor": right ? "start" : "end" });
      write(text, number);
    });
  },

  /* On which side of a point a number as wide as this covers fewer other points: 1 right, -1 left. Right, if it has
     room and no more points lie there. */
  freerSide(row, i, cx, cy, width) {
    const near = this.radius + 6, far = near + width, covered = { "-1": 0, 1: 0 };
    this.marks[row].forEach((mark, other) => {
      const dx = Number(mark.getAttribute("cx")) - cx, dy = Number(mark.getAttribute("cy")) - cy;
      const away = Math.abs(dx);
      if (other !== i && !mark.side && away > near - this.radius && away < far + this.radius && Math.abs(dy) < this.radius + 8) covered[Math.sign(dx)]++;
    });
    if (cx + far > this.x1) return -1;
    if (cx - far < this.x0) return 1;
    return covered[1] <= covered[-1] ? 1 : -1;
  },

  number(row, value) {
    const { mean, sd } = this.picture.summaries[row];
    return written(value, row === 0 && sd ? Math.max(sd, Math.abs(mean) * 1e-5) : Math.max(sd, Math.abs(mean)) || Math.abs(value));
  },

  paintTexts() {
    const lit = this.lit();
    this.rowTexts.forEach((text, row) => {
      const { mean, sd } = this.picture.summaries[row];
      const there = row < this.reveal; // else its numbers are nowhere on the page
      text.box.classList.toggle("hidden", !there);
      text.box.classList.toggle("none", row >= this.levels);
      write(text.mean.number, there ? this.number(row, mean) : "–");
      write(text.sd.number, there ? written(sd) : "–");
      put(text.mean.number, { "data-value": there ? mean : "" });
      put(text.sd.number, { "data-value": there ? sd : "" });
      text.one.line.classList.toggle("none", !lit);
      write(text.one.term, lit ? this.say("short", { i: lit.i + 1 }) : "–");
      write(text.one.number, lit && there ? this.number(row, this.picture.rows[row][lit.i]) : "–");
    });
    if (this.data.open > 1) for (const name of this.data.sliders) this.paintSlider(name);
    this.paintWalk();
    this.paintStory();
    this.paintNote();
  },
};
