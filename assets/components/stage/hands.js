// @ts-check
/* The user's hand on the picture: hover, tap, focus, drag, keys. Mixed into the stage in stage.js. */

import { niceStep } from "../kit/axes.js";
import { placeIn, put } from "../kit/dom.js";
import { clamp } from "../kit/numbers.js";
import { ROWS, SCALES } from "./scales.js";

export const Hands = {
  listen() {
    const { on } = this;
    Object.keys(SCALES).forEach(name => this.listenToSlider(name));
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
    for (const button of this.axisButtons) on(button, "click", () => this.setAxis(button.dataset.axis));
  },

  place(event) { return placeIn(this.canvas, event); },

  /* The mark nearest to a point, within reach of a mouse or of a finger. */
  nearest({ x, y }, reach) {
    const row = Math.floor(y / this.row);
    if (!this.xs || row < 0 || row >= Math.min(this.levels, this.reveal)) return null;
    let best = null, least = reach;
    this.xs[row].forEach((at, i) => {
      const distance = Math.hypot(at - x, (this.heights[row][i] - y) * 0.6);
      if (distance < least && !this.off(at)) [best, least] = [{ row, i }, distance];
    });
    return best;
  },

  hover(place) {
    if (this.hovered?.i === place?.i && this.hovered?.row === place?.row) return;
    this.hovered = place;
    this.repaint();
  },

  /* Choose an example; Python hears of it once the choice rests, since formulas speak of it too. */
  pin(place) {
    if (place?.i >= this.state.z.length) place = null; // its mark is about to go
    this.pinned = place;
    if (place) {
      this.announce(place.i);
      this.choose(place.i);
    }
    this.repaint();
  },

  choose(i) {
    if (this.state.example === i + 1) return;
    this.state.example = i + 1;
    this.unsaved.hold("example");
    clearTimeout(this.choosing);
    this.choosing = setTimeout(() => this.commit(["example"]), 350);
  },

  announce(i) {
    const numbers = this.picture.rows.map((values, row) => row < this.reveal ? `${this.words[`said_${ROWS[row]}`]} ${this.number(row, values[i])}` : "");
    this.find(".live").textContent = `${this.say("example", { i: i + 1 })}: ${numbers.filter(Boolean).join(", ")}`;
  },

  onMove(event) {
    const at = this.place(event);
    if (this.data?.hand && this.pressed && !this.grip && this.pressed.row === 0 && Math.abs(at.x - this.pressed.x) > 3) this.grab(this.pressed);
    if (this.grip) return this.drag(at.x);
    this.hover(this.nearest(at, event.pointerType === "mouse" ? 26 : 32));
  },

  onDown(event) {
    if (event.button || !this.picture) return;
    const at = this.place(event), place = this.nearest(at, event.pointerType === "mouse" ? 16 : 32);
    this.pressed = place && { ...place, x: at.x, offset: this.xs[place.row][place.i] - at.x };
    if (place && place.row === 0 && this.data.hand) this.canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === "mouse") event.preventDefault();
  },

  onUp(event) {
    const pressed = this.pressed;
    this.pressed = null;
    if (this.grip) return this.drop(true);
    if (!pressed) return this.pin(null);
    this.pin(this.pinned?.i === pressed.i && this.pinned?.row === pressed.row ? null : pressed);
    if (event.pointerType !== "mouse") this.hovered = null;
    this.reachable(pressed);
  },

  /* Take an example of the z row in hand; everything that follows from it follows live. */
  grab(place) {
    this.pause();
    if (this.sliding) this.released([this.sliding]);
    this.grip = { row: 0, i: place.i, offset: place.offset ?? 0, back: this.remember("z"), before: this.state.z };
    this.unsaved.hold("z");
    this.state.z = [...this.state.z];
  },

  /* The value under the finger, rounded to less than a pixel so that it reads well. */
  drag(x) {
    const [lo, hi] = this.domains[0], grain = 10 ** Math.floor(Math.log10((hi - lo) / (this.x1 - this.x0)));
    const raw = this.value(0, clamp(x + this.grip.offset, this.x0, this.x1));
    this.setGripped(Number((Math.round(raw / grain) * grain).toPrecision(9)));
  },

  setGripped(value) {
    this.state.z = this.state.z.map((old, i) => i === this.grip.i ? value : old);
    this.moved();
  },

  drop(keep) {
    this.pressed = null;
    if (!this.grip) return;
    const { i, before, back } = this.grip;
    if (keep && this.state.z[i] !== before[i]) {
      this.pinned = { row: 0, i };
      this.state.example = i + 1;
      this.announce(i);
      clearTimeout(this.choosing);
      return this.released(["z", "example"]);
    }
    back();
  },

  onFocus(event) {
    const mark = event.target.closest(".mark");
    if (!mark) return;
    this.focusPlace = { row: ROWS.indexOf(mark.dataset.row), i: Number(mark.dataset.i) };
    this.traceGroup.classList.add("focused");
    this.reachable(this.focusPlace);
    this.pin(this.focusPlace);
  },

  onBlur() {
    this.traceGroup.classList.remove("focused");
    if (this.grip && !this.pressed) this.drop(true);
    this.focusPlace = null;
  },

  onKey(event) {
    if (!this.focusPlace || event.altKey || event.ctrlKey || event.metaKey) return;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key], upright = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const { row, i } = this.focusPlace;
    if (this.grip) this.keyInGrip(event, sideways);
    else if ((event.key === "Enter" || event.key === " ") && row === 0 && this.data.hand) this.grab({ i });
    else if (sideways) this.focusMark(row, this.neighbour(row, i, sideways));
    else if (upright) this.focusMark(clamp(row + upright, 0, this.reveal - 1), i);
    else if (event.key === "Home" || event.key === "End") this.focusMark(row, this.neighbour(row, null, event.key === "Home" ? 1 : -1));
    else if (event.key === "Escape") this.pin(null);
    else return;
    event.preventDefault();
    this.repaint();
  },

  keyInGrip(event, sideways) {
    const [lo, hi] = this.domains[0], step = niceStep((hi - lo) / 200) * (event.shiftKey ? 10 : 1);
    if (sideways) {
      this.setGripped(clamp(Number((this.state.z[this.grip.i] + sideways * step).toPrecision(9)), lo, hi));
      this.announce(this.grip.i);
    } else if (event.key === "Escape") this.drop(false);
    else if (event.key === "Enter" || event.key === " ") this.drop(true);
  },

  /* The next example by value in this row; from either end when there is none to start from. */
  neighbour(row, i, direction) {
    const order = this.order(row === 3 && this.state.gamma < 0);
    if (i === null) return order[direction > 0 ? 0 : order.length - 1];
    return order[clamp(order.indexOf(i) + direction, 0, order.length - 1)];
  },

  focusMark(row, i) { this.marks[row][i].focus(); },

  /* What a screen reader calls a mark; written when all is still, of the rows that are there. */
  nameMarks() {
    this.marks.slice(0, this.reveal).forEach((list, row) => list.forEach((mark, i) => put(mark, {
      "aria-label": `${this.say("example", { i: i + 1 })}, ${this.words[`said_${ROWS[row]}`]} ${this.number(row, this.picture.rows[row][i])}`,
    })));
  },
};
