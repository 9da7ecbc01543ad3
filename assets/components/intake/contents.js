// @ts-check
/* A file as text, whatever it was written in; or why it is none. A file that is too big is never opened. */

const CONTROL = /[\u0000-\u0008\u000e-\u001f]/; // no text has these; pictures and spreadsheets do
/** @param {Uint8Array} bytes @param {string} encoding */
const decode = (bytes, encoding) => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};

/** UTF-16 by its mark; without one where every second byte is almost always 0, as in numbers. @param {Uint8Array} bytes */
function sixteen(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const zeros = [0, 0];
  bytes.forEach((byte, place) => { zeros[place % 2] += Number(byte === 0); });
  const many = bytes.length % 2 === 0 ? bytes.length / 4 : 0;
  if (many && zeros[1] > many && !zeros[0]) return "utf-16le";
  if (many && zeros[0] > many && !zeros[1]) return "utf-16be";
  return null;
}

/** CP949 (which browsers call euc-kr) takes nearly every pair of bytes: believed where it gives Korean. @param {Uint8Array} bytes */
function korean(bytes) {
  const text = decode(bytes, "euc-kr");
  const foreign = text?.match(/[^\u0000-\u007f]/g) ?? [];
  const hangul = foreign.filter(sign => /[\uac00-\ud7a3]/.test(sign)).length;
  return hangul * 2 >= foreign.length ? text : null;
}

/** The text in these bytes, or null. @param {Uint8Array} bytes */
export function read(bytes) {
  const wide = sixteen(bytes);
  if (wide) return decode(bytes, wide);
  if (bytes.includes(0)) return null;
  return decode(bytes, "utf-8") ?? korean(bytes) ?? decode(bytes, "windows-1252");
}

/**
 * {text}, or {error} as Python knows it.
 * @param {Blob} file
 * @param {number} most bytes
 */
export async function contents(file, most) {
  if (file.size > most) return { error: "too_big", size: file.size };
  const text = read(new Uint8Array(await file.arrayBuffer()));
  return text === null || CONTROL.test(text) ? { error: "not_text" } : { text };
}
