/* A picture under the finger: sliders that move it at once, in the browser. What they are set to goes to Python
   on release; until Python has answered, what the hand set stays, and from then on Python's word counts (a
   link, Back, another language).

   A picture of this kind says what to paint in `draw()` and what a slider's value means in `told(name)`. Python
   sends a track for each slider: {value, low, high, step, label} and, where its values are places in a list,
   the `options` as a link writes them.

   Tests and readers of the page find the truth in attributes: `data-value` of what is painted or written, and
   on the root `data-state`: still, dragging or waiting (for Python). */

const REST = 250; // ms after a key before Python hears of it
const PATIENCE = 15000; // ms after which a value that Python never acknowledged gives way

class Dragged {
  constructor(root) {
    this.root = root;
    this.find = selector => root.querySelector(selector);
    this.mount = Math.random().toString(36).slice(2);
    this.sent = 0;
    this.values = {};
    this.abort = new AbortController();
    this.sliders = {};
    for (const box of root.querySelectorAll("[data-control]")) {
      const [what, output, input] = [".what", "output", "input"].map(part => box.querySelector(part));
      this.sliders[box.dataset.control] = { what, output, input };
      this.listen(box.dataset.control, input);
    }
    this.watchSize = new ResizeObserver(() => this.repaint());
    this.watchSize.observe(root);
  }

  leave() {
    this.abort.abort();
    this.watchSize.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
  }

  on(target, kind, handler) { target.addEventListener(kind, handler, { signal: this.abort.signal }); }

  /* New data. It wins, except over what the hand holds or has just let go of. */
  receive(data) {
    this.data = data;
    this.words = data.words;
    const seen = data.seen?.mount === this.mount ? data.seen.n : 0;
    this.waiting = this.sent > seen && performance.now() - this.sentAt < PATIENCE;
    for (const [name, track] of Object.entries(data.tracks)) {
      if (!this.held && !this.waiting) this.values[name] = track.value;
      const { what, input } = this.sliders[name];
      put(input, { min: track.low, max: track.high, step: track.step });
      write(what, track.label);
    }
    for (const [idea, colour] of Object.entries(data.palette)) this.root.style.setProperty(`--${idea}`, colour);
    for (const element of this.root.querySelectorAll("[data-word]")) write(element, this.words[element.dataset.word]);
    this.repaint();
  }

  say(name, values) { return this.words[name].replace(/\{(\w+)\}/g, (token, key) => values[key] ?? token); }

  /* A pointer is done when it lets go, a key when no other one follows. */
  listen(name, input) {
    let keyed = false;
    const release = () => { if (this.held === name) this.release(); };
    this.on(input, "pointerdown", () => { keyed = false; });
    this.on(input, "keydown", () => { keyed = true; });
    this.on(input, "input", () => this.take(name, Number(input.value)));
    this.on(input, "change", () => {
      clearTimeout(this.resting);
      if (keyed) this.resting = setTimeout(release, REST);
      else release();
    });
    this.on(input, "blur", release);
    this.undone(input, name);
  }

  /* A finger that only scrolls leaves a control as it was. */
  undone(target, name) {
    undoneBySwipe(target, () => {
      if (this.held) this.release(); // typed a moment ago
      const value = this.values[name];
      return () => {
        if (this.held !== name) return;
        this.held = undefined;
        this.values[name] = value;
        this.receive(this.data);
      };
    }, { signal: this.abort.signal });
  }

  take(name, value) {
    this.held = name;
    this.values[name] = value;
    this.repaint();
  }

  release() {
    clearTimeout(this.resting);
    this.held = undefined;
    this.waiting = true;
    this.sentAt = performance.now();
    const set = {};
    for (const [name, { options }] of Object.entries(this.data.tracks)) set[name] = options?.[this.values[name]] ?? String(this.values[name]);
    this.send({ mount: this.mount, n: ++this.sent, set });
    this.repaint();
  }

  /* Whether what stands here is what Python knows. */
  get still() { return !this.held && !this.waiting; }

  repaint() {
    if (this.frame || !this.data) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  paint() {
    if (!this.root.clientWidth) return;
    this.draw();
    for (const [name, { input, output }] of Object.entries(this.sliders)) {
      const value = this.values[name], { written, spoken } = this.told(name);
      const [low, high] = [Number(input.min), Number(input.max)], share = at => clamp((at - low) / (high - low), 0, 1) * 100;
      if (this.held !== name) input.value = value;
      write(output, written);
      put(output, { "data-value": value });
      put(input, { "aria-valuetext": spoken });
      const [here, origin] = [share(value), share(low < 0 ? 0 : low)];
      input.style.setProperty("--from", `${Math.min(here, origin)}%`);
      input.style.setProperty("--to", `${Math.max(here, origin)}%`);
    }
    put(this.root, { "data-state": this.held ? "dragging" : this.waiting ? "waiting" : "still" });
  }
}

/* What Streamlit calls: one picture for each place on the page. */
const mounted = (Picture, pictures = new WeakMap()) => ({ data, parentElement, setTriggerValue }) => {
  const root = parentElement.querySelector(".drag");
  let picture = pictures.get(root);
  if (!picture) pictures.set(root, picture = new Picture(root));
  // When data changes twice at once, Streamlit cleans up after the first call: only the last may end it.
  const call = picture.calls = (picture.calls ?? 0) + 1;
  picture.send = payload => setTriggerValue("commit", payload);
  picture.receive(data);
  return () => {
    if (picture.calls !== call) return;
    picture.leave();
    pictures.delete(root);
  };
};
