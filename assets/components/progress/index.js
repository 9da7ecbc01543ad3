// Tells Python, once, what this browser has kept.

export default function ({ setStateValue }) {
  const kept = recall();
  if (kept.done) setStateValue("kept", kept);
}
