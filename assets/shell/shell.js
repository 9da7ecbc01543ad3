/* Runs before Streamlit's own script, which says nothing where no WebSocket gets through. */
(() => {
  const SECONDS = 8;
  const words = JSON.parse(document.currentScript.dataset.words);
  const root = document.documentElement;
  const codes = [new URLSearchParams(location.search).get("lang") ?? "", navigator.language]
    .map(tag => tag.trim().toLowerCase().split(/[-_]/)[0]);
  root.lang = codes.find(code => Object.hasOwn(words, code)) ?? Object.keys(words)[0];

  const notice = document.createElement("div");
  notice.className = "lab-connection";
  notice.setAttribute("role", "alert");
  notice.dataset[STREAMLIT.onTop] = "true"; // else an open dialog would hide it from screen readers

  let met = false, since = null;
  const say = sentence => {
    notice.lang = root.lang;
    notice.textContent = sentence;
    if (!notice.isConnected) document.body.append(notice);
  };
  const look = () => {
    const state = document.querySelector(STREAMLIT.app)?.getAttribute(STREAMLIT.connection);
    if (!state) return; // Streamlit's script is still on its way
    if (state === STREAMLIT.connected) {
      met = true;
      since = null;
      notice.remove();
    } else if (document.hidden) {
      since = null; // a browser may take the connection from a page that nobody sees
    } else {
      since ??= performance.now();
      const { never, lost } = words[root.lang] ?? Object.values(words)[0];
      if (performance.now() - since >= SECONDS * 1000) say(met ? lost : never);
    }
  };

  /* The first words of the HTML give way by their style sheet (first.css); then they are no longer there for anybody. */
  addEventListener("DOMContentLoaded", () => {
    const words = document.querySelector(".lab-first");
    const app = new MutationObserver(() => {
      if (getComputedStyle(words).display !== "none") return;
      app.disconnect();
      words.remove();
    });
    if (words) app.observe(document.body, { childList: true, subtree: true });
  });

  const onPaper = matchMedia("print");
  const shade = () => {
    const app = document.querySelector(STREAMLIT.app);
    if (app && !onPaper.matches) root.dataset.paper = getComputedStyle(app).colorScheme;
  };
  addEventListener("beforeprint", shade);
  setInterval(() => { look(); shade(); }, 500);
})();
