// @ts-check
/* Reads a file of batch norm layers in the browser and sends Python what the doctor needs of it. */

import { dropped } from "../intake/drop.js";
import { contents } from "./file.js";

/** @param {import("../kit/mount.js").Streamlit} streamlit */
export default function ({ parentElement, data, setTriggerValue }) {
  dropped(parentElement, data.words, async file => setTriggerValue("file", await contents(file)));
}
