// @ts-check
/* What is dark on the screen is printed in the light, as words and lines: every colour that was chosen for the dark has
   its counterpart, which the page knows by name (`ui.scripts`); any other is as light as it was dark, in its own hue. */

const COLOUR = /light-dark\((?:[^()]|\([^()]*\))*\)|url\([^()]*\)|#[\da-f]{3,8}\b|rgba?\([\d\s.,/%]+\)/gi;

/** Whether a page that is dark on the screen is laid out for paper now. */
export const onPaper = () => matchMedia("print").matches && document.documentElement.dataset.paper === "dark";

/** The colours in a text of CSS as they are in the light. @param {string} css */
export const inLight = css => css.replace(COLOUR, found => /^[#r]/i.test(found) ? counterpart(found) : found);

/** What a picture is painted with now. @param {Record<string, string>} palette @returns {Record<string, string>} */
export const inks = palette => onPaper()
  ? Object.fromEntries(Object.entries(palette).map(([idea, colour]) => [idea, inLight(colour)])) : palette;

/** The same in all that a chart is drawn from; numbers stay the arrays they are. @param {any} of @returns {any} */
export function allInLight(of) {
  if (typeof of === "string") return inLight(of);
  if (Array.isArray(of)) return of.map(allInLight);
  if (of === null || typeof of !== "object" || "bdata" in of) return of;
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, name === "template" ? value : allInLight(value)]));
}

/** @param {string} colour */
function counterpart(colour) {
  const [red, green, blue, alpha] = parts(colour), rgb = [red, green, blue];
  const known = /** @type {any} */ (window).batchNormLab?.inLight?.[hex(rgb)];
  const turn = 255 - Math.max(...rgb) - Math.min(...rgb);
  const [r, g, b] = known ? parts(known) : rgb.map(value => value + turn);
  return alpha === undefined ? hex([r, g, b]) : `rgba(${r}, ${g}, ${b}, ${alpha})`;
}

/** Red, green, blue within 0..255, and alpha within 0..1 if it is said. @param {string} colour */
function parts(colour) {
  if (!colour.startsWith("#")) return (colour.match(/[\d.]+/g) ?? []).map(Number);
  const digits = colour.length < 6 ? colour.replace(/[^#]/g, "$&$&") : colour;
  const [r, g, b, a] = (digits.slice(1).match(/../g) ?? []).map(two => parseInt(two, 16));
  return a === undefined ? [r, g, b] : [r, g, b, a / 255];
}

/** @param {number[]} rgb */
const hex = rgb => `#${rgb.map(value => Math.round(value).toString(16).padStart(2, "0")).join("")}`.toUpperCase();
