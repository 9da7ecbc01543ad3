/* The stage: one mini-batch on four number lines, z → z − μ → z_norm → z̃, that follows the finger.

   What is dragged is painted here at once, by the closed form of the four steps (`fourSteps`); on release
   it is sent to Python, and the numbers that come back, and stay, are bncore's. Every mark stands at
   exactly its value; only its height is chosen, so that marks do not hide each other.

   Tests and readers of the page find the truth in attributes: `.mark[data-row][data-i][data-value]`,
   `.axis-of[data-row][data-lo][data-hi][data-x0][data-x1]`, `dd[data-value]`, and on the root `data-state`:
   still, moving or dragging. */

const ROWS = ["z", "z_centered", "z_norm", "z_tilde"];
const FIELDS = ["z", "eps", "gamma", "beta", "step", "axis", "example"];
const NUMERIC = ["z", "eps", "gamma", "beta"];
const SVG = "http://www.w3.org/2000/svg";
const PATIENCE = 15000; // ms after which a value that Python never acknowledged gives way

// ---------------------------------------------------------------- the four steps

const average = values => values.reduce((sum, value) => sum + value, 0) / values.length;

/* z − μ → z_norm → z̃. The first example is subtracted before averaging, as in bncore. */
function fourSteps(z, { eps, gamma, beta }) {
  const first = z[0];
  const shift = average(z.map(value => value - first));
  const centered = z.map(value => value - first - shift);
  const variance = average(centered.map(value => value * value));
  const std = Math.sqrt(variance + eps);
  const norm = centered.map(value => value / std);
  const tilde = norm.map(value => gamma * value + beta);
  return { mean: first + shift, var: variance, std, rows: [z, centered, norm, tilde] };
}

function summary(values) {
  const first = values[0];
  const shift = average(values.map(value => value - first));
  const variance = average(values.map(value => (value - first - shift) ** 2));
  return { mean: first + shift, sd: Math.sqrt(variance) };
}

/* A histogram of z: its edges go through the same four steps, so each bar holds the same examples in
   every row and none hops over an edge by rounding. */
function histogram(z) {
  const [lo, hi] = [Math.min(...z), Math.max(...z)];
  const bins = hi > lo ? Math.min(24, Math.max(4, Math.round(1.9 * Math.sqrt(z.length)))) : 1;
  const counts = new Array(bins).fill(0);
  for (const value of z) counts[hi > lo ? Math.min(bins - 1, Math.floor((value - lo) / (hi - lo) * bins)) : 0]++;
  const edges = Array.from({ length: bins + 1 }, (_, k) => lo + (hi - lo) * k / bins);
  return { of: z, counts, edges, most: Math.max(...counts) };
}

/* Edges of the bars in every row. */
function carry(edges, { mean, std }, { gamma, beta }) {
  const centered = edges.map(edge => edge - mean);
  const norm = centered.map(edge => edge / std);
  return [edges, centered, norm, norm.map(edge => gamma * edge + beta)];
}

/* The first free lane for every mark, left to right: what keeps marks from hiding each other. */
function lanes(xs, order, apart) {
  const last = [], lane = new Array(xs.length);
  for (const i of order) {
    let free = 0;
    while (free < last.length && xs[i] - last[free] < apart) free++;
    last[free] = xs[i];
    lane[i] = free;
  }
  return { lane, count: last.length };
}

// ---------------------------------------------------------------- numbers and axes

const minus = text => text.replace("-", "−");
const raised = power => [...String(power)].map(sign => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");

function scientific(value, digits) {
  const [mantissa, power] = value.toExponential(digits).split("e");
  return minus(`${mantissa}×10${raised(Number(power))}`);
}

/* Four significant digits (three of small numbers, to save room), seen from `scale`: the spread of a row decides how fine its numbers are. */
function written(value, scale = Math.abs(value)) {
  if (scale === 0) return "0";
  if (scale < 1e-4 || scale >= 1e6) return value === 0 ? "0" : scientific(value, 2);
  const power = Math.floor(Math.log10(scale * 1.0005));
  const text = value.toFixed(Math.max(0, (power < -1 ? 2 : 3) - power));
  return minus(/^-0\.?0*$/.test(text) ? text.slice(1) : text);
}

/* ε spans thirteen powers of ten. */
function writtenEps(eps) {
  if (eps >= 1e-3) return String(Number(eps.toPrecision(3)));
  const [mantissa, power] = eps.toExponential(2).split("e");
  return `${Number(mantissa)}×10${raised(Number(power))}`;
}

const writtenSlider = (name, value) => name === "eps" ? writtenEps(value) : written(value, Math.max(1, Math.abs(value)));

/* A distance between ticks: 1, 2, 2.5 or 5 times a power of ten. */
function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 2.5, 5, 10].find(step => step * power >= rough * (1 - 1e-9));
}

function niceRange(lo, hi) {
  const size = Math.max(Math.abs(lo), Math.abs(hi));
  if (!(hi - lo > size * 1e-12)) {
    const room = Math.max(1, size / 10);
    return [lo - room, hi + room];
  }
  const grain = niceStep((hi - lo) / 8) / 2;
  return [Math.floor(lo / grain - 0.35) * grain, Math.ceil(hi / grain + 0.35) * grain];
}

