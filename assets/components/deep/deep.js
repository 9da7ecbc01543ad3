// @ts-check
/* What becomes of two networks on the way down: two plots over the layers, a line for each network, drawn down to the
   layer that the slider is at; what lies deeper is pale. Beside each name stands its number there. Until it is `told`,
   Python sends the first layers alone, and nothing stands beside the names.

   A panel has `ends` and is `log`, a `share`, or plain numbers; a line is filled where that says how much of something
   there is. Numbers stand in `data-value`. */

import { Dragged } from "../drag/dragged.js";
import { scale, ticksWithin } from "../kit/axes.js";
import { element, grow, make, put, write } from "../kit/dom.js";
import { clamp, number, percent, pixel, raised } from "../kit/numbers.js";

const EDGE = { left: 52, right: 14, top: 8, bottom: 22 }; // px around a plot

export class Deep extends Dragged {
  constructor(root) {
    super(root);
    this.panels = [...root.querySelectorAll("figure")].map(figure => {
      const svg = figure.querySelector("svg"), caption = figure.querySelector("figcaption");
      svg.replaceChildren();
      caption.replaceChildren();
      const title = element("strong", "", caption);
      const group = name => make("g", svg, { class: name });
      return { svg, caption, title, names: [], grid: group("grid"), lines: [], texts: [], here: make("line", svg, { class: "here" }), arms: [], over: group("arms") };
    });
  }

  receive(data) {
    for (const [name, { input }] of Object.entries(this.sliders)) {
      if (name in data.tracks) continue;
      input.closest(".slider").remove(); // that of another scene
      delete this.sliders[name];
    }
    this.root.classList.toggle("asked", !data.told);
    this.prepare(data);
    super.receive(data);
  }

  /* As many names and lines as there are networks. */
  prepare(data) {
    this.panels.forEach((panel, k) => {
      const { name, arms } = data.panels[k];
      write(panel.title, name);
      grow(panel.names, arms.length, () => {
        const box = element("span", "", panel.caption), key = element("i", "", box), what = element("em", "", box), read = element("b", "num", box);
        return Object.assign({ box, key, what, read }, { remove: () => box.remove() });
      });
      grow(panel.arms, arms.length, () => {
        const group = make("g", panel.over);
        return Object.assign({ group, area: make("path", group, { class: "area" }), rest: make("path", group, { class: "rest" }), path: make("path", group, { class: "line" }), dot: make("circle", group, { r: 6 }) }, { remove: () => group.remove() });
      });
      arms.forEach(({ idea, name: called }, a) => {
        const { box, what } = panel.names[a], { group } = panel.arms[a];
        for (const one of [box, group]) one.style.setProperty("--mine", `var(--${idea})`);
        put(box, { class: idea });
        put(group, { class: idea });
        write(what, called);
      });
    });
  }

  /* Of the one slider, whatever control it sets. */
  get track() { return this.data.tracks[this.data.control]; }

  /* Between two layers while the picture comes up. */
  draw() {
    const at = clamp(this.values[this.data.control], 0, this.track.high);
    this.panels.forEach((panel, k) => this.panel(panel, this.data.panels[k], at));
  }

  panel({ svg, grid, lines, texts, here, names, arms }, { ends, log, share, filled, arms: of, name }, at) {
    const width = svg.clientWidth, height = svg.clientHeight, { told } = this.data, { high } = this.track;
    const place = value => log ? Math.log10(Math.max(value, 1e-300)) : value;
    const x = scale(0, high, EDGE.left, width - EDGE.right), y = scale(place(ends[0]), place(ends[1]), height - EDGE.bottom, EDGE.top);
    const up = value => pixel(clamp(y(place(value)), EDGE.top, height - EDGE.bottom));
    this.ruler({ grid, lines, texts }, ends, log, share, y, x, width, height);
    put(here, { x1: pixel(x(at)), x2: pixel(x(at)), y1: EDGE.top, y2: height - EDGE.bottom, visibility: told ? "visible" : "hidden" });
    const said = [];
    of.forEach(({ values, name: called }, a) => {
      const { area, rest, path, dot } = arms[a], last = Math.min(told ? at : values.length - 1, values.length - 1), whole = Math.floor(last);
      const end = told && whole < values.length - 1 ? place(values[whole]) + (place(values[whole + 1]) - place(values[whole])) * (last - whole) : place(values[whole]);
      const points = values.slice(0, whole + 1).map((value, i) => `${pixel(x(i))} ${up(value)}`);
      const tip = pixel(clamp(y(end), EDGE.top, height - EDGE.bottom));
      if (last > whole) points.push(`${pixel(x(last))} ${tip}`);
      put(path, { d: `M${points.join("L")}` });
      put(rest, { d: told ? `M${values.slice(whole).map((value, i) => `${pixel(x(whole + i))} ${up(value)}`).join("L")}` : "" });
      put(area, { d: filled && told ? `M${EDGE.left} ${height - EDGE.bottom}L${points.join("L")}V${height - EDGE.bottom}Z` : "" });
      put(dot, { cx: pixel(x(last)), cy: tip, visibility: told ? "visible" : "hidden" });
      const value = values[Math.round(last)], read = told ? share ? percent(value) : number(value) : "";
      write(names[a].read, read);
      if (told) put(names[a].read, { "data-value": value.toPrecision(6) });
      if (told) said.push(`${called} ${read}`);
    });
    put(svg, { "aria-label": [name, ...said].join(", ") });
  }

  ruler({ grid, lines, texts }, ends, log, share, y, x, width, height) {
    const heights = log
      ? decades(ends).map(power => ({ at: y(power), text: power === 0 ? "1" : `10${raised(power)}` }))
      : ticksWithin(ends, 4).map(({ value, text }) => ({ at: y(value), text: share ? `${Math.round(100 * value)}%` : text }));
    const options = this.track.options, high = options.length - 1;
    const marks = options.map((text, i) => ({ i, text })).filter(({ text }) => Number(text) % (width < 420 ? 20 : 10) === 0);
    grow(lines, heights.length, () => make("line", grid));
    grow(texts, heights.length + marks.length, () => make("text", grid));
    heights.forEach(({ at, text }, k) => {
      put(lines[k], { x1: EDGE.left, x2: width - EDGE.right, y1: pixel(at), y2: pixel(at) });
      put(texts[k], { x: EDGE.left - 8, y: pixel(at + 4.5), class: "up" });
      write(texts[k], text);
    });
    marks.forEach(({ i, text }, k) => {
      put(texts[heights.length + k], { x: pixel(x(i)), y: height - 4, class: i === high ? "end" : "" });
      write(texts[heights.length + k], text);
    });
  }

  told() {
    const written = this.track.options[Math.round(this.values[this.data.control])];
    return { written, spoken: this.say("spoken", { depth: written }) };
  }
}

/* About four powers of ten within the ends. */
function decades([low, high]) {
  const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)], step = Math.max(1, Math.ceil((to - from) / 4));
  const found = [];
  for (let power = Math.ceil(from / step) * step; power <= to; power += step) found.push(power);
  return found;
}
