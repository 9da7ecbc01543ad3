// @ts-check
/* Two bowls from above: lines of equal loss over two weights, and gradient descent from the same start. Both axes of a
   panel have one scale, so that each step leaves at right angles to the line it is on. The start can be dragged, by a
   pointer or by arrow keys: then the ways are painted in closed form. At rest all points come from Python; until the
   question is answered (`closed`) there are none but the start. Rings show whose bottom a reader thought is reached.

   A way is walked step by step when it is new; `data-steps` says how many steps of it are drawn. */

import { Dragged } from "../drag/dragged.js";
import { fill, grow, make, put, write } from "../kit/dom.js";
import { REST } from "../kit/mount.js";
import { clamp, mix, pixel, plain } from "../kit/numbers.js";
import { undoneBySwipe } from "../kit/swipe.js";
import { descend } from "./descent.js";

const ROOM = [1.45, 1.75]; // times the way from start to bottom: what a panel shows across
const PACE = 380, LONGEST = 2600; // ms for a step, and for a way
const START = ["start_alcohol", "start_magnesium"], HAND = "start";
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STRIDE = 5; // steps of a control, for a key

export class Bowl extends Dragged {
  constructor(root) {
    super(root);
    this.reduced = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.panels = [...root.querySelectorAll("figure")].map(figure => {
      const svg = figure.querySelector("svg");
      svg.replaceChildren();
      const rings = make("g", svg, { class: "rings" });
      return {
        svg, rings, ellipses: [], way: make("path", svg, { class: "way" }), dots: [], steps: make("g", svg, { class: "steps" }),
        guess: make("circle", svg, { class: "guess", r: 13 }), bottom: make("path", svg, { class: "bottom" }),
        start: make("circle", svg, { class: "start", r: 6.5 }), grip: make("circle", svg, { class: "grip", r: 20, role: "slider" }),
        ofStart: make("text", svg), ofBottom: make("text", svg), along: make("text", svg, { class: "axis", "text-anchor": "end" }),
        up: make("text", svg, { class: "axis", x: 8, y: 18 }), told: figure.querySelector(".told"),
      };
    });
    for (const panel of this.panels) this.inHand(panel);
  }

  receive(data) {
    super.receive(data);
    this.root.classList.toggle("closed", data.closed);
    for (const { grip } of this.panels) put(grip, { tabindex: data.closed ? -1 : 0, "aria-disabled": data.closed });
  }

