// @ts-check
/* What carries a picture that was taken along: it plays Streamlit's part for the components, which are the app's own,
   and speaks every language, light and dark. The page has what it needs: nothing is ever fetched. */

/** @typedef {{ kind: string, name: string, html?: string, css?: string, tail?: string, asks?: string, class?: string }} Part */

globalThis.takenAlong = true;

const NARROW = 560; // px: below it a chart is drawn for a phone
const ROOT = document.documentElement;

/** @param {string} text in base64 */
const bytesOf = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));

/** What a script element carries, compressed. @param {string} id */
async function carried(id) {
  const text = document.getElementById(id)?.textContent;
  if (!text) return null;
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

/**
 * @param {string} tag @param {Element} parent
 * @param {Record<string, string>} [attributes] @param {string} [text]
 * @returns {any}
 */
function add(tag, parent, attributes = {}, text = "") {
  const made = parent.appendChild(document.createElement(tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

class Piece {
  /** @param {any} payload @param {any} charts */
  constructor(payload, charts) {
    this.payload = payload;
    this.charts = charts ?? {};
    this.system = matchMedia("(prefers-color-scheme: dark)");
    this.dark = this.system.matches;
    this.system.addEventListener("change", () => { this.dark = this.system.matches; this.show(); });
    this.place = /** @type {Element} */ (document.querySelector("main"));
    this.programs = run(payload.program);
    this.set = payload.parts.map(() => ({})); // by a hand, where a picture would ask Python to keep it
    this.buttons();
    this.parts = payload.parts.map((/** @type {Part} */ part, /** @type {number} */ at) => this.build(part, at));
    this.width = 0;
    new ResizeObserver(() => this.resized()).observe(this.place);
    this.show();
  }

  get language() { return ROOT.lang; }

  get said() { return this.payload.languages[this.language]; }

  /* One for each language, and one for light and dark. */
  buttons() {
    const nav = /** @type {HTMLElement} */ (document.querySelector("nav"));
    for (const [code, { words }] of Object.entries(this.payload.languages)) {
      add("button", nav, { type: "button", lang: code }, words.name).addEventListener("click", () => {
        ROOT.lang = code;
        this.show();
      });
    }
    this.mode = add("button", nav, { type: "button", class: "mode" });
    this.mode.addEventListener("click", () => { this.dark = !this.dark; this.show(); });
    nav.hidden = false;
  }

  /** @param {Part} part @param {number} at */
  build(part, at) {
    if (part.kind === "chart") return this.buildChart(at);
    if (part.kind === "still") return this.buildStill(part);
    const host = add("div", this.place, { class: "part", "data-name": part.name });
    const shadow = host.attachShadow({ mode: "open" });
    add("style", shadow, {}, part.css);
    const root = add("div", shadow);
    root.innerHTML = part.html ?? "";
    if (part.asks) silence(shadow, part.asks);
    return { host, root };
  }

  /* Under the names that its style sheet counts on. @param {Part} part */
  buildStill(part) {
    const host = add("div", this.place, { class: "part" });
    return { host, root: add("div", host.attachShadow({ mode: "open" }), { class: part.class ?? "" }) };
  }

  /** @param {number} at */
  buildChart(at) {
    const host = add("figure", this.place, { class: `part chart${this.payload.parts[at].field ? " field" : ""}` });
    const root = add("div", host, { role: "img" });
    const more = add("details", host), summary = add("summary", more), numbers = add("div", more, { class: "numbers", tabindex: "0" });
    more.addEventListener("toggle", () => this.showNumbers(at));
    return { host, root, more, summary, numbers };
  }

  /* Everything in the language and the colours of now. */
  show() {
    ROOT.dataset.mode = this.dark ? "dark" : "light";
    for (const one of document.querySelectorAll("[data-said]")) /** @type {HTMLElement} */ (one).hidden = one.getAttribute("lang") !== this.language;
    for (const one of document.querySelectorAll("nav [lang]")) one.setAttribute("aria-pressed", String(one.getAttribute("lang") === this.language));
    this.mode.textContent = this.said.words[this.dark ? "light" : "dark"];
    document.title = this.said.words.title;
    this.payload.parts.forEach((/** @type {Part} */ part, /** @type {number} */ at) => this.showPart(part, at));
  }

  resized() {
    const narrow = this.place.clientWidth < NARROW;
    if (narrow === this.narrow) return;
    this.narrow = narrow;
    this.payload.parts.forEach((/** @type {Part} */ part, /** @type {number} */ at) => { if (part.kind === "chart") this.showPart(part, at); });
  }

  /** @param {Part} part @param {number} at */
  showPart(part, at) {
    const { root } = this.parts[at], mine = this.said.parts[at];
    if (part.kind === "chart") this.showChart(at);
    else if (part.kind === "still") root.innerHTML = mine[this.dark ? "dark" : "light"];
    else this.programs[part.name]({
      parentElement: root,
      data: this.data(part, at),
      setStateValue: (/** @type {string} */ event, /** @type {any} */ sent) => this.hear(at, sent),
      setTriggerValue: (/** @type {string} */ event, /** @type {any} */ sent) => this.hear(at, sent),
    });
  }

  /* What Python mounted it with, in the language and the colours of now. */
  data(part, at) {
    const mine = this.said.parts[at];
    if (mine.json) return { ...JSON.parse(this.painted(mine.json)), ...this.set[at] };
    const head = Uint8Array.from(this.painted(mine.head), letter => letter.charCodeAt(0)), tail = bytesOf(part.tail ?? "");
    const all = new Uint8Array(head.length + tail.length);
    all.set(head);
    all.set(tail, head.length);
    return all;
  }

  /* A name is a choice: it stands in another language, too. Anything else a picture remembers by itself. */
  hear(at, sent) {
    if (typeof sent === "string") this.set[at] = { chosen: sent };
  }

  showChart(at) {
    const { root, summary } = this.parts[at], mine = this.said.parts[at], drawn = this.drawing(at);
    root.setAttribute("aria-label", mine.alt);
    root.innerHTML = drawn && (this.payload.parts[at].field ? drawn : this.painted(drawn));
    if (!drawn) root.textContent = mine.alt;
    summary.textContent = this.said.words.numbers;
    this.showNumbers(at);
  }

  /* As it is for this width; in other languages than the first one stands what they change in it, tag by tag. */
  drawing(at) {
    const all = this.charts[at];
    if (!all) return "";
    const name = this.narrow && Object.values(all).every(one => one.narrow) ? "narrow" : "wide";
    const first = Object.values(all)[0][name], mine = all[this.language][name];
    if (typeof mine === "string") return mine;
    const tags = first.split("<");
    for (const [place, tag] of mine) tags[place] = tag;
    return tags.join("<");
  }

  /* Every number of a chart, as it is. */
  showNumbers(at) {
    const { more, numbers } = this.parts[at];
    numbers.setAttribute("aria-label", this.said.words.numbers);
    numbers.replaceChildren();
    if (!more.open) return;
    this.said.parts[at].table.forEach(({ name, heads }, /** @type {number} */ n) => {
      const columns = this.payload.parts[at].values[n];
      const table = add("table", numbers), head = add("tr", add("thead", table)), body = add("tbody", table);
      add("caption", table, {}, name);
      for (const one of heads) add("th", head, { scope: "col" }, one);
      const rows = Math.max(...columns.map((/** @type {any[]} */ column) => column.length));
      for (let k = 0; k < rows; k++) {
        const row = add("tr", body);
        for (const column of columns) add("td", row, { "data-value": String(column[k] ?? "") }, String(column[k] ?? "").replace("-", "−"));
      }
    });
  }

  /* Python painted for a light page. On a dark one every colour of an idea has its other one. */
  painted(text) {
    if (!this.dark) return text;
    return text.replace(/#[0-9a-f]{6}\b|rgb\((\d+), (\d+), (\d+)\)/gi, (found, ...rgb) => {
      const hex = found[0] === "#" ? found.toUpperCase() : `#${rgb.slice(0, 3).map(part => Number(part).toString(16).padStart(2, "0")).join("").toUpperCase()}`;
      return this.payload.colours[hex] ?? found;
    });
  }
}

/* What only the app can answer is shown as it was there. */
function silence(root, selector) {
  add("style", root, {}, `${selector} { cursor: default; }`);
  const hold = (/** @type {Event} */ event) => {
    const key = /** @type {any} */ (event).key;
    if (key === "Tab" || !(/** @type {Element} */ (event.target)).closest(selector)) return;
    event.stopImmediatePropagation();
    if (event.type === "click" || key) event.preventDefault();
  };
  for (const kind of ["click", "pointerdown", "keydown"]) root.addEventListener(kind, hold, true);
}

/** The app's own programs: what mounts a component, by its name. @param {string} program */
function run(program) {
  add("script", document.head, {}, `globalThis.programs = ${program};`);
  return /** @type {any} */ (globalThis).programs;
}

Promise.all([carried("payload"), carried("charts")]).then(([payload, charts]) => { globalThis.piece = new Piece(payload, charts); });
