// @ts-check
/* Time that passes: recorded frames one after the other, as fast as is wanted at the moment. */

const FULL_SPEED = 60; // recorded frames per second
const EASED = 20;      // the first frames, where most happens, take their time
const SLOWEST = 0.1;   // of the speed, at the very first
const LONGEST = 50;    // ms that may pass between two looks: a tab that was away goes on where it was
const CATCH_UP = 200;  // ms in which what has come is caught up with

/**
 * How many frames a second pass at a place in the run: all of it begins slowly.
 * @param {number} position in frames
 * @param {number} percent
 */
export const pace = (position, percent) =>
  FULL_SPEED * percent / 100 * (SLOWEST + (1 - SLOWEST) * Math.min(position / EASED, 1) ** 2);

/**
 * Where one stands so much later.
 * @param {number} position
 * @param {number} milliseconds
 * @param {number} percent
 */
export const later = (position, milliseconds, percent) =>
  position + Math.min(milliseconds, LONGEST) / 1000 * pace(position, percent);

/**
 * The same behind frames that are still coming: the further behind, the faster.
 * @param {number} position
 * @param {number} last
 * @param {number} milliseconds
 */
export const nearer = (position, last, milliseconds) =>
  Math.min(last, position + Math.max((last - position) / CATCH_UP, 0.01) * Math.min(milliseconds, LONGEST));

export class Clock {
  playing = false;

  /**
   * From a frame on, for as long as `show` says that there is more.
   * @param {number} from
   * @param {(position: number, milliseconds: number) => number} next
   * @param {(position: number) => boolean} show
   */
  run(from, next, show) {
    this.halt();
    this.playing = true;
    let position = from, before = performance.now();
    const tick = (/** @type {number} */ now) => {
      if (!this.playing) return;
      position = next(position, Math.max(now - before, 0));
      before = now;
      if (show(position) && this.playing) this.next = requestAnimationFrame(tick);
    };
    this.next = requestAnimationFrame(tick);
  }

  halt() {
    this.playing = false;
    cancelAnimationFrame(this.next);
  }
}
