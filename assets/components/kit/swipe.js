// @ts-check
/* A finger on what can be dragged may only want to scroll the page. Then the browser takes the gesture over
   (`pointercancel`), and everything must stand as it did before the finger came. `keep` is asked when a
   pointer comes down, before anything has moved, and answers with a function that goes back there. */

/**
 * @param {EventTarget} target
 * @param {() => () => void} keep
 * @param {AddEventListenerOptions} [options]
 */
export function undoneBySwipe(target, keep, options = {}) {
  /** @type {(() => void) | undefined} */
  let back;
  /** @type {(kind: string, handler: () => void) => void} */
  const on = (kind, handler) => target.addEventListener(kind, event => {
    if (/** @type {PointerEvent} */ (event).isPrimary) handler();
  }, { ...options, capture: true });
  on("pointerdown", () => { back = keep(); });
  on("pointerup", () => { back = undefined; });
  on("pointercancel", () => { back?.(); back = undefined; });
}
