// @ts-check
/* A picture that leaves: Python sends the page that carries it; what its charts look like is drawn here, since it is
   the browser that draws charts, and then all of it is saved as one file. */
import { plotly } from "../chart/library.js";
import { inflate } from "../kit/bytes.js";

const WIDTHS = { wide: 860, narrow: 360 }; // px
const PLACE = "<!--charts-->";

const LARGE = 30_000, MIDDLE = 560; // letters: so much is drawn at one width alone, in px, which a phone makes smaller

/** What another language changes in a drawing, tag by tag; all of it, where its tags are others. @param {string} first @param {string} other */
function changes(first, other) {
  const [mine, its] = [first, other].map(text => text.split("<"));
  if (mine.length !== its.length) return other;
  return its.flatMap((tag, at) => tag === mine[at] ? [] : [[at, tag]]);
}

/**
 * A chart as SVG, for each width.
 * @param {any} chart
 */
async function drawn({ address, data, layout, config }) {
  const Plotly = await plotly(address);
  const at = async (/** @type {number} */ width) => {
    const figure = { data, layout: { ...layout, width, autosize: false }, config: { ...config, staticPlot: true } };
    const svg = await Plotly.toImage(figure, { format: "svg", width, height: layout.height, imageDataOnly: true });
    return svg.startsWith("data:") ? decodeURIComponent(svg.slice(svg.indexOf(",") + 1)) : svg;
  };
  const wide = await at(WIDTHS.wide);
  return wide.length > LARGE ? { wide: await at(MIDDLE) } : { wide, narrow: await at(WIDTHS.narrow) };
}

/** Compressed, in base64. @param {string} text */
async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let letters = "";
  for (let at = 0; at < bytes.length; at += 0x8000) letters += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(letters);
}

/** @param {string} text @param {string} name */
function save(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/html" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export class Piece {
  /** @param {HTMLElement} root */
  constructor(root) { this.root = root; }

  /** @param {Uint8Array} bytes */
  async receive(bytes) {
    const [{ name, charts, turn, words }, rest] = await inflate(bytes);
    if (turn === this.turn) return;
    this.turn = turn;
    let page = new TextDecoder().decode(rest);
    try {
      if (Object.keys(charts).length) page = page.replace(PLACE, await this.carrier(charts));
      save(page, name);
      this.root.textContent = words.saved;
    } catch (why) {
      console.warn(/** @type {Error} */ (why).message);
      this.root.textContent = words.failed;
    }
    this.root.dataset.turn = String(turn);
  }

  /* Charts by the number of their part, in every language. */
  async carrier(charts) {
    /** @type {Record<string, Record<string, any>>} */
    const found = {};
    for (const [part, languages] of Object.entries(charts)) {
      const [[first, chart], ...others] = Object.entries(languages), drawing = await drawn(chart);
      found[part] = { [first]: drawing };
      for (const [language, other] of others) {
        const its = await drawn(other);
        found[part][language] = Object.fromEntries(Object.keys(its).map(name => [name, drawing[name] ? changes(drawing[name], its[name]) : its[name]]));
      }
    }
    return `<script type="text/plain" id="charts">${await packed(JSON.stringify(found))}</script>`;
  }

  leave() {}
}