function ticksOf([lo, hi], pixels) {
  const step = niceStep((hi - lo) / Math.max(2, Math.floor(pixels / (pixels < 420 ? 58 : 84))));
  const size = Math.max(Math.abs(lo), Math.abs(hi));
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9) + (/^2\.?5/.test(String(step / 10 ** Math.floor(Math.log10(step)))) ? 1 : 0));
  const ticks = [];
  for (let k = Math.ceil(lo / step); k * step <= hi && ticks.length < 40; k++) {
    const value = k * step;
    const plain = size < 1e7 && step >= 1e-7;
    ticks.push({ value, text: value === 0 ? "0" : plain ? minus(value.toFixed(Math.min(decimals, 12))) : scientific(value, 1) });
  }
  return ticks;
}

/* What each row's axis must hold: its values, mean ± sd, and room for z̃ to grow by half in a drag. */
function extents(picture) {
  return picture.rows.map((values, row) => {
    const { mean, sd } = picture.summaries[row];
    const reach = row === 3 ? 1.5 : 1;
    const lo = Math.min(...values), hi = Math.max(...values);
    return [Math.min(mean + reach * (lo - mean), mean - sd), Math.max(mean + reach * (hi - mean), mean + sd)];
  });
}

function fitDomains(picture, axis) {
  const wanted = extents(picture);
  if (axis === "own") return wanted.map(([lo, hi]) => niceRange(lo, hi));
  const shared = niceRange(Math.min(0, ...wanted.map(([lo]) => lo)), Math.max(0, ...wanted.map(([, hi]) => hi)));
  return ROWS.map(() => shared);
}

/* How many times wider one shared axis is than the narrowest row that has a width. */
function crowding(picture) {
  const wanted = extents(picture);
  const widths = picture.rows.map(values => Math.max(...values) - Math.min(...values)).filter(width => width > 0);
  const all = Math.max(0, ...wanted.map(([, hi]) => hi)) - Math.min(0, ...wanted.map(([lo]) => lo));
  return widths.length ? all / Math.min(...widths) : 1;
}

// ---------------------------------------------------------------- sliders

/* ε lies on a logarithmic slider and is rounded to three digits, so that links stay readable. */
const SCALES = {
  eps: { to: eps => Math.log10(eps), from: text => Number((10 ** Number(text)).toPrecision(3)) },
  gamma: { to: gamma => gamma, from: Number },
  beta: { to: beta => beta, from: Number },
};
const stepFor = range => 10 ** (Math.floor(Math.log10(range / 3 + 1e-9)) - 2);

// ---------------------------------------------------------------- small helpers

