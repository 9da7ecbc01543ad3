import assert from "node:assert/strict";
import { test } from "node:test";

import { average, clamp, minus, mix, number, percent, pixel, plain, raised, scientific, written } from "../../assets/components/kit/numbers.js";

test("a number by itself has three digits, at most three decimals, and a true minus", () => {
  const said = [0, -0, NaN, 1, -1.5, 12.34, 123.4, 12345, 0.0123, -0.5].map(value => number(value));
  assert.deepEqual(said, ["0", "0", "–", "1.00", "−1.50", "12.3", "123", "12345", "0.012", "−0.500"]);
});

test("a very large or small one is a power of ten", () => {
  assert.deepEqual([123456, -0.00012].map(value => number(value)), ["1.2×10⁵", "−1.2×10⁻⁴"]);
  assert.equal(scientific(-1.25e-13, 2), "−1.25×10⁻¹³");
  assert.equal(scientific(1e-9, 2), "1.00×10⁻⁹");
  assert.equal(scientific(1e-9, 2, true), "1×10⁻⁹");
  assert.equal(raised(-1203), "⁻¹²⁰³");
});

test("a number among others is as fine as their spread", () => {
  assert.deepEqual([1, 10, 123.456].map(value => written(value)), ["1.000", "10.00", "123.5"]);
  assert.equal(written(0.05), "0.0500");
  assert.equal(written(0.123456, 100), "0.1");
  assert.equal(written(3, 0), "0");
  assert.equal(written(0, 1e-9), "0");
  assert.equal(written(1.5e7), "1.50×10⁷");
});

test("no zero has a minus", () => {
  assert.equal(plain(-0.0001, 2), "0.00");
  assert.equal(plain(-0.4, 0), "0");
  assert.equal(plain(-0.01, 2), "−0.01");
  assert.equal(written(-0.00004, 1), "0.000");
});

test("every number can be read back", () => {
  for (let power = -12; power <= 12; power++) for (const m of [1, -1.2345, 9.9994, -9.9996]) {
    const value = m * 10 ** power, said = written(value);
    const read = Number(said.replaceAll("−", "-").replace(/×10(.*)/, (_, up) => `e${[...up].map(sign => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(sign)]).join("")}`));
    assert.ok(Math.abs(read - value) <= 0.0051 * Math.abs(value), `${value} is written ${said}`);
  }
});

test("shares, and the small arithmetic", () => {
  assert.deepEqual([0, 0.9137, 1].map(percent), ["0.0%", "91.4%", "100.0%"]);
  assert.equal(minus("-1"), "−1");
  assert.deepEqual([-5, 0.5, 5, NaN].map(value => clamp(value, 0, 1)), [0, 0.5, 1, NaN]);
  assert.equal(mix(2, 4, 0.5), 3);
  assert.equal(pixel(1.23456), 1.23);
  assert.equal(average([1, 2, 6]), 3);
});
