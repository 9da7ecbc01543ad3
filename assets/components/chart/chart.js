// @ts-check
/* A chart of Plotly's. Its program is large: it is fetched when the first chart comes near the screen, then this one is
   drawn; the others follow as they come near, or when there is nothing else to do, since whoever prints or searches a
   page expects all of it. What changes later is changed in place, and what was drawn larger stays so. */
import { inflate } from "../kit/bytes.js";
import { element } from "../kit/dom.js";
import { allInLight, onPaper } from "../kit/paper.js";
import { sized } from "../kit/sized.js";
import { begun, plotly } from "./library.js";

const NEAR = "400px"; // below or above the screen

/** Whether a page is opened out, to be read from end to end or printed. */
const openedOut = () => new URLSearchParams(location.search).get("view") === "all";

/** @param {Uint8Array} one @param {Uint8Array} [other] */
const same = (one, other) => one.length === other?.length && one.every((byte, at) => byte === other[at]);

/**
 * The same with no letters smaller than so many px.
 * @param {any} part of a figure @param {number} least
 */
function legible(part, least) {
  if (Array.isArray(part)) return part.map(each => legible(each, least));
  if (part?.constructor !== Object) return part;
  const entries = Object.entries(part).map(([name, value]) => [name, /font$/.test(name) && value?.size < least ? { ...value, size: least } : legible(value, least)]);
  return Object.fromEntries(entries);
}

/** So many px letters have at the least: before a class. @param {Element} root */
const leastOf = root => parseFloat(getComputedStyle(root).getPropertyValue("--least")) || 0;

/** When there is nothing else to do. @param {() => void} act */
const idle = act => window.requestIdleCallback ? requestIdleCallback(act) : setTimeout(act, 200);

/** What scrolls a chart, since only its margin reaches beyond what can be seen. @param {Element} element */
function scroller(element) {
  for (let box = element.parentNode; box instanceof Element; box = box.parentNode)
    if (/auto|scroll/.test(getComputedStyle(box).overflowY)) return box;
  return null;
}

export class Chart {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.near = new IntersectionObserver(seen => {
      if (seen.some(one => one.isIntersecting)) this.wake();
    }, { root: scroller(root), rootMargin: NEAR });
    this.near.observe(root);
    this.unsized = sized(root, () => this.fit());
  }

  /** @param {Uint8Array} packed */
  async receive(packed) {
    const known = same(packed, this.packed) && !this.root.hasAttribute("data-missing");
    if (known) return; // the page was drawn again around it
    this.packed = packed;
    const turn = this.turn = (this.turn ?? 0) + 1;
    const [chart] = await inflate(packed);
    if (turn !== this.turn) return; // something newer has come meanwhile
    this.chart = chart;
    this.root.style.setProperty("--height", `${chart.layout.height}px`);
    this.root.setAttribute("aria-label", chart.alt);
    this.root.dataset.alt = chart.alt;
    if (this.awake) this.draw();
    else if (begun() || openedOut()) idle(() => this.wake());
  }

  wake() {
    this.awake = true;
    this.near.disconnect();
    if (this.chart) this.draw();
  }

  async draw() {
    const { chart } = this, { address, data, layout, config } = chart;
    const Plotly = this.Plotly = await plotly(address).catch(why => console.warn(why.message));
    this.root.toggleAttribute("data-missing", !Plotly);
    if (!Plotly || chart !== this.chart || this.gone) return;
    /** @type {any} */
    this.plot ??= element("div", "plot", this.root);
    // What a hand has done to axes and names stays, unless the axis itself becomes another one.
    const least = this.least = leastOf(this.root);
    this.lit = false;
    const [traces, look] = least ? [legible(data, least), legible(layout, least)] : [data, layout];
    await Plotly.react(this.plot, traces, { uirevision: "kept", ...look, height: this.root.clientHeight, autosize: true }, config);
    this.root.dataset.drawn = "";
    if (this.root.clientHeight !== this.plot._fullLayout.height) this.fit(); // it has become another one meanwhile
  }

  /* Paper has a width of its own, and does not wait until Plotly finds out. */
  fit() {
    const { plot, Plotly } = this, width = Math.floor(this.root.clientWidth), height = this.root.clientHeight;
    if (this.root.dataset.drawn === undefined || !width) return;
    if (onPaper()) this.recolour();
    else if (this.lit || leastOf(this.root) !== this.least) this.draw();
    else if (matchMedia("print").matches) this.sheet(width, height);
    else if (!plot.layout.autosize) Plotly.relayout(plot, { width: null, height, autosize: true });
    else if (height !== plot._fullLayout?.height) Plotly.relayout(plot, { height, autosize: true });
    else if (width !== plot._fullLayout?.width) Plotly.Plots.resize(plot);
  }

  /* Drawn for paper it stays so until it is seen on the screen again. @param {number} width @param {number} height */
  sheet(width, height) {
    const { layout } = this.plot;
    if (layout.width !== width || layout.height !== height) this.Plotly.relayout(this.plot, { width, height });
  }

  /* What is dark on the screen is drawn in the light on paper, and in the dark again after it. */
  recolour() {
    const { chart: { data, layout, config }, root: { clientWidth: width, clientHeight: height } } = this;
    this.lit = true;
    this.Plotly.react(this.plot, allInLight(data), { uirevision: "kept", ...allInLight(layout), width, height }, config);
  }

  leave() {
    this.gone = true;
    this.turn = Infinity;
    this.near.disconnect();
    this.unsized();
    if (this.plot) this.Plotly.purge(this.plot);
    this.plot?.remove();
  }
}
