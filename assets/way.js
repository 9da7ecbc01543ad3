/* The row of scenes, where it is longer than the window: the open one is brought into sight, and a press on another stays
   where it began. Streamlit's group of buttons gives the focus, as soon as one is pressed, to the chosen one, and the
   browser scrolls the row there from under the finger. */
(() => {
  const row = () => document.querySelector(".st-key-scene-way [role=radiogroup]");
  row()?.querySelector("[aria-checked=true]")?.scrollIntoView({ inline: "center", block: "nearest" });
  if (window.wayKept) return;
  window.wayKept = true;
  let pressed; // where the row stood when the press began
  const on = (kind, handler) => document.addEventListener(kind, handler, { capture: true, passive: true });
  on("pointerdown", event => { pressed = row()?.contains(event.target) ? row().scrollLeft : undefined; });
  on("focusin", () => { if (pressed !== undefined && row()) row().scrollLeft = pressed; });
  for (const end of ["pointerup", "pointercancel"]) on(end, () => { pressed = undefined; });
})();
