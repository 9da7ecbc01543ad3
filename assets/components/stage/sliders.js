// @ts-check
/* The user's hand on ε, γ and β. Mixed into the stage in stage.js. */

import { put, write } from "../kit/dom.js";
import { REST } from "../kit/mount.js";
import { clamp, written } from "../kit/numbers.js";
import { undoneBySwipe } from "../kit/swipe.js";
import { SCALES, stepFor, writtenSlider } from "./scales.js";

export const Sliders = {
  setSliders() {
    for (const name in SCALES) {
      const { input } = this.sliders[name], [lo, hi, step] = this.rangeOf(name);
      if (this.sliding === name) continue;
      if (input.min !== String(lo) || input.max !== String(hi)) put(input, { min: lo, max: hi, step });
      input.value = SCALES[name].to(this.state[name]);
    }
  },

  rangeOf(name) {
    if (name === "eps") return [...this.data.ranges.eps.map(Math.log10).map(Math.round), 0.05];
    return [-this.data.ranges[name], this.data.ranges[name], stepFor(this.data.ranges[name])];
  },

  paintSlider(name) {
    const { input, output } = this.sliders[name], value = this.shown[name], text = writtenSlider(name, value);
    write(output, text);
    put(output, { "data-value": this.state[name] });
    put(input, { "aria-valuetext": this.spoken(name) });
    if (this.sliding !== name && this.motion) input.value = SCALES[name].to(value);
    const [lo, hi] = [Number(input.min), Number(input.max)], share = v => (clamp(v, lo, hi) - lo) / (hi - lo) * 100;
    const here = share(SCALES[name].to(value)), origin = name === "eps" ? 0 : share(0);
    input.style.setProperty("--from", `${Math.min(here, origin)}%`);
    input.style.setProperty("--to", `${Math.max(here, origin)}%`);
  },

  /* The value in words, and what it makes of the batch. */
  spoken(name) {
    const [, , of_norm, of_tilde] = this.picture.summaries;
    const said = { sd_norm: this.aloud(of_norm.sd), sd_tilde: this.aloud(of_tilde.sd), mean_tilde: this.aloud(of_tilde.mean, this.number(3, of_tilde.mean)) };
    return this.say(`spoken_${name}`, { value: this.aloud(this.shown[name], writtenSlider(name, this.shown[name])), ...said });
  },

  /* A power of ten with raised digits is not read aloud. */
  aloud(value, text = written(value)) {
    const [mantissa, power] = text.split("×10");
    return power ? this.say("spoken_power", { mantissa, power: Math.floor(Math.log10(Math.abs(value)) + 1e-9) }) : text;
  },

  listenToSlider(name) {
    const { input } = this.sliders[name], { on } = this;
    on(input, "pointerdown", () => { this.keyed = false; });
    on(input, "keydown", () => { this.keyed = true; });
    on(input, "input", () => {
      this.pause();
      if (this.sliding && this.sliding !== name) this.commit([this.sliding]); // typed a moment ago
      this.sliding = name;
      this.unsaved.hold(name);
      this.state[name] = SCALES[name].from(input.value);
      this.moved();
    });
    const release = () => { if (this.sliding === name) this.released([name]); };
    on(input, "change", () => {
      clearTimeout(this.typing);
      if (this.keyed) this.typing = setTimeout(release, REST);
      else release();
    });
    on(input, "blur", release);
    undoneBySwipe(input, () => {
      if (this.sliding) this.released([this.sliding]); // typed a moment ago
      const back = this.remember(name);
      return () => { if (this.sliding === name) back(); };
    }, { signal: this.abort.signal });
  },

  /* How to let go of a field as if the hand had never taken it. */
  remember(field) {
    const value = this.state[field], unsaved = this.unsaved.keep(field);
    return () => {
      this.sliding = this.grip = undefined;
      this.state[field] = value;
      unsaved();
      this.receive(this.data);
    };
  },

  /* The hand let go: fit the axes, tell Python. */
  released(fields) {
    clearTimeout(this.typing);
    this.sliding = this.grip = undefined;
    this.commit(fields);
    this.glide(this.state);
    this.repaint();
  },
};
