/* A scene in front of a class: as large as the screen allows, and turned by a clicker. Runs whenever a page is drawn
   that shows it so; the first time sets it going. */
(() => {
  if (window.classroom) return window.classroom();
  // px: the room that a scene needs without menu and header; at 1080p its smallest letters, 14 px, come to 22
  const WIDTH = 1222, HEIGHT = 687;
  const MARK = ".st-key-view-class";
  const ON = ["ArrowRight", "ArrowDown", "PageDown", " "], BACK = ["ArrowLeft", "ArrowUp", "PageUp"];
  const OWN = "input, textarea, select, [role=slider], [role=radio], [role=option], [contenteditable], [tabindex='0']:not(a, button, summary)";

  const shown = () => document.querySelector(MARK) !== null;
  const fit = () => {
    if (!shown()) return;
    const zoom = Math.max(1, Math.min(innerWidth / WIDTH, innerHeight / HEIGHT));
    document.documentElement.style.setProperty("--class-zoom", zoom.toFixed(3));
  };
  const press = key => {
    const button = document.querySelector(`.st-key-${key} button:not(:disabled)`);
    button?.click();
    return button !== null;
  };

  window.classroom = fit;
  addEventListener("resize", fit);
  fit();
  addEventListener("keydown", event => {
    if (!shown() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = event.composedPath()[0]; // also within a picture
    if (at instanceof Element && !at.matches(STREAMLIT.main)) {
      if (at.matches(OWN) || (event.key === " " && at.matches("button, a, summary"))) return;
    }
    let done = false;
    if (ON.includes(event.key)) done = press("just-show-me") || press("scene-next");
    else if (BACK.includes(event.key)) done = press("scene-back");
    else if (event.key === "f") done = turn();
    if (done) event.preventDefault();
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
