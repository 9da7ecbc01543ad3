// @ts-check
/* What a hand finds: the way through time, and groups of buttons of which one is pressed. */

import { element, icon } from "../kit/dom.js";

/** @param {Element} parent @param {() => void} act */
export function button(parent, act) {
  const made = element("button", "", parent, { type: "button" });
  made.addEventListener("click", act);
  return made;
}

/** Buttons of which one is pressed. */
export class Choice {
  /** @param {Element} parent @param {string} [more] its class */
  constructor(parent, more) {
    this.group = element("div", more ? `group ${more}` : "group", parent, { role: "group" });
    /** @type {(value: any) => void} */
    this.choose = () => {};
  }

  /**
   * @param {string} label
   * @param {readonly (string | number)[]} values
   * @param {Record<string, string>} names by value
   * @param {string | number} chosen
   */
  word(label, values, names, chosen) {
    this.group.setAttribute("aria-label", label);
    if (this.group.children.length !== values.length) {
      this.group.replaceChildren();
      for (const value of values) button(this.group, () => this.choose(value)).dataset.option = String(value);
    }
    [...this.group.children].forEach((one, i) => {
      one.textContent = names[values[i]];
      one.setAttribute("aria-pressed", String(values[i] === chosen));
    });
  }
}

/** Back, play or pause, on; and where it stands, to be dragged. */
export class Transport {
  /** @param {Element} parent @param {{ back: () => void, toggle: () => void, on: () => void }} acts */
  constructor(parent, acts) {
    const time = element("div", "time", parent), group = element("div", "group", time, { role: "group" });
    this.back = button(group, acts.back);
    this.toggle = button(group, acts.toggle);
    this.on = button(group, acts.on);
    this.toggle.classList.add("play");
    this.range = element("input", "", time, { type: "range", min: 0, step: 1 });
    this.at = element("span", "at", time, { "aria-hidden": true });
    this.range.addEventListener("keydown", event => {
      if (event.key !== " ") return;
      event.preventDefault();
      acts.toggle();
    });
  }

  /** @param {Record<string, any>} words @param {number} frames */
  word(words, frames) {
    for (const name of /** @type {const} */ (["back", "on"])) {
      this[name].replaceChildren(icon(name));
      this[name].setAttribute("aria-label", words[name]);
      this[name].setAttribute("title", words[name]);
    }
    this.range.setAttribute("aria-label", words.scrub);
    this.range.max = String(frames - 1);
  }

  /** @param {Record<string, any>} words @param {boolean} playing */
  wordPlay(words, playing) {
    const act = playing ? "pause" : "play";
    this.toggle.replaceChildren(icon(act));
    element("span", "", this.toggle).textContent = words[act];
    this.toggle.setAttribute("aria-label", words[act]);
  }

  /** @param {number} frame @param {string} text */
  show(frame, text) {
    this.range.value = String(frame);
    this.at.textContent = text;
  }
}
