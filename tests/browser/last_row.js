// What the last row, or a frame, does not get to see: letters that are too small, texts that lie over others or are cut,
// what stands outside the window or under the bar of Back and Next, and a picture that leaves more than a share `empty`
// of the window's height between itself and the bar.
({ least, empty }) => {
  const found = new Set(), texts = [];
  const main = document.querySelector(".stMain");
  const bar = document.querySelector(".st-key-scene-turn, .st-key-under")?.getBoundingClientRect().top ?? innerHeight;
  const above = node => node.parentElement ?? node.getRootNode().host;
  const hidden = element => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return true;
    for (let at = element; at && at !== main; at = above(at)) {
      const { width, height } = at.getBoundingClientRect();
      if (width < 2 && height < 2) return true; // for screen readers alone
    }
    return false;
  };
  const sizeOf = element => {
    const size = parseFloat(getComputedStyle(element).fontSize), { a, b } = element.ownerSVGElement ? element.getScreenCTM() : {};
    return a === undefined ? size * (element.currentCSSZoom ?? 1) : size * Math.hypot(a, b);
  };
  const frameThatCuts = (element, box) => {
    for (let at = element; at && at !== main; at = above(at)) {
      const { overflowX, overflowY } = getComputedStyle(at), frame = at.getBoundingClientRect();
      const out = Math.max(frame.left - box.left, box.right - frame.right, ...element.closest(".katex") ? [] : [(frame.top - box.top) * .6, (box.bottom - frame.bottom) * .6]); // a formula's signs have tall boxes
      if ((overflowX !== "visible" || overflowY !== "visible") && out > 3) return at;
    }
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
      if (frameThatCuts(element, box)) { found.add(`cut: ${words}`); continue; }
      if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1) found.add(`outside: ${words}`);
      if (box.bottom > bar + 2 && !element.closest(".st-key-scene-turn, .st-key-under")) found.add(`under the bar: ${words}`);
      // letters are lower than their line
      if (!formula) texts.push({ words, element, left: box.left, right: box.right, top: box.top + box.height * .22, bottom: box.bottom - box.height * .22 });
    }
  };
  look(main);
  texts.forEach((a, i) => texts.slice(i + 1).forEach(b => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (a.element !== b.element && wide > 3 && high > 2) found.add(`one over the other: ${a.words} | ${b.words}`);
  }));
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
