// @ts-check
/* A replay on paper, where nobody presses Play. */

/**
 * Paint it at once; on paper a run that stands at its beginning stands at its end.
 * @param {import("./replay.js").Replay} replay
 */
export function atItsEnd(replay) {
  const { frame, reached, run } = replay;
  if (matchMedia("print").matches && run && !frame) Object.assign(replay, { frame: run.frames - 1, reached: Infinity });
  replay.resize(true);
  Object.assign(replay, { frame, reached });
}
