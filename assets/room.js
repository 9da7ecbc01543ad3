/* A picture and the room it has: before a class it takes what the words and the bar leave it, in a frame elsewhere it
   stands in it whole. Its plots become taller or lower (--tall), then all of it is enlarged, or drawn smaller
   (--picture-zoom). It is measured when a scene stands and when the window has another size; once a hand is on it, it
   only gives way. */
(() => {
  if (window.roomy) return window.roomy();
  const PICTURE = `${STREAMLIT.main} [class*="st-key-picture-"]`, DRAWER = '[class*="st-key-more-"] details[open]';
  const BARS = ".st-key-scene-turn, .st-key-under"; // what stands below it
  const BARS_INSIDE = ".st-key-under", PADDING = 14; // px that the page leaves below this one
  const GUESS = ".st-key-your-guess"; // belongs to it
  const VIEWS = { ".st-key-view-class": { least: 1, largest: 1.6 }, ".st-key-view-embed": { least: 0.8, largest: 1.25 } };
  const LOWEST = 0.55, TALLEST = 1.9; // times the usual height of a plot
  const TALLER = 0.3; // of that, plots become so much taller while all of it is enlarged as far as it may be
  const NARROW = 500; // px: a picture is not enlarged where it would have less width than this
  const WORDS = 400; // the same, of one without plots that become taller
  const GAP = 24; // px of the screen, to what stands below
  const ARRIVES = 8000; // ms in which what belongs to a picture may still come in
  const STILL = 120; // ms
  const STEP = 0.05;
  let stood, observed, below, size, until, hand = false, at = { zoom: 1, tall: 1 }, planned, due = true, found;

  const limits = () => Object.entries(VIEWS).find(([mark]) => document.querySelector(mark))?.[1];
  const page = () => document.querySelector(STREAMLIT.app)?.getAttribute(STREAMLIT.run);
  /* The same element may show another scene. */
  const nameOf = picture => picture && `${picture.className} ${picture.closest('[class*="st-key-scene-"]')?.className}`;
  const shown = () => [...document.querySelectorAll(PICTURE)].at(-1);

  /** How far what is drawn there reaches beyond its room, in px of the screen; less than 0 where some is left. */
  const beyond = picture => {
    const main = document.querySelector(STREAMLIT.main), bar = document.querySelector(BARS);
    const drawn = [picture, document.querySelector(GUESS)].filter(part => part);
    const low = Math.max(...drawn.map(part => part.getBoundingClientRect().bottom));
    const { bottom } = main.getBoundingClientRect(), below = bar?.parentElement.getBoundingClientRect().height ?? 0;
    return low + main.scrollTop + GAP - (bottom - below) + (bar?.matches(BARS_INSIDE) ? PADDING : 0);
  };
  const wide = picture => picture.scrollWidth > picture.clientWidth + 1;
  const draw = (zoom, tall) => {
    at = { zoom, tall };
    const { style } = document.documentElement;
    style.setProperty("--picture-zoom", zoom.toFixed(3));
    style.setProperty("--tall", tall.toFixed(3));
    dispatchEvent(new Event("roomed")); // for what is painted into heights of its own
  };
  const fits = (picture, zoom, tall) => {
    draw(zoom, tall);
    return beyond(picture) <= 0 && !wide(picture);
  };
  /** The tallest that fits between two heights, of which the first one does. */
  const tallest = (picture, zoom, low, high) => {
    if (fits(picture, zoom, high)) return high;
    while (high - low > 0.02) {
      const middle = (low + high) / 2;
      if (fits(picture, zoom, middle)) low = middle;
      else high = middle;
    }
    return low;
  };
  /* As it stands without more room or less, and where: what stands as before finds the room it had. */
  const asItIs = picture => {
    draw(1, 1);
    return [nameOf(picture), innerWidth, innerHeight, beyond(picture), picture.scrollWidth, picture.scrollHeight].map(each => each?.toFixed?.(1) ?? each).join();
  };
  const search = (picture, allowed) => {
    const as = asItIs(picture);
    if (found?.as === as && fits(picture, found.zoom, found.tall)) return;
    seek(picture, allowed);
    found = { as, ...at };
  };
  const seek = (picture, { least, largest }) => {
    const most = Math.max(1, Math.min(largest, picture.parentElement.clientWidth / NARROW));
    for (let share = 1; share > -0.01; share -= 0.1) {
      const zoom = 1 + share * (most - 1), tall = 1 + share * TALLER;
      if (!fits(picture, zoom, tall)) continue;
      const height = tallest(picture, zoom, tall, TALLEST), last = Math.min(largest, picture.parentElement.clientWidth / WORDS);
      let larger = zoom;
      while (height === TALLEST && larger + STEP <= last && fits(picture, larger + STEP, height)) larger += STEP;
      return draw(larger, height);
    }
    for (let zoom = 1; zoom > least - 0.01; zoom -= STEP)
      if (fits(picture, zoom, LOWEST)) return draw(zoom, tallest(picture, zoom, LOWEST, TALLEST));
    draw(least, LOWEST);
  };
  /* What has grown since is given room: what was added to it is taken back first. */
  const giveWay = (picture, { least }) => {
    while (beyond(picture) > 0) {
      const { zoom, tall } = at;
      if (tall > 1 || (zoom <= 1 && tall > LOWEST)) draw(zoom, Math.max(LOWEST, tall - STEP));
      else if (zoom > least) draw(Math.max(least, zoom - STEP), tall);
      else return;
    }
  };

  const fit = () => {
    due = true;
    const allowed = limits(), picture = shown();
    if (!allowed) return at.zoom === 1 && at.tall === 1 || draw(1, 1);
    if (!picture || document.querySelector(DRAWER) || matchMedia("print").matches) return;
    if (page() !== STREAMLIT.done || document.querySelector(STREAMLIT.skeleton)) return; // two scenes may stand at once
    due = false;
    const now = `${innerWidth} ${innerHeight}`;
    if (nameOf(picture) !== stood || now !== size) {
      if (nameOf(picture) !== stood) hand = false;
      stood = nameOf(picture);
      size = now;
      until = performance.now() + ARRIVES;
    }
    if (performance.now() < until && !hand) search(picture, allowed);
    else giveWay(picture, allowed);
    document.documentElement.dataset.room = stood; // for those who wait for it
  };
  /* What belongs to a picture comes in one after the other: it is measured once nothing has come for a while. */
  const plan = () => {
    clearTimeout(planned);
    delete document.documentElement.dataset.room;
    planned = setTimeout(fit, stood === nameOf(shown()) && hand ? 0 : STILL);
  };
  const sizes = new ResizeObserver(plan);
  const look = () => {
    const picture = shown(), bar = document.querySelector(BARS)?.parentElement;
    if (picture && (picture !== observed || bar !== below)) {
      sizes.disconnect();
      sizes.observe(observed = picture);
      if (below = bar) sizes.observe(bar); // it may come after the picture has found its room
    }
    if (due || nameOf(picture) !== stood) plan();
  };

  window.roomy = plan;
  for (const kind of ["pointerdown", "keydown"])
    addEventListener(kind, event => { hand ||= shown()?.contains(event.target) ?? false; }, { capture: true });
  addEventListener("resize", fit);
  document.fonts.addEventListener("loadingdone", plan);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributeFilter: [STREAMLIT.run] });
  look();
})();
