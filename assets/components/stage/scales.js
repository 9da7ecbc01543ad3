// @ts-check
/* The rows of the picture, and the sliders below it. */

import { scientific, written } from "../kit/numbers.js";

export const ROWS = ["z", "z_centered", "z_norm", "z_tilde"];

/* ε lies on a logarithmic slider and is rounded to three digits, so that links stay readable. */
export const SCALES = {
  eps: { to: eps => Math.log10(eps), from: text => Number((10 ** Number(text)).toPrecision(3)) },
  gamma: { to: gamma => gamma, from: Number },
  beta: { to: beta => beta, from: Number },
};

export const stepFor = range => 10 ** (Math.floor(Math.log10(range / 3 + 1e-9)) - 2);

/* ε spans thirteen powers of ten. */
export const writtenEps = eps => eps >= 1e-3 ? String(Number(eps.toPrecision(3))) : scientific(eps, 2, true);

export const writtenSlider = (name, value) => name === "eps" ? writtenEps(value) : written(value, Math.max(1, Math.abs(value)));
