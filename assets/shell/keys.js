/* Keys that turn a page go to what has the focus. Streamlit scrolls an inner box, which has it only after a click; so
   on a fresh page, and from the menu, they are led to it. This stands in the page itself, since a key may be pressed
   before the first script of the lesson has arrived. */
const TURNING = ["PageDown", "PageUp"], MOVING = [...TURNING, "Home", "End", " ", "ArrowDown", "ArrowUp"];

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const main = document.querySelector(STREAMLIT.main), at = document.activeElement ?? document.body;
  const nowhere = at === document.body && MOVING.includes(event.key);
  const aside = TURNING.includes(event.key) && at.closest(`${STREAMLIT.sidebar}, ${STREAMLIT.bar}, .st-key-header`);
  if (main && (nowhere || aside) && !document.querySelector("[role=dialog]")) main.focus({ preventScroll: true });
}, true);
