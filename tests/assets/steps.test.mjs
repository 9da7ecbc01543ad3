import assert from "node:assert/strict";
import { test } from "node:test";

import { SCALES, stepFor, writtenEps, writtenSlider } from "../../assets/components/stage/scales.js";
import { carry, crowding, fitDomains, fourSteps, histogram, lanes, summary } from "../../assets/components/stage/steps.js";

const Z = [3, -1, 0.5, 8, 2], SET = { eps: 1e-5, gamma: -2, beta: 0.5 };
const near = (found, wanted, much = 1e-12) => assert.ok(Math.abs(found - wanted) <= much, `${found} is not ${wanted}`);
const pictured = (z, set = SET) => {
  const picture = fourSteps(z, set);
  return { ...picture, summaries: picture.rows.map(summary) };
};

test("the four steps are what they are called", () => {
  const { mean, var: variance, std, rows } = fourSteps(Z, SET);
  near(mean, 2.5);
  near(variance, Z.reduce((sum, z) => sum + (z - 2.5) ** 2, 0) / 5);
  near(std, Math.sqrt(variance + 1e-5));
  near(summary(rows[2]).mean, 0);
  near(summary(rows[2]).sd, Math.sqrt(variance) / std);
  rows[3].forEach((tilde, i) => near(tilde, -2 * (Z[i] - mean) / std + 0.5));
});

test("a large offset costs no digits", () => {
  const far = fourSteps(Z.map(z => z + 1e9), SET), here = fourSteps(Z, SET);
  far.rows[2].forEach((value, i) => near(value, here.rows[2][i], 1e-9));
});

test("bars hold every example, and their edges go through the same steps", () => {
  const { counts, edges, most } = histogram(Z), picture = fourSteps(Z, SET);
  assert.equal(counts.reduce((sum, count) => sum + count), Z.length);
  assert.equal(most, Math.max(...counts));
  assert.equal(edges.length, counts.length + 1);
  assert.deepEqual(histogram([2, 2]).counts, [2]);
  const ends = carry(edges, picture, SET).map(row => [row[0], row.at(-1)].sort((a, b) => a - b));
  picture.rows.forEach((row, k) => {
    near(ends[k][0], Math.min(...row));
    near(ends[k][1], Math.max(...row));
  });
});

test("marks in one lane are apart", () => {
  const xs = [0, 1, 2, 10, 10.5, 30], { lane, count } = lanes(xs, [0, 1, 2, 3, 4, 5], 5);
  assert.deepEqual(lane, [0, 1, 2, 0, 1, 0]);
  assert.equal(count, 3);
});

test("axes hold all values, one for all rows or one for each", () => {
  const picture = pictured(Z);
  for (const axis of ["shared", "own"]) {
    const domains = fitDomains(picture, axis);
    assert.equal(domains.length, 4);
    picture.rows.forEach((row, k) => assert.ok(domains[k][0] <= Math.min(...row) && domains[k][1] >= Math.max(...row)));
  }
  assert.equal(new Set(fitDomains(picture, "shared")).size, 1);
  assert.equal(crowding(pictured([1, 1])), 1);
  assert.ok(crowding(pictured([1000, 1001])) > 50);
});

test("sliders say their values, ε as a power of ten", () => {
  assert.deepEqual([0.01, 1e-3, 1e-5, 1.25e-13].map(writtenEps), ["0.01", "0.001", "1×10⁻⁵", "1.25×10⁻¹³"]);
  assert.equal(writtenSlider("gamma", -0.5), "−0.500");
  assert.equal(SCALES.eps.from(SCALES.eps.to(1e-5)), 1e-5);
  assert.deepEqual([3, 10, 100].map(stepFor), [0.01, 0.01, 0.1]);
});
