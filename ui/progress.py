"""What a visitor has seen and answered, and where: kept in the browser, never on the server.

Every step is noted twice: in the session, and by a line of script in the browser's own storage
(`assets/components/progress/store.js`). The browser is asked once in a session what it has kept.
So progress outlives a reload and a night; in a browser that keeps nothing it lasts as long as the
session. No cookie, no name, nothing that the server writes down.
"""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from ui import scripts, state
from ui.components import Component
from ui.lessons import HOME, LESSONS
from ui.outside import maybe, named, several, shape, word

KEY = "progress"
HERE, ASKED, CLEARED = "progress.here", "progress.asked", "progress.cleared"
NEWS = "progress.news"  # the browser has told what the page does not show yet
#: the fragment of the menu, whose links lead to where a reader was, and the views that have one
MENU, WITH_MENU = "menu", ("page", "all")
ANSWERS = "scenes."  # what keys in the session begin with that hold answers


_component = Component(
    "progress",
    {
        "kept": shape(
            last=maybe(word()),
            done=named(several(word())),
            at=maybe(named(word())),
            show=maybe(word()),
        )
    },
    js="progress/index.js",
)


def path(lesson: str) -> tuple[str, ...]:
    """The scenes that a lesson's reader is led through."""
    return tuple(scene.name for scene in LESSONS[lesson].path)


def asked(lesson: str) -> tuple[str, ...]:
    """What these scenes ask one after the other; it counts once it is guessed."""
    return tuple(name for scene in LESSONS[lesson].path for name in scene.asks)


def done() -> dict[str, list[str]]:
    """Lessons that were opened, in that order, each with what was seen and guessed there."""
    return _here()["done"]


def last() -> str | None:
    """The lesson that was opened last."""
    return _here()["last"]


def place(lesson: str) -> str | None:
    """The scene of a lesson that was open last."""
    return _here()["at"].get(lesson)


def _here() -> dict[str, Any]:
    return st.session_state.setdefault(HERE, {"last": None, "done": {}, "at": {}})


def note(
    lesson: str, name: str | None = None, scene: str | None = None
) -> list[tuple[object, ...]]:
    """Remember that a lesson is open, at a scene, and what was seen or answered there.

    Returns what tells the browser. The start page is no lesson.
    """
    if lesson == HOME:
        return []
    here = _here()
    here["last"] = lesson
    done = here["done"].setdefault(lesson, [])
    if name is not None and name not in done:
        done.append(name)
    if scene is not None:
        here["at"][lesson] = scene
    return [scripts.call("keep", lesson, name, scene)]


def keep_show(show: str) -> tuple[object, ...]:
    """What has the browser remember how all lessons are looked at."""
    return scripts.call("keepShow", show)


def settle() -> None:
    """Put together what the browser has kept and what this session knows; every page calls it.

    In the run after `clear` the browser is told to forget.
    """
    if st.session_state.pop(CLEARED, False):
        scripts.run("progress", scripts.call("forget"))
    elif not st.session_state.get(ASKED):
        _ask()


@st.fragment
def _ask() -> None:
    """What it tells draws the page again where it changes anything that is shown."""
    if st.session_state.pop(NEWS, False):
        st.rerun()
    _component(KEY, {}, on_kept=_take)


def _take(kept: dict[str, Any]) -> None:
    """Take over what the browser told, as far as it names lessons and questions of ours."""
    st.session_state[ASKED] = True
    was = _shown()
    if kept["show"] in state.SETTINGS["show"].options:
        state.put_setting("show", kept["show"])
    known, here = ours(kept["done"]), _here()
    for lesson, answered in here["done"].items():
        known[lesson] = list(dict.fromkeys([*known.get(lesson, []), *answered]))
    places_before = here["at"]
    here["done"] = known
    here["at"] = places(kept["at"] or {}) | places_before
    here["last"] = here["last"] or (kept["last"] if kept["last"] in known else None)
    if _shown() != was:
        st.session_state[NEWS] = True
    elif here["at"] != places_before and state.setting("view") in WITH_MENU:
        st.rerun(MENU)


def _shown() -> object:
    """What the page that is open shows of it, the menu apart: of a lesson what was done there."""
    lesson, here = st.session_state.get("lesson", HOME), _here()
    if lesson == HOME:
        return json.dumps(here)
    return state.setting("show"), set(here["done"].get(lesson, ()))


def ours(done: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is ours in what a browser keeps: lessons, each with scenes of its path and guesses."""
    return {
        lesson: [name for name in (*path(lesson), *asked(lesson)) if name in answered]
        for lesson, answered in done.items()
        if lesson in LESSONS and lesson != HOME
    }


def places(at: dict[str, str]) -> dict[str, str]:
    """The same of the scenes that were open last."""
    return {
        lesson: scene
        for lesson, scene in at.items()
        if lesson in LESSONS and scene in {each.name for each in LESSONS[lesson].scenes}
    }


def clear() -> None:
    """Forget all of it, here and in the browser; the answers too."""
    st.session_state[HERE] = {"last": None, "done": {}, "at": {}}
    st.session_state[ASKED] = True
    st.session_state[CLEARED] = True
    for key in [key for key in st.session_state if str(key).startswith(ANSWERS)]:
        del st.session_state[key]
