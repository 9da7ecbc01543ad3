/* Small tools: elements that are written only when they change, numbers for people, ticks. */

const SVG = "http://www.w3.org/2000/svg";
const make = (name, parent, attributes = {}) => {
  const element = document.createElementNS(SVG, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return parent.appendChild(element);
};
/* Write only what has changed: an untouched mark costs the browser nothing. */
const put = (element, attributes) => {
  const held = element.held ??= {};
  for (const key in attributes) {
    if (held[key] === attributes[key]) continue;
    held[key] = attributes[key];
    element.setAttribute(key, attributes[key]);
  }
};
const write = (element, text) => {
  if (element.written === text) return;
  element.written = text;
  element.textContent = text;
};
const pixel = value => Math.round(value * 100) / 100;
const mix = (a, b, t) => a + (b - a) * t;
const ease = t => t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;
const clamp = (value, lo, hi) => Math.min(hi, Math.max(lo, value));
const grow = (list, count, create) => {
  while (list.length < count) list.push(create(list.length));
  while (list.length > count) list.pop().remove();
};

const minus = text => text.replace("-", "−");
const raised = power => [...String(power)].map(sign => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");

function scientific(value, digits) {
  const [mantissa, power] = value.toExponential(digits).split("e");
  return minus(`${mantissa}×10${raised(Number(power))}`);
}

/* Four significant digits (three of small numbers, to save room), seen from `scale`: the spread of a row decides how fine its numbers are. */
function written(value, scale = Math.abs(value)) {
  if (scale === 0) return "0";
  if (scale < 1e-4 || scale >= 1e6) return value === 0 ? "0" : scientific(value, 2);
  const power = Math.floor(Math.log10(scale * 1.0005));
  const text = value.toFixed(Math.max(0, (power < -1 ? 2 : 3) - power));
  return minus(/^-0\.?0*$/.test(text) ? text.slice(1) : text);
}

/* ε spans thirteen powers of ten. */
function writtenEps(eps) {
  if (eps >= 1e-3) return String(Number(eps.toPrecision(3)));
  const [mantissa, power] = eps.toExponential(2).split("e");
  return `${Number(mantissa)}×10${raised(Number(power))}`;
}

const writtenSlider = (name, value) => name === "eps" ? writtenEps(value) : written(value, Math.max(1, Math.abs(value)));

/* A distance between ticks: 1, 2, 2.5 or 5 times a power of ten. */
function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 2.5, 5, 10].find(step => step * power >= rough * (1 - 1e-9));
}

function niceRange(lo, hi) {
  const size = Math.max(Math.abs(lo), Math.abs(hi));
  if (!(hi - lo > size * 1e-12)) {
    const room = Math.max(1, size / 10);
    return [lo - room, hi + room];
  }
  const grain = niceStep((hi - lo) / 8) / 2;
  return [Math.floor(lo / grain - 0.35) * grain, Math.ceil(hi / grain + 0.35) * grain];
}

function ticksOf([lo, hi], pixels) {
  const step = niceStep((hi - lo) / Math.max(2, Math.floor(pixels / (pixels < 420 ? 58 : 84))));
  const size = Math.max(Math.abs(lo), Math.abs(hi));
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9) + (/^2\.?5/.test(String(step / 10 ** Math.floor(Math.log10(step)))) ? 1 : 0));
  const ticks = [];
  for (let k = Math.ceil(lo / step); k * step <= hi && ticks.length < 40; k++) {
    const value = k * step;
    const plain = size < 1e7 && step >= 1e-7;
    ticks.push({ value, text: value === 0 ? "0" : plain ? minus(value.toFixed(Math.min(decimals, 12))) : scientific(value, 1) });
  }
  return ticks;
}

/* ε lies on a logarithmic slider and is rounded to three digits, so that links stay readable. */
const SCALES = {
  eps: { to: eps => Math.log10(eps), from: text => Number((10 ** Number(text)).toPrecision(3)) },
  gamma: { to: gamma => gamma, from: Number },
  beta: { to: beta => beta, from: Number },
};
const stepFor = range => 10 ** (Math.floor(Math.log10(range / 3 + 1e-9)) - 2);
