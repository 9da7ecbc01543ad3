// @ts-check
/* What hands do to a replay: they take it through time by its slider or its curves, and choose what it shows. */

import { placeIn } from "../kit/dom.js";
import { clamp } from "../kit/numbers.js";
import { undoneBySwipe } from "../kit/swipe.js";

/** @param {import("./replay.js").Replay} replay */
export function listen(replay) {
  const { range } = replay.transport;
  range.addEventListener("input", () => {
    const wanted = +range.value; // a paint puts it back to where the picture stands
    replay.hold();
    replay.show(wanted);
    replay.scrubbed = true;
  });
  range.addEventListener("change", () => { if (replay.scrubbed) replay.settle(); });
  undone(replay, range);
  range.addEventListener("pointerdown", () => { replay.dragging = true; });
  range.addEventListener("pointerup", () => { replay.dragging = false; });
  replay.views.choose = view => replay.set("view", view);
  replay.speeds.choose = speed => replay.set("speed", speed);
  replay.layers.choose = layer => replay.set("layer", layer);
  replay.histograms.canvas.addEventListener("click", event => { // the buttons for layers do the same
    const layer = replay.histograms.layerAt(placeIn(replay.histograms.canvas, event).y);
    if (layer !== undefined) replay.set("layer", layer + 1);
  });
  scrubOnCurves(replay, replay.curves.root);
}

// A press on any curve takes the replay to that step.
function scrubOnCurves(replay, target) {
  const follow = event => {
    const { x, y } = placeIn(target, event);
    replay.plot ??= replay.curves.plotAt(x, y);
    if (replay.plot) replay.show(nearest(replay.run, clamp((x - replay.plot.x) / replay.plot.w, 0, 1)));
  };
  target.addEventListener("pointerdown", event => {
    replay.plot = undefined;
    replay.hold();
    follow(event);
    if (!replay.plot) return;
    replay.dragging = true;
    target.setPointerCapture(event.pointerId);
  });
  target.addEventListener("pointermove", event => { if (replay.dragging && replay.plot) follow(event); });
  target.addEventListener("pointerup", () => {
    if (!replay.dragging) return;
    replay.dragging = false;
    replay.plot = undefined;
    replay.settle();
  });
  undone(replay, target);
}

/** The frame nearest to a share of all steps. @param {import("./run.js").Run} run @param {number} share */
export function nearest({ steps, of }, share) {
  let near = 0;
  for (let t = 0; t < steps.length; t++) if (Math.abs(steps[t] - share * of) < Math.abs(steps[near] - share * of)) near = t;
  return near;
}

// A finger that only scrolls leaves the replay where it stood, or went on.
function undone(replay, target) {
  undoneBySwipe(target, () => {
    const { frame, clock: { playing } } = replay;
    return () => {
      replay.dragging = replay.scrubbed = false;
      replay.plot = undefined;
      if (replay.clock.playing) return; // as it does still
      replay.show(frame);
      if (playing) replay.play();
    };
  });
}
