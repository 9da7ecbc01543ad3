// Two networks while they train: every digit stands where one hidden unit puts it, and the accuracy
// below is what time is dragged along. It computes nothing about the runs: values, accuracy and
// spread come from experiments/home/hero.py. Between two recorded steps the digits glide in a straight
// line; all numbers are those of the recorded step before.

const ARMS = ["bn", "plain"];
const SECONDS = 13;          // of a whole run
const EASE = 1.7;            // the start, where most happens, gets more of them
const DIGIT = 17, LARGE = 46;  // px
const REACH = 26;            // px from a finger to a digit that it means
const REST = 250;            // ms after the last key before Python hears of it
const GOLDEN = 0.6180339887; // spreads the digits over the height of their lane
const ICONS = { play: "M4 2.5v11l9.5-5.5z", pause: "M3.5 3h3v10h-3zM9.5 3h3v10h-3z" };

const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const percent = share => `${(100 * share).toFixed(1)} %`;
const spread = sd => sd < 0.01 ? sd.toFixed(4) : sd.toFixed(2);
const signed = x => x.toFixed(2).replace("-", "−");

function node(tag, className, parent, attributes = {}) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

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

// ---------------------------------------------------------------- bytes → runs

function split(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const settings = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  const packed = {};
  for (const { name, size } of settings.runs) packed[name] = bytes.subarray(at, at += size);
  return [settings, packed];
}

// See Hero.to_bytes: a line of JSON, differences of levels in two planes, then the images.
async function unpack(name, compressed) {
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const line = bytes.indexOf(10);
  const run = JSON.parse(new TextDecoder().decode(bytes.subarray(0, line)));
  const records = run.steps.length, size = 2 * records * run.images;
  const low = bytes.subarray(line + 1), high = low.subarray(size);
  run.name = name;
  run.last = records - 1;
  run.share = new Float32Array(size);   // (arm, record, image): place on the axis, 0 to 1
  for (let arm = 0; arm < 2; arm++)
    for (let i = 0; i < run.images; i++)
      for (let t = 0, level = 0; t < records; t++) {
        const k = (arm * records + t) * run.images + i;
        level = (level + low[k] + 256 * high[k]) & 0xffff;
        run.share[k] = level / run.levels;
      }
  run.ink = high.subarray(size);
  return run;
}

