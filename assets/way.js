/* The row of scenes, where it is longer than the window: the open one is brought into sight, and a press on another stays
   where it began. Streamlit's group of buttons gives the focus, as soon as one is pressed, to the chosen one, and the
   browser scrolls the row there from under the finger. */
const row = () => document.querySelector(".st-key-scene-way [role=radiogroup]");
let pressed; // where the row stood when the press began
const on = (kind, handler) => document.addEventListener(kind, handler, { capture: true, passive: true });
on("pointerdown", event => { pressed = row()?.contains(event.target) ? row().scrollLeft : undefined; });
on("focusin", () => { if (pressed !== undefined && row()) row().scrollLeft = pressed; });
for (const end of ["pointerup", "pointercancel"]) on(end, () => { pressed = undefined; });

/* On a phone what a press brings begins below the screen: the answer, and with it the picture, or a run that trains. It
   is brought to the top, so that it is in sight while it moves. A hand that takes over is not fought. */
const BROUGHT = [
  ["[class*=st-key-guess-] button, .st-key-just-show-me button", "[class*=st-key-answer-]", 8], // px left above it
  [".st-key-train-now button", ".st-key-training-stage", 64], // so much that the button that stops it is there, too
];
const HANDS = ["pointerdown", "touchmove", "wheel", "keydown"], LASTS = 10000; // ms, while what it needs below is on its way
on("click", event => {
  const [, what, room] = BROUGHT.find(([pressed]) => event.target.closest?.(pressed)) ?? [];
  if (!what || !matchMedia("(max-width: 640px)").matches) return;
  const main = document.querySelector(STREAMLIT.main), top = document.querySelector(STREAMLIT.bar).getBoundingClientRect().bottom;
  const pace = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : 0.2; // of the way, each frame
  const over = new AbortController();
  const bring = until => {
    const there = main.querySelector(what);
    if (over.signal.aborted || !there) return;
    const gap = there.getBoundingClientRect().top - top - room;
    if (Math.abs(gap) < 1) return;
    main.scrollTop += Math.abs(gap) < 5 ? gap : gap * pace;
    if (performance.now() < until) requestAnimationFrame(() => bring(until)); // what comes below makes room to scroll
  };
  const arrived = new MutationObserver(() => {
    if (!main.querySelector(what)) return;
    arrived.disconnect();
    bring(performance.now() + LASTS);
  });
  arrived.observe(main, { subtree: true, childList: true });
  for (const hand of HANDS) document.addEventListener(hand, () => { over.abort(); arrived.disconnect(); }, { capture: true, passive: true, signal: over.signal });
});

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
