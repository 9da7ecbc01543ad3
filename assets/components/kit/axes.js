// @ts-check
/* Axes: where a value stands, and the round numbers beside which it is read. */

import { minus, number, scientific } from "./numbers.js";

/**
 * Where values between low and high stand between two places in px.
 * @param {number} low
 * @param {number} high
 * @param {number} from
 * @param {number} to
 * @returns {(value: number) => number}
 */
export const scale = (low, high, from, to) => value => from + (value - low) / (high - low) * (to - from);

/**
 * A distance between ticks: one of `steps` times a power of ten, no smaller than `rough`, nor than this much of it.
 * @param {number} rough
 * @param {readonly number[]} [steps]
 * @param {number} [enough]
 */
export function niceStep(rough, steps = [1, 2, 2.5, 5, 10], enough = 1 - 1e-9) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * (steps.find(step => step * power >= rough * enough) ?? 10);
}

/**
 * Round ends around what must be seen, with a little room; around a single value, some room.
 * @param {number} low
 * @param {number} high
 */
export function niceRange(low, high) {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (!(high - low > size * 1e-12)) {
    const room = Math.max(1, size / 10);
    return [low - room, high + room];
  }
  const grain = niceStep((high - low) / 8) / 2;
  return [Math.floor(low / grain - 0.35) * grain, Math.ceil(high / grain + 0.35) * grain];
}

/**
 * The ticks of an axis that is so long, none of them nearer to another than their texts are wide.
 * @param {readonly number[]} ends low and high
 * @param {number} pixels
 */
export function ticksOf([low, high], pixels) {
  const step = niceStep((high - low) / Math.max(2, Math.floor(pixels / (pixels < 420 ? 58 : 84))));
  const size = Math.max(Math.abs(low), Math.abs(high)), plain = size < 1e7 && step >= 1e-7;
  const digits = /^2\.?5/.test(String(step / 10 ** Math.floor(Math.log10(step)))) ? 1 : 0;
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9) + digits);
  const ticks = [];
  for (let k = Math.ceil(low / step); k * step <= high && ticks.length < 40; k++) {
    const value = k * step;
    ticks.push({ value, text: value === 0 ? "0" : plain ? minus(value.toFixed(Math.min(decimals, 12))) : scientific(value, 1) });
  }
  return ticks;
}

/**
 * About so many ticks within an axis whose ends are not round, all with the same decimals, six at most.
 * @param {readonly number[]} ends low and high
 * @param {number} about
 */
export function ticksWithin([low, high], about) {
  const step = niceStep((high - low) / about, [1, 2, 5, 10], 0.999);
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    const value = k * step;
    ticks.push({ value, text: Math.abs(value) < 1e5 ? minus(value.toFixed(decimals)) : number(value) });
  }
  return ticks;
}
