"""The frame under AppTest: what a link does to a session, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui.lessons import HOME, LESSONS
from ui.state import key

ROOT = Path(__file__).parents[2]
WITH_CONTROLS = [lesson for lesson, entry in LESSONS.items() if entry.controls]


def opened(lesson: str, **query: str) -> AppTest:
    """The app as a link to a lesson opens it."""
    at = AppTest.from_file(ROOT / "app.py", default_timeout=30)
    for name, value in query.items():
        at.query_params[name] = value
    if lesson != HOME:
        at.switch_page(f"pages/lessons/{lesson}.py")
    return at.run()


def link(at: AppTest) -> dict[str, str]:
    """The query as it stands; AppTest keeps what it was given as text and what came as lists."""
    return {
        name: value if isinstance(value, str) else ",".join(value)
        for name, value in at.query_params.items()
    }


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_opens_with_its_defaults_in_the_link(lesson: str, lang: str) -> None:
    at = opened(lesson, lang=lang)
    assert not at.exception and not at.error and not at.warning
    wanted = {"lang": lang} | {
        control.name: control.write(control.default) for control in LESSONS[lesson].controls
    }
    assert link(at) == wanted


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("lesson", WITH_CONTROLS)
def test_every_bad_value_and_every_unknown_name_is_named_once(lesson: str, lang: str) -> None:
    controls = LESSONS[lesson].controls
    at = opened(lesson, lang=lang, nonsense="1", **{control.name: "?!" for control in controls})
    assert not at.exception
    (notice,) = at.warning
    sentences = notice.value.split("\n\n")
    assert len(sentences) == len(controls) + 1
    for control in controls:
        assert any(control.name in sentence for sentence in sentences)
        assert at.session_state[key(lesson, control.name)] == control.default
    assert "nonsense" in notice.value


def test_an_unknown_language_falls_back_and_says_so() -> None:
    at = opened(HOME, lang="xx")
    assert at.session_state["lang"] == "en"
    assert "xx" in at.warning[0].value


def test_another_language_keeps_every_value() -> None:
    lesson = "mini_batch"
    at = opened(lesson, lang="en", seed="7")
    at.segmented_control(key="lang").set_value("ko").run()
    assert at.session_state[key(lesson, "seed")] == 7
    assert link(at)["lang"] == "ko"
