import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

import { Frames } from "../../assets/components/replay/frames.js";
import { nearest } from "../../assets/components/replay/hands.js";
import { placePanels } from "../../assets/components/replay/histograms.js";
import { later, nearer, pace } from "../../assets/components/replay/clock.js";
import { placeOf } from "../../assets/components/replay/names.js";
import { contentOf, placeBoxes, placeFew, plotted } from "../../assets/components/replay/plots.js";
import { histogram, joined, moments, percentiles, swarm, tallest } from "../../assets/components/replay/run.js";
import { momentsText } from "../../assets/components/replay/scene.js";
import { rowsOf } from "../../assets/components/replay/spoken.js";
import { placeLanes } from "../../assets/components/replay/swarm.js";

/* Three frames of two layers. Every number says where it stands, as 1000 frame + 100 series + 10 layer + what. */
const numbers = (series, layers, last) => Float32Array.from(
  { length: 3 * series * layers * last },
  (_, i) => 1000 * Math.floor(i / (series * layers * last)) + 100 * (Math.floor(i / (layers * last)) % series) + 10 * (Math.floor(i / last) % layers) + i % last,
);
const run = {
  of: 40, labels: [7, 8], swarm: numbers(2, 1, 2), frames: 3, layers: 2, bins: 4, examples: 100, steps: [0, 10, 40], ended: [1, 2], diverged: [17, null],
  low: [[-1, -2], [-3, -4]], high: [[1, 2], [3, 4000]],
  counts: Int32Array.from(numbers(4, 2, 4)), outside: Int32Array.from(numbers(4, 2, 2)),
  mean: numbers(3, 2, 1), sd: numbers(3, 2, 1), percentiles: numbers(3, 2, 3),
  loss: numbers(1, 1, 2), accuracy: Float32Array.from([0.1, 0.2, 0.3, 0.4, 0.3, 0.9]), gamma: numbers(1, 2, 3), beta: numbers(1, 2, 3),
};
const words = {
  moments: "{mean} ± {sd}", layers: "Layer", mean_sd: "m; s", plain: "plain", bn: "BN", loss: "Loss", accuracy: "Right", gamma: "γ {layer}", beta: "β {layer}",
};
const scene = { run, frame: 2, view: "u", layer: 2, words };

test("every number is read from its place", () => {
  assert.deepEqual(moments(run, "z", 1, 1, 1), [1110, 1110]);
  assert.deepEqual(moments(run, "u", 1, 1, 0), [1200, 1200]); // the plain arm's u is its z
  assert.deepEqual(moments(run, "u", 2, 0, 1), [2010, 2010]);
  assert.deepEqual([...histogram(run, "u", 2, 1, 1).counts], [2310, 2311, 2312, 2313]);
  assert.deepEqual([...histogram(run, "z", 0, 1, 0).outside], [100, 101]);
  assert.deepEqual([...swarm(run, 2, 1)], [2100, 2101]);
  assert.deepEqual([...percentiles(run, "u", 1, 1)[2]], [212, 1212, 2212]);
});

test("panels and plots stand in the room there is, and not on each other", () => {
  const apart = (a, b) => a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
  for (const width of [280, 390, 519, 700, 1100]) {
    const { panels, size } = placePanels(run, width, width > 600), { boxes, size: whole } = placeBoxes(width);
    const { boxes: few, size: less } = placeFew(width), { rooms, size: lanes } = placeLanes(width);
    assert.deepEqual([panels, boxes, few, rooms].map(parts => parts.length), [4, 6, 3, 2]);
    for (const [parts, [wide, high]] of [[panels, size], [boxes, whole], [few, less], [rooms, lanes]]) for (const [i, one] of parts.entries()) {
      assert.ok(one.x >= 0 && one.x + one.w <= wide + 1e-9 && one.y >= 0 && one.y + one.h <= high, `${width}: ${i}`);
      for (const other of parts.slice(i + 1)) assert.ok(apart(one, other), `${width}: ${i}`);
    }
  }
});

test("an arm that ended early needs room for its sentence", () => {
  const whole = placePanels({ ...run, ended: [2, 2] }, 700, false).panels[0].top;
  assert.ok(placePanels(run, 700, false).panels[0].top > whole);
});

test("axes hold what they show, as far as it is real", () => {
  const box = (row, name) => ({ row, name, x: 0, y: 0, w: 100, h: 50 });
  const loss = contentOf(scene, box("curves", "loss"));
  assert.deepEqual([...loss.lines[0].y], [0, 1000, 2000]);
  assert.deepEqual(loss.lines.map(line => line.end), [1, 2]);
  assert.ok(loss.ends[1] > 2001 && loss.ends[0] === 0);
  const spread = contentOf(scene, box("percentiles", "bn"));
  assert.deepEqual(spread.lines.map(line => line.label), ["15", "50", "85"]);
  assert.deepEqual([...spread.lines[1].y], [211, 1211, 2211]);
  const gamma = contentOf(scene, box("learned", "gamma"));
  assert.equal(gamma.title, "γ 2");
  assert.ok(gamma.ends[0] < 1, "where γ began is on the axis");
  const plot = plotted(scene, box("curves", "accuracy"));
  assert.deepEqual([plot.X(0), plot.X(1), plot.X(2)], [0, 25, 100]);
  assert.deepEqual([plot.Y(0), plot.Y(0.5), plot.Y(1), plot.Y(7)], [50, 25, 0, 0]);
});

