// @ts-check
/* Gradient descent in a bowl of two weights, in closed form: each step takes d, the way from the bottom, to
   d − lr · H d. While the start is in the hand; at rest all points are Python's. */

/**
 * @typedef {[number, number]} Point
 * @typedef {{ minimum: Point, start: Point, hessian: [Point, Point] }} Place its usual start among it
 * @typedef {{ steps: number, drawn: number, far: number, close: number }} Limits
 */

/**
 * The points that are drawn, whether it ends higher than it began, and after how many steps it is close (none: never).
 * @param {Place} place @param {Point} from @param {number} lr @param {Limits} limits
 */
export function descend({ minimum, start, hessian: [[a, b], [, c]] }, from, lr, { steps, drawn, far, close }) {
  const room = far * Math.max(Math.abs(start[0] - minimum[0]), Math.abs(start[1] - minimum[1]));
  let x = from[0] - minimum[0], y = from[1] - minimum[1], inside = true, reached;
  const excess = () => (a * x * x + 2 * b * x * y + c * y * y) / 2, first = excess();
  /** @type {Point[]} */
  const w = [];
  let left = first;
  for (let step = 0; step <= steps && left <= 1e9 * Math.max(first, 1e-9); step++) {
    if (reached === undefined && left <= close * first) reached = step;
    if (inside && step < Math.min(drawn, reached ?? drawn) + 2) w.push([minimum[0] + x, minimum[1] + y]);
    inside &&= Math.max(Math.abs(x), Math.abs(y)) < room;
    [x, y] = [x - lr * (a * x + b * y), y - lr * (b * x + c * y)];
    left = excess();
  }
  return { w, diverged: left > first, close: reached };
}
