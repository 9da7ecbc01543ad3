// The replay: what two networks recorded while they trained, painted frame by frame.
// It computes nothing about the runs. Bytes come from experiments/replay.py, words and colours from
// Python; here they are unpacked and painted. One paint touches two canvases: the histograms, and the
// marker over curves that were drawn beforehand.

const ARMS = ["plain", "bn"];
const PANELS = { z: [0, 1], u: [2, 3] };   // where an arm's histogram stands in `counts`
const SERIES = { z: [0, 1], u: [0, 2] };   // and in mean, sd, percentiles
const FULL_SPEED = 60;                      // recorded frames per second
const TEXT = 12.5, LABEL = 13.5;            // px
const COLUMNS_FROM = 820;                   // px: histograms and curves side by side from here on
const ICONS = {                             // paths in a box of 16 × 16
  back: "M3 3h2v10H3zM13 3v10L6 8z", on: "M11 3h2v10h-2zM3 3v10l7-5z",
  play: "M4 2.5v11l9.5-5.5z", pause: "M3.5 3h3v10h-3zM9.5 3h3v10h-3z",
};

// ---------------------------------------------------------------- bytes → arrays

function split(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const settings = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return [settings, bytes.subarray(4 + length)];
}

async function unpack(compressed) {
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const line = bytes.indexOf(10);
  const run = JSON.parse(new TextDecoder().decode(bytes.subarray(0, line)));
  let at = line + 1;
  for (const { name, shape, kind, planes } of run.arrays) {
    const size = shape.reduce((a, b) => a * b, 1);
    run[name] = undo(bytes.subarray(at, at + size * planes), shape[0], size, planes, kind);
    at += size * planes;
  }
  run.frames = run.steps.length;
  run.layers = run.low[0].length;
  run.bins = run.counts.length / run.frames / 4 / run.layers;
  return run;
}

// Bytes of differences along time, series by series → an array with time first (see _pack in Python).
function undo(bytes, frames, size, planes, kind) {
  const series = size / frames;
  const values = kind === "float" ? new Float32Array(size) : new Int32Array(size);
  const word = new Int32Array(1), real = new Float32Array(word.buffer);
  for (let s = 0; s < series; s++) {
    let sum = 0;
    for (let t = 0; t < frames; t++) {
      let folded = 0;
      for (let p = planes - 1; p >= 0; p--) folded = folded * 256 + bytes[p * size + s * frames + t];
      sum += folded % 2 ? -(folded + 1) / 2 : folded / 2;
      if (kind === "float") {
        word[0] = (Math.abs(sum) << 12) | (sum < 0 ? 0x80000000 : 0);
        values[t * series + s] = real[0];
      } else values[t * series + s] = sum;
    }
  }
  return values;
}

// ---------------------------------------------------------------- small tools

const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function number(x, digits = 3) {
  if (Number.isNaN(x)) return "–";
  if (x === 0) return "0";
  const size = Math.abs(x);
  let shown;
  if (size >= 1e5 || size < 1e-3) {
    const [m, power] = x.toExponential(digits - 2).split("e");
    const raised = String(+power).replace(/./g, c => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
    shown = `${m}×10${raised}`;
  } else shown = x.toFixed(clamp(digits - 1 - Math.floor(Math.log10(size)), 0, 3));
  return shown.replace("-", "−");
}
const percent = share => `${(100 * share).toFixed(1)} %`;

function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }))
    drawing.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  path.setAttribute("fill", "currentColor");
  drawing.append(path);
  return drawing;
}

// Round numbers within [low, high], each with its text, all with the same decimals.
function ticks(low, high, about) {
  const rough = (high - low) / about, unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(k => k * unit).find(s => s >= rough * 0.999);
  const found = [];
  const decimals = clamp(-Math.floor(Math.log10(step) + 1e-9), 0, 6);
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    const plain = Math.abs(k * step) < 1e5;
    found.push([k * step, plain ? (k * step).toFixed(decimals).replace("-", "−") : number(k * step)]);
  }
  return found;
}

function node(tag, className, parent, attributes = {}) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.round(share * (sorted.length - 1))];
}

// ---------------------------------------------------------------- the instrument

