// @ts-check
/* The room of a replay on its page. */

import { tallOf } from "../kit/sized.js";

const COLUMNS_FROM = 820; // px: histograms and curves side by side from here on

/**
 * Where everything stands, and how much of the page it takes.
 * @param {import("./replay.js").Replay} replay
 * @param {number} width
 * @param {number} tall
 */
export function layOut({ run, settings, body, left, right, swarm, histograms, curves }, width, tall) {
  const few = settings.picture === "unit", columns = !few && width >= COLUMNS_FROM;
  body.classList.toggle("columns", columns);
  const [first, second] = [left.clientWidth, right.clientWidth];
  if (few) swarm.place(first, tall);
  else histograms.place(run, first, columns, tall);
  curves.place(second, few, tall);
}

/**
 * While room is sought, many heights are tried before a frame: only the last one is painted.
 * @param {import("./replay.js").Replay} replay
 */
export function makeRoom(replay) {
  const width = replay.body.clientWidth;
  if (!replay.run || !width) return;
  layOut(replay, width, tallOf(replay.body));
  replay.roomMade ??= requestAnimationFrame(() => {
    replay.roomMade = undefined;
    replay.resize();
  });
}
