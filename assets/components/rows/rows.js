// @ts-check
/* One unit's four rows, z to z̃: a dot for each example, its mean, and one standard deviation to either side. Python
   sends z, γ and β of one look, or of many while the network learns; the rows are computed here in the closed form of
   the four steps. A replay begins by itself and eases into its first steps; between two looks a dot goes straight. */

import { niceRange, scale, ticksOf } from "../kit/axes.js";
import { fill, grow, make, paintWith, put, write } from "../kit/dom.js";
import { mix, pixel, written } from "../kit/numbers.js";
import { sized } from "../kit/sized.js";
import { undoneBySwipe } from "../kit/swipe.js";
import { Clock } from "../replay/clock.js";
import { Transport } from "../replay/controls.js";
import { fourSteps, summary } from "../stage/steps.js";

const NAMES = { z: ["z"], z_centered: ["z − μ"], z_norm: ["z", "norm"], z_tilde: ["z\u0303"] }; // and what stands below
const IDEAS = Object.keys(NAMES);
const TOP = 8, LABEL = 76, RIGHT = 10, AXIS = 26; // px around the rows; LABEL is for their names
const CROWD = 30; // examples: more than these are spread upwards and downwards

// Recorded looks are few: about six seconds for all, the first ones slower.
const onward = (/** @type {number} */ position, /** @type {number} */ ms) => position + Math.min(ms, 50) / 1000 * Math.min(14, 3.6 + 0.7 * position);

export class Rows {
  constructor(root) {
    this.svg = root.querySelector("svg");
    this.svg.replaceChildren();
    this.root = root;
    this.at = 0;
    this.clock = new Clock();
    const box = root.querySelector(".transport");
    box.replaceChildren();
    this.transport = new Transport(box, { back: () => this.go(0), toggle: () => this.toggle(), on: () => this.go(this.last) });
    undoneBySwipe(this.transport.range, () => {
      const { at } = this, { playing } = this.clock;
      return () => {
        this.go(at);
        if (playing) this.play();
      };
    });
    this.transport.range.addEventListener("input", () => this.go(Number(this.transport.range.value)));
    this.grid = make("g", this.svg, { class: "grid" });
    this.ticks = [];
    this.guess = make("g", this.svg, { class: "guess" });
    this.bracket = make("path", this.guess);
    this.guessed = make("text", this.guess);
    this.rows = IDEAS.map(idea => {
      const group = make("g", this.svg, { class: "row", "data-idea": idea });
      group.style.setProperty("--mine", `var(--${idea})`);
      const name = make("text", group, { class: "sym", x: 0 }), [symbol, below] = NAMES[idea];
      name.append(symbol);
      if (below) make("tspan", name, { dy: 5, class: "sub" }).append(below);
      const dots = make("path", group, { class: "dots" }), spread = make("path", group, { class: "spread" }), mean = make("path", group, { class: "mean" });
      return { name, dots, spread, mean, says: make("text", group, { class: "says" }) };
    });
    this.unwatch = sized(this.svg, () => this.paint(), () => this.printed());
  }

  leave() {
    this.clock.halt();
    this.unwatch();
  }

  get last() { return this.data.looks.length - 1; }

  receive(data) {
    const fresh = !this.data || this.data.run !== data.run;
    this.data = data;
    paintWith(this.root, data.palette);
    this.root.style.setProperty("--height", `${data.height}px`);
    put(this.root, { "data-replay": this.last ? "here" : data.replay ? "waiting" : "none" });
    this.at = Math.min(fresh ? 0 : this.at, this.last);
    if (this.last) {
      this.transport.word(data.words, data.looks.length);
      if (fresh && matchMedia("(prefers-reduced-motion: reduce)").matches) this.at = this.last;
      else if (fresh) this.play();
      this.transport.wordPlay(data.words, this.clock.playing);
    }
    this.paint();
  }

  play() {
    const from = this.at >= this.last ? 0 : this.at;
    this.clock.run(from, onward, position => {
      this.at = Math.min(position, this.last);
      if (this.at >= this.last) this.halt();
      this.paint();
      return this.at < this.last;
    });
    this.transport.wordPlay(this.data.words, true);
  }

  /* At rest it stands at a look that was taken. */
  halt() {
    this.clock.halt();
    this.at = Math.round(this.at);
    this.transport.wordPlay(this.data.words, false);
  }

  toggle() {
    if (this.clock.playing) this.halt();
    else this.play();
    this.paint();
  }

