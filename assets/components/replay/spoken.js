// @ts-check
/* What is painted, said: where time stands, both arms, and a table of all layers. */

import { element } from "../kit/dom.js";
import { number } from "../kit/numbers.js";
import { ARMS, moments, over } from "./run.js";
import { ending, named, where } from "./scene.js";

/** @typedef {import("./scene.js").Scene} Scene */

export class Spoken {
  /** @param {Element} parent */
  constructor(parent) {
    this.text = element("p", "spoken", parent, { "aria-live": "polite" });
    this.table = element("table", "", element("div", "spoken", parent));
  }

  /** @param {Scene} scene */
  say(scene) {
    const arms = ARMS.map((_, a) => `${named(scene, a)}${over(scene.run, scene.frame, a) ? `. ${ending(scene, a)}` : ""}`);
    this.text.textContent = [where(scene), ...arms].join(". ");
    this.table.replaceChildren();
    element("caption", "", this.table).textContent = scene.words.layers_table;
    rowsOf(scene).forEach((cells, i) => {
      const row = element("tr", "", this.table);
      cells.forEach((text, k) => {
        const cell = i === 0 ? element("th", "", row, { scope: "col" })
          : k === 0 ? element("th", "", row, { scope: "row" }) : element("td", "", row);
        cell.textContent = text;
      });
    });
  }
}

/** The table's cells, its heads first. @param {Scene} scene */
export function rowsOf({ run, frame, view, words }) {
  const heads = [words.layers, ...ARMS.map(arm => `${words[arm]}: ${words.mean_sd}`)];
  const rows = Array.from({ length: run.layers }, (_, layer) => [String(layer + 1), ...ARMS.map((_, arm) => {
    const [mean, sd] = moments(run, view, frame, arm, layer);
    return `${number(mean)}; ${number(sd)}`;
  })]);
  return [heads, ...rows];
}
