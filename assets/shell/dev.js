/* Only under `make dev`: a page whose server was started anew opens itself anew, since scripts and styles that it
   has been given stay with it. */
(() => {
  let met = false, lost = false;
  setInterval(() => {
    const state = document.querySelector(STREAMLIT.app)?.getAttribute(STREAMLIT.connection);
    if (!state) return;
    if (state !== STREAMLIT.connected) lost = met;
    else if (lost) location.reload();
    else met = true;
  }, 100);
})();
