// @ts-check
/* What a picture is to those who mount it, and how it and Python agree about what a hand has set.

   A picture is a class: it is made on an element, `receive`s data as often as there is some, tells what a hand has set
   through its `send`, and `leave`s nothing behind. It knows nothing of Streamlit. */

/**
 * @typedef {{ receive(data: any): unknown, leave(): void, send?: (sent: any) => void }} Picture
 * @typedef {{ parentElement: Element, data: any, setStateValue: Tell, setTriggerValue: Tell }} Streamlit
 * @typedef {(event: string, sent: any) => void} Tell
 */

export const REST = 250; // ms after a key before Python hears of it: keys come in bursts
// ms after which a value that Python never acknowledged gives way; a picture that was taken along has no Python to wait for
const PATIENCE = /** @type {any} */ (globalThis).takenAlong ? Infinity : 15000;

/**
 * What Streamlit calls, with every new data: one picture for each place on the page, on the element that `selector`
 * finds in it or on the place itself. What it sends is an event of this name: a trigger is news each time, a state is
 * kept.
 * @param {new (root: any) => Picture} Kind
 * @param {{ selector?: string, trigger?: string, state?: string }} how
 */
export function mounted(Kind, { selector, trigger, state }) {
  /** @type {WeakMap<Element, { picture: Picture, calls: number }>} */
  const places = new WeakMap();
  return (/** @type {Streamlit} */ { parentElement, data, setStateValue, setTriggerValue }) => {
    const root = selector ? /** @type {Element} */ (parentElement.querySelector(selector)) : parentElement;
    const place = places.get(root) ?? { picture: new Kind(root), calls: 0 };
    places.set(root, place);
    // When data changes twice at once, Streamlit cleans up after the first call although the second one goes on with
    // the same picture: only the last caller may end it.
    const call = ++place.calls;
    place.picture.send = sent => trigger ? setTriggerValue(trigger, sent) : setStateValue(String(state), sent);
    place.picture.receive(data);
    return () => {
      if (place.calls !== call) return;
      place.picture.leave();
      places.delete(root);
    };
  };
}

/**
 * What a hand has set and Python has not yet confirmed. Python's word counts, except over what the hand holds or has
 * just let go of: it sends `mount` and a count, Python answers with both (`seen`), and from then on, or when it has
 * not answered in a long time, Python's word counts again (a link, Back, another language).
 */
export class Unsaved {
  mount = Math.random().toString(36).slice(2);
  sent = 0;
  /** @type {Record<string, { n: number, at: number }>} */
  fields = {};

  /** @param {() => number} [now] in ms */
  constructor(now = () => performance.now()) { this.now = now; }

  /** The hand is on it. @param {string} field */
  hold(field) { this.fields[field] = { n: Infinity, at: this.now() }; }

  /** The hand let go of them: what goes to Python beside the values. @param {readonly string[]} fields */
  letGo(fields) {
    const n = ++this.sent;
    for (const field of fields) this.fields[field] = { n, at: this.now() };
    return { mount: this.mount, n };
  }

  /**
   * Whether what the hand set still stands, now that Python has seen so much; else it is forgotten.
   * @param {string} field
   * @param {{ mount: string, n: number } | null | undefined} seen
   */
  stands(field, seen) {
    const mine = this.fields[field], known = seen?.mount === this.mount ? seen.n : 0;
    if (mine && mine.n > known && (mine.n === Infinity || this.now() - mine.at < PATIENCE)) return true;
    delete this.fields[field];
    return false;
  }

  /** How to go back to as it is now with this field. @param {string} field */
  keep(field) {
    const mine = this.fields[field];
    return () => {
      if (mine) this.fields[field] = mine;
      else delete this.fields[field];
    };
  }

  /** Of these fields, or of any. @param {readonly string[]} [among] */
  some(among = Object.keys(this.fields)) { return among.some(field => field in this.fields); }
}
