/* One entry in the browser's history for each scene that was turned to, and for each lesson; Back brings back the place
   on the page, too.

   Streamlit makes an entry of every new address: two for a lesson that is opened (its path, then the settings that it
   publishes), one more for every slider. This runs before Streamlit's script: an address of another lesson or another
   scene is an entry if a hand has asked for it; what follows without a hand takes its place, as every other address
   does. And what scrolls is an element of Streamlit's, which no browser puts back. */
(() => {
  const KEY = "batch-norm-lab.places", MOST = 50; // entries of which the place is remembered
  const PATIENCE = 60000, STILL = 1000; // ms: how long a page may take to be drawn, and when it has been
  const HANDS = ["wheel", "touchstart", "pointerdown", "keydown"];
  const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
  const parts = url => new URL(url ?? "", location.href);
  const scene = url => parts(url).searchParams.get("scene");
  const box = () => document.querySelector(STREAMLIT.main);
  const fresh = () => Math.random().toString(36).slice(2);

  let places = new Map(), restoring = false, release = () => {};
  let hand = false, traversed = false; // since the last entry: has a hand acted; or was it gone to by Back or Forward
  let before = location.href; // the address before the last
  try {
    places = new Map(JSON.parse(sessionStorage.getItem(KEY)));
  } catch { /* nothing is kept, or nothing that can be read */ }

  let entry = history.state?.entry ?? fresh();
  replace({ ...history.state, entry }, "");
  restore(places.get(entry));

  /* Whether an address is that of another place: a lesson, or a scene of it. The first that a lesson publishes names
     the scene that its path means. */
  function elsewhere(url) {
    const [from, to] = [scene(), scene(url)];
    return parts(url).pathname !== location.pathname || (from !== null && to !== null && from !== to);
  }

  history.replaceState = (state, title, url) => {
    if (traversed && !hand && elsewhere(url)) return; // the page that Back has just left still said where it is
    before = location.href;
    const leaves = parts(url).pathname !== location.pathname;
    replace({ ...state, entry }, title, url);
    if (leaves && !traversed) begin();
  };
  history.pushState = (state, title, url) => {
    if (!hand || !elsewhere(url)) {
      history.replaceState(state, title, url);
      return;
    }
    // Streamlit may publish the next lesson's settings while it still has the path of this one: give this one's back.
    const { pathname, search } = parts(url), leaves = pathname !== location.pathname;
    if (leaves && search && search === location.search) replace(history.state, "", before);
    release();
    entry = fresh();
    hand = traversed = false;
    push({ ...state, entry }, title, url);
    if (leaves) begin();
  };

  /* A lesson begins at its top. The one before is cleared, but where the next one comes at once it never gets shorter,
     and its place would stay. Its path may come after its settings, when the entry has been made. */
  function begin() {
    restore(0, box()?.scrollHeight);
  }

  /* A key that asks the browser itself for something, such as Back, is no hand on the page. */
  const onPage = ({ altKey, metaKey, key = "" }) => !altKey && !metaKey && !/^(Alt|Meta|Browser)/.test(key);
  for (const kind of ["click", "keydown"]) {
    addEventListener(kind, event => { hand ||= onPage(event); }, { capture: true, passive: true });
  }
  addEventListener("popstate", ({ state }) => {
    hand = false;
    traversed = true;
    if (!state?.entry) { // a place on the page, by its `#`, where the browser has gone itself
      entry = fresh();
      replace({ ...state, entry }, "");
      return;
    }
    entry = state.entry;
    restore(places.get(entry) ?? 0, box()?.scrollHeight);
  });
  addEventListener("scroll", remember, { capture: true, passive: true });
  addEventListener("pagehide", () => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...places].slice(-MOST)));
    } catch { /* nothing is kept */ }
  });

  /* Whether Streamlit still draws: a run goes on, or an element waits for its program. */
  function busy() {
    const state = document.querySelector(STREAMLIT.app)?.getAttribute(STREAMLIT.run);
    return state !== STREAMLIT.done || document.querySelector(STREAMLIT.skeleton) !== null;
  }

  /* A page that no longer reaches as far as the place was not moved by a hand: Streamlit clears it before the next. */
  function remember({ target }) {
    const place = places.get(entry) ?? 0;
    if (restoring || target !== box() || target.scrollHeight - target.clientHeight < place) return;
    places.delete(entry); // so that the latest stand last
    places.set(entry, target.scrollTop);
  }

  /* Go to a place as soon as the page reaches that far, and stay there while charts above it come in; a hand that
     moves the page ends it. `height` is that of the page that is still standing here and will go. */
  function restore(top, height) {
    release();
    if (!Number.isFinite(top)) return;
    const end = new AbortController(), began = performance.now();
    let last, since = began, drawing = height === undefined;
    restoring = true;
    release = () => {
      end.abort();
      restoring = false;
    };
    for (const hand of HANDS) addEventListener(hand, release, { signal: end.signal, capture: true, passive: true });
    const step = now => {
      if (end.signal.aborted) return;
      const page = box();
      if (page) {
        drawing ||= page.scrollHeight !== height || now - began > STILL;
        if (drawing && Math.abs(page.scrollTop - top) > 1) page.scrollTop = top;
        if (page.scrollHeight !== last || !drawing || busy()) since = now;
        last = page.scrollHeight;
      }
      if (now - began > PATIENCE || (page && now - since > STILL)) release();
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }
})();
