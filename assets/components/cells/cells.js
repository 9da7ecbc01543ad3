// @ts-check
/* A board of cells that one points at, by a hand, a finger or arrow keys: examples × units with what each cell is
   normalized with, or what is done × to whom with what came of it. All numbers come from Python.

   `data.ways` has, for each way to normalize, the set of every cell, and the mean, spread and result of each; without any
   (before an answer) the board stands still. `data.tells` has lines to read for each cell in place of that. */

import { Dragged } from "../drag/dragged.js";
import { element, fill, grow, paintWith, put, write } from "../kit/dom.js";
import { REST } from "../kit/mount.js";
import { clamp, minus, plain } from "../kit/numbers.js";
import { onPaper } from "../kit/paper.js";
import { undoneBySwipe } from "../kit/swipe.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const FEW = 12; // numbers whose sum is written out

export class Cells extends Dragged {
  constructor(root) {
    super(root);
    [this.choice, this.board, this.readout] = [".choice", ".board", ".told"].map(name => this.find(name));
    for (const part of [this.choice, this.board, this.readout]) part.replaceChildren();
    this.buttons = [];
    this.lines = [];
    // A finger that only scrolls leaves the cell where it was.
    undoneBySwipe(this.board, () => {
      const kept = { ...this.values };
      return () => {
        this.held = undefined;
        Object.assign(this.values, kept);
        this.receive(this.data);
      };
    }, { signal: this.abort.signal });
    for (const kind of ["pointermove", "pointerdown"]) this.on(this.board, kind, event => this.point(event, kind === "pointerdown"));
    for (const kind of ["pointerup", "pointerleave"]) this.on(this.board, kind, () => { if (this.held) this.release(); });
    this.on(this.board, "keydown", event => this.key(event));
  }

  get axes() { return this.data.axes; }
  get way() { return this.data.ways?.[this.axes.way ? this.values[this.axes.way] : 0]; }
  place(name) { return this.values[name] - this.data.tracks[name].low; }
  get at() { return this.place(this.axes.row) * this.data.columns.length + this.place(this.axes.column); }

  receive(data) {
    paintWith(this.root, data.palette);
    for (const [name, value] of Object.entries(data.look)) this.root.style.setProperty(`--${name}`, String(value));
    this.board.classList.toggle("tight", Boolean(data.tight));
    if (JSON.stringify(data.cells) !== this.built) this.build(data);
    super.receive(data);
  }

  build(data) {
    this.built = JSON.stringify(data.cells);
    this.board.replaceChildren();
    this.board.style.setProperty("--columns", data.columns.length);
    element("div", "corner", this.board).textContent = data.words.corner;
    for (const text of data.columns) element("div", "head", this.board).textContent = text;
    this.cells = [];
    data.cells.forEach((row, r) => {
      const side = element("div", "side", this.board);
      if (data.rows[r].image) element("img", "", side, { src: data.rows[r].image, alt: "" });
      element("span", "", side).textContent = data.rows[r].text;
      row.forEach((cell, c) => {
        const box = element("div", "cell", this.board, { "data-row": r, "data-column": c });
        box.style.setProperty("--share", String(cell.share ?? 0));
        if (cell.look) box.dataset.look = cell.look;
        if (cell.pixels) pixels(box, cell.pixels);
        else element("b", "", box).textContent = minus(cell.text);
        this.cells.push(box);
      });
    });
  }

  /* A mouse only needs to pass; a finger comes down first. */
  point(event, down) {
    if (this.data?.locked || (event.pointerType === "touch" && !down && !this.held)) return;
    const hit = /** @type {any} */ (this.root.getRootNode()).elementFromPoint(event.clientX, event.clientY)?.closest?.(".cell");
    if (hit) this.go(Number(hit.dataset.row), Number(hit.dataset.column));
  }

  key(event) {
    const step = STEPS[event.key];
    if (!step || this.data.locked) return;
    event.preventDefault();
    this.go(this.place(this.axes.row) + step[0], this.place(this.axes.column) + step[1]);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => { if (this.held) this.release(); }, REST);
  }

  go(row, column) {
    const { tracks, rows, columns } = this.data, names = this.axes;
    const wanted = { [names.row]: clamp(row, 0, rows.length - 1), [names.column]: clamp(column, 0, columns.length - 1) };
    for (const [name, place] of Object.entries(wanted)) {
      const value = place + tracks[name].low;
      if (this.values[name] === value) continue;
      this.values[name] = value;
      this.held = "cell";
    }
    this.repaint();
  }

  choose(place) {
    this.values[this.axes.way] = place;
    this.release();
  }

  draw() {
    const { ways, guess, words, locked } = this.data, way = this.way, at = this.at;
    grow(this.buttons, this.axes.way && ways ? ways.length : 0, k => {
      const button = element("button", "", this.choice, { type: "button" });
      this.on(button, "click", () => this.choose(k));
      return button;
    });
    this.buttons.forEach((button, k) => {
      write(button, ways[k].name);
      put(button, { "aria-pressed": this.values[this.axes.way] === k });
    });
    write(this.find(".guessed"), guess ? words.guess : "");
    put(this.choice, { "aria-label": words.choice ?? "" });
    const mine = way && way.sets[at];
    this.cells.forEach((box, k) => {
      box.classList.toggle("mine", way !== undefined && way.sets[k] === mine);
      box.classList.toggle("at", k === at);
      box.classList.toggle("guess", Boolean(guess?.cells.includes(k)));
    });
    put(this.board, { "aria-label": words.alt, "data-lit": way && !onPaper() ? "yes" : "no", "data-still": locked ? "yes" : "no" });
    const told = this.data.tells ? this.data.tells[at] : way ? this.reads(way, at) : [];
    grow(this.lines, told.length, () => element("p", "", this.readout));
    told.forEach(({ text, idea }, k) => {
      write(this.lines[k], text);
      this.lines[k].style.color = idea ? `var(--${idea})` : "";
    });
  }

  /* How a cell comes by its z_norm: whom it shares with, the sums, the result. */
  reads(way, at) {
    const { words, z, columns } = this.data, two = value => plain(value, 2), known = {
      row: Math.floor(at / columns.length) + 1, column: at % columns.length + 1, count: way.count,
      z: two(z[at]), mean: two(way.mean[at]), sd: two(way.sd[at]), z_norm: two(way.z_norm[at]),
    };
    const members = z.filter((_, k) => way.sets[k] === way.sets[at]), terms = (power = "") => members.length > FEW || way.count > FEW
      ? null : members.map((value, k) => power ? `(${two(value)})${power}` : k && value < 0 ? `− ${two(-value)}` : `${k ? "+ " : ""}${two(value)}`).join(power ? " + " : " ");
    const say = (name, more = {}) => fill(words[name], { ...known, ...more });
    const lines = [{ text: say(`set_${way.id}`) }];
    if (way.id === "none") return [...lines, { text: say("untouched"), idea: "z_norm" }];
    const sum = terms();
    if (way.id !== "rms") lines.push({ text: say(sum ? "mean" : "mean_long", { sum }), idea: "mean" });
    lines.push({ text: say(way.id === "rms" ? "root" : "sd"), idea: "var" });
    return [...lines, { text: say(way.id === "rms" ? "divided" : "z_norm"), idea: "z_norm" }];
  }
}

/* A small map: a square for each pixel, the larger the darker. */
function pixels(box, { side, shares }) {
  const map = element("div", "map", box);
  map.style.setProperty("--side", side);
  for (const share of shares) element("i", "", map).style.setProperty("--share", share);
}
