/* A page that is dark on the screen, on paper: its style sheets a second time, with the colours of the light, for paper
   alone; and what an element says of its own colours exchanged for as long as it is printed. Canvases and charts paint
   themselves anew (kit/paper.js). A picture by address is exchanged where it is lines; other ones print.css turns. */
const VECTOR = "data:image/svg+xml;base64,", sheet = Object.assign(document.createElement("style"), { media: "print" });
const OWN = ".qr img, .st-key-paper-address img"; // black on white, whatever the page
const PAINTED = ["fill", "stroke", "stop-color", "color"]; // as attributes
const undone = []; // what sets each exchanged colour back
const vectors = new Map(); // in the light, by address; kept, so that one stands at once where it is put

function exchange(now, then, read, write) {
  if (!now || then === now) return;
  write(then);
  undone.push(() => { if (read() === then) write(now); }); // unless somebody else has set it since
}

function* elements(root) {
  for (const element of root.querySelectorAll("*")) {
    if (!element.closest(".lab-chart > .plot")) yield element;
    if (element.shadowRoot) yield* elements(element.shadowRoot);
  }
}

function recolour(element) {
  const { style } = element, own = element.hasAttribute("style") ? [...style] : [];
  for (const name of own) {
    const now = style.getPropertyValue(name), rank = style.getPropertyPriority(name);
    const then = name === "color-scheme" ? "light" : inLight(now);
    exchange(now, then, () => style.getPropertyValue(name), value => style.setProperty(name, value, rank));
  }
  if (element instanceof SVGElement)
    for (const name of PAINTED) {
      const now = element.getAttribute(name);
      exchange(now, now && inLight(now), () => element.getAttribute(name), value => element.setAttribute(name, value));
    }
  if (element instanceof HTMLImageElement && vectors.has(element.src) && !element.matches(OWN))
    exchange(element.src, vectors.get(element.src).src, () => element.src, value => { element.src = value; });
}

function light(address) {
  const drawn = new TextDecoder().decode(Uint8Array.from(atob(address.slice(VECTOR.length)), one => one.charCodeAt(0)));
  const bytes = new TextEncoder().encode(inLight(drawn));
  return Object.assign(new Image(), { src: VECTOR + btoa(Array.from(bytes, one => String.fromCharCode(one)).join("")) });
}

function foresee() {
  if (document.documentElement.dataset.paper !== "dark") return;
  for (const { src } of document.querySelectorAll(`${STREAMLIT.app} img[src^="${VECTOR}"]:not(${OWN})`))
    if (!vectors.has(src) && ![...vectors.values()].some(image => image.src === src)) vectors.set(src, light(src));
}

function rules({ cssRules, media }) {
  const kept = [...cssRules].filter(rule => !(rule instanceof CSSFontFaceRule)).map(rule => rule.cssText).join("\n");
  return media.mediaText ? `@media ${media.mediaText} {\n${kept}\n}` : kept;
}

function lighten() {
  if (document.documentElement.dataset.paper !== "dark" || sheet.isConnected) return;
  foresee();
  const ours = [...document.styleSheets].map(rules).join("\n").replace(/color-scheme:\s*dark/g, "color-scheme: light");
  sheet.textContent = inLight(ours);
  document.body.append(sheet);
  for (const element of elements(document.body)) recolour(element);
}

function darken() {
  sheet.remove();
  while (undone.length) undone.pop()();
}

const paper = matchMedia("print");
setInterval(foresee, 1000);
addEventListener("beforeprint", lighten);
addEventListener("afterprint", darken);
paper.addEventListener("change", () => paper.matches ? lighten() : darken());
