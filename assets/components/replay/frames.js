// @ts-check
/* The frames of a run: all at once, or in parts while it trains. */

import { joined, unpack } from "./run.js";

export class Frames {
  /** @type {import("./run.js").Run | undefined} */
  run = undefined;

  /** How many there are. */
  get known() { return this.run?.frames ?? 0; }

  /**
   * Take over what is new in these parts; whether something between was lost on the way.
   * @param {number[]} sizes
   * @param {Uint8Array} body
   */
  async take(sizes, body) {
    let at = 0;
    for (const size of sizes) {
      const part = await unpack(body.subarray(at, at + size));
      at += size;
      if (part.since > this.known) return true;
      const old = part.since > 0 && part.since + part.frames <= this.known;
      if (!old) this.run = this.run ? joined(this.run, part) : part;
    }
    return false;
  }
}