const make = (name, parent, attributes = {}) => {
  const element = document.createElementNS(SVG, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return parent.appendChild(element);
};
const put = (element, attributes) => {
  for (const key in attributes) element.setAttribute(key, attributes[key]);
};
const pixel = value => Math.round(value * 100) / 100;
const mix = (a, b, t) => a + (b - a) * t;
const ease = t => t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;
const clamp = (value, lo, hi) => Math.min(hi, Math.max(lo, value));
const grow = (list, count, create) => {
  while (list.length < count) list.push(create(list.length));
  while (list.length > count) list.pop().remove();
};

// ---------------------------------------------------------------- the stage

class Stage {
  constructor(root) {
    this.root = root;
    this.find = selector => root.querySelector(selector);
    this.findAll = selector => [...root.querySelectorAll(selector)];
    this.canvas = this.find(".canvas");
    this.mount = Math.random().toString(36).slice(2);
    this.sent = 0;
    this.mine = {}; // field → { n, at }: what the user set and Python has not yet confirmed
    this.state = null; // what is true now, the user's hand included
    this.shown = null; // what is painted: differs from `state` only while something glides
    this.reveal = 4;
    this.pinned = null;
    this.hovered = null;
    this.heights = ROWS.map(() => []);
    this.abort = new AbortController();
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.buildLayers();
    this.listen();
    this.watchSize = new ResizeObserver(() => { this.measure(); this.repaint(); });
    this.watchSize.observe(this.find(".picture"));
  }

  leave() {
    this.abort.abort();
    this.watchSize.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.waiting);
    clearTimeout(this.typing);
    clearTimeout(this.choosing);
  }

  // ------------------------------------------------------------ talk with Python

  /* New data from Python. It wins, except over what the user's hand holds or has just let go of. */
  receive(data) {
    const before = this.state;
    this.data = data;
    this.words = data.words;
    const seen = data.seen?.mount === this.mount ? data.seen.n : 0;
    const next = {};
    for (const field of FIELDS) {
      if (this.holds(field, seen)) next[field] = this.state[field];
      else { next[field] = data[field]; delete this.mine[field]; }
    }
    this.state = next;
    this.exact = !NUMERIC.some(field => this.mine[field]);
    if (!this.playing && !this.falling) this.reveal = next.step;
    if (before?.example !== next.example) this.pinned = { row: 0, i: next.example - 1 };
    if (this.hovered?.i >= next.z.length) this.hovered = null;
    this.dress();
    this.setSliders();
    if (this.grip || this.sliding) this.moved();
    else this.glide(before);
    this.repaint();
  }

  holds(field, seen) {
    const mine = this.mine[field];
    return mine && this.state && mine.n > seen && (mine.n === Infinity || performance.now() - mine.at < PATIENCE);
  }

  hold(field) { this.mine[field] = { n: Infinity, at: performance.now() }; }

  /* Send what was set, in the grammar of the links, so that one reader checks both. */
  commit(fields) {
    const n = ++this.sent, set = {};
    for (const field of fields) {
      this.mine[field] = { n, at: performance.now() };
      set[field] = field === "z" ? this.state.z.join(",") : String(this.state[field]);
    }
    this.send({ mount: this.mount, n, set });
  }

  say(name, values = {}) {
    return this.words[name].replace(/\{(\w+)\}/g, (token, key) => key in values ? values[key] : token);
  }

  /* Words and colours: they follow the language and the theme. */
  dress() {
    for (const [idea, colour] of Object.entries(this.data.palette)) this.root.style.setProperty(`--${idea}`, colour);
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
    if (!this.exact) return this.compute(this.state);
    const { rows, mean, var: variance, std } = this.data;
    return { mean, var: variance, std, rows, summaries: rows.map(summary) };
  }

  /* From what is painted to what is true: γ, β and ε pass through every state between (each a true
     picture), and the axes are fitted again. A new batch is shown at once. */
  glide(before) {
    const target = this.settled();
    const domains = fitDomains(target, this.state.axis);
    const from = this.shown && { ...this.shown, domains: this.domains };
    this.bins = histogram(this.state.z);
    const sameBatch = before && before.z.length === this.state.z.length && before.z.every((value, i) => value === this.state.z[i]);
    const moves = from && sameBatch && (["eps", "gamma", "beta"].some(name => from[name] !== this.state[name])
      || domains.some((domain, row) => domain[0] !== from.domains[row][0] || domain[1] !== from.domains[row][1]));
    const arrive = () => {
      this.shown = this.parameters(this.state);
      this.domains = domains;
      this.picture = this.settled();
    };
    if (!moves || this.still.matches) { this.motion = null; return arrive(); }
    const to = { ...this.parameters(this.state), domains };
    if (this.motion && JSON.stringify(this.motion.to) === JSON.stringify(to)) return;
    this.motion = { from, to, start: performance.now(), length: 320, arrive };
  }

  advance(now) {
    const { from, to, start, length, arrive } = this.motion;
    const t = (now - start) / length;
    if (t >= 1) { this.motion = null; return arrive(); }
    const s = ease(clamp(t, 0, 1));
    this.shown = {
      z: to.z, gamma: mix(from.gamma, to.gamma, s), beta: mix(from.beta, to.beta, s),
      eps: from.eps === to.eps ? to.eps : 10 ** mix(Math.log10(from.eps), Math.log10(to.eps), s),
    };
    this.domains = to.domains.map(([lo, hi], row) => [mix(from.domains[row][0], lo, s), mix(from.domains[row][1], hi, s)]);
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
    this.paintTexts();
    const busy = this.motion || this.falling || unsettled;
    const state = this.grip || this.sliding ? "dragging" : busy || this.playing ? "moving" : "still";
    if (this.root.dataset.state !== state) this.root.dataset.state = state;
    if (busy) this.repaint();
  }

  // ------------------------------------------------------------ geometry

  measure() {
    const picture = this.find(".picture"), style = getComputedStyle(picture);
    const px = name => Number(style.getPropertyValue(`--${name}`));
    this.width = picture.clientWidth;
    const [label, stats, head, hist, gap, band, row] = ["label", "stats", "head", "hist", "gap", "band", "row"].map(px);
    const inset = label ? 10 : 14;
    Object.assign(this, { hist, band, row, base: head + hist, bandTop: head + hist + gap, x0: label + inset, x1: this.width - stats - inset });
    this.narrow = label === 0;
    put(this.clip, { x: this.x0 - 1, width: Math.max(0, this.x1 - this.x0 + 2), y: 0, height: 4 * row });
    this.heights = ROWS.map(() => []);
  }

  x(row, value) {
    const [lo, hi] = this.domains[row];
    return this.x0 + (value - lo) / (hi - lo) * (this.x1 - this.x0);
  }

  value(row, x) {
    const [lo, hi] = this.domains[row];
    return lo + (x - this.x0) / (this.x1 - this.x0) * (hi - lo);
  }

  off(x) { return x < this.x0 - 0.5 ? -1 : x > this.x1 + 0.5 ? 1 : 0; }

  // ------------------------------------------------------------ layers

  buildLayers() {
    const layer = name => make("g", this.canvas, { class: name });
    const perRow = (group, extra = {}) => ROWS.map(row => make("g", group, { "data-row": row, ...extra }));
    const id = `plot-${this.mount}`;
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
    this.edges = perRow(layer("edges")).map(group => [-1, 1].map(side => ({
      side, path: make("path", group), text: make("text", group, { "text-anchor": side < 0 ? "start" : "end" }),
    })));
    this.rowTexts = this.findAll(".row-text").map(box => this.buildStats(box));
    this.sym = Object.fromEntries(this.findAll(".row-text").map(box => [box.dataset.row, box.querySelector(".sym")]));
  }

  buildSpine(group, id) {
    const clip = { "clip-path": `url(#${id})` };
    return {
      group, line: make("line", group, { class: "line" }), pole: make("line", group, { class: "pole", ...clip }),
      span: make("line", group, { class: "span", ...clip }), ends: make("path", group, { class: "ends", ...clip }),
      mean: make("path", group, { class: "mean" }),
      ofMean: make("text", group, { class: "of-mean" }), ofSd: make("text", group, { class: "of-sd" }),
    };
  }

  buildStats(box) {
    const list = box.querySelector(".stats"), parts = { box };
    for (const name of ["mean", "sd", "one"]) {
      const line = list.appendChild(document.createElement("div"));
      line.className = name;
      parts[name] = { line, term: line.appendChild(document.createElement("dt")), number: line.appendChild(document.createElement("dd")) };
    }
    return parts;
  }

  /* As many marks as examples. One mark of all can be reached by Tab; arrows walk from there. */
  syncMarks() {
    const m = this.state.z.length;
    if (this.marks[0].length === m && this.radiusFor === this.narrow) return;
    this.radiusFor = this.narrow;
    const size = m <= 40 ? 5.5 : m <= 80 ? 4.5 : m <= 140 ? 3.6 : 2.9;
    this.radius = this.narrow ? size * 0.85 : size;
    this.marks.forEach((list, row) => {
      grow(list, m, i => make("circle", this.marksOf[row], {
        class: "mark", "data-row": ROWS[row], "data-i": i, role: "option", tabindex: -1, "aria-selected": "false",
      }));
      for (const mark of list) mark.setAttribute("r", this.radius);
    });
    const threads = m <= 64 ? m : 0;
    grow(this.linkPaths, threads, () => make("path", this.links));
    this.root.style.setProperty("--thin", m <= 16 ? 0.32 : m <= 40 ? 0.2 : 0.13);
    this.heights = ROWS.map(() => []);
    this.reachable(this.focusPlace ?? { row: 0, i: 0 });
  }

  reachable({ row, i }) {
    this.tabStop?.setAttribute("tabindex", -1);
    this.tabStop = this.marks[row][Math.min(i, this.marks[row].length - 1)];
    this.tabStop?.setAttribute("tabindex", 0);
  }

  // ------------------------------------------------------------ painting

  /* One set of ticks under the last row, or one under each row. */
  paintGrid() {
    const own = this.state.axis === "own", bottom = 4 * this.row;
    const lines = [];
    (own ? [0, 1, 2, 3] : [3]).forEach(row => {
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
      if (this.gridTexts[k].textContent !== line.text) this.gridTexts[k].textContent = line.text;
    });
  }

  /* Returns whether a mark is still on its way to its lane. */
  paintRow(row) {
    const visible = row < this.reveal;
    for (const group of [this.barsOf[row].group, this.spines[row].group, this.marksOf[row]]) group.classList.toggle("row-hidden", !visible);
    this.exposeAxis(row);
    if (!visible) { this.paintEdges(row, [0, 0]); return false; }
    const moving = this.placeMarks(row);
    const t = this.falling?.row === row ? this.falling.t : 1;
    this.barsOf[row].group.setAttribute("opacity", clamp((t - 0.7) / 0.3, 0, 1));
    this.spines[row].group.setAttribute("opacity", clamp((t - 0.7) / 0.3, 0, 1));
    this.paintBars(row);
    this.paintSpine(row);
    return moving;
  }

  exposeAxis(row) {
    const [lo, hi] = this.domains[row];
    put(this.spines[row].group, { "data-lo": lo, "data-hi": hi, "data-x0": this.x0, "data-x1": this.x1 });
  }

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
      let cx = clamp(x, this.x0, this.x1), cy = heights[i];
      if (fallen) {
        cx = mix(clamp(this.xs[row - 1][i], this.x0, this.x1), cx, fallen.s);
        cy = mix(this.heights[row - 1][i], cy, fallen.s);
      }
      mark.setAttribute("cx", pixel(cx));
      mark.setAttribute("cy", pixel(cy));
      mark.setAttribute("data-value", values[i]);
      if (side !== (mark.side ?? 0)) { mark.side = side; mark.classList.toggle("off", side !== 0); }
    });
    this.paintEdges(row, outside);
    return moving;
  }

  /* Examples from left to right; a row is in z's order, or the reverse when γ < 0. */
  order(backwards) {
    const z = this.state.z;
    if (this.sortedFor !== z) {
      this.sortedFor = z;
      this.sorted = z.map((_, i) => i).sort((a, b) => z[a] - z[b] || a - b);
      this.reversed = [...this.sorted].reverse();
    }
    return backwards ? this.reversed : this.sorted;
  }

  /* What lies beyond an edge is an arrow there, with its count. */
  paintEdges(row, outside) {
    const y = row * this.row + this.bandTop + this.band / 2;
    this.edges[row].forEach(({ side, path, text }, k) => {
      const count = outside[k], x = side < 0 ? this.x0 : this.x1;
      path.setAttribute("d", count ? `M${x + side * 8} ${y}l${-side * 11} -7v14z` : "");
      text.textContent = count || "";
      put(text, { x: x - side * 7, y: y + 4 });
      path.parentNode.setAttribute(side < 0 ? "data-left" : "data-right", count);
    });
  }

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
    path.setAttribute("d", d);
    path.setAttribute("data-counts", narrow ? this.state.z.length : counts.join(","));
    const pole = this.x(row, this.picture.summaries[row].mean), beside = Math.abs(peak.x - pole) < 13;
    put(text, beside
      ? { x: pixel(pole + 9), y: pixel(base - peak.height - 4), "text-anchor": "start" }
      : { x: pixel(peak.x), y: pixel(base - peak.height - 4), "text-anchor": "middle" });
    text.textContent = this.off(peak.x) ? "" : peak.count;
  }

  /* The number line itself: mean as a diamond, ± one standard deviation as a span. */
  paintSpine(row) {
    const { line, span, ends, mean, pole, ofMean, ofSd } = this.spines[row], { summaries } = this.picture;
    const y = row * this.row + this.base, at = summaries[row];
    const x = this.x(row, at.mean), left = this.x(row, at.mean - at.sd), right = this.x(row, at.mean + at.sd);
    put(line, { x1: this.x0, x2: this.x1, y1: y, y2: y });
    put(span, { x1: pixel(left), x2: pixel(right), y1: y, y2: y });
    ends.setAttribute("d", right - left > 3 ? `M${pixel(left)} ${y - 5}v10M${pixel(right)} ${y - 5}v10` : "");
    put(pole, { x1: pixel(x), x2: pixel(x), y1: y - this.hist + 6, y2: y });
    mean.setAttribute("d", this.off(x) ? "" : `M${pixel(x)} ${y - 7}l6 7 -6 7 -6 -7z`);
    this.letter(ofMean, row === 0 ? "μ" : row === 3 ? "β" : "", x, y - this.hist + 2);
    this.letter(ofSd, row === 0 && right - left > 30 ? "σ" : "", right + 10, y - 6);
  }

  letter(text, letter, x, y) {
    text.textContent = this.off(x) ? "" : letter;
    put(text, { x: pixel(x), y });
  }

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
  }

  paintLinks() {
    this.linkPaths.forEach((path, i) => path.setAttribute("d", this.reveal > 1 ? this.threadOf(i, this.reveal) : ""));
  }

  /* The example that lights up: the one in hand, else under the pointer, else the chosen one. */
  get lit() {
    const lit = this.grip ?? this.hovered ?? this.pinned;
    return lit && lit.i < this.state.z.length ? lit : null;
  }

  /* One example everywhere: its thread, its places, its numbers. */
  paintTrace() {
    const lit = this.lit;
    this.canvas.classList.toggle("lit", Boolean(lit));
    this.traceGroup.classList.toggle("grabbed", Boolean(this.grip));
    this.traceGroup.style.display = lit ? "" : "none";
    if (!lit) return;
    this.thread.setAttribute("d", this.threadOf(lit.i, this.reveal));
    this.spots.forEach(({ circle, text }, row) => {
      const mark = this.marks[row][lit.i], visible = row < this.reveal && !mark.side;
      circle.style.display = text.style.display = visible ? "" : "none";
      if (!visible) return;
      const cx = Number(mark.getAttribute("cx")), cy = Number(mark.getAttribute("cy")), right = cx < this.x1 - 80;
      put(circle, { cx, cy, r: this.radius + 2 });
      put(text, { x: cx + (right ? 1 : -1) * (this.radius + 8), y: cy + 4.5, "text-anchor": right ? "start" : "end" });
      text.textContent = this.number(row, this.picture.rows[row][lit.i]);
    });
  }

  number(row, value) {
    const { mean, sd } = this.picture.summaries[row];
    return written(value, row === 0 && sd ? Math.max(sd, Math.abs(mean) * 1e-5) : Math.max(sd, Math.abs(mean)) || Math.abs(value));
  }

  paintTexts() {
    const lit = this.lit, set = (element, text) => { if (element.textContent !== text) element.textContent = text; };
    this.rowTexts.forEach((text, row) => {
      const { mean, sd } = this.picture.summaries[row];
      text.box.classList.toggle("hidden", row >= this.reveal);
      set(text.mean.number, this.number(row, mean));
      set(text.sd.number, written(sd));
      text.mean.number.dataset.value = mean;
      text.sd.number.dataset.value = sd;
      text.one.line.classList.toggle("none", !lit);
      set(text.one.term, lit ? this.say("short", { i: lit.i + 1 }) : "–");
      set(text.one.number, lit ? this.number(row, this.picture.rows[row][lit.i]) : "–");
    });
    for (const name in SCALES) this.paintSlider(name);
    this.paintWalk();
    this.paintStory();
    this.paintNote();
  }

  // ------------------------------------------------------------ words above the picture

  /* Which sentences tell what is on screen: the step, then what is special about these numbers. */
  chapters() {
    const { z, eps, gamma } = this.shown, m = z.length, flat = this.picture.var === 0;
    if (m === 1) return ["single"];
    if (flat && this.reveal > 1) return ["constant"];
    const told = [`step_${this.reveal}`];
    if (this.reveal > 2 && eps > 0.05 * this.picture.var) told.push("eps_large");
    if (this.reveal > 3 && gamma === 0) return ["gamma_zero"];
    if (this.reveal > 3 && gamma < 0) told.push("gamma_negative");
    return told;
  }

  facts() {
    const { picture, shown } = this, [of_z, , of_norm, of_tilde] = picture.summaries;
    return {
      m: shown.z.length, mean: this.number(0, picture.mean), var: written(picture.var), sd: written(of_z.sd), std: written(picture.std),
      ...Object.fromEntries(Object.keys(SCALES).map(name => [name, writtenSlider(name, shown[name])])),
      sd_norm: written(of_norm.sd), sd_tilde: written(of_tilde.sd),
    };
  }

  paintStory() {
    const story = this.find(".story"), facts = this.facts(), chapters = this.chapters().slice(this.width < 760 ? -1 : 0);
    const key = chapters.join() + JSON.stringify(facts) + this.words.step_1;
    if (story.dataset.key === key) return;
    story.dataset.key = key;
    story.replaceChildren(...chapters.flatMap(name => [...this.typeset(this.words[name], facts), " "]));
  }

  /* A sentence whose {tokens} become numbers, or symbols as the rows write them. */
  typeset(sentence, facts) {
    return sentence.split(/(\{\w+\})/).filter(Boolean).map(part => {
      const token = part.match(/^\{(\w+)\}$/)?.[1];
      if (!token) return part;
      if (token in this.sym) {
        const symbol = this.sym[token].cloneNode(true);
        symbol.style.color = `var(--${token})`;
        return symbol;
      }
      const number = document.createElement("b");
      number.textContent = facts[token];
      return number;
    });
  }

  paintNote() {
    const note = this.find(".note");
    const name = this.state.axis === "own" ? "own_note" : crowding(this.picture) > 50 ? "crowded" : null;
    const text = name ? this.words[name] : "";
    if (note.textContent !== text) note.textContent = text;
    for (const button of this.findAll("[data-axis]")) button.setAttribute("aria-pressed", button.dataset.axis === this.state.axis);
  }

  // ------------------------------------------------------------ sliders

  setSliders() {
    for (const name in SCALES) {
      const input = this.find(`[data-control="${name}"] input`), [lo, hi, step] = this.rangeOf(name);
      if (this.sliding === name) continue;
      if (input.min !== String(lo) || input.max !== String(hi)) put(input, { min: lo, max: hi, step });
      input.value = SCALES[name].to(this.state[name]);
    }
  }

  rangeOf(name) {
    if (name === "eps") return [...this.data.ranges.eps.map(Math.log10).map(Math.round), 0.05];
    return [-this.data.ranges[name], this.data.ranges[name], stepFor(this.data.ranges[name])];
  }

  paintSlider(name) {
    const box = this.find(`[data-control="${name}"]`), input = box.querySelector("input"), output = box.querySelector("output");
    const value = this.shown[name], text = writtenSlider(name, value);
    if (output.textContent !== text) output.textContent = text;
    output.dataset.value = this.state[name];
    input.setAttribute("aria-valuetext", text);
    if (this.sliding !== name && this.motion) input.value = SCALES[name].to(value);
    const [lo, hi] = [Number(input.min), Number(input.max)], share = v => (clamp(v, lo, hi) - lo) / (hi - lo) * 100;
    const here = share(SCALES[name].to(value)), origin = name === "eps" ? 0 : share(0);
    input.style.setProperty("--from", `${Math.min(here, origin)}%`);
    input.style.setProperty("--to", `${Math.max(here, origin)}%`);
  }

  listenToSlider(name, on) {
    const input = this.find(`[data-control="${name}"] input`);
    on(input, "pointerdown", () => { this.keyed = false; });
    on(input, "keydown", () => { this.keyed = true; });
    on(input, "input", () => {
      this.pause();
      if (this.sliding && this.sliding !== name) this.commit([this.sliding]); // typed a moment ago
      this.sliding = name;
      this.hold(name);
      this.state[name] = SCALES[name].from(input.value);
      this.moved();
    });
    const release = () => { if (this.sliding === name) this.released([name]); };
    on(input, "change", () => {
      clearTimeout(this.typing);
      if (this.keyed) this.typing = setTimeout(release, 250);
      else release();
    });
    on(input, "pointercancel", release);
    on(input, "blur", release);
  }

  /* The hand let go: fit the axes, tell Python. */
  released(fields) {
    clearTimeout(this.typing);
    this.sliding = this.grip = undefined;
    this.commit(fields);
    this.glide(this.state);
    this.repaint();
  }

  // ------------------------------------------------------------ hover, tap, focus, drag

  listen() {
    const on = (target, kind, handler, options = {}) => target.addEventListener(kind, handler, { ...options, signal: this.abort.signal });
    Object.keys(SCALES).forEach(name => this.listenToSlider(name, on));
    on(this.canvas, "pointermove", event => this.onMove(event));
    on(this.canvas, "pointerdown", event => this.onDown(event));
    on(this.canvas, "pointerup", event => this.onUp(event));
    on(this.canvas, "pointercancel", () => this.drop(false));
    on(this.canvas, "pointerleave", () => { if (!this.grip) this.hover(null); });
    on(this.canvas, "focusin", event => this.onFocus(event));
    on(this.canvas, "focusout", () => this.onBlur());
    on(this.canvas, "keydown", event => this.onKey(event));
    on(this.find(".back"), "click", () => this.stepBack());
    on(this.find(".on"), "click", () => { this.pause(); this.stepOn(); });
    on(this.find(".play"), "click", () => this.playing ? this.pause(true) : this.play());
    for (const button of this.findAll("[data-axis]")) on(button, "click", () => this.setAxis(button.dataset.axis));
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /* The mark nearest to a point, within reach of a mouse or of a finger. */
  nearest({ x, y }, reach) {
    const row = Math.floor(y / this.row);
    if (!this.xs || row < 0 || row >= Math.min(4, this.reveal)) return null;
    let best = null, least = reach;
    this.xs[row].forEach((at, i) => {
      const distance = Math.hypot(at - x, (this.heights[row][i] - y) * 0.6);
      if (distance < least && !this.off(at)) [best, least] = [{ row, i }, distance];
    });
    return best;
  }

  hover(place) {
    if (this.hovered?.i === place?.i && this.hovered?.row === place?.row) return;
    this.hovered = place;
    this.repaint();
  }

  /* Choose an example; Python hears of it once the choice rests, since formulas speak of it too. */
  pin(place) {
    this.pinned = place;
    if (place) {
      this.announce(place.i);
      this.choose(place.i);
    }
    this.repaint();
  }

  choose(i) {
    if (this.state.example === i + 1) return;
    this.state.example = i + 1;
    this.hold("example");
    clearTimeout(this.choosing);
    this.choosing = setTimeout(() => this.commit(["example"]), 350);
  }

  announce(i) {
    const numbers = this.picture.rows.map((values, row) => row < this.reveal ? `${this.words[`said_${ROWS[row]}`]} ${this.number(row, values[i])}` : "");
    this.find(".live").textContent = `${this.say("example", { i: i + 1 })}: ${numbers.filter(Boolean).join(", ")}`;
  }

  onMove(event) {
    const at = this.place(event);
    if (this.pressed && !this.grip && this.pressed.row === 0 && Math.abs(at.x - this.pressed.x) > 3) this.grab(this.pressed, event.pointerId);
    if (this.grip) return this.drag(at.x);
    this.hover(this.nearest(at, event.pointerType === "mouse" ? 26 : 32));
  }

  onDown(event) {
    if (event.button || !this.picture) return;
    const at = this.place(event), place = this.nearest(at, event.pointerType === "mouse" ? 16 : 32);
    this.pressed = place && { ...place, x: at.x, offset: this.xs[place.row][place.i] - at.x };
    if (place && place.row === 0) this.canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === "mouse") event.preventDefault();
  }

  onUp(event) {
    const pressed = this.pressed;
    this.pressed = null;
    if (this.grip) return this.drop(true);
    if (!pressed) return this.pin(null);
    this.pin(this.pinned?.i === pressed.i && this.pinned?.row === pressed.row ? null : pressed);
    if (event.pointerType !== "mouse") this.hovered = null;
    this.reachable(pressed);
  }

  /* Take an example of the z row in hand; everything that follows from it follows live. */
  grab(place) {
    this.pause();
    if (this.sliding) this.released([this.sliding]);
    this.grip = { row: 0, i: place.i, offset: place.offset ?? 0, before: this.state.z };
    this.hold("z");
    this.state.z = [...this.state.z];
  }

  /* The value under the finger, rounded to less than a pixel so that it reads well. */
  drag(x) {
    const [lo, hi] = this.domains[0], grain = 10 ** Math.floor(Math.log10((hi - lo) / (this.x1 - this.x0)));
    const raw = this.value(0, clamp(x + this.grip.offset, this.x0, this.x1));
    this.setGripped(Number((Math.round(raw / grain) * grain).toPrecision(9)));
  }

  setGripped(value) {
    this.state.z = this.state.z.map((old, i) => i === this.grip.i ? value : old);
    this.moved();
  }

  drop(keep) {
    this.pressed = null;
    if (!this.grip) return;
    const { i, before } = this.grip;
    if (keep && this.state.z[i] !== before[i]) {
      this.pinned = { row: 0, i };
      this.state.example = i + 1;
      this.announce(i);
      clearTimeout(this.choosing);
      return this.released(["z", "example"]);
    }
    this.grip = undefined;
    this.state.z = before;
    delete this.mine.z;
    this.receive(this.data);
  }

  onFocus(event) {
    const mark = event.target.closest(".mark");
    if (!mark) return;
    this.focusPlace = { row: ROWS.indexOf(mark.dataset.row), i: Number(mark.dataset.i) };
    this.traceGroup.classList.add("focused");
    this.reachable(this.focusPlace);
    this.pin(this.focusPlace);
  }

  onBlur() {
    this.traceGroup.classList.remove("focused");
    if (this.grip && !this.pressed) this.drop(true);
    this.focusPlace = null;
  }

  onKey(event) {
    if (!this.focusPlace || event.altKey || event.ctrlKey || event.metaKey) return;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key], upright = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const { row, i } = this.focusPlace;
    if (this.grip) this.keyInGrip(event, sideways);
    else if ((event.key === "Enter" || event.key === " ") && row === 0) this.grab({ i });
    else if (sideways) this.focusMark(row, this.neighbour(row, i, sideways));
    else if (upright) this.focusMark(clamp(row + upright, 0, this.reveal - 1), i);
    else if (event.key === "Home" || event.key === "End") this.focusMark(row, this.neighbour(row, null, event.key === "Home" ? 1 : -1));
    else if (event.key === "Escape") this.pin(null);
    else return;
    event.preventDefault();
    this.repaint();
  }

  keyInGrip(event, sideways) {
    const [lo, hi] = this.domains[0], step = niceStep((hi - lo) / 200) * (event.shiftKey ? 10 : 1);
    if (sideways) {
      this.setGripped(clamp(Number((this.state.z[this.grip.i] + sideways * step).toPrecision(9)), lo, hi));
      this.announce(this.grip.i);
    } else if (event.key === "Escape") this.drop(false);
    else if (event.key === "Enter" || event.key === " ") this.drop(true);
  }

  /* The next example by value in this row; from either end when there is none to start from. */
  neighbour(row, i, direction) {
    const order = this.order(row === 3 && this.state.gamma < 0);
    if (i === null) return order[direction > 0 ? 0 : order.length - 1];
    return order[clamp(order.indexOf(i) + direction, 0, order.length - 1)];
  }

  focusMark(row, i) {
    const mark = this.marks[row][i];
    mark.setAttribute("aria-label", `${this.say("example", { i: i + 1 })}, ${this.words[`said_${ROWS[row]}`]} ${this.number(row, this.picture.rows[row][i])}`);
    mark.focus({ preventScroll: false });
  }

  // ------------------------------------------------------------ walking through the steps

  setAxis(axis) {
    if (axis === this.state.axis) return;
    this.state.axis = axis;
    this.commit(["axis"]);
    this.glide(this.state);
    this.repaint();
  }

  paintWalk() {
    const label = this.words[this.playing ? "pause" : "play"], play = this.find(".play");
    if (play.lastElementChild.textContent !== label) play.lastElementChild.textContent = label;
    play.setAttribute("aria-pressed", Boolean(this.playing));
    this.find(".back").disabled = this.reveal <= 1 && !this.falling;
    this.find(".on").disabled = this.reveal >= 4 && !this.falling;
    this.findAll(".pips i").forEach((pip, k) => pip.classList.toggle("past", k < this.reveal));
  }

  /* Marks fall from where they were, the row above, to where they go; or climb back. */
  animate(row, up, done) {
    if (this.still.matches) { this.reveal = up ? row : row + 1; this.repaint(); return done(); }
    this.reveal = row + 1;
    this.heights[row] = [];
    this.falling = { row, up, done, start: performance.now(), t: up ? 1 : 0, s: up ? 1 : 0 };
    this.repaint();
  }

  fall(now) {
    const { row, up, done, start } = this.falling;
    const t = clamp((now - start) / (up ? 500 : 1000), 0, 1);
    Object.assign(this.falling, { t: up ? 1 - t : t, s: ease(up ? 1 - t : t) });
    if (t < 1) return;
    this.falling = null;
    if (up) this.reveal = row;
    done();
  }

  arrived() {
    this.state.step = this.reveal;
    if (this.data.step !== this.reveal || this.mine.step) this.commit(["step"]);
    this.find(".live").textContent = this.chapters().map(name => this.typeset(this.words[name], this.facts()).map(part => part.textContent ?? part).join("")).join(" ");
  }

  stepOn() {
    if (this.falling) this.finish();
    if (this.reveal < 4) this.animate(this.reveal, false, () => this.arrived());
  }

  stepBack() {
    this.pause();
    if (this.reveal > 1) this.animate(this.reveal - 1, true, () => this.arrived());
  }

  /* Let a running step end at once. */
  finish() {
    const { row, up, done } = this.falling;
    this.falling = null;
    this.reveal = up ? row : row + 1;
    done();
  }

  play() {
    this.playing = true;
    if (this.reveal >= 4) this.reveal = 1;
    this.waiting = setTimeout(() => this.playOn(), 650);
    this.repaint();
  }

  playOn() {
    if (!this.playing) return;
    this.animate(this.reveal, false, () => {
      if (this.reveal < 4) this.waiting = setTimeout(() => this.playOn(), this.still.matches ? 1400 : 900);
      else this.pause(true);
    });
  }

  /* Stop where the walk stands; `tell` when the user asked for it or it came to its end. */
  pause(tell = false) {
    if (!this.playing && !this.falling) return;
    clearTimeout(this.waiting);
    const wasPlaying = this.playing;
    this.playing = false;
    if (this.falling) {
      if (wasPlaying) this.falling.done = () => {};
      this.finish();
    }
    if (wasPlaying || tell) this.arrived();
    this.repaint();
  }
}

const stages = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".stage");
  let stage = stages.get(root);
  if (!stage) stages.set(root, stage = new Stage(root));
  stage.send = payload => setTriggerValue("commit", payload);
  stage.receive(data);
  return () => { stage.leave(); stages.delete(root); };
}
