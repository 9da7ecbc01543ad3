// How a page stands on paper: what is cut, what only a hand can use, what is too wide, too small, or
// drawn for a screen.
() => {
  const block = document.querySelector('.stMainBlockContainer');
  const frame = block.getBoundingClientRect();
  const clipped = [];
  for (let box = block; box; box = box.parentElement) {
    const {overflowX, overflowY} = getComputedStyle(box);
    const {height} = box.getBoundingClientRect();
    const clips = overflowY !== 'visible' || !['visible', 'clip'].includes(overflowX);
    if (clips || height < frame.height / 2) clipped.push(box.className || box.localName);
  }
  const large = box => box.width > 2 && box.height > 2; // what is for screen readers is a dot
  const seen = selector => [...document.querySelectorAll(selector)]
    .filter(box => large(box.getBoundingClientRect()));
  const wide = seen('.stBidiComponent, .lab-chart .main-svg, .stImage img, table, .katex-display > *')
    .filter(box => box.getBoundingClientRect().right > frame.right + 2);
  // Where paper is only emulated, a chart may count the page's zoom of 0.9 twice.
  const unfit = seen('.lab-chart').filter(box => {
    const share = box.querySelector('.main-svg')?.clientWidth / box.clientWidth;
    return !(share > 0.88 && share < 1.01);
  });
  const shown = seen('.stSidebar, .stAppHeader, .st-key-header, .modebar-container');
  const called = element => {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      const key = [...(at.classList ?? [])].find(name => name.startsWith('st-key-'));
      if (key) return `${element.localName} “${element.textContent.trim().slice(0, 40)}” in ${key}`;
    }
    return `${element.localName} “${element.textContent.trim().slice(0, 40)}”`;
  };
  // Controls but those that say what is chosen or switched, and the nodes, points and lines that are the picture; letters below 8 pt.
  const pressed = 'button, input:not(:checked, [role="switch"]), select, textarea, [role="slider"]:not(circle)';
  const stays = '[class*="st-key-guess-"] *, [aria-pressed="true"], [aria-checked="true"], .stNumberInput input, .stSelectbox input, .stTextArea *, .diagram *, .code *';
  const within = 'style, script, sub, sup, .katex-mathml, .katex .vlist, .katex .sizing'; // of a letter that is large enough
  const hands = new Set(), small = new Set(), coarse = new Set();
  const look = node => {
    if (node.nodeType === Node.TEXT_NODE) {
      const element = node.parentElement ?? node.getRootNode().host, range = document.createRange();
      range.selectNode(node);
      if (!node.textContent.trim() || element.closest(within) || !large(range.getBoundingClientRect())) return;
      const {fontSize, visibility} = getComputedStyle(element);
      const points = parseFloat(fontSize) * element.currentCSSZoom * 0.75;
      if (visibility === 'visible' && points < 7.7) small.add(`${points.toFixed(1)} pt: ${called(element)}`);
      return;
    }
    if (node.nodeType === Node.ELEMENT_NODE && node.matches(pressed) && !node.matches(stays)) {
      if (large(node.getBoundingClientRect()) && getComputedStyle(node).opacity !== '0') hands.add(called(node));
    }
    const drawn = node.localName === 'canvas' && node.closest('.replay, .hero') && large(node.getBoundingClientRect());
    if (drawn && node.width < 2.5 * node.clientWidth) coarse.add(called(node));
    for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) look(child);
  };
  look(block);
  const first = document.querySelector('h1')?.getBoundingClientRect() ?? frame;
  return {
    clipped, width: frame.width, height: frame.height,
    shown: shown.map(box => box.className).concat([...hands]), small: [...small], coarse: [...coarse], unfit: unfit.map(called),
    wide: wide.map(box => box.className.baseVal ?? (box.className || box.localName)),
    whole: first.top >= frame.top - 1 && frame.height > 100,
  };
}
