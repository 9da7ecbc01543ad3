// @ts-check
/* Time that passes: recorded frames one after the other, as fast as is wanted at the moment. */

const FULL_SPEED = 60; // recorded frames per second

export class Clock {
  playing = false;

  /**
   * From a frame to the last one.
   * @param {number} from
   * @param {number} last
   * @param {() => number} speed in percent
   * @param {(frame: number) => void} show
   */
  run(from, last, speed, show) {
    this.playing = true;
    let position = from, before = performance.now();
    const tick = (/** @type {number} */ now) => {
      if (!this.playing) return;
      position += Math.min(now - before, 50) / 1000 * FULL_SPEED * speed() / 100;
      before = now;
      const frame = Math.min(Math.round(position), last);
      show(frame);
      if (this.playing && frame !== last) this.next = requestAnimationFrame(tick);
    };
    this.next = requestAnimationFrame(tick);
  }

  halt() {
    this.playing = false;
    cancelAnimationFrame(this.next);
  }
}
