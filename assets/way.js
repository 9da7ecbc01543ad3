/* The row of scenes, where it is longer than the window: the open one is brought into sight, and a press on another stays
   where it began. Streamlit's group of buttons gives the focus, as soon as one is pressed, to the chosen one, and the
   browser scrolls the row there from under the finger. */
const row = () => document.querySelector(".st-key-scene-way [role=radiogroup]");
let pressed; // where the row stood when the press began
const on = (kind, handler) => document.addEventListener(kind, handler, { capture: true, passive: true });
on("pointerdown", event => { pressed = row()?.contains(event.target) ? row().scrollLeft : undefined; });
on("focusin", () => { if (pressed !== undefined && row()) row().scrollLeft = pressed; });
for (const end of ["pointerup", "pointercancel"]) on(end, () => { pressed = undefined; });

/* A drawer that is opened stands below the picture: so much of both is in sight as the window has room for. */
const HEAD = .55; // of the window's height: no lower than this begins what was opened
addEventListener("click", ({ target }) => {
  const drawer = target instanceof Element && target.closest("summary")?.closest('[class*="st-key-more-"] > * > details');
  if (!drawer || drawer.open) return;
  const gentle = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const seen = new MutationObserver(() => {
    seen.disconnect();
    const below = drawer.getBoundingClientRect().top - HEAD * innerHeight;
    if (drawer.open && below > 0) document.querySelector(STREAMLIT.main).scrollBy({ top: below, behavior: gentle ? "smooth" : "auto" });
  });
  seen.observe(drawer, { attributeFilter: ["open"] });
}, { capture: true });

/* A scene that was turned to begins at the top of the page; in the row it is in sight. That it is revealed moves nothing. */
let stood;
const rows = new MutationObserver(inSight); // the row may come later than its scene
function turned(scene, turn) {
  if (stood === `${scene} ${turn}`) return;
  stood = `${scene} ${turn}`;
  if (turn) document.querySelector(STREAMLIT.main).scrollTo(0, 0);
  requestAnimationFrame(() => inSight() || rows.observe(document.body, { childList: true, subtree: true }));
}

function inSight() {
  const open = row()?.querySelector("[aria-checked=true]");
  if (!open) return false;
  rows.disconnect();
  open.scrollIntoView({ inline: "center", block: "nearest" });
  return true;
}