  /* The start of a panel: both panels begin at the same function, so that both starts move. */
  inHand(panel) {
    const { grip } = panel;
    let offset = [0, 0], resting = 0;
    const letGo = () => { clearTimeout(resting); if (this.held === HAND) this.release(); };
    undoneBySwipe(grip, () => {
      letGo();
      const before = START.map(name => this.values[name]);
      return () => {
        if (this.held !== HAND) return;
        this.held = undefined;
        START.forEach((name, k) => { this.values[name] = before[k]; });
        this.receive(this.data);
      };
    }, { signal: this.abort.signal });
    this.on(grip, "pointerdown", event => {
      if (event.button || this.data.closed) return;
      grip.setPointerCapture(event.pointerId);
      const box = panel.svg.getBoundingClientRect();
      offset = [Number(grip.getAttribute("cx")) - (event.clientX - box.left), Number(grip.getAttribute("cy")) - (event.clientY - box.top)];
    });
    this.on(grip, "pointermove", event => {
      if (!grip.hasPointerCapture(event.pointerId) || !event.isPrimary) return;
      const box = panel.svg.getBoundingClientRect();
      this.move(panel.value([event.clientX - box.left + offset[0], event.clientY - box.top + offset[1]]));
    });
    this.on(grip, "pointerup", letGo);
    this.on(grip, "blur", letGo);
    this.on(grip, "keydown", event => {
      const towards = KEYS[event.key];
      if (!towards || this.data.closed || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.move(START.map((name, k) => this.values[name] + towards[k] * STRIDE * this.data.tracks[name].step));
      clearTimeout(resting);
      resting = setTimeout(letGo, REST);
    });
  }

  /* To a place within the ends of the controls, as fine as they are. */
  move(place) {
    this.held = HAND;
    START.forEach((name, k) => {
      const { low, high, step } = this.data.tracks[name];
      this.values[name] = Number((Math.round(clamp(place[k], low, high) / step) * step).toFixed(4));
    });
    this.repaint();
  }

  /* Where both begin, as weights on scaled inputs; and whether Python has said what becomes of it. */
  get start() { return START.map(name => this.values[name]); }
  get known() { return START.every(name => this.values[name] === this.data.tracks[name].value); }

  draw() {
    const at = this.values.lr, given = this.data.ways[at], walked = `${at} ${this.start}`;
    const ways = given && !this.known ? this.data.bowls.map((bowl, k) => this.foretold(bowl)) : given;
    if (ways && this.walked !== walked) {
      this.walked = walked;
      this.since = this.held || this.waiting ? -Infinity : performance.now();
    }
    this.panels.forEach((panel, k) => this.panel(panel, this.data.bowls[k], ways?.[k], ROOM[k], this.data.guess?.[k]));
  }

  /* The way from the start in the hand, as Python will say it. */
  foretold(bowl) {
    const from = this.start.map((value, axis) => value * bowl.units[axis]), { limits, tracks } = this.data;
    const { w, diverged, close } = descend(bowl, from, Number(tracks.lr.options[this.values.lr]), limits);
    const told = diverged ? this.words.diverged : close === undefined ? this.words.slow : fill(this.words.close, { steps: close });
    return { w, diverged, told };
  }

  panel(panel, { minimum, start: usual, units, turned, halves }, way, room, guess) {
    const start = this.start.map((value, axis) => value * units[axis]);
    const { svg, rings, ellipses } = panel, width = svg.clientWidth, height = svg.clientHeight;
    const across = Math.abs(usual[0] - minimum[0]) * room, upward = Math.abs(usual[1] - minimum[1]) * room;
    const unit = Math.min(width / across, height / upward);
    const middle = [0, 1].map(axis => (usual[axis] + minimum[axis]) / 2);
    const x = value => pixel(width / 2 + (value - middle[0]) * unit), y = value => pixel(height / 2 - (value - middle[1]) * unit);
    panel.value = ([left, top]) => [(left - width / 2) / unit + middle[0], (height / 2 - top) / unit + middle[1]].map((value, axis) => value / units[axis]);
    grow(ellipses, halves.length, () => make("ellipse", rings));
    halves.forEach(([a, b], k) => put(ellipses[k], { rx: pixel(a * unit), ry: pixel(b * unit), transform: `translate(${x(minimum[0])} ${y(minimum[1])}) rotate(${pixel(-turned)})` }));
    put(panel.start, { cx: x(start[0]), cy: y(start[1]) });
    put(panel.grip, { cx: x(start[0]), cy: y(start[1]) });
    const [alcohol, magnesium] = this.start.map(value => plain(value, 2));
    if (!this.held) put(panel.grip, { "aria-label": this.words.start });
    put(panel.grip, { "aria-valuenow": this.start[0], "aria-valuetext": this.say("spoken", { start_alcohol: alcohol, start_magnesium: magnesium }) });
    put(panel.guess, { visibility: guess ? "visible" : "hidden", cx: x(minimum[0]), cy: y(minimum[1]) });
    put(panel.bottom, { d: `M${x(minimum[0]) - 7} ${y(minimum[1]) - 7}l14 14m0 -14l-14 14` });
    write(panel.ofStart, this.data.closed ? this.words.start : this.words.drag);
    if (panel.measured !== `${panel.ofStart.written} ${width}`) {
      panel.measured = `${panel.ofStart.written} ${width}`;
      panel.half = panel.ofStart.getComputedTextLength() / 2 + 4;
    }
    put(panel.ofStart, { x: clamp(x(start[0]), panel.half, width - panel.half), y: y(start[1]) - 14, "text-anchor": "middle" });
    const reach = guess ? 68 : 24;
    put(panel.ofBottom, { x: clamp(x(minimum[0]), reach, width - reach), y: y(minimum[1]) + (guess ? 30 : 26), "text-anchor": "middle" });
    put(panel.along, { x: width - 8, y: height - 8 });
    write(panel.along, `${this.words.x} →`);
    write(panel.up, `↑ ${this.words.y}`);
    write(panel.ofBottom, guess ? `${this.words.lowest} · ${this.words.guess}` : this.words.lowest);
    this.way(panel, way, x, y);
  }

  /* As far as it has been walked by now; whole in the hand. */
  way({ svg, way: path, steps, dots, told }, way, x, y) {
    const points = way?.w ?? [], last = Math.max(0, points.length - 1);
    const whole = this.held || this.data.still || this.reduced.matches || !way;
    const share = whole ? 1 : clamp((performance.now() - this.since) / Math.min(LONGEST, PACE * last), 0, 1);
    const reached = share * last, full = Math.floor(reached);
    const walked = points.slice(0, full + 1).map(([a, b]) => [x(a), y(b)]);
    const here = [...walked];
    if (full < last) here.push([0, 1].map(axis => mix(walked[full][axis], [x, y][axis](points[full + 1][axis]), reached - full)));
    put(path, { d: here.length > 1 ? here.map(([a, b], k) => `${k ? "L" : "M"}${pixel(a)} ${pixel(b)}`).join("") : "" });
    grow(dots, Math.max(0, walked.length - 1), () => make("circle", steps, { r: 3 }));
    dots.forEach((dot, k) => put(dot, { cx: walked[k + 1][0], cy: walked[k + 1][1], r: last > 40 ? 1.6 : 3 }));
    svg.classList.toggle("lost", Boolean(way?.diverged));
    put(svg, { "data-steps": full });
    const said = way ? way.told : "";
    write(told, share < 1 ? "" : said || this.words.closed);
    if (!this.held && share === 1) put(svg, { "aria-label": `${this.words.start}, ${this.words.lowest}. ${said}` });
    if (share < 1) this.repaint();
  }

  told(name) {
    const { options, value } = this.data.tracks[name], rate = String(Number(options[this.values[name] ?? value]));
    return { written: rate, spoken: rate };
  }
}
