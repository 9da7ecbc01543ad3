// @ts-check
// What its owner has done here, kept in the browser alone: {last: lesson, done: {lesson: [scenes]},
// at: {lesson: scene}, show}. Where a browser keeps nothing (a private window), the session still knows.
// Whatever else stands in its place, written by another version or by hand, counts as nothing and gives
// way to the next step.

/**
 * @typedef {{
 *   last: string | null, done: { [lesson: string]: string[] },
 *   at: { [lesson: string]: string }, show: string | null
 * }} Kept
 */

const PLACE = "batch-norm-lab";

/** @param {unknown} word */
const isWord = word => typeof word === "string" && word.length <= 64;

/** @param {any} table @returns {[string, any][]} */
const entries = table =>
  table && typeof table === "object" && !Array.isArray(table) ? Object.entries(table).slice(0, 100) : [];

/** @returns {Kept} */
export function recall() {
  let kept;
  try {
    kept = JSON.parse(localStorage.getItem(PLACE) ?? "null");
  } catch { /* nothing that can be read */ }
  /** @type {Kept} */
  const found = { last: null, done: {}, at: {}, show: null };
  if (isWord(kept?.last)) found.last = kept.last;
  if (isWord(kept?.show)) found.show = kept.show;
  for (const [lesson, names] of entries(kept?.done)) {
    if (isWord(lesson) && Array.isArray(names)) found.done[lesson] = names.filter(isWord).slice(0, 100);
  }
  for (const [lesson, scene] of entries(kept?.at)) {
    if (isWord(lesson) && isWord(scene)) found.at[lesson] = scene;
  }
  return found;
}

/** @param {Kept} kept */
function store(kept) {
  try {
    localStorage.setItem(PLACE, JSON.stringify(kept));
  } catch { /* nothing is kept */ }
}

/** That a lesson is open, at this scene, and that of it this was done.
 * @param {string} lesson @param {string | null} name @param {string | null} scene */
export function keep(lesson, name, scene) {
  const kept = recall(), names = kept.done[lesson] ?? [];
  kept.last = lesson;
  kept.done[lesson] = name && !names.includes(name) ? [...names, name] : names;
  if (scene) kept.at[lesson] = scene;
  store(kept);
}

/** How all lessons are looked at. @param {string} show */
export function keepShow(show) {
  store({ ...recall(), show });
}

export function forget() {
  const { show } = recall();
  try {
    localStorage.removeItem(PLACE);
  } catch { /* nothing was kept */ }
  if (show === "everything") keepShow(show);
}
