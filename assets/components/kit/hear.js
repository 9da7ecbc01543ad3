// @ts-check
// What a run of the app calls at a place of the page. An element that is on its way out may be mounted
// once more, and its script run, after the one that has taken its place: what was said later stands.

/** @type {{ [place: string]: number }} */
const heard = {}; // when the last of a place's calls were made

/**
 * @this {{ [name: string]: any }}
 * @param {string} place @param {number} when @param {[string, ...any][]} calls
 */
export function hear(place, when, calls) {
  if (when <= heard[place]) return;
  heard[place] = when;
  for (const [name, ...what] of calls) this[name]?.(...what);
}
