// Reads a file in the browser and sends its text to Python. A file that is too big is never opened.

async function contents(file, most) {
  if (file.size > most) return { error: "too_big", size: file.size };
  try {
    const bytes = await file.arrayBuffer();
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { error: "not_text" };
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  const drop = parentElement.querySelector(".drop");
  const input = parentElement.querySelector("input");
  parentElement.querySelector(".choose").textContent = data.words.choose;
  parentElement.querySelector(".hint").textContent = data.words.drop;

  const take = async (file) => {
    if (file) setTriggerValue("file", await contents(file, data.most));
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
