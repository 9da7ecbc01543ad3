/* Where the menu is a rail of icons, it opens over the page under a pointer that rests on it (frame.css). A lesson that
   is chosen there with a pointer closes it: it would hide the page that was asked for, until the pointer had left. */
const menu = () => document.querySelector(STREAMLIT.sidebar);
const inMenu = ({ target }) => target instanceof Element && menu()?.contains(target);
addEventListener("click", event => {
  if (event.detail && inMenu(event) && event.target.closest(STREAMLIT.link)) menu().dataset.chosen = "";
}, true);
for (const again of ["pointerdown", "pointerover"])
  addEventListener(again, event => {
    if (again === "pointerdown" ? inMenu(event) : !inMenu(event)) menu()?.removeAttribute("data-chosen");
  }, { capture: true, passive: true });
