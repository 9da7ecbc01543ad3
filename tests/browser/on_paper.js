// How a page stands on paper: what is cut, what is shown that only clicks, what is too wide.
() => {
  const block = document.querySelector('.stMainBlockContainer');
  const frame = block.getBoundingClientRect();
  const clipped = [];
  for (let box = block; box; box = box.parentElement) {
    const {overflowX, overflowY} = getComputedStyle(box);
    const {height} = box.getBoundingClientRect();
    const clips = [overflowX, overflowY].some(way => way !== 'visible');
    if (clips || height < frame.height - 1) clipped.push(box.className || box.localName);
  }
  const seen = selector => [...document.querySelectorAll(selector)].filter(box => {
    const {width, height} = box.getBoundingClientRect();
    return width * height > 0;
  });
  const wide = seen('.stBidiComponent, .stImage img, table, .katex-display > *')
    .filter(box => box.getBoundingClientRect().right > frame.right + 2);
  const first = document.querySelector('h1').getBoundingClientRect();
  const last = document.querySelector('.st-key-footer').getBoundingClientRect();
  return {
    clipped, width: frame.width, height: frame.height,
    shown: seen('.stSidebar, .stAppHeader, .st-key-header, .stButton, .modebar-container')
      .map(box => box.className),
    wide: wide.map(box => box.className || box.localName),
    whole: first.top >= frame.top - 1 && last.bottom <= frame.bottom + 1 && last.top > first.bottom,
  };
}
