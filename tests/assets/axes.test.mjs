import assert from "node:assert/strict";
import { test } from "node:test";

import { niceRange, niceStep, scale, ticksOf, ticksWithin } from "../../assets/components/kit/axes.js";

const ENDS = [[0, 1], [-3, 3], [-0.002, 0.0013], [12, 12.5], [1e5, 3e5], [-4e8, 1e8], [1e-9, 4e-9]];
const read = text => Number(text.replaceAll("−", "-").replace(/×10(.*)/, (_, up) => `e${[...up].map(sign => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(sign)]).join("")}`));

test("a scale goes from end to end, also downwards", () => {
  assert.deepEqual([0, 5, 10].map(scale(0, 10, 100, 200)), [100, 150, 200]);
  assert.deepEqual([-1, 0, 1].map(scale(-1, 1, 80, 20)), [80, 50, 20]);
});

test("a step is round and not too small", () => {
  assert.deepEqual([0.9, 1, 1.1, 2.2, 3, 6, 60].map(rough => niceStep(rough)), [1, 1, 2, 2.5, 5, 10, 100]);
  assert.deepEqual([2.2, 6].map(rough => niceStep(rough, [1, 2, 5, 10])), [5, 10]);
});

test("round ends hold what must be seen", () => {
  for (const [low, high] of ENDS) {
    const [a, b] = niceRange(low, high);
    assert.ok(a < low && b > high && b - a < 2 * (high - low), `${low} to ${high}: ${a} to ${b}`);
  }
  assert.deepEqual(niceRange(7, 7), [6, 8]);
  assert.deepEqual(niceRange(-100, -100), [-110, -90]);
});

for (const [name, ticks] of [["of", ends => ticksOf(ends, 600)], ["within", ends => ticksWithin(ends, 4)]])
  test(`ticks ${name} an axis lie on it, are evenly spaced, and say what they are`, () => {
    for (const ends of ENDS) {
      if (name === "within" && ends[1] < 1e-6) continue; // it has six decimals at most
      const found = ticks(ends), [low, high] = ends, step = found[1].value - found[0].value;
      assert.ok(found.length >= 2 && found.length < 14, `${ends}: ${found.length}`);
      found.forEach(({ value, text }, k) => {
        assert.ok(value >= low - 1e-9 * step && value <= high + 1e-9 * step);
        assert.ok(Math.abs(value - found[0].value - k * step) < 1e-9 * (high - low));
        if (text.includes("×") && name === "within") return; // with two digits, for what is huge or tiny
        assert.ok(Math.abs(read(text) - value) < 0.51 * step, `${value} is written ${text}`);
      });
      assert.equal(new Set(found.map(tick => tick.text)).size, found.length, `${ends}`);
    }
  });

test("on a narrow axis there are fewer ticks", () => {
  assert.ok(ticksOf([-3, 3], 300).length < ticksOf([-3, 3], 1200).length);
});
