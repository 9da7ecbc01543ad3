"""What a visitor has opened and answered: kept in the browser, never on the server.

Every step is noted twice: in the session, and by a line of script in the browser's own storage
(`assets/components/progress/store.js`). The start page asks the browser once in a session what it
has kept. So progress outlives a reload and a night; in a browser that keeps nothing it lasts as
long as the session. No cookie, no name, nothing that the server writes down.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import streamlit as st

from ui import modules, text
from ui.components import Component
from ui.lessons import HOME, LESSONS
from ui.outside import maybe, named, several, shape, word

KEY = "progress"
HERE, ASKED, CLEARED = "progress.here", "progress.asked", "progress.cleared"


@cache
def _store() -> str:
    return modules.value("progress/store.js")


_component = Component(
    "progress",
    {"kept": shape(last=maybe(word()), done=named(several(word())))},
    js="progress/index.js",
)


def questions(lesson: str) -> tuple[str, ...]:
    """What there is to do in a lesson: the scenes of its path; else its questions, as worded."""
    if scenes := LESSONS[lesson].scenes:
        return tuple(scene.name for scene in scenes if not scene.deep)
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
    return f"<script>({_store()}).{call}</script>"


def settle() -> None:
    """Put together what the browser has kept and what this session knows; the start page calls it.

    In the run after `clear` the browser is told to forget.
    """
    with st.container(key="progress-at-work"):
        if st.session_state.pop(CLEARED, False):
            st.html(_run("forget()"), unsafe_allow_javascript=True)
        elif not st.session_state.get(ASKED):
            _component(KEY, on_kept=_take)


def _take(kept: dict[str, Any]) -> None:
    """Take over what the browser told, as far as it names lessons and questions of ours."""
    st.session_state[ASKED] = True
    known, here = ours(kept["done"]), _here()
    for lesson, answered in here["done"].items():
        known[lesson] = list(dict.fromkeys([*known.get(lesson, []), *answered]))
    here["done"] = known
    here["last"] = here["last"] or (kept["last"] if kept["last"] in known else None)


def ours(done: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is ours in what a browser keeps: lessons, each with questions that it asks."""
    return {
        lesson: [name for name in questions(lesson) if name in answered]
        for lesson, answered in done.items()
        if lesson in LESSONS and lesson != HOME
    }


def clear() -> None:
    """Forget all of it, here and in the browser; the answers too."""
    st.session_state[HERE] = {"last": None, "done": {}}
    st.session_state[ASKED] = True
    st.session_state[CLEARED] = True
    for key in [key for key in st.session_state if str(key).startswith("answer.")]:
        del st.session_state[key]