  go(at) {
    this.halt();
    this.at = at;
    this.paint();
  }

  /* z, γ and β at a moment between two looks. */
  now() {
    const { looks } = this.data, low = Math.floor(this.at), high = Math.min(low + 1, this.last), share = this.at - low;
    const [one, other] = [looks[low], looks[high]];
    return {
      z: one.z.map((value, i) => mix(value, other.z[i], share)),
      gamma: mix(one.gamma, other.gamma, share), beta: mix(one.beta, other.beta, share), look: looks[Math.round(this.at)],
    };
  }

  // On paper what is on its way has arrived.
  printed() {
    const { at } = this;
    if (matchMedia("print").matches && this.data && (this.clock.playing || !at)) this.at = this.last;
    this.paint();
    this.at = at;
  }

  paint() {
    const width = this.svg.clientWidth, height = this.svg.clientHeight;
    if (!this.data || !width) return;
    const { words, eps } = this.data, { z, gamma, beta, look } = this.now();
    const { rows } = fourSteps(z, { gamma, beta, eps });
    const ends = this.data.ends ?? niceRange(Math.min(...rows.flat()), Math.max(...rows.flat()));
    const along = scale(ends[0], ends[1], LABEL, width - RIGHT), x = value => pixel(along(value));
    const pitch = (height - TOP - AXIS) / IDEAS.length;
    this.ruler(ends, x, width, height);
    rows.forEach((values, k) => this.row(this.rows[k], k, values, x, TOP + pitch * (k + 0.5), pitch, width, look));
    this.mark(x, TOP + pitch * 3.5, pitch);
    put(this.svg, { "aria-label": fill(words.alt, { step: look.step ?? "", ...told(look, eps) }) });
    if (this.last) this.transport.show(Math.round(this.at), fill(words.at, { step: look.step }));
  }

  ruler(ends, x, width, height) {
    const ticks = ticksOf(ends, width - LABEL);
    grow(this.ticks, ticks.length, () => {
      const group = make("g", this.grid);
      return Object.assign(group, { line: make("line", group), text: make("text", group) });
    });
    ticks.forEach(({ value, text }, k) => {
      const { line, text: label } = this.ticks[k];
      put(line, { x1: x(value), x2: x(value), y1: TOP, y2: height - AXIS, class: value === 0 ? "zero" : "" });
      put(label, { x: x(value), y: height - 6 });
      write(label, text);
    });
  }

  row(parts, k, values, x, y, pitch, width, look) {
    const { words } = this.data, crowd = values.length > CROWD, reach = crowd ? pitch / 26 : 0;
    put(parts.name, { y: y + 5 });
    put(parts.dots, { d: values.map((value, i) => `M${x(value)} ${pixel(y + ((i * 7) % 13 - 6) * reach)}h0`).join(""), "stroke-width": crowd ? 7 : 11 });
    const own = summary(values);
    put(parts.spread, { d: `M${x(own.mean - own.sd)} ${y + pitch * 0.36}H${x(own.mean + own.sd)}` });
    put(parts.mean, { d: `M${x(own.mean)} ${y - pitch * 0.34}V${y + pitch * 0.4}`, "data-value": own.mean });
    put(parts.says, { x: width - 2, y: y - pitch * 0.3, "data-value": own.sd });
    const known = { mean: written(own.mean, 1), sd: written(own.sd, 1), gamma: written(look.gamma, 1), beta: written(look.beta, 1) };
    write(parts.says, fill(words[k === 3 ? "says_tilde" : k === 0 ? "says_z" : "says"], known));
  }

  /* What the reader had expected of z̃: from its mean by one standard deviation to either side. */
  mark(x, y, pitch) {
    const { guess, words } = this.data;
    this.guess.style.display = guess ? "" : "none";
    if (!guess) return;
    const [low, high, level] = [x(guess.mean - guess.sd), x(guess.mean + guess.sd), y - pitch * 0.37];
    put(this.bracket, { d: `M${low} ${level - 7}V${level + 7}M${low} ${level}H${high}M${high} ${level - 7}V${level + 7}` });
    put(this.guessed, { x: high + 6, y: level + 4 });
    write(this.guessed, words.guess);
  }
}

/* The look in numbers, for those who do not see it. */
function told({ z, gamma, beta }, eps) {
  const { mean, std } = fourSteps(z, { gamma, beta, eps });
  return { mu: written(mean, 1), std: written(std, 1), gamma: written(gamma, 1), beta: written(beta, 1) };
}
