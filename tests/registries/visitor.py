"""Opens every lesson of the house where it is run, and says what it found there, as JSON.

With one more entry in every registry that is no file, and a language that has hardly begun. A
process of its own: what is registered stays registered.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.registries import dummies
from tests.registries.dummies import NAME
from tests.registries.house import YOUNG
from tests.visits import visit

#: what a link asks of a lesson, so that the new entries are what it shows
LINKS: dict[str, dict[str, str]] = {
    "network": {"optimizer": NAME, "scene": "map"},
    "inside": {"optimizer": NAME, "scene": "programs"},
    "training": dict.fromkeys(("dataset", "optimizer", "activation", "init"), NAME),
    "why": {"part": "board", "claim": NAME, "all": "1"},
    NAME: {"which": "c", "number": "7", "list": "3,4"},
}
DRAWERS = {"network": "more-map", "training": "more-own", "why": "more-board"}
MORE = "one_more"  # a control of every lesson


def a_claim() -> None:
    """One claim more, at the end of its group."""
    from experiments.claims.grading import Claim
    from experiments.claims.registry import CLAIMS, GROUPS

    claim = Claim(
        NAME, "1502.03167", (0, 1, 2), {"much": "number"}, dummies.measured, lambda _: "weak"
    )
    list(GROUPS.values())[-1][NAME] = CLAIMS[NAME] = claim


def a_control_everywhere() -> None:
    """One control more in every lesson."""
    from ui.lessons import LESSONS
    from ui.state import Choice

    for lesson in LESSONS.values():
        declare = lesson.declare
        lesson.declare = lambda declare=declare: (*declare(), Choice(MORE, "a", ("a", "b")))


def opened(lesson: str, asks: dict[str, str] | None = None) -> dict[str, Any]:
    """What a visitor finds there, by the usual link or by one that asks for this."""
    at = AppTest.from_file(Path.cwd() / "app.py", default_timeout=120)
    link = {"lang": YOUNG, MORE: "b"} | (LINKS.get(lesson, {}) if asks is None else asks)
    for name, value in link.items():
        at.query_params[name] = value
    if lesson in DRAWERS:
        at.session_state[DRAWERS[lesson]] = True
    visit(at, lesson).run()
    return {
        "exceptions": [f"{one.message}\n{''.join(one.stack_trace)}" for one in at.exception],
        "complaints": [one.value for one in (*at.error, *at.warning)],
        "link": {name: at.query_params[name] for name in at.query_params},
        "text": [one.value for one in (*at.title, *at.markdown, *at.caption)],
        "labels": [
            one.label
            for kind in ("button_group", "select_slider", "number_input", "slider", "toggle")
            for one in at.get(kind)
        ],
        "options": {one.key: one.options for one in (*at.button_group, *at.selectbox)},
        "programs": [one.label for one in at.tabs],
        "buttons": [one.key for one in at.button],
        "menu": [one.proto.label for one in at.sidebar.get("page_link")],
        "components": [one.proto.component_name for one in at.get("bidi_component")],
    }


def main() -> None:
    dummies.in_the_core()
    a_claim()
    a_control_everywhere()
    from ui.lessons import LESSONS
    from ui.text import languages, missing

    lessons = {lesson: opened(lesson) for lesson in LESSONS}
    lessons[NAME] |= {"asked": opened(NAME, {"scene": "first", "which": "c"})}
    lessons[NAME] |= {"whole": opened(NAME, {"view": "all", "scene": "first"})}
    print(
        json.dumps({"lessons": lessons, "missing": {code: missing(code) for code in languages()}})
    )


if __name__ == "__main__":
    main()
