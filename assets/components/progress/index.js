// @ts-check
// Tells Python, once, what this browser has kept.

import { recall } from "./store.js";

/** @param {import("../kit/mount.js").Streamlit} streamlit */
export default function ({ setStateValue }) {
  const kept = recall();
  if (kept.show || Object.keys(kept.done).length) setStateValue("kept", kept);
}
