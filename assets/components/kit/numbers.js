// @ts-check
/* Numbers for people, and the small arithmetic of pictures. A minus is as wide as a digit, an exponent is raised. */

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** From a to b. @param {number} a @param {number} b @param {number} share */
export const mix = (a, b, share) => a + (b - a) * share;

/** As fine as a picture needs it. @param {number} value */
export const pixel = value => Math.round(value * 100) / 100;

/** @param {readonly number[]} values */
export const average = values => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {string} text */
export const minus = text => text.replace("-", "−");

/** An exponent. @param {number} power */
export const raised = power => String(power).replace(/./g, sign => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);

/** @param {number} share */
export const percent = share => `${(100 * share).toFixed(1)}%`;

/**
 * As 1.23×10⁻⁴. With `short`, no zeros stand at the mantissa's end.
 * @param {number} value
 * @param {number} decimals of the mantissa
 * @param {boolean} [short]
 */
export function scientific(value, decimals, short = false) {
  const [mantissa, power] = value.toExponential(decimals).split("e");
  return minus(`${short ? Number(mantissa) : mantissa}×10${raised(Number(power))}`);
}

/**
 * Decimals without the minus of a zero.
 * @param {number} value
 * @param {number} decimals
 */
export function plain(value, decimals) {
  const text = value.toFixed(decimals);
  return minus(/^-0\.?0*$/.test(text) ? text.slice(1) : text);
}

/**
 * A number by itself, in three significant digits and at most three decimals.
 * @param {number} value
 */
export function number(value) {
  if (Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return scientific(value, 1);
  return minus(value.toFixed(clamp(2 - Math.floor(Math.log10(size)), 0, 3)));
}

/**
 * A number among others: four significant digits (three of small numbers, to save room), seen from `scale`. The
 * spread of a row decides how fine its numbers are.
 * @param {number} value
 * @param {number} [scale]
 */
export function written(value, scale = Math.abs(value)) {
  if (scale === 0) return "0";
  if (scale < 1e-4 || scale >= 1e6) return value === 0 ? "0" : scientific(value, 2);
  const power = Math.floor(Math.log10(scale * 1.0005));
  return plain(value, Math.max(0, (power < -1 ? 2 : 3) - power));
}
