// What the last row, or a frame, does not get to see: letters that are too small, texts that lie over others or are cut,
// what stands outside the window or under the bar of Back and Next, and a picture that leaves more than a share `empty`
// of the window's height between itself and the bar.
({ least, empty }) => {
  const found = new Set(), texts = [];
  const main = document.querySelector(".stMain");
  const bar = document.querySelector(".st-key-scene-turn, .st-key-under")?.getBoundingClientRect().top ?? innerHeight;
  const above = node => node.parentElement ?? node.getRootNode().host;
  const tiny = new Map();
  const isTiny = element => {
    if (!tiny.has(element)) {
      const { width, height } = element.getBoundingClientRect();
      tiny.set(element, width < 2 && height < 2);
    }
    return tiny.get(element);
  };
  const hidden = element => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return true;
    for (let at = element; at && at !== main; at = above(at)) if (isTiny(at)) return true; // for screen readers alone
    return false;
  };
  const sizeOf = element => {
    const size = parseFloat(getComputedStyle(element).fontSize), { a, b } = element.ownerSVGElement ? element.getScreenCTM() : {};
    return a === undefined ? size * (element.currentCSSZoom ?? 1) : size * Math.hypot(a, b);
  };
  /* Whether an element cuts what reaches beyond it, and where it ends: asked for each text below it. */
  const frames = new Map();
  const frameOf = element => {
    if (!frames.has(element)) {
      const { overflowX, overflowY } = getComputedStyle(element);
      frames.set(element, overflowX !== "visible" || overflowY !== "visible" ? element.getBoundingClientRect() : null);
    }
    return frames.get(element);
  };
  const isCut = (element, box) => {
    const tall = element.closest(".katex") !== null; // a formula's signs have tall boxes
    for (let at = element; at && at !== main; at = above(at)) {
      const frame = frameOf(at);
      if (frame && Math.max(frame.left - box.left, box.right - frame.right, ...tall ? [] : [(frame.top - box.top) * .6, (box.bottom - frame.bottom) * .6]) > 3) return true;
    }
    return false;
  };
  const look = node => {
    if (node.nodeType !== Node.TEXT_NODE) {
      if (!node.matches?.("style, script, .katex-mathml")) [...node.shadowRoot?.childNodes ?? [], ...node.childNodes].forEach(look);
      return;
    }
    const element = node.parentElement, words = node.data.trim().slice(0, 30);
    if (!words || !element || hidden(element)) return;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
    if (!lines.length) return;
    const formula = element.closest(".katex"), size = sizeOf(formula ?? element);
    if (!element.closest("sub, sup, .sub") && size < least - .3) found.add(`${size.toFixed(1)} px: ${words}`);
    // code may be wider than a page, and scrolls in a box of its own; an ellipsis says itself that there is more
    if (element.closest("pre, input, textarea") || getComputedStyle(element.closest("li, p, div") ?? element).textOverflow === "ellipsis") return;
    for (const box of lines) {
      if (isCut(element, box)) { found.add(`cut: ${words}`); continue; }
      if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1) found.add(`outside: ${words}`);
      if (box.bottom > bar + 2 && !element.closest(".st-key-scene-turn, .st-key-under")) found.add(`under the bar: ${words}`);
      // letters are lower than their line
      if (!formula) texts.push({ words, element, left: box.left, right: box.right, top: box.top + box.height * .22, bottom: box.bottom - box.height * .22 });
    }
  };
  look(main);
  texts.sort((a, b) => a.top - b.top);
  texts.forEach((a, i) => {
    for (const b of texts.slice(i + 1)) {
      if (a.bottom - b.top <= 2) break; // and all that follow begin lower
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - b.top;
      if (a.element !== b.element && wide > 3 && high > 2) found.add(`one over the other: ${a.words} | ${b.words}`);
    }
  });
  for (const [canvas, sizes] of window.pens ?? [])
    if (canvas.isConnected) {
      const enlarged = canvas.getBoundingClientRect().width / canvas.width;
      for (const [words, size] of sizes) if (size * enlarged < least - .3) found.add(`${(size * enlarged).toFixed(1)} px on a canvas: ${words}`);
    }
  for (const box of [main, document.scrollingElement]) {
    if (box.scrollWidth > box.clientWidth + 1) found.add(`${box.scrollWidth - box.clientWidth} px too wide`);
    if (box.scrollHeight > box.clientHeight + 1) found.add(`${box.scrollHeight - box.clientHeight} px too tall`);
  }
  const low = Math.max(...[...document.querySelectorAll('[class*="st-key-picture-"], .st-key-your-guess')].map(part => part.getBoundingClientRect().bottom));
  if (bar - low > empty * innerHeight) found.add(`${Math.round(100 * (bar - low) / innerHeight)} % of the height is empty`);
  return [...found];
}
