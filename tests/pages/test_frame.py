"""The frame under AppTest: what a link does to a session, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.helpers import in_link
from tests.ui.hostile import HOSTILE
from tests.visits import visit
from ui.lessons import HOME, LESSONS
from ui.outside import said
from ui.state import HANDFUL, key

ROOT = Path(__file__).parents[2]
WITH_CONTROLS = [lesson for lesson, entry in LESSONS.items() if entry.controls]


def opened(lesson: str, **query: str | list[str]) -> AppTest:
    """The app as a link to a lesson opens it."""
    at = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    for name, value in query.items():
        at.query_params[name] = value
    if lesson != HOME:
        visit(at, lesson)
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
    controls = LESSONS[lesson].controls
    if LESSONS[lesson].scenes:  # the scene alone: what is as it begins there is left out
        controls = controls[:1]
    assert link(at) == {"lang": lang} | {each.name: each.write(each.default) for each in controls}


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("lesson", WITH_CONTROLS)
def test_a_bad_value_is_named_once_and_beyond_a_handful_they_are_counted(
    lesson: str, lang: str
) -> None:
    controls = LESSONS[lesson].controls
    at = opened(lesson, lang=lang, nonsense="1", **{control.name: "?!" for control in controls})
    assert not at.exception
    scene = next((scene.name for scene in LESSONS[lesson].scenes), "")
    usual = {control.name: LESSONS[lesson].default(control.name, scene) for control in controls}
    assert {name: at.session_state[key(lesson, name)] for name in usual} == usual
    assert link(at) == {"lang": lang} | in_link(lesson, usual)
    named = [*(control.name for control in controls), "nonsense"]
    (notice,) = at.warning
    sentences = notice.value.split("\n\n")
    for name, sentence in zip(named[:HANDFUL], sentences, strict=False):
        assert re.search(rf"\b{name}\b", sentence, re.ASCII)
    more = [str(len(named) - HANDFUL)] if len(named) > HANDFUL else []
    assert [re.findall(r"\d+", each)[0] for each in sentences[HANDFUL:]] == more


def test_three_hundred_unknown_names_are_a_handful_of_sentences() -> None:
    at = opened("mini_batch", **{f"name{i}": "x" * 1000 for i in range(300)}, **{"y" * 5000: "1"})
    (notice,) = at.warning
    assert "296 more" in notice.value and len(notice.value) < 1000


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_value_and_no_name_reaches_the_page_but_as_what_it_is(value: str) -> None:
    sendable = value.encode("utf-8", "replace").decode()
    at = opened("mini_batch", **{"m": sendable, sendable: "1"})
    (notice,) = at.warning
    assert notice.value.count(said(sendable)) == 2
    assert at.session_state["mini_batch.m"] == 32


def test_what_others_hang_on_a_link_is_no_fault_of_anybody() -> None:
    names = ("utm_source", "utm_campaign", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid")
    at = opened("mini_batch", m="8", **dict.fromkeys(names, "a.b-c"), embed="true")
    assert not at.warning and at.session_state["mini_batch.m"] == 8
    assert not set(names) & set(link(at)), "the address is made anew without them"


def test_a_value_given_twice_is_a_bad_value() -> None:
    at = opened("mini_batch", m=["8", "16"], seed=["0", "0"])
    (notice,) = at.warning
    assert "more than one value (8, 16)" in notice.value and "(0, 0)" in notice.value
    assert at.session_state["mini_batch.m"] == 32
    # Streamlit alone would take the last one for the whole: the address must still be written.
    assert not [value for value in at.query_params.values() if value == ["0", "0"]]


@pytest.mark.parametrize("code", ["ko", "KO", "ko-KR", "ko_kr", "EN", "en-GB"])
def test_a_language_is_known_in_every_form_of_its_code(code: str) -> None:
    at = opened(HOME, lang=code)
    assert not at.warning and at.session_state["lang"] == code[:2].lower() == link(at)["lang"]


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
