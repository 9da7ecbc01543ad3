// Lay a link over what must stand on one sheet, and over headings and what follows them: a PDF says where links are.
// Returns [kind, name] of each; called again with true, takes them off.
off => {
  if (off) {
    document.querySelectorAll('a.mark').forEach(mark => mark.remove());
    return [];
  }
  const main = document.querySelector('.stMainBlockContainer'), marks = [];
  const shown = element => { const box = element.getBoundingClientRect(); return box.width > 4 && box.height > 4; };
  const mark = (kind, element, style) => {
    if (getComputedStyle(element).position === 'static') element.style.position = 'relative';
    const link = document.createElement('a');
    link.className = 'mark';
    link.href = `https://paper.test/${kind}-${marks.length}`;
    link.style.cssText = `position: absolute; left: 0; right: 0; ${style}`;
    element.append(link);
    marks.push([`${kind}-${marks.length}`, element.textContent.trim().slice(0, 60) || element.className]);
  };
  mark('edge', main, 'top: 0; height: 4px'); // as wide as the paper
  const pictures = '.stBidiComponent, .lab-chart, .stImage, .katex-display, figure, .stAlert, tbody tr';
  for (const picture of main.querySelectorAll(pictures)) {
    const holds = picture.matches('.stBidiComponent') ? picture.parentElement : picture;
    if (shown(holds) && !picture.parentElement.closest('figure')) mark('picture', holds.matches('tr') ? holds.lastElementChild : holds, 'top: 0; bottom: 0');
  }
  const boxes = [...main.querySelectorAll('.stElementContainer')].filter(box => shown(box) && box.getBoundingClientRect().height > 4);
  boxes.forEach((box, k) => {
    const after = boxes[k + 1];
    const head = box.querySelector('h1, h2, h3');
    if (!after || !head || box.contains(after) || box.textContent.length > head.textContent.length + 2) return;
    mark('head', box, 'bottom: 0; height: 4px');
    mark('after', after, 'top: 0; height: 4px');
  });
  return marks;
}
