// @ts-check
/* A button and a place to drop a file. */

/**
 * @param {Element} parent
 * @param {{ choose: string, drop: string }} words
 * @param {(file: File) => unknown} take
 */
export function dropped(parent, words, take) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (parent.querySelector(selector));
  const drop = find(".drop"), input = /** @type {HTMLInputElement} */ (find("input"));
  find(".choose").textContent = words.choose;
  find(".hint").textContent = words.drop;

  const given = (/** @type {File | undefined} */ file) => file && take(file);
  input.onchange = () => {
    given(input.files?.[0]);
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
    given(event.dataTransfer?.files[0]);
  };
}
