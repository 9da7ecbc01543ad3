// @ts-check
/* The lecture's loop in its lines, beside the map of the network: the line that is chosen lights what it computes.
   A node, pressed, chooses the line that computes it. The choice is painted at once and told to Python. */

import { element, listener, paintWith } from "../kit/dom.js";
import { REST } from "../kit/mount.js";
import { Diagram } from "../network/diagram.js";

export class Loop {
  /** @type {(sent: any) => void} */
  send = () => {};

  constructor(root) {
    this.root = root;
    this.code = root.querySelector(".code");
    this.code.replaceChildren();
    this.told = root.querySelector(".told");
    this.diagram = new Diagram(root.querySelector(".network"));
    this.diagram.send = id => this.choose(this.lineOf(id), 0);
    this.abort = new AbortController();
    const on = listener(this.abort.signal);
    on(this.code, "click", event => {
      const button = event.target.closest("button");
      if (button) this.choose(button.dataset.phase, 0);
    });
    on(this.code, "keydown", event => this.key(event));
  }

  leave() {
    this.abort.abort();
    this.diagram.leave();
    clearTimeout(this.resting);
  }

  receive(data) {
    this.data = data;
    if (!this.resting) this.chosen = data.chosen;
    paintWith(this.root, data.map.palette);
    this.code.setAttribute("aria-label", data.words.loop);
    if (this.code.children.length !== data.lines.length) this.code.replaceChildren(...data.lines.map(() => this.line()));
    data.lines.forEach((line, k) => this.dress(this.code.children[k], line));
    this.light();
  }

  line() {
    const item = element("li", "");
    element("button", "", item, { type: "button" });
    return item;
  }

  dress(item, { id, text, depth }) {
    const button = item.firstElementChild;
    button.dataset.phase = id;
    button.style.setProperty("--depth", depth);
    button.replaceChildren();
    // what stands between stars is a symbol
    text.split("*").forEach((part, k) => { element(k % 2 ? "i" : "span", "", button).textContent = part; });
  }

  light() {
    const { lines, map } = this.data, now = lines.find(line => line.id === this.chosen) ?? lines[0];
    for (const { firstElementChild: button } of this.code.children) button.setAttribute("aria-pressed", button.dataset.phase === now.id);
    this.diagram.receive({ ...map, chosen: "", lit: now.nodes });
    this.tell(now.table);
  }

  /* The numbers of the line on this mini-batch. */
  tell({ caption, heads, rows }) {
    this.told.replaceChildren();
    element("caption", "", this.told).textContent = caption;
    const top = element("tr", "", element("thead", "", this.told));
    element("td", "", top);
    for (const head of heads) element("th", "", top, { scope: "col" }).textContent = head;
    const body = element("tbody", "", this.told);
    for (const { name, idea, values, texts, faint } of rows) {
      const row = element("tr", faint ? "faint" : "", body);
      row.style.setProperty("--mine", idea ? `var(--${idea})` : "inherit");
      element("th", "", row, { scope: "row" }).textContent = name;
      values.forEach((value, k) => { element("td", "", row, { "data-value": value }).textContent = texts[k]; });
    }
  }

  lineOf(node) { return (this.data.lines.find(line => line.nodes.includes(node)) ?? this.data.lines[0]).id; }

  key(event) {
    const ids = this.data.lines.map(line => line.id), at = ids.indexOf(event.target.dataset?.phase);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (at < 0 || next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (!ids[next]) return;
    this.code.children[next].firstElementChild.focus();
    this.choose(ids[next], REST);
  }

  choose(id, rest) {
    clearTimeout(this.resting);
    this.chosen = id;
    this.light();
    this.resting = setTimeout(() => {
      this.resting = 0;
      if (id !== this.data.chosen) this.send(id);
    }, rest);
  }
}
