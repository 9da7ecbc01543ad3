"""What a visitor has opened and answered: kept in the browser, never on the server.

Every step is noted twice: in the session, and by a line of script in the browser's own storage
(`assets/components/progress/store.js`). The start page asks the browser once in a session what it
has kept. So progress outlives a reload and a night; in a browser that keeps nothing it lasts as
long as the session. No cookie, no name, nothing that the server writes down.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from ui import text
from ui.lessons import HOME, LESSONS

FOLDER = Path(__file__).parents[1] / "assets" / "components" / "progress"
KEY = "progress"
HERE, ASKED, CLEARED = "progress.here", "progress.asked", "progress.cleared"


@cache
def _store() -> str:
    return (FOLDER / "store.js").read_text("utf-8")


_component = st.components.v2.component(
    "progress", js=_store() + (FOLDER / "index.js").read_text("utf-8")
)


def questions(lesson: str) -> tuple[str, ...]:
    """The names of a lesson's questions, in the order of its words."""
    return text.names(f"{lesson}.questions")


def done() -> dict[str, list[str]]:
    """Lessons that were opened, in that order, each with the questions answered there."""
    return _here()["done"]


def last() -> str | None:
    """The lesson that was opened last."""
    return _here()["last"]


def _here() -> dict[str, Any]:
    return st.session_state.setdefault(HERE, {"last": None, "done": {}})


def note(lesson: str, question: str | None = None) -> str:
    """Remember that a lesson was opened, or a question answered; the script that tells the browser.

    The start page is no lesson.
    """
    if lesson == HOME:
        return ""
    here = _here()
    here["last"] = lesson
    answered = here["done"].setdefault(lesson, [])
    if question is not None and question not in answered:
        answered.append(question)
    return _run(f"keep({json.dumps(lesson)}, {json.dumps(question)})")


def _run(call: str) -> str:
    return f"<script>(() => {{ {_store()}\n{call}; }})()</script>"


def settle() -> None:
    """Put together what the browser has kept and what this session knows; the start page calls it.

    In the run after `clear` the browser is told to forget.
    """
    with st.container(key="progress-at-work"):
        if st.session_state.pop(CLEARED, False):
            st.html(_run("forget()"), unsafe_allow_javascript=True)
        elif not st.session_state.get(ASKED):
            _component(key=KEY, on_kept_change=_take)


def _take() -> None:
    """Take over what the browser told, as far as it names lessons and questions of ours."""
    kept = st.session_state[KEY].get("kept")
    st.session_state[ASKED] = True
    known, here = readable(kept), _here()
    for lesson, answered in here["done"].items():
        known[lesson] = list(dict.fromkeys([*known.get(lesson, []), *answered]))
    here["done"] = known
    told = kept.get("last") if isinstance(kept, dict) else None
    here["last"] = here["last"] or (told if told in known else None)


def readable(kept: Any) -> dict[str, list[str]]:
    """What is ours in something that a browser sent: lessons, each with questions that it asks."""
    told = kept.get("done") if isinstance(kept, dict) else None
    found: dict[str, list[str]] = {}
    for lesson, answered in told.items() if isinstance(told, dict) else ():
        if lesson in LESSONS and lesson != HOME and isinstance(answered, list):
            found[lesson] = [name for name in questions(lesson) if name in answered]
    return found


def clear() -> None:
    """Forget all of it, here and in the browser; the answers too."""
    st.session_state[HERE] = {"last": None, "done": {}}
    st.session_state[ASKED] = True
    st.session_state[CLEARED] = True
    for key in [key for key in st.session_state if str(key).startswith("answer.")]:
        del st.session_state[key]
