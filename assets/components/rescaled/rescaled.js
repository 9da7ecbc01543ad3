// @ts-check
/* W → αW: what is known of every α on the ladder is drawn once; while α is dragged, by its slider or on a picture,
   a marker walks over the lines and the numbers beside their names follow. All numbers, and how they are
   written, come from Python. Where a reader had expected a line is marked. */

import { Dragged } from "../drag/dragged.js";
import { scale } from "../kit/axes.js";
import { element, make, placeIn, put, write } from "../kit/dom.js";
import { clamp, pixel, raised } from "../kit/numbers.js";

const EDGE = { left: 50, right: 18, top: 26, bottom: 44 }; // px around a plot
const DASHES = { solid: "", dash: "9 5", dot: "2 4", dashdot: "9 4 2 4" };
const power = (value, exact = Math.log10(value)) => Math.abs(exact - Math.round(exact)) < 1e-9 ? Math.round(exact) : exact;

export class Rescaled extends Dragged {
  constructor(root) {
    super(root);
    this.panels = [...root.querySelectorAll("figure")].map(figure => this.build(figure));
    for (const { svg } of this.panels) this.dragOn(svg);
  }

  build(figure) {
    const svg = figure.querySelector(".plot");
    svg.replaceChildren();
    const grid = make("g", svg, { class: "grid" });
    return {
      svg, title: figure.querySelector("figcaption"), legend: figure.querySelector("ul"),
      band: make("rect", svg, { class: "band", width: 12, y: EDGE.top }), grid, lines: make("g", svg), spots: make("g", svg),
      guess: make("circle", svg, { class: "guess", r: 8 }), guessed: make("text", svg, { class: "start guessed" }),
    };
  }

  /* A press on a picture takes α there. */
  dragOn(svg) {
    const follow = event => {
      const at = this.place(placeIn(svg, event).x, svg.clientWidth);
      if (at !== this.values.alpha || !this.held) this.take("alpha", at);
    };
    this.on(svg, "pointerdown", event => {
      if (event.button) return;
      svg.setPointerCapture(event.pointerId);
      follow(event);
    });
    this.on(svg, "pointermove", event => { if (svg.hasPointerCapture(event.pointerId)) follow(event); });
    this.on(svg, "pointerup", () => { if (this.held) this.release(); });
    this.undone(svg, "alpha");
  }

  /* The step of the ladder that is nearest to a point. */
  place(x, width) {
    const last = this.data.alphas.length - 1;
    return Math.round(clamp((x - EDGE.left) / (width - EDGE.left - EDGE.right), 0, 1) * last);
  }

  receive(data) {
    super.receive(data);
    this.panels.forEach((panel, k) => this.dress(panel, data.panels[k]));
  }

  /* Words, and one entry for each line with the number that it has at α. */
  dress(panel, { title, says, lines }) {
    panel.title.replaceChildren();
    title.split("**").forEach((part, k) => { element(k % 2 ? "b" : "span", "", panel.title).textContent = part; });
    put(panel.svg, { "aria-label": says });
    panel.legend.replaceChildren();
    panel.numbers = lines.map(({ name, idea, dash }) => {
      const entry = element("li", "", panel.legend);
      entry.style.setProperty("--mine", `var(--${idea})`);
      const sample = make("svg", entry, { "aria-hidden": true });
      make("path", sample, { class: "line", d: "M0 8h38", "stroke-dasharray": DASHES[dash] });
      element("span", "", entry).textContent = name;
      return element("b", "num", entry);
    });
  }

  draw() {
    const { alphas, panels } = this.data, at = this.values.alpha;
    const across = [power(alphas[0]), power(alphas[alphas.length - 1])];
    this.panels.forEach((panel, k) => {
      const { lines, axis } = panels[k], width = panel.svg.clientWidth, height = panel.svg.clientHeight;
      const all = lines.flatMap(line => line.values).filter(value => value !== null).map(value => power(value));
      const up = [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all))];
      const right = scale(across[0], across[1], EDGE.left, width - EDGE.right), x = p => pixel(right(p));
      const above = scale(up[0], up[1], height - EDGE.bottom, EDGE.top), y = p => pixel(above(p));
      this.ruler(panel.grid, { across, up, x, y, width, height, axis });
      this.curves(panel, lines, x, y);
      this.mark(panel, this.data.guess.panel === k && this.data.guess.text ? this.data.guess : null, x, y);
      put(panel.band, { x: x(power(alphas[at])) - 6, height: height - EDGE.top - EDGE.bottom });
      lines.forEach(({ values, texts }, l) => {
        put(panel.spots.children[l], values[at] === null ? { visibility: "hidden" } : { visibility: "visible", cx: x(power(alphas[at])), cy: y(power(values[at])) });
        write(panel.numbers[l], texts[at]);
        put(panel.numbers[l], { "data-value": values[at] ?? 0 });
      });
    });
  }

  mark({ guess, guessed }, expected, x, y) {
    put(guess, { visibility: expected ? "visible" : "hidden" });
    write(guessed, expected?.text ?? "");
    if (!expected) return;
    const [left, top] = [x(power(expected.alpha)), y(power(expected.value))];
    put(guess, { cx: left, cy: top });
    put(guessed, { x: left + 14, y: top - 8 });
  }

  ruler(grid, { across, up, x, y, width, height, axis }) {
    const words = `${across} ${up} ${width} ${height} ${axis}`;
    if (grid.drawn === words) return;
    grid.drawn = words;
    grid.replaceChildren();
    const label = (text, attributes) => { make("text", grid, attributes).textContent = text; };
    const crowded = x(across[0] + 1) - x(across[0]) < 42; // then every other power of ten has its number
    for (let p = across[0]; p <= across[1]; p++) {
      make("line", grid, { x1: x(p), x2: x(p), y1: EDGE.top, y2: height - EDGE.bottom });
      if (!crowded || (p - across[0]) % 2 === 0) label(Number(`1e${p}`), { x: x(p), y: height - EDGE.bottom + 18 });
    }
    const step = Math.ceil((up[1] - up[0]) / 7);
    for (let p = Math.ceil(up[0] / step) * step; p <= up[1]; p += step) {
      make("line", grid, { x1: EDGE.left, x2: width - EDGE.right, y1: y(p), y2: y(p) });
      label(p ? `10${raised(p)}` : "1", { x: EDGE.left - 8, y: y(p) + 4.5, class: "up" });
    }
    label(axis, { x: 0, y: 12, class: "start" });
    label("α", { x: (EDGE.left + width - EDGE.right) / 2, y: height - 6 });
  }

  curves({ lines: group, spots }, lines, x, y) {
    const { alphas } = this.data;
    while (group.children.length < lines.length) {
      make("path", group, { class: "line" });
      make("circle", spots, { r: 6 });
    }
    lines.forEach(({ values, idea, dash }, l) => {
      let d = "";
      values.forEach((value, i) => {
        if (value !== null) d += `${i && values[i - 1] !== null ? "L" : "M"}${x(power(alphas[i]))} ${y(power(value))}`;
      });
      put(group.children[l], { d, "stroke-dasharray": DASHES[dash] });
      for (const mark of [group.children[l], spots.children[l]]) mark.style.setProperty("--mine", `var(--${idea})`);
    });
  }

  told(name) {
    const at = this.values[name];
    return { written: this.data.written[at], spoken: this.data.spoken[at] };
  }
}
