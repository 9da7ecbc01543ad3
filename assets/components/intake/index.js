// @ts-check
/* Reads a file in the browser and sends its text to Python. */

import { contents } from "./contents.js";
import { dropped } from "./drop.js";

/** @param {import("../kit/mount.js").Streamlit} streamlit */
export default function ({ parentElement, data, setTriggerValue }) {
  dropped(parentElement, data.words, async file => {
    setTriggerValue("file", await contents(file, data.most).catch(() => ({ error: "not_text" })));
  });
}