// The digits of a run side by side in one colour, to be stamped from.
function sheet({ ink, images, side }, colour) {
  const canvas = node("canvas");
  canvas.width = side * images;
  canvas.height = side;
  const pen = canvas.getContext("2d"), painted = pen.createImageData(canvas.width, side);
  const [r, g, b] = [1, 3, 5].map(k => parseInt(colour.slice(k, k + 2), 16));
  for (let i = 0; i < images; i++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        painted.data.set([r, g, b, ink[(i * side + y) * side + x]], 4 * (y * canvas.width + i * side + x));
  pen.putImageData(painted, 0, 0);
  return canvas;
}

// ---------------------------------------------------------------- the picture

class Hero {
  constructor(parent) {
    this.root = node("div", "lab hero", parent);
    this.frame = 0;
    this.runs = {};
    this.build();
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.sizes = new ResizeObserver(() => this.paint());
    this.sizes.observe(this.root);
    this.view = new IntersectionObserver(([seen]) => this.look(seen.isIntersecting), { threshold: 0.2 });
    this.view.observe(this.root);
  }

  build() {
    this.choice = node("div", "choice", this.root, { role: "group" });
    this.lanes = ARMS.map(arm => {
      const lane = node("div", `lane ${arm}`, this.root);
      const head = node("div", "head", lane, { "aria-hidden": "true" });
      const [name, sd, right] = ["name", "sd", "right"].map(part => node("span", part, head));
      const canvas = node("canvas", "", lane, { role: "img" });
      for (const kind of ["pointermove", "pointerdown"])
        canvas.addEventListener(kind, event => this.pick(canvas, arm, event));
      for (const kind of ["pointerleave", "pointercancel"])
        canvas.addEventListener(kind, () => this.pick());
      return { arm, name, sd, right, canvas };
    });
    this.axis = node("div", "axis", this.root, { "aria-hidden": "true" });
    const time = node("div", "time", this.root);
    this.toggle = node("button", "play", time, { type: "button" });
    this.toggle.addEventListener("click", () => this.playing ? this.halt() : this.play());
    const drawn = node("div", "drawn", time);
    const head = node("div", "over", drawn, { "aria-hidden": "true" });
    this.what = node("span", "", head);
    this.at = node("span", "at", head);
    this.track = node("div", "track", drawn);
    this.chart = node("canvas", "", this.track, { "aria-hidden": "true" });
    this.range = node("input", "", this.track, { type: "range", min: 0, step: 1 });
    this.range.addEventListener("input", () => {
      const wanted = +this.range.value;   // a paint puts it back to where the picture stands
      this.scrubbed = true;
      this.pause();
      this.show(wanted);
    });
    this.range.addEventListener("change", () => { if (this.scrubbed) this.rest(); });
    undoneBySwipe(this.range, () => {
      const { frame, playing } = this;
      return () => this.goBack(frame, playing);
    });
    this.range.addEventListener("keydown", event => {
      if (event.key !== " ") return;
      event.preventDefault();
      this.toggle.click();
    });
    this.why = node("p", "why", this.root, { "aria-live": "polite" });
    this.spoken = node("p", "spoken", this.root);
  }

  // A place is gone to when it is news: Python repeats what it was told here.
  async take(bytes, send) {
    const [settings, packed] = split(bytes);
    this.settings = settings;
    this.packed = packed;
    this.sheets = {};
    this.send = send;
    const { run, frame } = settings.place, told = `${run} ${frame}`;
    if (told === this.told) return this.open(this.name);
    this.told = told;
    await this.open(run, frame);
  }

  // Where a finger left it is what the link holds.
  rest(frame = Math.floor(this.frame)) {
    this.told = `${this.name} ${frame}`;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.send({ run: this.name, frame }), REST);
  }

  halt() {
    this.pause();
    this.rest();
  }

  // To where it stood, or went on, before a finger that only scrolled.
  goBack(frame, playing) {
    this.scrubbed = false;
    if (this.playing) return;   // as it does still
    this.show(frame);
    if (playing) this.play();
  }

  // At a frame it rests; at 0 it plays from the start. Without one it goes on as it was.
  async open(name, frame) {
    const fresh = frame !== undefined;
    this.name = name;
    const run = this.runs[name] ??= await unpack(name, this.packed[name]);
    if (this.name !== name) return;   // another one was chosen meanwhile
    this.run = run;
    this.range.max = run.last;
    this.word();
    if (fresh) {
      this.pause();
      this.picked = undefined;
      this.frame = frame || (this.still.matches ? run.last : 0);
    }
    this.paint();
    this.root.dataset.run = name;
    if (frame === 0 && !this.still.matches) this.play();
  }

  word() {
    const { words, palette, runs } = this.settings;
    for (const arm of ARMS) this.root.style.setProperty(`--${arm}`, palette[arm]);
    this.choice.setAttribute("aria-label", words.choice);
    if (!this.choice.children.length)
      for (const { name } of runs)
        node("button", "", this.choice, { type: "button", "data-run": name })
          .addEventListener("click", async () => {
            await this.open(name, 0);
            this.rest(0);
          });
    runs.forEach(({ name }, k) => {
      this.choice.children[k].textContent = words.runs[name];
      this.choice.children[k].setAttribute("aria-pressed", name === this.name);
    });
    for (const { arm, name, canvas } of this.lanes) {
      name.textContent = words[arm];
      canvas.setAttribute("aria-label", words[`picture_${arm}`]);
    }
    this.range.setAttribute("aria-label", words.scrub);
    this.what.textContent = words.chart;
    this.why.textContent = words.why[this.name];
    this.wordPlay();
  }

  wordPlay() {
    const act = this.playing ? "pause" : "play", words = this.settings.words[act];
    this.toggle.replaceChildren(icon(act));
    this.toggle.setAttribute("aria-label", words);
    this.toggle.setAttribute("title", words);
    this.root.dataset.playing = Boolean(this.playing);
  }

  // ---- time

  play() {
    if (this.frame >= this.run.last) this.frame = 0;
    this.playing = true;
    this.wordPlay();
    this.run_on();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.next);
    this.wordPlay();
    this.paint();
  }

  // Out of sight nothing is painted; it goes on from there when it comes back.
  look(seen) {
    this.seen = seen;
    this.root.dataset.seen = seen;
    if (!this.playing) return;
    cancelAnimationFrame(this.next);
    if (seen) this.run_on();
  }

  run_on() {
    cancelAnimationFrame(this.next);
    const { last } = this.run;
    let before;
    const tick = now => {
      const passed = Math.min(now - (before ?? now), 100) / 1000;
      before = now;
      const share = (this.frame / last) ** (1 / EASE) + passed / SECONDS;
      this.show(share >= 1 ? last : last * share ** EASE);
      if (share >= 1) this.pause();
      else this.next = requestAnimationFrame(tick);
    };
    if (this.seen !== false) this.next = requestAnimationFrame(tick);
  }

  show(frame) {
    this.frame = frame;
    this.paint();
  }

  // ---- a digit under the finger

  pick(canvas, arm, event) {
    let found, nearest = REACH ** 2;
    if (canvas && this.run) {
      const w = canvas.clientWidth, h = canvas.clientHeight;
      for (let i = 0; i < this.run.images; i++) {
        const [x, y] = this.place(ARMS.indexOf(arm), i, w, h);
        const away = (x - event.offsetX) ** 2 + (y - event.offsetY) ** 2;
        if (away < nearest) [found, nearest] = [i, away];
      }
    }
    if (found === this.picked) return;
    this.picked = found;
    this.paint();
  }

  // Where a digit's middle stands in a lane of w × h.
  place(arm, i, w, h) {
    const t = Math.floor(this.frame), f = this.frame - t, { run } = this;
    const at = record => run.share[(arm * (run.last + 1) + record) * run.images + i];
    const share = f ? at(t) + f * (at(t + 1) - at(t)) : at(t);
    return [DIGIT / 2 + share * (w - DIGIT), DIGIT / 2 + ((i * GOLDEN) % 1) * (h - DIGIT)];
  }

  // ---- painting

  paint() {
    if (!this.run || !this.root.clientWidth) return;
    const t = Math.floor(this.frame), { run } = this, { words } = this.settings;
    this.lanes.forEach((lane, arm) => this.paintLane(lane, arm, t));
    this.paintAxis();
    this.paintChart();
    const step = { step: run.steps[t], last: run.steps[run.last] };
    this.at.textContent = fill(words.at, step);
    if (+this.range.value !== t) this.range.value = t;
    const told = fill(words.told, { ...step, bn: percent(run.accuracy[0][t]), plain: percent(run.accuracy[1][t]),
      spread_bn: spread(run.spread[0][t]), spread_plain: spread(run.spread[1][t]) });
    this.range.setAttribute("aria-valuetext", told);
    if (!this.playing) this.spoken.textContent = told;
    this.root.dataset.frame = t;
  }

  pen(canvas) {
    const w = canvas.clientWidth, h = canvas.clientHeight, ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, w, h);
    return [pen, w, h];
  }

  paintLane({ arm: name, sd, right, canvas }, arm, t) {
    const { palette, words } = this.settings, { run, picked } = this;
    const [pen, w, h] = this.pen(canvas);
    const zero = DIGIT / 2 + -run.low / (run.high - run.low) * (w - DIGIT);
    pen.fillStyle = palette.faint;
    pen.fillRect(Math.round(zero) - 0.5, 0, 1, h);
    const stamps = this.sheets[`${run.name} ${name}`] ??= sheet(run, palette[name]);
    const { side } = run;
    pen.imageSmoothingQuality = "high";
    pen.globalAlpha = picked === undefined ? 0.9 : 0.25;
    for (let i = 0; i < run.images; i++) {
      const [x, y] = this.place(arm, i, w, h);
      pen.drawImage(stamps, i * side, 0, side, side, x - DIGIT / 2, y - DIGIT / 2, DIGIT, DIGIT);
    }
    pen.globalAlpha = 1;
    if (picked !== undefined) this.paintPicked(pen, stamps, arm, name, w, h);
    sd.textContent = fill(words.spread, { spread: spread(run.spread[arm][t]) });
    right.textContent = fill(words.right, { share: percent(run.accuracy[arm][t]) });
    right.dataset.value = run.accuracy[arm][t];
  }

  paintPicked(pen, stamps, arm, name, w, h) {
    const { palette } = this.settings, { run, picked } = this, half = LARGE / 2;
    const [x, y] = this.place(arm, picked, w, h);
    const left = clamp(x, half + 1, w - half - 1), top = clamp(y, half + 1, h - half - 1);
    pen.beginPath();
    pen.roundRect(left - half, top - half, LARGE, LARGE, 8);
    pen.fillStyle = palette.paper;
    pen.fill();
    pen.strokeStyle = palette[name];
    pen.lineWidth = 2;
    pen.stroke();
    pen.drawImage(stamps, picked * run.side, 0, run.side, run.side, left - half + 3, top - half + 3, LARGE - 6, LARGE - 6);
    const value = signed(run.low + (x - DIGIT / 2) / (w - DIGIT) * (run.high - run.low));
    pen.font = `700 13px ${getComputedStyle(this.root).fontFamily}`;
    pen.textBaseline = "middle";
    const room = pen.measureText(value).width + 12, side = left + half + room < w ? 1 : -1;
    pen.fillStyle = palette.paper;
    pen.fillRect(side > 0 ? left + half + 3 : left - half - 3 - room, top - 11, room, 22);
    pen.fillStyle = palette[name];
    pen.textAlign = side > 0 ? "left" : "right";
    pen.fillText(value, left + side * (half + 8), top);
  }

  paintAxis() {
    const { run, axis } = this, w = this.lanes[0].canvas.clientWidth;
    const key = `${run.name} ${w} ${this.settings.words.axis}`;
    if (axis.dataset.key === key) return;
    axis.dataset.key = key;
    axis.replaceChildren();
    for (let value = Math.ceil(run.low / 2) * 2; value <= run.high; value += 2) {
      const tick = node("span", "tick", axis);
      tick.textContent = String(value).replace("-", "−");
      tick.style.left = `${DIGIT / 2 + (value - run.low) / (run.high - run.low) * (w - DIGIT)}px`;
    }
    node("span", "what", axis).textContent = this.settings.words.axis;
  }

  // Both accuracies over the whole run, in full colour as far as it has come.
  paintChart() {
    const { palette } = this.settings, { run } = this, [pen, w, h] = this.pen(this.chart);
    const side = 9, top = 7, bottom = h - 20;
    const X = t => side + t / run.last * (w - 2 * side), Y = share => bottom - share * (bottom - top);
    const t = Math.floor(this.frame);
    pen.fillStyle = palette.faint;
    pen.fillRect(side, bottom, w - 2 * side, 1);
    pen.fillRect(side, top, w - 2 * side, 1);
    const line = (arm, from, to) => {
      pen.beginPath();
      for (let k = from; k <= to; k++) pen.lineTo(X(k), Y(run.accuracy[arm][k]));
      pen.strokeStyle = palette[ARMS[arm]];
      pen.setLineDash(ARMS[arm] === "plain" ? [6, 4] : []);
      pen.lineWidth = 2.5;
      pen.lineJoin = "round";
      pen.stroke();
    };
    for (const arm of [1, 0]) {
      pen.globalAlpha = 0.3;
      line(arm, 0, run.last);
      pen.globalAlpha = 1;
      line(arm, 0, t);
    }
    pen.setLineDash([]);
    const x = X(this.frame);
    pen.fillStyle = palette.ink;
    pen.fillRect(x - 0.75, top - 2, 1.5, bottom - top + 8);
    this.paintHandle(pen, x, h - 10);
    for (const arm of [1, 0]) {
      pen.beginPath();
      pen.arc(x, Y(run.accuracy[arm][t]), 5, 0, 2 * Math.PI);
      pen.fillStyle = arm ? palette.paper : palette.bn;
      pen.strokeStyle = arm ? palette.plain : palette.paper;
      pen.lineWidth = 2;
      pen.fill();
      pen.stroke();
    }
  }

  // What can be dragged looks like it.
  paintHandle(pen, x, y) {
    pen.beginPath();
    pen.roundRect(x - 9, y - 9, 18, 18, 6);
    pen.fill();
    pen.beginPath();
    for (const side of [-1, 1]) {
      pen.moveTo(x + side * 6, y);
      pen.lineTo(x + side * 2, y - 3.5);
      pen.lineTo(x + side * 2, y + 3.5);
    }
    pen.fillStyle = this.settings.palette.paper;
    pen.fill();
  }
}

const pictures = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  if (!pictures.has(parentElement)) pictures.set(parentElement, new Hero(parentElement));
  const hero = pictures.get(parentElement);
  // When data changes twice at once, Streamlit cleans up after the first call although the second
  // one goes on with the same picture: only the last caller may end it.
  const call = hero.calls = (hero.calls ?? 0) + 1;
  hero.take(data, place => setTriggerValue("rest", place));
  return () => {
    if (hero.calls !== call) return;
    hero.pause();
    clearTimeout(hero.telling);
    hero.sizes.disconnect();
    hero.view.disconnect();
    hero.root.remove();
    pictures.delete(parentElement);
  };
}
