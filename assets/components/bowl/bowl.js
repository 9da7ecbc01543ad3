// @ts-check
/* Two bowls from above: lines of equal loss over two weights, and gradient descent from the same start. Both axes of a
   panel have one scale, so that each step leaves at right angles to the line it is on. All points come from Python;
   until the question is answered (`closed`) there are none but the start.

   A way is walked step by step when it is new; `data-steps` says how many steps of it are drawn. */

import { Dragged } from "../drag/dragged.js";
import { grow, make, put, write } from "../kit/dom.js";
import { clamp, mix, pixel } from "../kit/numbers.js";

const ROOM = [1.45, 1.75]; // times the way from start to bottom: what a panel shows across
const PACE = 380, LONGEST = 2600; // ms for a step, and for a way

export class Bowl extends Dragged {
  constructor(root) {
    super(root);
    this.reduced = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.panels = [...root.querySelectorAll("figure")].map(figure => {
      const svg = figure.querySelector("svg");
      svg.replaceChildren();
      const rings = make("g", svg, { class: "rings" });
      return {
        svg, rings, ellipses: [], way: make("path", svg, { class: "way" }), dots: [], steps: make("g", svg, { class: "steps" }),
        bottom: make("path", svg, { class: "bottom" }), start: make("circle", svg, { class: "start", r: 6.5 }),
        ofStart: make("text", svg), ofBottom: make("text", svg), along: make("text", svg, { class: "axis", "text-anchor": "end" }),
        up: make("text", svg, { class: "axis", x: 8, y: 18 }), told: figure.querySelector(".told"),
      };
    });
  }

  receive(data) {
    super.receive(data);
    this.root.classList.toggle("closed", data.closed);
  }

  draw() {
    const at = this.values.lr, ways = this.data.ways[at];
    if (ways && this.walked !== at) {
      this.walked = at;
      this.since = performance.now();
    }
    this.panels.forEach((panel, k) => this.panel(panel, this.data.bowls[k], ways?.[k], ROOM[k]));
  }

  panel(panel, { minimum, start, turned, halves }, way, room) {
    const { svg, rings, ellipses } = panel, width = svg.clientWidth, height = svg.clientHeight;
    const across = Math.abs(start[0] - minimum[0]) * room, upward = Math.abs(start[1] - minimum[1]) * room;
    const unit = Math.min(width / across, height / upward);
    const middle = [0, 1].map(axis => (start[axis] + minimum[axis]) / 2);
    const x = value => pixel(width / 2 + (value - middle[0]) * unit), y = value => pixel(height / 2 - (value - middle[1]) * unit);
    grow(ellipses, halves.length, () => make("ellipse", rings));
    halves.forEach(([a, b], k) => put(ellipses[k], { rx: pixel(a * unit), ry: pixel(b * unit), transform: `translate(${x(minimum[0])} ${y(minimum[1])}) rotate(${pixel(-turned)})` }));
    put(panel.start, { cx: x(start[0]), cy: y(start[1]) });
    put(panel.bottom, { d: `M${x(minimum[0]) - 7} ${y(minimum[1]) - 7}l14 14m0 -14l-14 14` });
    put(panel.ofStart, { x: x(start[0]), y: y(start[1]) - 14, "text-anchor": "middle" });
    put(panel.ofBottom, { x: x(minimum[0]), y: y(minimum[1]) + 26, "text-anchor": "middle" });
    put(panel.along, { x: width - 8, y: height - 8 });
    write(panel.along, `${this.words.x} →`);
    write(panel.up, `↑ ${this.words.y}`);
    write(panel.ofStart, this.words.start);
    write(panel.ofBottom, this.words.lowest);
    this.way(panel, way, x, y);
  }

  /* As far as it has been walked by now; whole in the hand. */
  way({ svg, way: path, steps, dots, told }, way, x, y) {
    const points = way?.w ?? [], last = Math.max(0, points.length - 1);
    const whole = this.held || this.data.still || this.reduced.matches || !way;
    const share = whole ? 1 : clamp((performance.now() - this.since) / Math.min(LONGEST, PACE * last), 0, 1);
    const reached = share * last, full = Math.floor(reached);
    const walked = points.slice(0, full + 1).map(([a, b]) => [x(a), y(b)]);
    const here = [...walked];
    if (full < last) here.push([0, 1].map(axis => mix(walked[full][axis], [x, y][axis](points[full + 1][axis]), reached - full)));
    put(path, { d: here.length > 1 ? here.map(([a, b], k) => `${k ? "L" : "M"}${pixel(a)} ${pixel(b)}`).join("") : "" });
    grow(dots, Math.max(0, walked.length - 1), () => make("circle", steps, { r: 3 }));
    dots.forEach((dot, k) => put(dot, { cx: walked[k + 1][0], cy: walked[k + 1][1], r: last > 40 ? 1.6 : 3 }));
    svg.classList.toggle("lost", Boolean(way?.diverged));
    put(svg, { "data-steps": full });
    const said = way ? way.told : "";
    write(told, share < 1 ? "" : said || this.words.closed);
    if (!this.held && share === 1) put(svg, { "aria-label": `${this.words.start}, ${this.words.lowest}. ${said}` });
    if (share < 1) this.repaint();
  }

  told(name) {
    const { options, value } = this.data.tracks[name], rate = String(Number(options[this.values[name] ?? value]));
    return { written: rate, spoken: rate };
  }
}
