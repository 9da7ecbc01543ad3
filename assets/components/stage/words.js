// @ts-check
/* The sentences beside the picture, and the numbers in them. Mixed into the stage in stage.js. */

import { put, write } from "../kit/dom.js";
import { written } from "../kit/numbers.js";
import { SCALES, writtenSlider } from "./scales.js";
import { crowding } from "./steps.js";

export const Words = {
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
  },

  facts() {
    const { picture, shown } = this, [of_z, , of_norm, of_tilde] = picture.summaries;
    return {
      m: shown.z.length, mean: this.number(0, picture.mean), var: written(picture.var), sd: written(of_z.sd), std: written(picture.std),
      ...Object.fromEntries(Object.keys(SCALES).map(name => [name, writtenSlider(name, shown[name])])),
      sd_norm: written(of_norm.sd), sd_tilde: written(of_tilde.sd),
    };
  },

  paintStory() {
    const facts = this.facts(), chapters = this.chapters().slice(this.width < 760 ? -1 : 0);
    const told = chapters.map(name => this.words[name]).join(" ");
    if (this.told !== told) {
      this.told = told;
      this.story.replaceChildren(...this.typeset(told));
      this.storyNumbers = [...this.story.querySelectorAll("[data-fact]")];
    }
    for (const number of this.storyNumbers) write(number, facts[number.dataset.fact]);
  },

  /* A sentence whose {tokens} become numbers, or symbols as the rows write them. */
  typeset(sentence) {
    return sentence.split(/(\{\w+\})/).filter(Boolean).map(part => {
      const token = part.match(/^\{(\w+)\}$/)?.[1];
      if (!token) return part;
      if (token in this.sym) {
        const symbol = this.sym[token].cloneNode(true);
        symbol.style.color = `var(--${token})`;
        return symbol;
      }
      const number = document.createElement("b");
      number.dataset.fact = token;
      return number;
    });
  },

  paintNote() {
    const name = !this.data.walk ? null : this.state.axis === "own" ? "own_note" : crowding(this.picture) > 50 ? "crowded" : null;
    write(this.note, name ? this.words[name] : "");
    for (const button of this.axisButtons) put(button, { "aria-pressed": button.dataset.axis === this.state.axis });
  },
};
