// @ts-check
/* A picture is painted for the size of its place: on the screen when that has changed, and on paper at once, since
   what is printed does not wait for a frame. */

/** Dots for each px that a canvas needs to be sharp: paper has more than most screens. @param {number} [zoom] of the page */
export const dots = (zoom = 1) => matchMedia("print").matches ? 3 : Math.min((devicePixelRatio || 1) * zoom, 3);

/**
 * How many times as tall as usual a plot is, where a view gives it more room or less (assets/room.js); no less than so
 * many times, where marks need their place.
 * @param {Element} place
 * @param {number} [least]
 */
export const tallOf = (place, least = 0) => Math.max(least, parseFloat(getComputedStyle(place).getPropertyValue("--tall")) || 1);

/**
 * Tell at once what gives itself a height that a view gives more room or less, so that it can be measured.
 * @param {() => void} act
 * @returns {() => void} what ends it
 */
export function roomed(act) {
  addEventListener("roomed", act);
  return () => removeEventListener("roomed", act);
}

/**
 * Paint whenever the place has another size, and when the page is laid out for paper, or for the screen again.
 * @param {Element} place
 * @param {() => void} paint
 * @param {() => void} [now] the same at once, where `paint` waits for a frame
 * @returns {() => void} what ends it
 */
export function sized(place, paint, now = paint) {
  const sizes = new ResizeObserver(() => paint()), paper = matchMedia("print"), printed = () => now();
  sizes.observe(place);
  paper.addEventListener("change", printed);
  return () => {
    sizes.disconnect();
    paper.removeEventListener("change", printed);
  };
}
