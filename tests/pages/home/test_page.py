"""The start page under AppTest: its sentences, the map, and the reader's progress."""

from __future__ import annotations

import ast
import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from experiments.home import hero
from tests.pages.helpers import ROOT, open_lesson, said
from tests.visits import visit
from ui import progress
from ui.lessons import HOME, LESSONS, script
from ui.numbers import percent

TAUGHT = [name for name in LESSONS if name != HOME]


def opened(lang: str = "en") -> AppTest:
    """The start page of somebody who has just come."""
    return open_lesson(HOME, lang=lang)


def told(at: AppTest) -> dict:
    """What the picture was given, but for the runs."""
    (picture,) = [c for c in at.get("bidi_component") if c.proto.component_name.endswith("home")]
    data = picture.proto.bytes
    size = int.from_bytes(data[:4], "little")
    return json.loads(data[4 : 4 + size])


def go(at: AppTest, lesson: str) -> AppTest:
    """By the menu, whose links say nothing else."""
    at.query_params.clear()
    return visit(at, lesson).run()


def answer(at: AppTest, lesson: str, name: str) -> AppTest:
    """A question; in a lesson of scenes, go to one of them and have it shown."""
    if LESSONS[lesson].scenes:
        at.button_group(key=f"scenes.way.{lesson}").set_value(name).run()
        shown = [button for button in at.button if button.key == "just-show-me"]
        return shown[0].click().run() if shown else at
    radio = at.radio(key=f"answer.{lesson}.{name}")
    return radio.set_value(radio.options[0]).run()


def far(at: AppTest) -> dict[str, tuple[str, str]]:
    """By lesson, in the map's order: the marks of its questions and the words beside them."""
    found = re.findall(r'class="far \w+"><span[^>]*>([●○]*)</span> ([^<]*)<', said(at))
    return dict(zip(TAUGHT, found, strict=True))


def links(at: AppTest) -> list[tuple[str, str]]:
    """Page and label of every link in the main part."""
    return [(link.proto.page, link.proto.label) for link in at.main.get("page_link")]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_sentences_carry_the_numbers_of_the_runs(lang: str) -> None:
    why = told(opened(lang=lang))["words"]["why"]
    assert list(why) == list(hero.RUNS)
    faster, stuck, loses = (hero.hero(name) for name in hero.RUNS)
    bn, plain = faster.reached(0.8)
    assert {"80", str(bn), str(plain)} <= set(re.findall(r"[\d.]+\d|\d", why["figure1"]))
    for name, run in (("plain_dead", stuck), ("bn_loses", loses)):
        for accuracy in run.accuracy[:, -1]:
            assert percent(accuracy) in why[name]


def test_every_run_can_be_linked_to_at_every_frame() -> None:
    run, frame = LESSONS[HOME].controls
    assert run.options == hero.RUNS
    assert {len(hero.hero(name).steps) for name in hero.RUNS} == {frame.high + 1}
    assert told(open_lesson(HOME, run="bn_loses", frame=40))["place"] == {
        "run": "bn_loses",
        "frame": 40,
    }


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_map_shows_every_lesson_with_its_questions(lang: str) -> None:
    at = opened(lang=lang)
    assert not at.exception
    pages = [page for page, _ in links(at)]
    assert pages == ["mini_batch", *TAUGHT]  # where to start, then the map
    for lesson, (marks, _) in far(at).items():
        assert marks == "○" * len(progress.questions(lesson))


def asked(lesson: str) -> set[str]:
    """Names of the questions in a lesson's source; some are on screen only in one of its parts.

    Of a lesson in scenes those of its path.
    """
    found = {scene.name for scene in LESSONS[lesson].scenes if not scene.deep}
    for file in (ROOT / script(lesson)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "page.question":
                found.add(ast.literal_eval(node.args[1]))
    return found


@pytest.mark.parametrize("lesson", TAUGHT)
def test_the_questions_of_the_map_are_those_that_the_lesson_asks(lesson: str) -> None:
    if path := [scene.name for scene in LESSONS[lesson].scenes if not scene.deep]:
        assert path == list(progress.questions(lesson))
        return
    assert asked(lesson) == set(progress.questions(lesson))
    if LESSONS[lesson].scenes:
        return
    at = open_lesson(lesson)
    first = [radio.key.split(".")[2] for radio in at.radio if radio.key.startswith("answer.")]
    assert first and set(first) <= asked(lesson)


def test_opening_and_answering_is_seen_on_the_map_and_clearing_forgets_it() -> None:
    at = opened()
    untouched = far(at)
    assert not [button for button in at.button if button.key == "clear-progress"]
    go(at, "noise")
    answer(at, "noise", "kinds")
    answer(at, "noise", "kinds")  # twice is once
    go(at, HOME)
    number = len(progress.questions("noise"))
    assert far(at)["noise"][0] == "●" + "○" * (number - 1)
    assert {"1", str(number)} <= set(far(at)["noise"][1].split())
    assert {name: seen for name, seen in far(at).items() if name != "noise"} == {
        name: seen for name, seen in untouched.items() if name != "noise"
    }
    assert links(at)[0][0] == "noise"  # go on there; the start comes second
    assert links(at)[1][0] == "mini_batch"
    at.button(key="clear-progress").click().run()
    assert far(at) == untouched
    assert links(at)[0][0] == "mini_batch"


def test_when_all_is_answered_the_next_lesson_comes() -> None:
    at = go(opened(), "mini_batch")
    for name in progress.questions("mini_batch"):
        answer(at, "mini_batch", name)
    go(at, HOME)
    assert "○" not in far(at)["mini_batch"][0]
    assert links(at)[0][0] == TAUGHT[1]


def test_what_a_browser_keeps_that_is_not_ours_is_left_out() -> None:
    assert progress.ours({"home": [], "nowhere": ["predict"]}) == {}


def test_what_a_browser_keeps_of_ours_is_read() -> None:
    kept = {"noise": ["kinds", "draw", "gone"], "network": []}
    assert progress.ours(kept) == {"noise": ["draw", "kinds"], "network": []}
