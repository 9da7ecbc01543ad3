// @ts-check
/* An exponentially weighted average in closed form: how much each batch weighs in it, and what it comes to. */

/**
 * After so many batches: the weight of the start, and of each batch, the first one first. Corrected, the start has none
 * and the batches share all.
 * @param {number} decay
 * @param {number} count
 * @param {boolean} corrected
 */
export function weights(decay, count, corrected) {
  const start = decay ** count, all = corrected ? 1 - start : 1;
  const batches = Array.from({ length: count }, (_, k) => (1 - decay) * decay ** (count - 1 - k) / all);
  return { start: corrected ? 0 : start, batches };
}

/**
 * The average before any batch and after each of them.
 * @param {readonly number[]} values of the batches
 * @param {number} start
 * @param {number} decay
 * @param {boolean} corrected
 */
export function averages(values, start, decay, corrected) {
  const found = [start];
  let kept = corrected ? 0 : start, past = 1;
  for (const value of values) {
    kept = decay * kept + (1 - decay) * value;
    past *= decay;
    found.push(corrected ? kept / (1 - past) : kept);
  }
  return found;
}
