// @ts-check
/* Walking through the rows: marks fall from the row above to where they go. Mixed into the stage in stage.js. */

import { put, write } from "../kit/dom.js";
import { clamp } from "../kit/numbers.js";

export const ease = t => t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;

export const Walk = {
  setAxis(axis) {
    if (axis === this.state.axis) return;
    this.state.axis = axis;
    this.commit(["axis"]);
    this.glide(this.state);
    this.repaint();
  },

  paintWalk() {
    const label = this.words[this.playing ? "pause" : "play"], play = this.find(".play");
    write(play.lastElementChild, label);
    put(play, { "aria-pressed": Boolean(this.playing) });
    this.find(".back").disabled = this.reveal <= 1 && !this.falling;
    this.find(".on").disabled = this.reveal >= this.data.open && !this.falling;
    this.findAll(".pips i").forEach((pip, k) => pip.classList.toggle("past", k < this.reveal));
  },

  /* Marks fall from where they were, the row above, to where they go; or climb back. */
  animate(row, up, done) {
    if (this.still.matches) { this.reveal = up ? row : row + 1; this.repaint(); return done(); }
    this.reveal = row + 1;
    this.heights[row] = [];
    this.falling = { row, up, done, start: performance.now(), t: up ? 1 : 0, s: up ? 1 : 0 };
    this.repaint();
  },

  fall(now) {
    const { row, up, done, start } = this.falling;
    const t = clamp((now - start) / (up ? 500 : 1000), 0, 1);
    Object.assign(this.falling, { t: up ? 1 - t : t, s: ease(up ? 1 - t : t) });
    if (t < 1) return;
    this.falling = null;
    if (up) this.reveal = row;
    done();
  },

  arrived() {
    this.state.step = this.reveal;
    if (this.data.walk && (this.data.step !== this.reveal || this.unsaved.fields.step)) this.commit(["step"]);
    this.paintStory();
    this.find(".live").textContent = this.story.textContent;
  },

  stepOn() {
    if (this.falling) this.finish();
    if (this.reveal < this.data.open) this.animate(this.reveal, false, () => this.arrived());
  },

  /* To the end at once, as reduced motion asks. */
  jump() {
    this.reveal = this.data.open;
    setTimeout(() => this.arrived());
  },

  stepBack() {
    this.pause();
    if (this.reveal > 1) this.animate(this.reveal - 1, true, () => this.arrived());
  },

  /* Let a running step end at once. */
  finish() {
    const { row, up, done } = this.falling;
    this.falling = null;
    this.reveal = up ? row : row + 1;
    done();
  },

  play() {
    this.playing = true;
    if (this.reveal >= this.data.open) this.reveal = 1;
    this.waiting = setTimeout(() => this.playOn(), 650);
    this.repaint();
  },

  playOn() {
    if (!this.playing) return;
    this.animate(this.reveal, false, () => {
      this.arrived(); // what stands beside the picture goes along
      if (this.reveal < this.data.open) this.waiting = setTimeout(() => this.playOn(), this.still.matches ? 1400 : 900);
      else this.pause(true);
    });
  },

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
  },
};
