// @ts-check
/* The arithmetic of the picture: the four steps in closed form, bars, lanes, and what the axes must hold. */

import { niceRange } from "../kit/axes.js";
import { average } from "../kit/numbers.js";

/* z − μ → z_norm → z̃. The first example is subtracted before averaging, as in bncore. */
export function fourSteps(z, { eps, gamma, beta }) {
  const first = z[0];
  const shift = average(z.map(value => value - first));
  const centered = z.map(value => value - first - shift);
  const variance = average(centered.map(value => value * value));
  const std = Math.sqrt(variance + eps);
  const norm = centered.map(value => value / std);
  const tilde = norm.map(value => gamma * value + beta);
  return { mean: first + shift, var: variance, std, rows: [z, centered, norm, tilde] };
}

export function summary(values) {
  const first = values[0];
  const shift = average(values.map(value => value - first));
  const variance = average(values.map(value => (value - first - shift) ** 2));
  return { mean: first + shift, sd: Math.sqrt(variance) };
}

/* A histogram of z: its edges go through the same four steps, so each bar holds the same examples in
   every row and none hops over an edge by rounding. */
export function histogram(z) {
  const [lo, hi] = [Math.min(...z), Math.max(...z)];
  const bins = hi > lo ? Math.min(24, Math.max(4, Math.round(1.9 * Math.sqrt(z.length)))) : 1;
  const counts = new Array(bins).fill(0);
  for (const value of z) counts[hi > lo ? Math.min(bins - 1, Math.floor((value - lo) / (hi - lo) * bins)) : 0]++;
  const edges = Array.from({ length: bins + 1 }, (_, k) => lo + (hi - lo) * k / bins);
  return { of: z, counts, edges, most: Math.max(...counts) };
}

/* Edges of the bars in every row. */
export function carry(edges, { mean, std }, { gamma, beta }) {
  const centered = edges.map(edge => edge - mean);
  const norm = centered.map(edge => edge / std);
  return [edges, centered, norm, norm.map(edge => gamma * edge + beta)];
}

/* The first free lane for every mark, left to right: what keeps marks from hiding each other. */
export function lanes(xs, order, apart) {
  const last = [], lane = new Array(xs.length);
  for (const i of order) {
    let free = 0;
    while (free < last.length && xs[i] - last[free] < apart) free++;
    last[free] = xs[i];
    lane[i] = free;
  }
  return { lane, count: last.length };
}

/* What each row's axis must hold: its values, mean ± sd, and room for z̃ to grow by half in a drag. A `steady` one
   has room for z_norm as it would be without ε. */
function extents(picture, steady = false) {
  return picture.rows.map((values, row) => {
    const { mean, sd } = picture.summaries[row];
    if (row === 2 && steady && picture.var > 0) {
      const most = picture.rows[1].map(value => value / Math.sqrt(picture.var));
      return [Math.min(...most, -1), Math.max(...most, 1)];
    }
    const reach = row === 3 ? 1.5 : 1;
    const lo = Math.min(...values), hi = Math.max(...values);
    return [Math.min(mean + reach * (lo - mean), mean - sd), Math.max(mean + reach * (hi - mean), mean + sd)];
  });
}

export function fitDomains(picture, axis, steady = false) {
  const wanted = extents(picture, steady);
  if (axis === "own") return wanted.map(([lo, hi]) => niceRange(lo, hi));
  const shared = niceRange(Math.min(0, ...wanted.map(([lo]) => lo)), Math.max(0, ...wanted.map(([, hi]) => hi)));
  return wanted.map(() => shared);
}

/* How many times wider one shared axis is than the narrowest row that has a width. */
export function crowding(picture) {
  const wanted = extents(picture);
  const widths = picture.rows.map(values => Math.max(...values) - Math.min(...values)).filter(width => width > 0);
  const all = Math.max(0, ...wanted.map(([, hi]) => hi)) - Math.min(0, ...wanted.map(([lo]) => lo));
  return widths.length ? all / Math.min(...widths) : 1;
}