test("a name stands beside its own line, not on the other", () => {
  const line = (arm, y) => ({ arm, y, end: 10 }), X = t => 30 * t, Y = value => 100 - value;
  const low = line("plain", Array(11).fill(20)), high = line("bn", Array(11).fill(80));
  const plot = { x: 0, y: 0, w: 300, h: 100, lines: [low, high], X, Y };
  assert.ok(Math.abs(placeOf(plot, low, 60).middle - 80) <= 13);
  assert.ok(Math.abs(placeOf(plot, high, 60).middle - 20) <= 13);
  assert.equal(placeOf({ ...plot, lines: [low, { ...low }] }, low, 60), undefined); // one on the other
});

test("a panel is as tall as its usual bars, the same for both arms", () => {
  const found = tallest(run, "z");
  assert.equal(found.length, 2);
  assert.ok(found.every(tall => tall > 0));
});

test("mean and standard deviation have the decimals that the latter needs", () => {
  assert.equal(momentsText(scene, -0.0001, 0.5), "0.000 ± 0.500");
  assert.equal(momentsText(scene, -12.345, 20), "−12.3 ± 20.0");
  assert.equal(momentsText(scene, 2e6, 3e6), "2.0×10⁶ ± 3.0×10⁶");
});

test("the table says every layer of both arms", () => {
  assert.deepEqual(rowsOf(scene), [
    ["Layer", "plain: m; s", "BN: m; s"], ["1", "2000; 2000", "2200; 2200"], ["2", "2010; 2010", "2210; 2210"],
  ]);
});

test("a replay takes its time over the first steps", () => {
  const frames = (percent, seconds) => {
    let position = 0;
    for (let ms = 0; ms < 1000 * seconds; ms += 16) position = later(position, 16, percent);
    return position;
  };
  assert.ok(frames(50, 0.5) < 3, "of thirty frames a second");
  assert.ok(frames(50, 1.5) > 5 && frames(50, 1.5) < 20);
  assert.ok(8 * frames(50, 2) < 100, "of 1500 steps, recorded every 8, the first hundred get two seconds");
  assert.ok(frames(50, 7) > 100, "and yet it comes to its end");
  assert.equal(pace(20, 100), 60);
  assert.equal(pace(90, 10), 6);
  for (let t = 1; t < 40; t++) assert.ok(pace(t, 100) >= pace(t - 1, 100));
});

test("what follows a run that trains comes near, however far behind, and not beyond", () => {
  let position = 0;
  for (let k = 0; k < 60; k++) {
    const before = position;
    position = nearer(position, 30, 16);
    assert.ok(position >= before && position <= 30);
  }
  assert.equal(position, 30);
  assert.ok(nearer(0, 150, 16) > 10 && nearer(0, 150, 1e5) <= 150);
});

test("new frames follow those that were there, or take their place", () => {
  const part = (since, steps) => ({
    since, frames: steps.length, moving: ["steps", "loss"], ended: [9, 9], steps: Int32Array.from(steps),
    loss: Float32Array.from(steps.flatMap(step => [step, -step])),
  });
  let run = part(0, [0, 2, 4]);
  run = joined(run, part(3, [6]));
  run = joined(run, part(3, [6, 8])); // once more, and then some
  assert.deepEqual([[...run.steps], run.frames, run.since], [[0, 2, 4, 6, 8], 5, 0]);
  assert.deepEqual([...run.loss], [0, -0, 2, -2, 4, -4, 6, -6, 8, -8]);
  assert.ok(run.loss instanceof Float32Array);
  assert.deepEqual([...joined(run, part(0, [0, 2])).steps], [0, 2]);
});

/* Frames from one number on, as Python packs them: their steps, and one count each. */
const packed = (since, steps) => {
  const change = steps.map((step, i) => 2 * (step - (i ? steps[i - 1] : 0)));
  const arrays = [
    { name: "steps", shape: [steps.length], kind: "int", planes: 1 },
    { name: "counts", shape: [steps.length, 4, 1, 1], kind: "int", planes: 1 },
  ];
  const head = JSON.stringify({ since, arrays, low: [[0], [0]], high: [[1], [1]] });
  return new Uint8Array(deflateSync(Buffer.concat([Buffer.from(`${head}\n`), Buffer.from(change), Buffer.alloc(4 * steps.length)])));
};

test("what comes in parts is joined, what has come before passed over, and a gap is told", async () => {
  const frames = new Frames();
  const take = async (...parts) => {
    const lost = await frames.take(parts.map(part => part.length), new Uint8Array(Buffer.concat(parts)));
    return [lost, frames.run && [...frames.run.steps]];
  };
  assert.deepEqual(await take(packed(2, [4])), [true, undefined]);
  assert.equal(frames.known, 0);
  assert.deepEqual(await take(packed(0, [0, 2]), packed(2, [4])), [false, [0, 2, 4]]);
  assert.deepEqual(await take(packed(2, [4])), [false, [0, 2, 4]]);
  assert.deepEqual(await take(packed(4, [8])), [true, [0, 2, 4]]);
  assert.deepEqual(await take(packed(0, [0, 2, 4, 6]), packed(4, [8])), [false, [0, 2, 4, 6, 8]]);
});

test("a place on the curves is the frame next to it", () => {
  assert.deepEqual([0, 0.1, 0.2, 0.7, 1].map(share => nearest(run, share)), [0, 0, 1, 2, 2]);
});
