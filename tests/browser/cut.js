// What does not fit into its place: parts beyond the page, and parts that are cut by their own frame.
() => {
  const found = new Set();
  const main = document.querySelector(".stMain");
  const edge = main.getBoundingClientRect().left + main.clientWidth + 0.6;
  const own = ["input", "textarea", "pre"]; // scroll by themselves, with the keyboard, in every program
  const called = element => {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      const key = [...(at.classList ?? [])].find(name => name.startsWith("st-key-"));
      if (key) return `${element.localName}.${element.classList[0] ?? ""} in ${key}`;
    }
    return `${element.localName}.${element.classList[0] ?? ""} “${element.textContent.trim().slice(0, 40)}”`;
  };
  const look = element => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (style.display === "none" || style.visibility === "hidden" || style.clipPath !== "none") return;
    if (box.width > 2 && box.height > 2) {
      if (box.right > edge && element.type !== "range") { found.add(`${Math.round(box.right - edge)} px beyond the page: ${called(element)}`); return; }
      const hides = style.overflowX !== "visible" && !own.includes(element.localName);
      const more = element.scrollWidth - element.clientWidth;
      if (hides && element.clientWidth && more > 1) { found.add(`${more} px cut: ${called(element)}`); return; }
      // a formula or a table that lies over its neighbour
      if (element.matches("table, .katex")) {
        const frame = element.closest(".stMarkdown, .stHtml, .stColumn")?.getBoundingClientRect();
        if (frame && box.right > frame.right + 1.5) found.add(`${Math.round(box.right - frame.right)} px beyond its frame: ${called(element)}`);
      }
    }
    if (element.localName === "svg" || element.matches(".katex, pre")) return;
    for (const child of element.shadowRoot?.children ?? []) look(child);
    for (const child of element.children) look(child);
  };
  for (const child of main.children) look(child);
  return [...found];
}
