// @ts-check
/* The diagram of the little network: nodes are buttons, arrows carry shapes. Python says which nodes there
   are, where each stands and what it is called; here they are painted, and the chosen one is sent back.

   Rows are layers. Numbers come down into a row at its second column and go on to the right; weights
   come from the left. `lit` names nodes that are lit besides the chosen one. A choice is painted at once; keys may run ahead of Python, which hears where they rest. */

import { element, listener, make, paintWith } from "../kit/dom.js";
import { REST } from "../kit/mount.js";
import { sized, tallOf } from "../kit/sized.js";

const HEIGHT = 44; // of a node
const LOWEST = 0.85; // times the usual height: rows may not touch each other
const ABOVE = 26; // px over a row where what comes from the row above runs

export class Diagram {
  /** @type {(sent: any) => void} */
  send = () => {};

  constructor(root) {
    this.root = root;
    this.box = root.querySelector(".diagram");
    this.buttons = new Map();
    this.abort = new AbortController();
    const on = listener(this.abort.signal);
    on(this.box, "keydown", event => this.key(event));
    on(this.box, "click", event => {
      const button = event.target.closest("button");
      if (button) this.choose(button.dataset.node, 0);
    });
    this.unwatch = sized(this.box, () => this.paint());
  }

  leave() {
    this.abort.abort();
    this.unwatch();
    clearTimeout(this.resting);
  }

  receive(data) {
    this.data = data;
    if (!this.resting) this.chosen = data.chosen;
    paintWith(this.root, data.palette);
    this.box.setAttribute("aria-label", data.words.name);
    this.box.style.setProperty("--between", `${data.height - HEIGHT}px`);
    this.hint();
    this.syncButtons();
    this.paint();
  }

  hint() {
    const place = this.root.querySelector(".hint");
    place.replaceChildren();
    place.hidden = !this.data.hint;
    if (place.hidden) return;
    const { hint, data, parameter } = this.data.words;
    element("span", "", place).append(hint);
    for (const [kind, word] of [["data", data], ["parameter", parameter]]) {
      const entry = element("span", "", place);
      element("i", kind, entry);
      entry.append(word);
    }
  }

  /* A button stays the same element as long as its node is there, so that it keeps the focus. */
  syncButtons() {
    const ids = this.data.nodes.map(node => node.id);
    for (const [id, button] of this.buttons) if (!ids.includes(id)) { button.remove(); this.buttons.delete(id); }
    for (const node of this.data.nodes) {
      if (!this.buttons.has(node.id)) this.buttons.set(node.id, document.createElement("button"));
      this.dress(this.buttons.get(node.id), node);
    }
    const there = [...this.box.querySelectorAll("button")].map(button => button.dataset.node);
    if (there.join() !== ids.join()) this.box.append(...ids.map(id => this.buttons.get(id)));
  }

  dress(button, node) {
    button.type = "button";
    button.dataset.node = node.id;
    button.className = node.look;
    button.style.setProperty("--hue", node.hue);
    button.replaceChildren();
    const whole = element("span", "", button, { "aria-hidden": true });
    element("span", node.tilde ? "tilde" : "", whole).textContent = node.symbol;
    element("sub", "", whole).textContent = node.sub;
    if (node.below) element("small", "", button, { "aria-hidden": true }).textContent = node.below;
    element("span", "spoken", button).textContent = node.says;
  }

  paint() {
    if (!this.data || !this.box.clientWidth) return;
    const pitch = this.box.clientWidth / this.data.columns;
    this.half = (this.box.clientWidth < 460 ? 42 : 58) / 2;
    this.places = {};
    const lit = new Set(this.data.lit ?? []);
    const tall = tallOf(this.box, LOWEST);
    for (const { id, column, top } of this.data.nodes) this.places[id] = { x: pitch * (column + 0.5), top: top * tall };
    for (const [id, button] of this.buttons) {
      const { x, top } = this.places[id];
      button.style.left = `${x - this.half}px`;
      button.style.top = `${top}px`;
      button.setAttribute("aria-pressed", id === this.chosen);
      button.classList.toggle("lit", lit.has(id));
    }
    const [arrows, shapes] = [this.box.querySelector(".arrows"), this.box.querySelector(".shapes")];
    arrows.replaceChildren();
    shapes.replaceChildren();
    for (const edge of this.data.edges) this.arrow(edge, arrows, shapes);
  }

  /* Along a row, down from the row above, or up from b below. */
  arrow({ from, to, shape }, arrows, shapes) {
    const [a, b] = [this.places[from], this.places[to]];
    const middle = place => place.top + HEIGHT / 2;
    const lit = [from, to].includes(this.chosen) || this.data.lit?.includes(to) && this.data.lit.includes(from) ? "lit" : "";
    let line, label, head;
    if (a.top === b.top) {
      const way = Math.sign(b.x - a.x), [start, end] = [a.x + way * this.half, b.x - way * this.half];
      line = `M${start} ${middle(a)}H${end - way * 4}`;
      label = [(start + end) / 2 - way * 2, middle(a) - 6];
      head = [end, middle(a), way > 0 ? 0 : 180];
    } else if (a.top > b.top) {
      line = `M${a.x + this.half} ${middle(a)}H${b.x}V${b.top + HEIGHT + 4}`;
      label = [(a.x + this.half + b.x) / 2, middle(a) - 6];
      head = [b.x, b.top + HEIGHT, 270];
    } else {
      const level = b.top - ABOVE;
      line = `M${a.x} ${a.top + HEIGHT}V${level}H${b.x}V${b.top - 4}`;
      label = a.x === b.x ? [a.x + 8, level + 8] : [(a.x + b.x) / 2, level - 6];
      head = [b.x, b.top, 90];
    }
    make("path", arrows, { d: line, class: lit });
    make("path", arrows, { d: "M0 0L-8 -4.5V4.5Z", class: "head", transform: `translate(${head[0]} ${head[1]}) rotate(${head[2]})` });
    make("text", shapes, { x: label[0], y: label[1], class: a.x === b.x ? "wide" : "" }).textContent = shape;
  }

  key(event) {
    const ids = this.data.nodes.map(node => node.id), at = ids.indexOf(event.target.dataset?.node);
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (at < 0 || next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (!ids[next]) return;
    this.buttons.get(ids[next]).focus();
    this.choose(ids[next], REST);
  }

  choose(id, rest) {
    clearTimeout(this.resting);
    this.chosen = id;
    this.paint();
    this.resting = setTimeout(() => {
      this.resting = 0;
      if (id !== this.data.chosen) this.send(id);
    }, rest);
  }
}
