// What is dark on the screen, in the colours of the light.
import assert from "node:assert/strict";
import test from "node:test";

globalThis.window = { batchNormLab: { inLight: { "#12161C": "#FFFFFF", "#E6EAF0": "#1D2430" } } };
const { allInLight, inLight } = await import("../../assets/components/kit/paper.js");

test("a colour that is chosen for the dark becomes its counterpart, however it is written", () => {
  assert.equal(inLight("color: #12161c; fill: rgb(230, 234, 240)"), "color: #FFFFFF; fill: #1D2430");
  assert.equal(inLight("1px solid rgba(230, 234, 240, 0.5)"), "1px solid rgba(29, 36, 48, 0.5)");
});

test("any other is as light as it was dark, in its own hue", () => {
  assert.equal(inLight("#000"), "#FFFFFF");
  assert.equal(inLight("rgb(100, 0, 0)"), "#FF9B9B");
});

test("what follows the scheme by itself, and what is no colour, stays", () => {
  const both = "light-dark(#FFFFFF, #12161C) url(#clip12) url(data:image/png;base64,#abc)";
  assert.equal(inLight(both), both);
});

test("a chart keeps its numbers and its template", () => {
  const kept = { z: { bdata: "AAAA", dtype: "f8" }, x: [1, 2], template: { font: { color: "#12161C" } } };
  assert.deepEqual(allInLight({ ...kept, colorscale: [[0, "#12161C"], [1, "#E6EAF0"]] }),
    { ...kept, colorscale: [[0, "#FFFFFF"], [1, "#1D2430"]] });
});
