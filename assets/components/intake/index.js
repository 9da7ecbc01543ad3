// @ts-check
/* Reads a file in the browser and sends its text to Python. */

import { contents } from "./contents.js";

/** @param {import("../kit/mount.js").Streamlit} streamlit */
export default function ({ parentElement, data, setTriggerValue }) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (parentElement.querySelector(selector));
  const drop = find(".drop"), input = /** @type {HTMLInputElement} */ (find("input"));
  find(".choose").textContent = data.words.choose;
  find(".hint").textContent = data.words.drop;

  const take = async (/** @type {File | undefined} */ file) => {
    if (file) setTriggerValue("file", await contents(file, data.most).catch(() => ({ error: "not_text" })));
  };
  input.onchange = () => {
    take(input.files?.[0]);
    input.value = ""; // so that the same file can be chosen again
  };
  drop.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add("over");
  };
  drop.ondragleave = () => drop.classList.remove("over");
  drop.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer?.files[0]);
  };
}
