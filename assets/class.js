/* A scene in front of a class: as large as the screen allows, and turned by a clicker. Runs whenever a page is drawn
   that shows it so; the first time sets it going. */
(() => {
  if (window.classroom) return window.classroom();
  // px: the height that a scene needs without menu and header, and the width at the least
  const HEIGHT = 687, WIDTH = 1010;
  const LETTERS = 22 / 1080; // of the window's height: what the last row can read
  const MARK = ".st-key-view-class";
  const CLICKER = { PageDown: 1, PageUp: -1 }; // nothing else wants these
  const KEYS = { ArrowRight: 1, ArrowDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1 }; // a slider that has the focus does
  const WRITTEN = "textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])";
  const OWN = "input, textarea, select, [role=slider], [role=radio], [role=option], [contenteditable], [tabindex='0']:not(a, button, summary)";

  const shown = () => document.querySelector(MARK) !== null;
  const fit = () => {
    if (!shown()) return;
    const zoom = Math.max(1, Math.min(innerHeight / HEIGHT, innerWidth / WIDTH));
    const style = document.documentElement.style;
    style.setProperty("--class-zoom", zoom.toFixed(4));
    style.setProperty("--class-least", `${(LETTERS * innerHeight / zoom).toFixed(2)}px`);
  };
  const press = key => {
    const button = document.querySelector(`.st-key-${key} button:not(:disabled)`);
    button?.click();
    return button !== null;
  };

  window.classroom = fit;
  addEventListener("resize", fit);
  fit();
  /* Whether a key is meant for what has the focus, also within a picture. */
  const taken = (key, at) => at instanceof Element && !at.matches(STREAMLIT.main)
    && (at.matches(OWN) || (key === " " && at.matches("button, a, summary")));
  const turnTo = (way, again) => again || (way > 0 ? press("just-show-me") || press("scene-next") : press("scene-back"));

  addEventListener("keydown", event => {
    const { key, code, repeat, shiftKey } = event;
    if (!shown() || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = event.composedPath()[0], mine = key in CLICKER || !taken(key, at);
    const way = CLICKER[key] ?? (key === " " && shiftKey ? -1 : KEYS[key]);
    let done = false;
    if (mine && way) done = turnTo(way, repeat); // a key that is held turns once
    else if ((key === "f" || code === "KeyF") && !(at instanceof Element && at.matches(WRITTEN))) done = repeat || turn(); // KeyF: where it writes Korean
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  addEventListener("click", event => {
    if (event.composedPath().some(place => place instanceof Element && place.matches(".st-key-full-screen button"))) turn();
  });

  /* Full screen and back; only a hand may ask for it. */
  function turn() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.();
    return true;
  }
})();
