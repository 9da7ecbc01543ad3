// @ts-check
/* Mini-batches of one unit, the last one on top and those before it below: each with its own mean (a diamond) and
   standard deviation (a bar), and in each of them the same one example, whose z_norm stands at the right. A press asks
   Python for the next one. All numbers come from Python. */

import { Dragged } from "../drag/dragged.js";
import { scale, ticksOf } from "../kit/axes.js";
import { make, put, write } from "../kit/dom.js";
import { pixel, written } from "../kit/numbers.js";
import { tallOf } from "../kit/sized.js";
import { lanes } from "../stage/steps.js";

const INSET = 10, ROW = 62, AXIS = 22; // px
const SIGNS = { mean: "μ", sd: "σ" };

export class Batches extends Dragged {
  constructor(root) {
    super(root);
    this.svg = this.find("svg");
    this.svg.replaceChildren();
    this.grid = make("g", this.svg, { class: "grid" });
    this.kept = make("line", this.svg, { class: "kept", y1: 20 });
    this.groups = new Map();
    this.on(this.find(".press"), "click", () => this.press());
  }

  receive(data) {
    super.receive(data);
    this.root.classList.toggle("closed", data.closed);
    this.root.style.setProperty("--rows", data.rows);
    write(this.find(".press"), data.words.press);
  }

  press() {
    if (!this.data.closed) this.send({ ...this.unsaved.letGo(["seed"]), set: { seed: this.data.next } });
  }

  draw() {
    const { batches, ends, from, rows } = this.data, width = this.svg.clientWidth;
    this.pitch = ROW * tallOf(this.svg, 0.9);
    const fresh = !this.groups.size && from && batches.length > 1;
    const shown = fresh ? batches.slice(0, -1) : batches; // what stood there first, then what comes
    const along = scale(ends[0], ends[1], INSET, width - INSET), x = value => pixel(along(value));
    this.ruler(ends, x, width, rows * this.pitch);
    const wanted = new Set(shown.map(({ seed }) => seed));
    for (const [seed, row] of this.groups) if (!wanted.has(seed)) { row.group.remove(); this.groups.delete(seed); }
    shown.forEach((batch, k) => this.row(batch, shown.length - 1 - k, x, width, shown[k - 1]));
    const z = shown[shown.length - 1].z[0];
    put(this.kept, { x1: x(z), x2: x(z), y2: rows * this.pitch });
    write(this.find(".stays"), this.say("stays", { z: written(z, 1) }));
    put(this.svg, { "aria-label": shown.map(one => this.say("alt", { number: one.seed + 1, z_norm: written(one.z_norm, 1) })).join(" ") });
    if (fresh) setTimeout(() => this.repaint(), 350);
  }

  /* A reader may have guessed that z_norm is what it was in the earlier one. */
  row(batch, place, x, width, earlier) {
    const { seed, z, mean, sd, z_norm } = batch, known = this.groups.get(seed) ?? this.build(seed);
    known.group.style.transform = `translateY(${place * this.pitch}px)`;
    known.group.classList.toggle("last", place === 0);
    const xs = z.map(x), order = z.map((_, i) => i).sort((a, b) => xs[a] - xs[b]), { lane } = lanes(xs, order, 9);
    known.marks.forEach((mark, i) => put(mark, { cx: xs[i], cy: 42 - Math.min(lane[i], 2) * 5, "data-value": z[i] }));
    put(known.line, { x1: INSET, x2: width - INSET });
    put(known.span, { x1: x(mean - sd), x2: x(mean + sd) });
    put(known.mean, { d: `M${x(mean)} 44l5.5 6 -5.5 6 -5.5 -6z`, "data-value": mean });
    put(known.ofMean, { x: x(mean) });
    put(known.ofSd, { x: x(mean + sd) });
    write(known.name, this.say("batch", { number: seed + 1 }));
    put(known.norm, { x: width - INSET, "data-value": z_norm });
    write(known.norm, this.say("kept", { z_norm: written(z_norm, 1) }));
    put(known.guess, { x: width - INSET });
    write(known.guess, this.words.guess && !place && earlier ? `${this.words.guess}: ${written(earlier.z_norm, 1)}` : "");
  }

  build(seed) {
    const group = make("g", this.svg, { class: "batch", "data-seed": seed });
    const row = {
      group, line: make("line", group, { y1: 50, y2: 50 }), span: make("line", group, { class: "span", y1: 50, y2: 50 }),
      marks: this.data.batches[0].z.map((_, i) => make("circle", group, { class: i ? "mark" : "mark same", r: i ? 4.5 : 6.5 })),
      mean: make("path", group, { class: "mean" }),
      ofMean: make("text", group, { class: "of-mean", y: 68 }), ofSd: make("text", group, { class: "of-sd", y: 64 }),
      name: make("text", group, { class: "name", x: INSET, y: 16 }), norm: make("text", group, { class: "norm", y: 16 }),
      guess: make("text", group, { class: "guess", y: 34 }),
    };
    row.ofMean.textContent = SIGNS.mean;
    row.ofSd.textContent = SIGNS.sd;
    this.groups.set(seed, row);
    return row;
  }

  ruler(ends, x, width, height) {
    const drawn = `${width} ${height}`;
    if (this.grid.drawn === drawn) return;
    this.grid.drawn = drawn;
    this.grid.replaceChildren();
    for (const { value, text } of ticksOf(ends, width)) {
      make("line", this.grid, { x1: x(value), x2: x(value), y1: 22, y2: height, class: value ? "" : "zero" });
      make("text", this.grid, { x: x(value), y: height + AXIS - 6 }).textContent = text;
    }
  }
}
