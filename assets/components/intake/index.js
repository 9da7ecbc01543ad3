// Reads a file in the browser and sends its text to Python. A file that is too big is never opened.

const CONTROL = /[\u0000-\u0008\u000e-\u001f]/; // no text has these; pictures and spreadsheets do
const decode = (bytes, encoding) => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};

// UTF-16 by its mark; without one where every second byte is almost always 0, as in numbers.
function sixteen(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const zeros = [0, 0];
  bytes.forEach((byte, place) => { zeros[place % 2] += byte === 0; });
  const many = bytes.length % 2 === 0 && bytes.length / 4;
  if (many && zeros[1] > many && !zeros[0]) return "utf-16le";
  if (many && zeros[0] > many && !zeros[1]) return "utf-16be";
  return null;
}

// CP949 (which browsers call euc-kr) takes nearly every pair of bytes: believed where it gives Korean.
function korean(bytes) {
  const text = decode(bytes, "euc-kr");
  const foreign = text?.match(/[^\u0000-\u007f]/g) ?? [];
  const hangul = foreign.filter(sign => /[\uac00-\ud7a3]/.test(sign)).length;
  return hangul * 2 >= foreign.length ? text : null;
}

function read(bytes) {
  const wide = sixteen(bytes);
  if (wide) return decode(bytes, wide);
  if (bytes.includes(0)) return null;
  return decode(bytes, "utf-8") ?? korean(bytes) ?? decode(bytes, "windows-1252");
}

async function contents(file, most) {
  if (file.size > most) return { error: "too_big", size: file.size };
  const text = read(new Uint8Array(await file.arrayBuffer()));
  return text === null || CONTROL.test(text) ? { error: "not_text" } : { text };
}

export default function ({ parentElement, data, setTriggerValue }) {
  const drop = parentElement.querySelector(".drop");
  const input = parentElement.querySelector("input");
  parentElement.querySelector(".choose").textContent = data.words.choose;
  parentElement.querySelector(".hint").textContent = data.words.drop;

  const take = async (file) => {
    if (file) setTriggerValue("file", await contents(file, data.most).catch(() => ({ error: "not_text" })));
  };
  input.onchange = () => {
    take(input.files[0]);
    input.value = ""; // so that the same file can be chosen again
  };
  drop.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add("over");
  };
  drop.ondragleave = () => drop.classList.remove("over");
  drop.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer.files[0]);
  };
}
