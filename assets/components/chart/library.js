// @ts-check
/* Plotly, fetched once for a page by whoever draws with it first. */
import { element } from "../kit/dom.js";

/** @type {Promise<any> | undefined} */
let library;

/** Whether it is there, or on its way. */
export const begun = () => Boolean(library);

/** Plotly; after a failure the next one that asks tries again. @param {string} address */
export function plotly(address) {
  const here = /** @type {any} */ (window).Plotly; // another component may have fetched it
  library ??= here ? Promise.resolve(here) : new Promise((found, failed) => {
    const script = element("script", "", document.head, { src: new URL(address, document.baseURI).href });
    script.onload = () => found(/** @type {any} */ (window).Plotly);
    script.onerror = () => {
      library = undefined;
      script.remove();
      failed(new Error(`no answer at ${script.src}`));
    };
  });
  return library;
}
