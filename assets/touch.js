/* A finger on charts and sliders that are not ours: the page scrolls. Plotly draws a zoom box, and keeps the
   page from scrolling, as soon as it sees `touchstart`: it shall not see it. What a tap means it hears as
   mouse events, which the browser sends after every tap and after no swipe; so do Streamlit's sliders, whose
   `touch-action` frame.css opens. A slider is told of a finger once that moves sideways. */
(() => {
  if (window.fingers) return;
  window.fingers = true;
  const SLOPE = 2; // how many times more sideways than upright
  let held; // the press of a finger on a slider that has not yet said where it goes

  const on = (kind, handler) => document.addEventListener(kind, handler, { capture: true, passive: true });
  const within = (event, box) => Boolean(event.target.closest?.(box));

  on("touchstart", event => { if (within(event, `.lab-chart, ${STREAMLIT.slider}`)) event.stopPropagation(); });
  on("pointerdown", event => {
    if (!event.isTrusted || event.pointerType === "mouse" || !within(event, STREAMLIT.slider)) return;
    event.stopPropagation();
    if (event.isPrimary) held = event;
  });
  on("pointermove", event => {
    if (event.pointerId !== held?.pointerId) return;
    const across = Math.abs(event.clientX - held.clientX), along = Math.abs(event.clientY - held.clientY);
    if (across <= SLOPE * along) return;
    const press = held;
    held = undefined;
    press.target.dispatchEvent(new PointerEvent(press.type, press));
  });
  for (const end of ["pointerup", "pointercancel"]) on(end, () => { held = undefined; });
})();