class Replay {
  constructor(parent) {
    this.root = node("div", "lab replay", parent);
    this.frame = 0;
    this.paints = 0;
    this.painting = 0;
    this.playing = false;
    this.build();
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.body);
    this.root.painted = { frame: -1, panels: [] };
  }

  build() {
    const root = this.root;
    const time = node("div", "time", root);
    const transport = node("div", "group", time, { role: "group" });
    this.back = this.button(transport, () => this.go(this.frame - 1));
    this.toggle = this.button(transport, () => this.playing ? this.pause() : this.play());
    this.on = this.button(transport, () => this.go(this.frame + 1));
    this.toggle.classList.add("play");
    this.range = node("input", "", time, { type: "range", min: 0, step: 1 });
    this.at = node("span", "at", time, { "aria-hidden": "true" });
    this.range.addEventListener("input", () => { this.halt(); this.show(+this.range.value); this.scrubbed = true; });
    this.range.addEventListener("change", () => { if (this.scrubbed) this.settle(); });
    this.undone(this.range);
    this.range.addEventListener("pointerdown", () => { this.dragging = true; });
    this.range.addEventListener("pointerup", () => { this.dragging = false; });
    this.range.addEventListener("keydown", event => {
      if (event.key !== " ") return;
      event.preventDefault();
      this.playing ? this.pause() : this.play();
    });

    const bar = node("div", "bar", root);
    this.views = node("div", "group", bar, { role: "group" });
    this.speeds = node("div", "group", bar, { role: "group" });
    this.now = node("div", "now", root, { "aria-hidden": "true" });
    this.armLine = Object.fromEntries([...ARMS].reverse().map(arm => [arm, node("span", arm, this.now)]));

    this.body = node("div", "body", root);
    this.histograms = node("canvas", "histograms", node("div", "left", this.body), { role: "img" });
    this.right = node("div", "right", this.body);
    this.layers = node("div", "group layers", this.right, { role: "group" });
    this.curves = node("div", "curves", this.right);
    this.base = node("canvas", "", this.curves, { role: "img" });
    this.marker = node("canvas", "marker", this.curves, { "aria-hidden": "true" });
    this.scrubOnCurves();

    this.histograms.addEventListener("click", event => {   // the buttons above the curves do the same
      const panel = this.panels.findLast(p => event.offsetY >= p.top);
      if (panel) this.set("layer", panel.layer + 1);
    });

    this.spoken = node("p", "spoken", root, { "aria-live": "polite" });
    this.table = node("table", "", node("div", "spoken", root));
  }

  button(parent, act) {
    const made = node("button", "", parent, { type: "button" });
    made.addEventListener("click", act);
    return made;
  }

  // A press on any curve takes the replay to that step.
  scrubOnCurves() {
    const follow = event => {
      const x = event.clientX - this.curves.getBoundingClientRect().left;
      const y = event.clientY - this.curves.getBoundingClientRect().top;
      this.plot ??= this.plots.find(p => x >= p.x - 8 && x <= p.x + p.w + 8 && y >= p.y - 20 && y <= p.y + p.h + 16);
      if (!this.plot) return;
      const { steps } = this.run;
      const step = clamp((x - this.plot.x) / this.plot.w, 0, 1) * steps[steps.length - 1];
      let near = 0;
      for (let t = 0; t < steps.length; t++) if (Math.abs(steps[t] - step) < Math.abs(steps[near] - step)) near = t;
      this.show(near);
    };
    this.curves.addEventListener("pointerdown", event => {
      this.plot = undefined;
      this.halt();
      follow(event);
      if (!this.plot) return;
      this.dragging = true;
      this.curves.setPointerCapture(event.pointerId);
    });
    this.curves.addEventListener("pointermove", event => { if (this.dragging && this.plot) follow(event); });
    this.curves.addEventListener("pointerup", () => {
      if (!this.dragging) return;
      this.dragging = false;
      this.plot = undefined;
      this.settle();
    });
    this.undone(this.curves);
  }

  // A finger that only scrolls leaves the replay where it stood, or went on.
  undone(target) {
    undoneBySwipe(target, () => {
      const { frame, playing } = this;
      return () => {
        this.dragging = this.scrubbed = false;
        this.plot = undefined;
        if (this.playing) return;   // as it does still
        this.show(frame);
        if (playing) this.play();
      };
    });
  }

  // New data from Python. The position in it counts only if Python moved it: what this component
  // reported itself comes back late, and must not pull the replay back.
  async take(bytes, report) {
    this.report = report;
    const [settings, compressed] = split(bytes);
    this.settings = settings;
    const place = JSON.stringify(settings.place);
    const moved = settings.run !== this.id || (place !== this.placed && place !== this.reported);
    this.placed = place;
    if (settings.run !== this.id) {
      this.id = settings.run;
      this.halt();
      const run = await unpack(compressed);
      if (this.id !== settings.run) return;   // newer data has come meanwhile
      this.run = run;
      this.scales = { z: this.scale("z"), u: this.scale("u") };
    }
    if (!this.run) return;
    if (moved && !this.dragging) {
      this.halt();
      clearTimeout(this.telling);
      this.reported = undefined;
      this.view = settings.place.view;
      this.speed = settings.place.speed;
      this.layer = clamp(settings.place.layer || this.run.layers, 1, this.run.layers);
      this.frame = clamp(settings.place.frame, 0, this.run.frames - 1);
    }
    this.word();
    this.resize(true);
    this.speak();
    this.root.dataset.run = this.id;
  }

  // ---- words and buttons

  word() {
    const { words, palette } = this.settings;
    for (const arm of ARMS) this.root.style.setProperty(`--${arm}`, palette[arm]);
    for (const [button, name] of [[this.back, "back"], [this.on, "on"]]) {
      button.replaceChildren(icon(name));
      button.setAttribute("aria-label", words[name]);
      button.setAttribute("title", words[name]);
    }
    this.wordPlay();
    this.choices(this.speeds, words.speed, [100, 50, 25, 10], words.speeds, this.speed, s => this.set("speed", s));
    this.choices(this.views, words.view, ["z", "u"], words.views, this.view, v => this.set("view", v));
    const layers = Array.from({ length: this.run.layers }, (_, l) => l + 1);
    const names = Object.fromEntries(layers.map(l => [l, fill(words.layer, { layer: l })]));
    this.choices(this.layers, words.follow, layers, names, this.layer, l => this.set("layer", l));
    this.range.setAttribute("aria-label", words.scrub);
    this.range.max = this.run.frames - 1;
    this.histograms.setAttribute("aria-label", fill(words.histograms, { view: words.views[this.view] }));
    this.base.setAttribute("aria-label", fill(words.curves, { layer: this.layer }));
  }

  wordPlay() {
    const { words } = this.settings;
    const act = this.playing ? "pause" : "play";
    this.toggle.replaceChildren(icon(act));
    node("span", "", this.toggle).textContent = words[act];
    this.toggle.setAttribute("aria-label", words[act]);
    this.root.dataset.playing = this.playing;
  }

  choices(group, name, values, names, chosen, choose) {
    group.setAttribute("aria-label", name);
    if (group.children.length !== values.length) {
      group.replaceChildren();
      for (const value of values) this.button(group, () => group.choose(value)).dataset.option = value;
    }
    group.choose = choose;
    [...group.children].forEach((button, i) => {
      button.textContent = names[values[i]];
      button.setAttribute("aria-pressed", values[i] === chosen);
    });
  }

  set(name, value) {
    this[name] = value;
    this.word();
    this.resize(true);
    this.settle();
  }

  // ---- time

  play() {
    if (this.frame === this.run.frames - 1) this.frame = 0;
    this.playing = true;
    this.wordPlay();
    let position = this.frame, before = performance.now();
    const tick = now => {
      if (!this.playing) return;
      position += Math.min(now - before, 50) / 1000 * FULL_SPEED * this.speed / 100;
      before = now;
      const frame = Math.min(Math.round(position), this.run.frames - 1);
      this.show(frame);
      if (frame === this.run.frames - 1) this.pause();
      else this.ticking = requestAnimationFrame(tick);
    };
    this.ticking = requestAnimationFrame(tick);
  }

  halt() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.ticking);
    this.wordPlay();
  }

  pause() { this.halt(); this.settle(); }

  go(frame) { this.halt(); this.show(frame); this.settle(); }

  show(frame) {
    this.frame = clamp(frame, 0, this.run.frames - 1);
    this.paint();
  }

  // At rest: tell Python (for the link) and screen readers. Keys come in bursts, so wait a little.
  settle() {
    this.speak();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
        const last = this.layer === this.run.layers ? 0 : this.layer;
      const place = { frame: this.frame, layer: last, view: this.view, speed: this.speed };
      const told = JSON.stringify(place);
      if (told === this.reported) return;
      this.reported = told;
      this.report({ ...place, at: Date.now() });   // a place told twice is news twice
    }, 250);
  }

  speak() {
    const { words } = this.settings, { run } = this;
    const step = run.steps[this.frame];
    this.range.setAttribute("aria-valuetext", fill(words.at, { step, last: run.steps[run.frames - 1] }));
    const said = [fill(words.at, { step, last: run.steps[run.frames - 1] })];
    ARMS.forEach((arm, a) => said.push(`${words[arm]}: ${this.summary(arm)}${this.over(a) ? `. ${this.ending(a)}` : ""}`));
    this.spoken.textContent = said.join(". ");
    const head = [words.layers, ...ARMS.map(arm => `${words[arm]}: ${words.mean_sd}`)];
    const rows = Array.from({ length: run.layers }, (_, l) => [l + 1, ...ARMS.map((_, a) => {
      const [mean, sd] = this.moments(a, l);
      return `${number(mean)}; ${number(sd)}`;
    })]);
    this.table.replaceChildren();
    node("caption", "", this.table).textContent = words.layers_table;
    [head, ...rows].forEach((cells, i) => {
      const row = node("tr", "", this.table);
      cells.forEach((text, k) => {
        const heads = i === 0 ? { scope: "col" } : k === 0 && { scope: "row" };
        node(heads ? "th" : "td", "", row, heads || {}).textContent = text;
      });
    });
  }

  // ---- reading the run

  held(arm) { return Math.min(this.frame, this.run.ended[arm]); }

  over(arm) { return this.frame > this.run.ended[arm]; }

  moments(arm, layer) {
    const at = (this.frame * 3 + SERIES[this.view][arm]) * this.run.layers + layer;
    return [this.run.mean[at], this.run.sd[at]];
  }

  histogram(arm, layer, frame = this.frame) {
    const { bins, layers } = this.run;
    const at = (frame * 4 + PANELS[this.view][arm]) * layers + layer;
    return {
      counts: this.run.counts.subarray(at * bins, (at + 1) * bins),
      outside: this.run.outside.subarray(at * 2, at * 2 + 2),
    };
  }

  summary(arm) {
    const { words } = this.settings, { run } = this;
    const a = ARMS.indexOf(arm), at = this.held(a) * 2 + a;
    return fill(words.summary, { loss: number(run.loss[at]), accuracy: percent(run.accuracy[at]) });
  }

  ending(a) {
    const { words } = this.settings, { run } = this;
    const last = run.steps[run.ended[a]];
    if (run.diverged[a] === null) return fill(words.ended, { last });
    return fill(words.diverged, { step: run.diverged[a], last });
  }

  // The share of examples that fills a panel: the same for both arms and all times of a layer. A
  // taller bar is cut, and says so; else one collapsed unit would flatten every other shape.
  scale(view) {
    const { run } = this, tallest = [];
    this.view = view;
    for (let layer = 0; layer < run.layers; layer++) {
      const [plain, bn] = ARMS.map((_, arm) => {
        const peaks = [];
        for (let t = 0; t <= run.ended[arm]; t++) peaks.push(Math.max(...this.histogram(arm, layer, t).counts));
        return quantile(peaks, 0.9);
      });
      tallest.push(1.15 * Math.max(bn, Math.min(plain, 2 * bn), run.examples / 50));
    }
    return tallest;
  }

  // ---- geometry

  resize(redraw = false) {
    if (!this.run) return;
    const width = this.body.clientWidth, ratio = Math.min(window.devicePixelRatio || 1, 3);
    if (!width || (!redraw && width === this.width && ratio === this.ratio)) return;
    this.width = width;
    this.ratio = ratio;
    const columns = width >= COLUMNS_FROM;
    this.body.classList.toggle("columns", columns);
    const left = this.histograms.parentElement.clientWidth, right = this.right.clientWidth;
    this.placeHistograms(left, columns);
    this.placeCurves(right);
    this.drawCurves();
    this.paint();
  }

  size(canvas, width, height) {
    const w = Math.round(width * this.ratio), h = Math.round(height * this.ratio);
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = this.font(TEXT);
    return pen;
  }

  font(size, weight = 400) { return `${weight} ${size}px ${getComputedStyle(this.root).fontFamily}`; }

  placeHistograms(width, columns) {
    const { layers } = this.run;
    const gutter = width > 520 ? 66 : 0, gap = 14;
    const early = ARMS.some((_, a) => this.run.ended[a] < this.run.frames - 1);
    const head = early ? 46 : 26;
    const above = gutter ? 22 : 40, below = 24;
    const room = (columns ? 520 : 460) - head;
    const h = clamp(room / layers - above - below, 48, 130);
    const w = (width - gutter - gap) / 2;
    this.panels = [];
    for (let layer = 0; layer < layers; layer++) {
      const top = head + layer * (above + h + below);
      ARMS.forEach((arm, a) => this.panels.push({
        arm, a, layer, x: gutter + a * (w + gap), y: top + above, w, h, gutter, top,
      }));
    }
    this.histogramSize = [width, head + layers * (above + h + below) + 4];
    this.histogramFont = [this.font(TEXT), this.font(LABEL, 600)];
  }

  placeCurves(width) {
    const gap = 30, axis = 40, half = (width - gap - 2 * axis) / 2;
    const rows = [
      ["percentiles", 118, ["plain", "bn"]], ["curves", 92, ["loss", "accuracy"]], ["learned", 92, ["gamma", "beta"]],
    ];
    this.plots = [];
    let y = 0;
    for (const [row, h, names] of rows) {
      const stacked = row !== "percentiles" && half < 170;
      const w = stacked ? width - axis - 8 : half;
      names.forEach((name, i) => {
        if (stacked || i === 0) y += row === "percentiles" ? 42 : 24;
        this.plots.push({ name, row, x: axis + (stacked ? 0 : i * (w + gap + axis)), y, w, h });
        if (stacked || i === 1) y += h + 26;
      });
    }
    this.curvesSize = [width, y];
    for (const plot of this.plots) Object.assign(plot, this.content(plot));
  }

  // What a plot shows: its lines (with the index at which each really ends) and the ends of its y axis.
  content(plot) {
    const { run, layer, view } = this, { words } = this.settings;
    const L = run.layers, l = layer - 1, T = run.frames;
    const take = (array, stride, offset) => Float64Array.from({ length: T }, (_, t) => array[t * stride + offset]);
    const percentiles = a => [0, 1, 2].map(p => ({
      arm: ARMS[a], label: ["15", "50", "85"][p], wide: p === 1,
      y: take(run.percentiles, 9 * L, (SERIES[view][a] * L + l) * 3 + p), end: run.ended[a],
    }));
    const arms = array => [0, 1].map(a => ({ arm: ARMS[a], y: take(array, 2, a), end: run.ended[a], wide: true }));
    const units = array => [0, 1, 2].map(k => ({
      arm: "bn", y: take(array, 3 * L, l * 3 + k), end: run.ended[1], wide: k === 0, band: k > 0,
    }));
    const within = (lines, low, high) => {
      let a = Infinity, b = -Infinity;
      for (const line of lines) for (let t = 0; t <= line.end; t++) {
        const y = clamp(line.y[t], low, high);
        if (y < a) a = y;
        if (y > b) b = y;
      }
      if (!(b > a)) [a, b] = [a - 0.5, a + 0.5];
      return [a - 0.06 * (b - a), b + 0.06 * (b - a)];
    };
    const v = view === "z" ? 0 : 1;
    if (plot.row === "percentiles") {
      const both = [...percentiles(0), ...percentiles(1)];
      const ends = within(both, run.low[v][l], run.high[v][l]);
      return { lines: percentiles(ARMS.indexOf(plot.name)), ends, title: words[plot.name] };
    }
    if (plot.name === "loss") {
      const lines = arms(run.loss);
      const most = Math.max(...lines[1].y.subarray(0, lines[1].end + 1));
      return { lines, ends: [0, within(lines, 0, 1.5 * most)[1]], title: words.loss };
    }
    if (plot.name === "accuracy")
      return { lines: arms(run.accuracy), ends: [0, 1], title: words.accuracy, percent: true };
    const start = plot.name === "gamma" ? 1 : 0, lines = units(run[plot.name]);
    const flat = { y: [start], end: 0 };
    return { lines, start, ends: within([...lines, flat], -Infinity, Infinity), title: fill(words[plot.name], { layer }) };
  }

  // ---- painting

  paint() {
    const began = performance.now();
    this.paintHistograms();
    this.paintMarker();
    this.range.value = this.frame;
    const { words } = this.settings, { run } = this;
    this.at.textContent = fill(words.at, { step: run.steps[this.frame], last: run.steps[run.frames - 1] });
    for (const arm of ARMS) this.armLine[arm].textContent = `${words[arm]}: ${this.summary(arm)}`;
    this.paints += 1;
    this.painting += performance.now() - began;
    this.root.dataset.frame = this.frame;
    this.root.dataset.step = run.steps[this.frame];
    Object.assign(this.root.painted, {
      frame: this.frame, step: run.steps[this.frame], view: this.view, layer: this.layer,
      paints: this.paints, milliseconds: this.painting,
    });
  }

  paintHistograms() {
    const pen = this.size(this.histograms, ...this.histogramSize), { palette, words } = this.settings;
    pen.textBaseline = "alphabetic";
    for (const { arm, a, x, w } of this.panels.slice(0, 2)) {
      pen.font = this.histogramFont[1];
      pen.fillStyle = palette[arm];
      pen.textAlign = "left";
      pen.fillText(words[arm], x, 15);
      if (!this.over(a)) continue;
      pen.font = this.histogramFont[0];
      pen.fillStyle = palette.error;
      pen.fillText(this.ending(a), x, 34, w);
    }
    this.root.painted.panels = this.panels.map(panel => {
      if (panel.a === 0) this.paintLayerName(pen, panel);
      return this.paintPanel(pen, panel);
    });
  }

  paintLayerName(pen, panel) {
    const { palette, words } = this.settings;
    const chosen = panel.layer + 1 === this.layer;
    pen.font = this.font(LABEL, chosen ? 700 : 500);
    pen.fillStyle = palette.ink;
    pen.textAlign = "left";
    pen.fillText(fill(words.layer, { layer: panel.layer + 1 }), 0, panel.gutter ? panel.y + panel.h / 2 + 5 : panel.top + 14);
  }

  paintPanel(pen, panel) {
    const { palette } = this.settings, { run, view } = this, { a, layer, x, y, w, h } = panel;
    const v = view === "z" ? 0 : 1, low = run.low[v][layer], high = run.high[v][layer];
    const { counts, outside } = this.histogram(a, layer);
    const full = this.scales[view][layer], base = y + h, wide = w / run.bins;
    const X = value => x + (value - low) / (high - low) * w;
    const over = this.over(a);

    pen.strokeStyle = palette.faint;
    pen.lineWidth = 1;
    if (low < 0 && high > 0) this.line(pen, X(0), y, X(0), base);
    if (!over) {
      this.stairs(pen, this.histogram(a, layer, 0).counts, panel, full);   // where it began
      pen.strokeStyle = palette.faint;
      pen.lineWidth = 1.5;
      pen.stroke();
    }

    this.stairs(pen, counts, panel, full);
    pen.globalAlpha = a ? 0.78 : 0.22;
    pen.fillStyle = palette[panel.arm];
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = palette[panel.arm];
    pen.lineWidth = 1.4;
    if (!a) pen.setLineDash([4, 2.5]);
    pen.stroke();
    pen.setLineDash([]);

    pen.strokeStyle = palette.ink;
    pen.lineWidth = 1;
    this.line(pen, x, base, x + w, base);
    this.paintMoments(pen, panel, X);
    this.paintTicks(pen, panel, X, low, high);
    this.paintNotes(pen, panel, counts, outside, full);
    if (over) this.hatch(pen, panel);
    return { arm: panel.arm, layer, counts: [...counts], outside: [...outside], low, high, full, x, y, w, h, held: over };
  }

  stairs(pen, counts, { x, y, w, h }, full) {
    const wide = w / counts.length, base = y + h;
    pen.beginPath();
    pen.moveTo(x, base);
    counts.forEach((count, i) => {
      const top = base - Math.min(count / full, 1) * h;
      pen.lineTo(x + i * wide, top);
      pen.lineTo(x + (i + 1) * wide, top);
    });
    pen.lineTo(x + w, base);
  }

  line(pen, x1, y1, x2, y2) {
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
  }

  // The mean as a dot on the axis, one standard deviation to each side as a bar.
  paintMoments(pen, panel, X) {
    const { palette } = this.settings, { a, layer, x, y, w, h } = panel;
    const [mean, sd] = this.moments(a, layer);
    const inside = value => clamp(X(value), x, x + w);
    pen.strokeStyle = pen.fillStyle = palette.ink;
    pen.lineWidth = 3;
    this.line(pen, inside(mean - sd), y + h, inside(mean + sd), y + h);
    if (X(mean) < x || X(mean) > x + w) return;
    pen.beginPath();
    pen.arc(X(mean), y + h, 4, 0, 2 * Math.PI);
    pen.fill();
  }

  paintTicks(pen, { x, y, w, h }, X, low, high) {
    const { palette } = this.settings;
    pen.font = this.histogramFont[0];
    pen.fillStyle = palette.ink;
    pen.globalAlpha = 0.75;
    for (const [value, text] of ticks(low, high, clamp(w / 45, 3, 6))) {
      const half = pen.measureText(text).width / 2;
      pen.textAlign = "left";
      pen.fillText(text, clamp(X(value) - half, x, x + w - 2 * half), y + h + 17);
    }
    pen.globalAlpha = 1;
  }

  // As many decimals as the standard deviation needs for three digits: the text keeps its width.
  momentsText(mean, sd) {
    const { words } = this.settings;
    const decimals = sd > 0 ? 2 - Math.floor(Math.log10(sd)) : 3;
    const plain = x => x.toFixed(clamp(decimals, 0, 6)).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
    const shown = Math.max(Math.abs(mean), sd) < 1e5 ? plain : number;
    return fill(words.moments, { mean: shown(mean), sd: shown(sd) });
  }

  paintNotes(pen, panel, counts, outside, full) {
    const { palette } = this.settings, { examples } = this.run, { a, layer, x, y, w } = panel;
    pen.font = this.histogramFont[0];
    pen.fillStyle = palette.ink;
    pen.textAlign = "left";
    pen.fillText(this.momentsText(...this.moments(a, layer)), x, y - 6, w);

    const most = counts.indexOf(Math.max(...counts));
    if (counts[most] > full) {      // a bar cut at the top says how tall it is
      const text = `▲ ${percent(counts[most] / examples)}`, room = pen.measureText(text).width + 4;
      const left = x + (most + 1) * w / counts.length + 4;
      this.haloed(pen, text, left + room < x + w ? left : x + most * w / counts.length - room, y + 11);
    }
    pen.fillStyle = palette.error;
    if (outside[0]) this.haloed(pen, `◂ ${percent(outside[0] / examples)}`, x + 2, y + 27);
    pen.textAlign = "right";
    if (outside[1]) this.haloed(pen, `${percent(outside[1] / examples)} ▸`, x + w - 2, y + 27);
  }

  // What is shown is the last real frame of an arm that has ended.
  hatch(pen, { x, y, w, h }) {
    pen.save();
    pen.beginPath();
    pen.rect(x, y, w, h);
    pen.clip();
    pen.strokeStyle = this.settings.palette.error;
    pen.globalAlpha = 0.3;
    pen.lineWidth = 1;
    for (let at = -h; at < w; at += 9) this.line(pen, x + at, y + h, x + at + h, y);
    pen.restore();
  }

  drawCurves() {
    const pen = this.size(this.base, ...this.curvesSize), { palette, words } = this.settings;
    pen.fillStyle = palette.ink;
    pen.font = this.font(LABEL, 600);
    pen.fillText(fill(words.percentiles, { layer: this.layer }), 0, 14);
    for (const plot of this.plots) this.drawPlot(pen, plot);
  }

  drawPlot(pen, plot) {
    const { palette, words } = this.settings, { run } = this, { x, y, w, h, ends, lines } = plot;
    const last = run.steps[run.frames - 1] || 1;
    plot.X = t => x + run.steps[t] / last * w;
    plot.Y = value => y + h - (clamp(value, ends[0], ends[1]) - ends[0]) / (ends[1] - ends[0]) * h;

    pen.font = this.font(TEXT, 600);
    pen.textAlign = "left";
    pen.fillStyle = plot.row === "percentiles" ? palette[plot.name] : palette.ink;
    pen.fillText(plot.title, x - 36, y - 9);
    pen.font = this.font(TEXT);
    pen.fillStyle = palette.ink;
    pen.strokeStyle = palette.faint;
    pen.lineWidth = 1;
    for (const [value, text] of ticks(...ends, h > 100 ? 4 : 3)) {
      this.line(pen, x, plot.Y(value), x + w, plot.Y(value));
      pen.textAlign = "right";
      pen.globalAlpha = 0.75;
      pen.fillText(plot.percent ? Math.round(100 * value) : text, x - 6, plot.Y(value) + 4);
      pen.globalAlpha = 1;
    }
    pen.globalAlpha = 0.75;
    [0, last].forEach((step, i) => {
      pen.textAlign = i ? "right" : "left";
      pen.fillText(i ? fill(words.step, { step }) : step, x + i * w, y + h + 16);
    });
    pen.globalAlpha = 1;
    if (plot.start !== undefined) {
      pen.strokeStyle = palette.ink;
      pen.setLineDash([1.5, 3]);
      this.line(pen, x, plot.Y(plot.start), x + w, plot.Y(plot.start));
      pen.setLineDash([]);
    }
    this.drawBand(pen, plot, lines.filter(line => line.band));
    for (const line of lines.filter(one => !one.band)) this.drawLine(pen, plot, line);
    this.nameLines(pen, plot, lines);
  }

  drawBand(pen, plot, lines) {
    if (lines.length !== 2) return;
    const [low, high] = lines;
    pen.beginPath();
    for (let t = 0; t <= low.end; t++) pen.lineTo(plot.X(t), plot.Y(low.y[t]));
    for (let t = high.end; t >= 0; t--) pen.lineTo(plot.X(t), plot.Y(high.y[t]));
    pen.fillStyle = this.settings.palette.bn;
    pen.globalAlpha = 0.22;
    pen.fill();
    pen.globalAlpha = 1;
  }

  drawLine(pen, plot, line) {
    const { palette } = this.settings;
    pen.beginPath();
    for (let t = 0; t <= line.end; t++) if (!Number.isNaN(line.y[t])) pen.lineTo(plot.X(t), plot.Y(line.y[t]));
    pen.strokeStyle = palette[line.arm];
    pen.lineWidth = line.wide ? 2 : 1.3;
    pen.lineJoin = "round";
    if (line.arm === "plain") pen.setLineDash([5, 3]);
    pen.stroke();
    pen.setLineDash([]);
    if (line.end === this.run.frames - 1) return;
    pen.strokeStyle = palette.error;          // the arm ended here
    pen.lineWidth = 2;
    const x = plot.X(line.end), y = plot.Y(line.y[line.end]);
    this.line(pen, x - 4, y - 4, x + 4, y + 4);
    this.line(pen, x - 4, y + 4, x + 4, y - 4);
  }

  // Names stand at the lines themselves: percentiles at their right ends, arms where they are apart.
  nameLines(pen, plot, lines) {
    const { palette, words } = this.settings;
    pen.font = this.font(TEXT, 600);
    if (plot.row === "percentiles") {
      const places = lines.map(line => ({ line, y: plot.Y(line.y[line.end]) + 4 })).sort((a, b) => a.y - b.y);
      places.forEach((p, i) => { if (i) p.y = Math.max(p.y, places[i - 1].y + 14); });
      const below = Math.max(0, places[2].y - (plot.y + plot.h + 4));
      pen.textAlign = "left";
      pen.fillStyle = palette[plot.name];
      for (const { line, y } of places) pen.fillText(line.label, plot.X(line.end) + 6, y - below);
    }
    if (plot.row !== "curves") return;
    for (const line of lines) this.nameLine(pen, plot, line, lines.find(one => one !== line));
  }

  // The place beside its line, on no line, where a name is furthest from the other line.
  nameLine(pen, plot, line, other) {
    const { palette, words } = this.settings, name = words[line.arm];
    // where it fits nowhere, the value above the plot still tells the lines apart
    const room = pen.measureText(name).width;
    const nearest = (which, left, middle) => {
      let least = Infinity;
      for (let t = 0; t <= which.end; t++) {
        if (plot.X(t) < left - 5 || plot.X(t) > left + room + 5) continue;
        least = Math.min(least, Math.abs(plot.Y(which.y[t]) - middle));
      }
      return least;
    };
    let best = { score: 0 };
    for (let t = 0; t <= line.end; t++) for (const side of [-13, 13]) {
      const left = clamp(plot.X(t) - room / 2, plot.x + 4, plot.x + plot.w - room - 2);
      const middle = plot.Y(line.y[t]) + side;
      if (middle < plot.y + 5 || middle > plot.y + plot.h - 6) continue;
      if (nearest(line, left, middle) < 9) continue;
      const score = Math.min(nearest(other, left, middle) - 15, 40);   // its own line is nearer
      if (score > best.score) best = { score, left, middle };
    }
    if (best.left === undefined) return;
    pen.textAlign = "left";
    pen.fillStyle = palette[line.arm];
    this.haloed(pen, name, best.left, best.middle + 4);
  }

  haloed(pen, text, x, y) {
    pen.strokeStyle = this.settings.palette.paper;
    pen.lineWidth = 4;
    pen.lineJoin = "round";
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }

  // The values at the marker, above the plot's right end, in the colours of their lines.
  paintValues(pen, plot) {
    if (plot.row === "percentiles") return;
    const { palette } = this.settings;
    let right = plot.x + plot.w;
    pen.font = this.histogramFont[0];
    pen.textAlign = "right";
    for (const line of plot.lines.filter(one => !one.band)) {
      const value = line.y[Math.min(this.frame, line.end)];
      const sign = plot.row === "curves" ? { plain: "○ ", bn: "● " }[line.arm] : "";
      const text = sign + (plot.percent ? (100 * value).toFixed(1) : number(value));
      pen.fillStyle = palette[line.arm];
      pen.fillText(text, right, plot.y - 9);
      right -= pen.measureText(text).width + 12;
    }
  }

  paintMarker() {
    const pen = this.size(this.marker, ...this.curvesSize), { palette } = this.settings;
    for (const plot of this.plots) {
      const x = plot.X(this.frame);
      pen.strokeStyle = palette.ink;
      pen.lineWidth = 1.25;
      this.line(pen, x, plot.y - 4, x, plot.y + plot.h);
      this.paintValues(pen, plot);
      for (const line of plot.lines) {
        const t = Math.min(this.frame, line.end);
        if (line.band || Number.isNaN(line.y[t])) continue;
        pen.beginPath();
        pen.arc(plot.X(t), plot.Y(line.y[t]), line.wide ? 4 : 3, 0, 2 * Math.PI);
        pen.fillStyle = line.arm === "plain" ? palette.paper : palette[line.arm];
        pen.strokeStyle = line.arm === "plain" ? palette[line.arm] : palette.paper;
        pen.lineWidth = line.arm === "plain" ? 2 : 1.5;
        pen.fill();
        pen.stroke();
      }
    }
  }
}

const instruments = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  if (!instruments.has(parentElement)) instruments.set(parentElement, new Replay(parentElement));
  const replay = instruments.get(parentElement);
  // When data changes twice at once, Streamlit cleans up after the first call although the second
  // one goes on with the same replay: only the last caller may end it.
  const call = replay.calls = (replay.calls ?? 0) + 1;
  replay.take(data, place => setStateValue("place", place));
  return () => {
    if (replay.calls !== call) return;
    replay.halt();
    clearTimeout(replay.telling);
    replay.sizes.disconnect();
    replay.root.remove();
    instruments.delete(parentElement);
  };
}
