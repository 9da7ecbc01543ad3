/* What Streamlit's frame leaves undone: its own words in the reader's language, which lesson is open, and
   a way by keys into what scrolls by itself.

   It is told when the language or the lesson changes, and works on from there: one observer for a page. `SAID` has by
   language what is said in place of what, and what regions are called (ui/streamlit_words.py). */

const NAMED = ["aria-label", "title", "placeholder"];
/* Where Streamlit itself writes: outside the lesson, whose words are never touched. */
const OURS = `${STREAMLIT.main}, ${STREAMLIT.sidebar}`;
const SCROLLING = {
  table: ".numbers, .arrays, .votes",
  code: `${STREAMLIT.code} pre, ${STREAMLIT.prose} pre`,
  formula: `${STREAMLIT.prose} ${STREAMLIT.formula}`,
};
const SOON = 100; // ms in which changes of the page are gathered

class Frame {
  constructor() {
    this.said = new WeakMap(); // node → {what: {english, ours}}
    window.addEventListener("resize", () => this.soon());
    const watched = { subtree: true, childList: true, characterData: true, attributeFilter: NAMED };
    new MutationObserver(() => this.soon()).observe(document.body, watched);
  }

  soon() {
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      this.tidy();
    }, SOON);
  }

  follow(language, place) {
    const { words, regions } = SAID[language];
    document.documentElement.lang = language;
    this.place = place;
    this.regions = regions;
    const all = Object.entries(words);
    this.words = new Map(all.filter(([english]) => !english.includes("{name}")));
    this.patterns = all.filter(([english]) => english.includes("{name}")).map(([english, ours]) => [english.split("{name}"), ours]);
    this.tidy();
  }

  tidy() {
    for (const element of document.body.querySelectorAll(NAMED.map(name => `[${name}]`).join()))
      for (const name of NAMED) if (element.hasAttribute(name)) this.say(element, name, element.getAttribute(name));
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, node => {
      if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
      return node.matches(`${OURS}, script, style`) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
    });
    while (texts.nextNode()) this.say(texts.currentNode, "text", texts.currentNode.data);
    document.querySelectorAll(`${STREAMLIT.sidebar} ${STREAMLIT.link}`).forEach((link, place) => {
      put(link, "aria-current", place === this.place ? "page" : null);
    });
    this.regionsNamed = new Map();
    for (const [kind, boxes] of Object.entries(SCROLLING)) for (const box of document.querySelectorAll(boxes)) this.reach(box, kind);
    for (const grid of document.querySelectorAll(`${STREAMLIT.cells} :is(canvas, [role=grid])`)) put(grid, "aria-label", this.regions.cells);
    for (const table of document.querySelectorAll(`${STREAMLIT.prose} table`)) put(table, "aria-label", headingOver(table));
    for (const code of document.querySelectorAll(`${STREAMLIT.code}[tabindex]`)) code.removeAttribute("tabindex"); // a stop without a name
  }

  /* React keeps the node, so what was said there in English is remembered with it. */
  say(node, what, now) {
    const before = this.said.get(node)?.[what], english = before?.ours === now ? before.english : now;
    const ours = this.translated(english.trim(), node);
    if (ours === undefined) return;
    if (ours !== now) what === "text" ? node.data = ours : node.setAttribute(what, ours);
    this.said.set(node, { ...this.said.get(node), [what]: { english, ours } });
  }

  translated(english, node) {
    const ours = this.words.get(english);
    if (ours !== undefined) return ours.replace("{name}", () => fieldOf(node));
    for (const [[before, after], words] of this.patterns)
      if (english.startsWith(before) && english.endsWith(after) && english.length > before.length + after.length)
        return words.replace("{name}", () => english.slice(before.length, english.length - after.length));
  }

  /* What scrolls by itself can be scrolled by keys, under the name of what it holds; what fits is no stop. */
  reach(box, kind) {
    const tall = box.scrollHeight > box.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(box).overflowY);
    const scrolls = tall || box.scrollWidth > box.clientWidth + 1;
    const name = box.querySelector("table[aria-label]")?.getAttribute("aria-label") ?? this.regions[kind];
    put(box, "tabindex", scrolls ? "0" : null);
    put(box, "role", scrolls ? "region" : null);
    put(box, "aria-label", scrolls ? this.numbered(name) : null);
  }

  /* A second region of a name gets a number, so that a list of them tells them apart. */
  numbered(name) {
    const nth = (this.regionsNamed.get(name) ?? 0) + 1;
    this.regionsNamed.set(name, nth);
    return nth > 1 ? `${name} ${nth}` : name;
  }
}

function put(element, name, value) {
  if (element.getAttribute(name) === value) return;
  value === null ? element.removeAttribute(name) : element.setAttribute(name, value);
}

/* A table in a passage is called what the last heading above it says. */
const headingOver = table => [...document.querySelectorAll(`${STREAMLIT.main} :is(h1, h2, h3, h4)`)]
  .filter(heading => heading.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING).pop()?.textContent ?? null;

/* What a button inside a field belongs to: the field's own name. */
const fieldOf = node => (node.closest?.(STREAMLIT.fields)?.querySelector("input[aria-label]")?.getAttribute("aria-label") ?? "").trim();

let frame; // once there is a page to follow
const follow = (language, place) => (frame ??= new Frame()).follow(language, place);
