// @ts-check
/* The replay: what two networks recorded while they trained, painted frame by frame. It computes nothing about the
   runs. Bytes come from experiments/replay.py, words and colours from Python; here they are unpacked and painted. One
   paint touches two canvases: the moment, and the marker over curves that were drawn beforehand.

   Of a run that still trains, frames come in parts, each with the number of its first one. They are painted as they
   come, unless a hand has taken the replay elsewhere. */

import { split } from "../kit/bytes.js";
import { element, fill, paintWith, zoomOf } from "../kit/dom.js";
import { REST } from "../kit/mount.js";
import { clamp } from "../kit/numbers.js";
import { inks } from "../kit/paper.js";
import { dots, roomed, sized, tallOf } from "../kit/sized.js";
import { Clock, later, nearer } from "./clock.js";
import { Choice, Transport } from "./controls.js";
import { Curves } from "./curves.js";
import { Frames } from "./frames.js";
import { listen } from "./hands.js";
import { Histograms } from "./histograms.js";
import { atItsEnd } from "./paper.js";
import { layOut, makeRoom } from "./room.js";
import { ARMS, VIEWS } from "./run.js";
import { named, where } from "./scene.js";
import { Spoken } from "./spoken.js";
import { Swarm } from "./swarm.js";

const SPEEDS = [100, 50, 25, 10]; // percent

export class Replay {
  /** @type {(sent: any) => void} */
  send = () => {};

  constructor(parent) {
    /** @type {HTMLElement & { painted?: any }} */
    this.root = element("div", "lab replay", parent);
    this.clock = new Clock();
    this.frame = 0;
    this.frames = new Frames();
    this.paints = 0;
    this.painting = 0;
    this.taken = Promise.resolve(); // of all data so far: what comes next waits for it
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.build();
    listen(this);
    const ends = [sized(this.body, () => this.resize(), () => atItsEnd(this)), roomed(() => makeRoom(this))];
    this.unwatch = () => ends.forEach(end => end());
    this.root.painted = { frame: -1, panels: [] };
  }

  build() {
    const root = this.root;
    this.transport = new Transport(root, {
      back: () => this.go(this.frame - 1), on: () => this.go(this.frame + 1),
      toggle: () => this.clock.playing ? this.pause() : this.play(),
    });
    const bar = element("div", "bar", root);
    this.views = new Choice(bar);
    this.layers = new Choice(bar);
    this.speeds = new Choice(bar);
    const now = element("div", "now", root, { "aria-hidden": true });
    this.armLine = Object.fromEntries([...ARMS].reverse().map(arm => [arm, element("span", arm, now)]));
    this.body = element("div", "body", root);
    this.left = element("div", "left", this.body);
    this.swarm = new Swarm(this.left);
    this.histograms = new Histograms(this.left);
    this.right = element("div", "right", this.body);
    this.curves = new Curves(this.right);
    this.spoken = new Spoken(root);
  }

  leave() {
    this.halt();
    clearTimeout(this.telling);
    this.unwatch();
    this.root.remove();
  }

  // ---------------------------------------------------------------- under the hand

  set(name, value) {
    this[name] = value;
    this.word();
    this.resize(true);
    this.settle();
  }

  // ---------------------------------------------------------------- talk with Python

  // New data, one after the other: some of it takes a while to unpack.
  receive(bytes) {
    const [settings, body] = split(bytes);
    this.wanted = settings.run;
    this.taken = this.taken.then(() => this.take(settings, body)).catch(error => console.error(error));
  }

  // The position in it counts only if Python moved it: what this component reported itself comes back late, and must
  // not pull the replay back.
  async take(settings, body) {
    if (settings.run !== this.wanted) return; // newer data has come meanwhile
    const place = JSON.stringify(settings.place), another = settings.run !== this.id;
    const ended = another && settings.follows === this.id && this.frames.known > 0, { following } = this;
    const moved = another || (place !== this.placed && place !== this.reported);
    this.settings = settings;
    this.placed = place;
    if (another) this.begin(settings);
    await this.unpackAll(settings.parts, body);
    if (!this.run) return;
    if (moved && !this.dragging && !ended) this.stand(settings);
    if (ended && following) this.frame = this.run.frames - 1; // what was followed is there to its end
    this.frame = Math.min(this.frame, this.run.frames - 1);
    if (another && settings.play && !ended) this.reached = this.frame; // its curves grow as it plays
    this.word();
    this.resize(true);
    if (this.frames.known) Object.assign(this.root.dataset, { run: this.id, live: settings.live });
    if (settings.live) this.follow();
    else if (ended) this.settle();
    else if (another && settings.play) this.playOnce();
    if (!this.clock.playing) this.speak();
  }

  // Another run. What was shown stays until there is something of it.
  begin(settings) {
    this.id = settings.run;
    this.frames = new Frames();
    this.reached = Infinity;
    this.halt();
    this.following = settings.live;
  }

  async unpackAll(parts, body) {
    const began = this.frames.known, lost = await this.frames.take(parts, body);
    if (lost) this.send({ ...this.place, missing: this.frames.known, at: Date.now() });
    if (!this.frames.known) return;
    if (!began && this.settings.live) this.frame = 0;
    this.run = { ...this.frames.run, of: this.settings.of };
    this.histograms.take(this.run);
  }

  // Where Python says.
  stand({ place, live }) {
    if (!live) this.halt();
    clearTimeout(this.telling);
    this.reported = undefined;
    this.view = place.shown;
    this.speed = place.speed;
    this.layer = clamp(place.layer || this.run.layers, 1, this.run.layers);
    if (!live) this.frame = clamp(place.frame, 0, this.run.frames - 1);
  }

