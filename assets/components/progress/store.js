// What its owner has done here, kept in the browser alone: {last: lesson, done: {lesson: [questions]}}.
// Where a browser keeps nothing (a private window), the session still knows.

const PLACE = "batch-norm-lab";

function recall() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? {};
  } catch {
    return {};
  }
}

function keep(lesson, question) {
  const { done } = recall();
  const all = done && typeof done === "object" ? done : {};
  const names = Array.isArray(all[lesson]) ? all[lesson] : [];
  all[lesson] = question && !names.includes(question) ? [...names, question] : names;
  try {
    localStorage.setItem(PLACE, JSON.stringify({ last: lesson, done: all }));
  } catch { /* nothing is kept */ }
}

function forget() {
  try {
    localStorage.removeItem(PLACE);
  } catch { /* nothing was kept */ }
}
