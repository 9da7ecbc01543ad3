// @ts-check
/* Elements: made in one line, written only when they change, and heard for as long as their picture lives. */

const SVG = "http://www.w3.org/2000/svg";

/* Paths in a box of 16 × 16. */
const ICONS = {
  back: "M3 3h2v10H3zM13 3v10L6 8z", on: "M11 3h2v10h-2zM3 3v10l7-5z",
  play: "M4 2.5v11l9.5-5.5z", pause: "M3.5 3h3v10h-3zM9.5 3h3v10h-3z",
};

/**
 * An element of HTML, as the last one in its parent.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {Element | null} [parent]
 * @param {Record<string, string | number | boolean>} [attributes]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className, parent, attributes = {}) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  parent?.append(made);
  return made;
}

/**
 * An element of SVG, as the last one in its parent.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Element} parent
 * @param {Record<string, string | number | boolean>} [attributes]
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function make(tag, parent, attributes = {}) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return parent.appendChild(made);
}

/**
 * A sign that a button carries.
 * @param {keyof typeof ICONS} name
 */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": true }))
    drawing.setAttribute(key, String(value));
  make("path", drawing, { d: ICONS[name], fill: "currentColor" });
  return drawing;
}

/**
 * Write only what has changed: an untouched mark costs the browser nothing.
 * @param {any} one
 * @param {Record<string, string | number | boolean>} attributes
 */
export function put(one, attributes) {
  const held = one.held ??= {};
  for (const name in attributes) {
    if (held[name] === attributes[name]) continue;
    held[name] = attributes[name];
    one.setAttribute(name, attributes[name]);
  }
}

/**
 * The same for an element's text.
 * @param {any} one
 * @param {string | number} text
 */
export function write(one, text) {
  if (one.written === text) return;
  one.written = text;
  one.textContent = text;
}

/**
 * As many elements as there are things to draw.
 * @template {ChildNode} Item
 * @param {Item[]} list
 * @param {number} count
 * @param {(at: number) => Item} create
 */
export function grow(list, count, create) {
  while (list.length < count) list.push(create(list.length));
  while (list.length > count) list.pop()?.remove();
}

/**
 * Colours by idea, for style sheets.
 * @param {HTMLElement} root
 * @param {Record<string, string>} palette
 */
export function paintWith(root, palette) {
  for (const [idea, colour] of Object.entries(palette)) root.style.setProperty(`--${idea}`, colour);
}

/**
 * Words with {tokens}, and what stands for them.
 * @param {string} words
 * @param {Record<string, string | number>} values
 */
export function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (token, name) => String(values[name] ?? token));
}

/**
 * A way to listen that ends with the signal.
 * @param {AbortSignal} signal
 * @returns {(target: EventTarget, kind: string, handler: (event: any) => void, options?: AddEventListenerOptions) => void}
 */
export function listener(signal) {
  return (target, kind, handler, options = {}) => target.addEventListener(kind, handler, { ...options, signal });
}

/**
 * How many px of the screen a picture draws as one: before a class it is enlarged.
 * @param {Element} picture
 * @returns {number}
 */
export const zoomOf = picture => /** @type {any} */ (picture).currentCSSZoom ?? 1; // TypeScript does not know it yet

/**
 * Where a hand is in a picture, in the px that the picture draws in.
 * @param {Element} picture
 * @param {MouseEvent} event
 */
export function placeIn(picture, { clientX, clientY }) {
  const { left, top } = picture.getBoundingClientRect(), zoom = zoomOf(picture);
  return { x: (clientX - left) / zoom, y: (clientY - top) / zoom };
}

/**
 * The pen of an empty canvas that is so large in px, sharp at this many dots for each.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {number} ratio
 */
export function penOf(canvas, width, height, ratio) {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  // On paper what is painted is replayed there: to clear a canvas would clear the one below it as well.
  if (canvas.width !== w || canvas.height !== h || matchMedia("print").matches) Object.assign(canvas, { width: w, height: h });
  else pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}
