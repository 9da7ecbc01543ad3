// @ts-check
// What its owner has done here, kept in the browser alone: {last: lesson, done: {lesson: [questions]}}.
// Where a browser keeps nothing (a private window), the session still knows. Whatever else stands in
// its place, written by another version or by hand, counts as nothing and gives way to the next step.
//
// Pages run this from HTML that has been cleaned, where whatever looks like a tag, even in a type, takes
// the script with it.

/** @typedef {{ last: string | null, done: { [lesson: string]: string[] } }} Kept */

const PLACE = "batch-norm-lab";

/** @returns {Kept} */
export function recall() {
  let kept;
  try {
    kept = JSON.parse(localStorage.getItem(PLACE) ?? "null");
  } catch { /* nothing that can be read */ }
  const isWord = (/** @type {unknown} */ word) => typeof word === "string" && word.length <= 64;
  /** @type {Kept["done"]} */
  const done = {};
  const isTable = kept?.done && typeof kept.done === "object" && !Array.isArray(kept.done);
  for (const [lesson, names] of isTable ? Object.entries(kept.done) : []) {
    if (isWord(lesson) && Array.isArray(names)) done[lesson] = names.filter(isWord).slice(0, 100);
  }
  return { last: isWord(kept?.last) ? kept.last : null, done };
}

/** @param {string} lesson @param {string | null} question */
export function keep(lesson, question) {
  const { done } = recall(), names = done[lesson] ?? [];
  done[lesson] = question && !names.includes(question) ? [...names, question] : names;
  try {
    localStorage.setItem(PLACE, JSON.stringify({ last: lesson, done }));
  } catch { /* nothing is kept */ }
}

export function forget() {
  try {
    localStorage.removeItem(PLACE);
  } catch { /* nothing was kept */ }
}
