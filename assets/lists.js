/* A list that was just opened stays open. The browser tells that a page was scrolled a frame later; a press in between
   opens a list of Streamlit's, which takes what it hears then for a scroll of now, and closes. The page stands where it
   stood at the press: that is how the late word is known. */
let pressed; // where the page stood
addEventListener("pointerdown", () => { pressed = document.querySelector(STREAMLIT.main)?.scrollTop; }, { capture: true, passive: true });
addEventListener("scroll", event => {
  if (pressed === undefined || event.target !== document.querySelector(STREAMLIT.main)) return;
  if (event.target.scrollTop === pressed) event.stopImmediatePropagation();
  else pressed = undefined;
}, { capture: true, passive: true });
