/* A finger on what can be dragged may only want to scroll the page. Then the browser takes the gesture over
   (`pointercancel`), and everything must stand as it did before the finger came. `keep` is asked when a
   pointer comes down, before anything has moved, and answers with a function that goes back there. */
function undoneBySwipe(target, keep, options = {}) {
  let back;
  const on = (kind, handler) => target.addEventListener(kind, event => { if (event.isPrimary) handler(); }, { ...options, capture: true });
  on("pointerdown", () => { back = keep(); });
  on("pointerup", () => { back = undefined; });
  on("pointercancel", () => { back?.(); back = undefined; });
}