  // At rest: tell Python (for the link) and screen readers. Keys come in bursts, so wait a little.
  settle() {
    this.speak();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      const { place } = this, told = JSON.stringify(place);
      if (told === this.reported) return;
      this.reported = told;
      this.send({ ...place, missing: -1, at: Date.now() }); // a place told twice is news twice
    }, REST);
  }

  get place() {
    const { frame, layer, view, speed, run } = this;
    return { frame, layer: layer === run?.layers ? 0 : layer ?? 0, shown: view, speed };
  }

  // ---------------------------------------------------------------- words

  word() {
    const { words, palette } = this.settings, { run, view, layer } = this;
    paintWith(this.root, { plain: palette.plain, bn: palette.bn });
    const { picture, asked, live, frames } = this.settings;
    this.root.dataset.picture = picture;
    this.root.classList.toggle("asked", asked);
    this.transport.word(words, live ? frames : run.frames);
    this.wordPlay();
    this.speeds.word(words.speed, SPEEDS, words.speeds, this.speed);
    this.views.word(words.shown, VIEWS, words.showns, view);
    const layers = Array.from({ length: run.layers }, (_, l) => l + 1);
    const names = Object.fromEntries(layers.map(l => [l, fill(words.layer, { layer: l })]));
    this.layers.word(words.follow, layers, names, layer);
    this.histograms.canvas.setAttribute("aria-label", fill(words.histograms, { view: words.showns[view] }));
    this.swarm.canvas.setAttribute("aria-label", fill(words.swarm, { layer: run.layers }));
    this.curves.base.setAttribute("aria-label", fill(words.curves, { layer }));
  }

  wordPlay() {
    this.transport.wordPlay(this.settings.words, this.clock.playing);
    this.root.dataset.playing = String(this.clock.playing);
  }

  speak() {
    this.transport.range.setAttribute("aria-valuetext", where(this.scene));
    this.spoken.say(this.scene);
  }

  // ---------------------------------------------------------------- time

  play() {
    const last = this.run.frames - 1;
    if (this.settings.live) {
      this.following = true;
      this.follow();
      return;
    }
    if (this.frame >= last) this.frame = 0;
    this.clock.run(this.frame, (position, ms) => later(position, ms, this.speed), position => {
      const frame = Math.min(Math.floor(position), last);
      if (frame !== this.frame) this.show(frame);
      if (frame === last) this.pause();
      return frame !== last;
    });
    this.wordPlay();
  }

  // What is revealed moves to what happens; for whom nothing should move it stands there at once.
  playOnce() {
    if (this.still.matches) this.go(this.run.frames - 1);
    else this.play();
  }

  // After the frames that come, as long as no hand has taken the replay elsewhere.
  follow() {
    if (!this.following || !this.frames.known || this.clock.playing) return;
    this.clock.run(this.frame, (position, ms) => this.still.matches ? this.run.frames - 1 : nearer(position, this.run.frames - 1, ms), position => {
      const frame = Math.floor(position + 1e-6);
      if (frame !== this.frame) this.show(frame);
      return this.following;
    });
    this.wordPlay();
  }

  halt() {
    if (!this.clock.playing) return;
    this.clock.halt();
    this.wordPlay();
  }

  // A hand takes it: what comes is followed no more.
  hold() {
    this.following = false;
    this.halt();
  }

  pause() { this.hold(); this.settle(); }

  go(frame) { this.hold(); this.show(frame); this.settle(); }

  show(frame) {
    this.frame = clamp(frame, 0, this.run.frames - 1);
    const whole = this.reached < this.run.frames - 1 && this.frame === this.run.frames - 1;
    this.reached = Math.max(this.reached, this.frame);
    if (whole) this.resize(true); // lines have names when they are whole
    else this.paint();
  }

  // ---------------------------------------------------------------- painting

  get scene() {
    const { run, frame, reached, view, ratio, family, least, settings: { words, palette, picture } } = this;
    const layer = picture === "unit" ? run.layers : this.layer;
    return { run, frame, reached, view: picture === "unit" ? "u" : view, layer, words, palette: inks(palette), ratio, family, least };
  }

  // `again` draws the curves although nothing has another size: they show something else.
  resize(again = false) {
    if (!this.run) return;
    const width = this.body.clientWidth, ratio = dots(zoomOf(this.body)), tall = tallOf(this.body);
    if (!width || (!again && width === this.width && ratio === this.ratio && tall === this.tall)) return;
    Object.assign(this, { width, ratio, tall });
    const look = getComputedStyle(this.root);
    this.family = look.fontFamily;
    this.least = parseFloat(look.getPropertyValue("--least")) || 0;
    layOut(this, width, tall);
    this.curves.draw(this.scene);
    this.paint();
  }

  paint() {
    const began = performance.now(), { scene, frame } = this, step = this.run.steps[frame];
    const few = this.settings.picture === "unit";
    const panels = few ? [] : this.histograms.paint(scene), lanes = few ? this.swarm.paint(scene) : [];
    this.curves.mark(scene);
    this.transport.show(frame, where(scene));
    ARMS.forEach((arm, a) => { this.armLine[arm].textContent = named(scene, a); });
    this.paints += 1;
    this.painting += performance.now() - began;
    this.root.dataset.frame = String(frame);
    this.root.dataset.step = String(step);
    Object.assign(this.root.painted, {
      frame, step, view: this.view, layer: this.layer, panels, lanes, paints: this.paints, milliseconds: this.painting,
    });
  }
}
