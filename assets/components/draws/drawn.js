// @ts-check
/* What is drawn again and again, one draw after the other: the first few slowly, the rest at once. One button draws
   one more, the other one all that is left, or begins anew. Where motion is not welcome, or on paper, all stands there
   from the start.

   A picture of this kind paints `this.count` draws in `draw()`, and what comes between the last two by `this.share`,
   which goes from 0 to 1. `data.begun` is false before the answer: there is one draw then, or none, and no button.

   On the root `data-drawn` says how many draws stand there, and `data-moving` whether more are coming. */

import { Dragged } from "../drag/dragged.js";
import { put, write } from "../kit/dom.js";

const SLOWLY = 6; // draws that one can follow
const EACH = 560, REST = 1300; // ms for one that moves slowly, and for all the others together
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches || matchMedia("print").matches;

export class Drawn extends Dragged {
  count = 0;
  share = 1;
  /** @type {number | undefined} */ goal;

  constructor(root) {
    super(root);
    [this.one, this.all] = [root.querySelector(".one"), root.querySelector(".all")];
    this.on(this.one, "click", () => this.go(Math.min(this.count + 1, this.data.draws)));
    this.on(this.all, "click", () => {
      if (this.count < this.data.draws) this.go(this.data.draws);
      else this.start(1);
    });
  }

  leave() {
    super.leave();
    cancelAnimationFrame(this.ticking);
  }

  receive(data) {
    const begins = data.begun && !this.data?.begun;
    super.receive(data);
    put(this.root, { "data-begun": data.begun });
    if (!data.begun) this.start(this.first);
    else if (begins) this.begin();
  }

  /** How many draws stand there before the answer. A picture says. */
  get first() { return 1; }

  begin() {
    if (this.data.still || calm()) this.start(this.data.draws);
    else {
      this.start(this.first);
      this.slowly = SLOWLY;
      this.go(this.data.draws);
    }
  }

  /* On paper the draws that are still coming stand there, too. */
  printed() {
    const { count, share } = this;
    if (matchMedia("print").matches && this.goal !== undefined) Object.assign(this, { count: this.goal, share: 1 });
    super.printed();
    Object.assign(this, { count, share });
  }

  /** Stand at so many. @param {number} count */
  start(count) {
    Object.assign(this, { count, share: 1, goal: undefined, slowly: 0 });
    this.repaint();
  }

  /** Draw up to so many. @param {number} goal */
  go(goal) {
    if (calm()) return this.start(goal);
    if (goal === this.count + 1 && this.share >= 1) this.slowly = goal;
    Object.assign(this, { goal, at: undefined, left: goal - Math.max(this.count, this.slowly) });
    cancelAnimationFrame(this.ticking);
    this.ticking = requestAnimationFrame(now => this.tick(now));
  }

  tick(now) {
    const past = Math.min(now - (this.at ?? now), 100);
    this.at = now;
    if (this.share < 1) this.share = Math.min(1, this.share + past / EACH);
    else if (this.count < this.goal && this.count < this.slowly) [this.count, this.share] = [this.count + 1, 0];
    else if (this.count < this.goal) this.count = Math.min(this.goal, this.count + Math.ceil(Math.max(this.left, 1) * past / REST));
    this.repaint();
    if (this.count < this.goal || this.share < 1) this.ticking = requestAnimationFrame(later => this.tick(later));
    else this.goal = undefined;
  }

  paint() {
    super.paint();
    const done = this.count >= this.data.draws;
    write(this.all, done ? this.words.again : this.words.all);
    this.one.disabled = done;
    put(this.root, { "data-drawn": this.count, "data-moving": this.goal !== undefined });
  }

  /* How far the last draw has come: it sets off and arrives gently. */
  get eased() { return this.share * this.share * (3 - 2 * this.share); }
}
