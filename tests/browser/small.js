// Which things to touch have less than `least` px in one direction, by what a touch around their middle meets.
least => {
  const found = new Set();
  const what = "button, a[href], input, summary, select, textarea, [role=button], [role=radio], [role=checkbox], [role=switch], [role=tab]";
  const collect = (root, list = []) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches(what)) list.push(element);
      if (element.shadowRoot) collect(element.shadowRoot, list);
    }
    return list;
  };
  const deepest = (x, y) => {
    let hit = document.elementFromPoint(x, y);
    while (hit?.shadowRoot) {
      const inner = hit.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === hit) break;
      hit = inner;
    }
    return hit;
  };
  const inText = element => element.matches("a[href]") && !element.closest(".stPageLink") && getComputedStyle(element).display.startsWith("inline");
  const hidden = element => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    return style.display === "none" || style.visibility === "hidden" || style.pointerEvents === "none" || box.width <= 2 || box.height <= 2; // what only a screen reader or the keyboard meets
  };
  for (const element of collect(document)) {
    if (hidden(element) || element.disabled || inText(element) || element.closest(".js-plotly-plot, .stSidebar")) continue;
    // what is touched for a hidden input is its label, or the thumb that is drawn around it
    let area = element;
    const label = element.matches("[type=radio], [type=checkbox]") && element.closest("label");
    if (label) area = label;
    if (element.matches(".stSlider input[type=range]")) area = element.parentElement.parentElement;
    area.scrollIntoView({ block: "center", behavior: "instant" });
    const box = area.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
    const half = least / 2 - 1;
    const mine = (dx, dy) => {
      const hit = deepest(x + dx, y + dy);
      return hit && (area.contains(hit) || hit.contains(area) && hit.matches("label, button, a, summary") || hit.closest("label")?.control === element);
    };
    const wide = box.width >= least - 0.5 || (mine(-half, 0) && mine(half, 0));
    const high = box.height >= least - 0.5 || (mine(0, -half) && mine(0, half));
    if (!wide || !high) {
      const name = element.getAttribute("aria-label") ?? (label || element).textContent.trim().slice(0, 40);
      found.add(`${Math.round(box.width)}×${Math.round(box.height)} ${element.localName} “${name}”`);
    }
  }
  return [...found];
}
