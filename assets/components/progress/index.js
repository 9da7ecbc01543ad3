// Tells Python, once, what this browser has kept.

export default function ({ setStateValue }) {
  const kept = recall();
  if (Object.keys(kept.done).length) setStateValue("kept", kept);
}
