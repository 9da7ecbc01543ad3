"""Every scene of every lesson under AppTest: asked before it is shown, and explained.

Runs over the registry; a scene is covered by being in its lesson's list.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module

import pytest
from streamlit.testing.v1 import AppTest

from tests.complete import languages
from tests.pages.helpers import ROOT, healthy, open_lesson, said
from tests.sent import as_text
from ui import text
from ui.lesson import Lesson, Scene
from ui.lessons import FOLDERS, HOME, LESSONS, address
from ui.scenes import GUESSED
from ui.text import t

SCENES = [
    pytest.param(lesson, scene, id=f"{lesson}-{scene.name}")
    for lesson in LESSONS.values()
    for scene in lesson.scenes
]
ASKED = [each for each in SCENES if each.values[1].question is not None]
STAGED = [lesson for lesson in LESSONS.values() if lesson.scenes]


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button}


def sent(at: AppTest) -> str:
    """All that the page has sent, as text."""
    parts = [each.proto.SerializeToString() for each in at.main if each.proto is not None]
    return as_text(b"\n".join(parts))


def opened(lesson: Lesson, scene: Scene, **query: object) -> AppTest:
    return healthy(open_lesson(lesson, scene=scene.name, **query))


@pytest.mark.parametrize(("lesson", "scene"), ASKED)
def test_it_is_asked_first_and_a_wrong_answer_is_called_wrong(lesson: Lesson, scene: Scene) -> None:
    question = scene.question
    assert question is not None and question.right in question.options
    at = opened(lesson, scene, lang="en")
    assert {f"guess-{option}" for option in question.options} | {"just-show-me"} <= keys(at)
    assert t("ui.scenes.mark") not in sent(at)
    before = said(at)
    wrong = next(option for option in question.options if option != question.right)
    healthy(at.button(key=f"guess-{wrong}").click().run())
    assert "just-show-me" not in keys(at)
    assert any("That is not right" in box.value for box in at.info)
    assert said(at) != before
    assert at.session_state[f"{lesson}.seen"] is True


@pytest.mark.parametrize(("lesson", "scene"), ASKED)
def test_the_right_answer_and_none_are_explained(lesson: Lesson, scene: Scene) -> None:
    at = opened(lesson, scene, lang="ko")
    healthy(at.button(key=f"guess-{scene.question.right}").click().run())
    (box,) = at.success
    right, why = text._labels("ko", "ui")["right_answer"].partition("[[why]]")[0], box.value
    assert why.startswith(right)
    shown = opened(lesson, scene, lang="ko")
    healthy(shown.button(key="just-show-me").click().run())
    # who has said nothing is not told to be right
    assert not shown.success and why.removeprefix(right) in said(shown) and why not in said(shown)


@pytest.mark.parametrize(("lesson", "scene"), ASKED)
def test_the_guess_is_marked_in_the_picture_and_nothing_where_there_is_none(
    lesson: Lesson, scene: Scene
) -> None:
    """Where the picture has a place for it, else in words below; both are sent only then."""
    question, mark = scene.question, t("ui.scenes.mark")
    marked = getattr(import_module(f"pages.{FOLDERS[lesson]}.{scene.name}"), "MARKED", ())
    assert question is not None and set(marked) <= set(question.options)
    at = opened(lesson, scene, lang="en", seen=1)
    assert mark not in sent(at)
    for option in question.options:
        at.session_state[GUESSED] = {str(lesson): {scene.name: option}}
        healthy(at.run())
        chosen = t(f"{lesson}.questions.{question.name}.{option}")
        named = t("ui.scenes.marked", guess=chosen) in [each.value for each in at.caption]
        assert named == (option not in marked)
        assert mark in sent(at)


@pytest.mark.parametrize(("lesson", "scene"), SCENES)
def test_a_revealed_scene_is_opened_by_its_link(lesson: Lesson, scene: Scene) -> None:
    for lang in languages():
        at = opened(lesson, scene, lang=lang, seen=1)
        assert "just-show-me" not in keys(at), lang
        assert at.title  # its name, and no more


@pytest.mark.parametrize("lesson", STAGED)
def test_the_whole_lesson_stands_on_one_page(lesson: Lesson) -> None:
    """In every language: `test_links`."""
    at = healthy(open_lesson(lesson, view="all", lang="en"))
    assert len(at.header) >= len(lesson.scenes)
    assert "just-show-me" not in keys(at)


@pytest.mark.parametrize("lesson", STAGED)
def test_next_leads_from_the_first_scene_to_the_last_and_back_returns(lesson: Lesson) -> None:
    path = [scene.name for scene in lesson.scenes if not scene.deep]
    at = opened(lesson, lesson.scenes[0], show="everything")
    assert at.button(key="scene-back").disabled
    for name in path[1:]:
        healthy(at.button(key="scene-next").click().run())
        assert at.session_state[f"{lesson}.scene"] == name
    for name in path[-2::-1]:
        healthy(at.button(key="scene-back").click().run())
        assert at.session_state[f"{lesson}.scene"] == name


@pytest.mark.parametrize("lesson", STAGED)
def test_show_everything_asks_nothing(lesson: Lesson) -> None:
    for scene in lesson.scenes[:2]:
        assert "just-show-me" not in keys(opened(lesson, scene, show="everything"))


@pytest.mark.parametrize("lesson", STAGED)
def test_a_link_is_short(lesson: Lesson) -> None:
    at = healthy(open_lesson(lesson, lang="en"))
    assert set(at.query_params) == {"lang", "scene"}


def test_other_programs_are_told_every_scene() -> None:
    run = [sys.executable, "-m", "ui.lessons"]
    told = json.loads(subprocess.run(run, cwd=ROOT, check=True, capture_output=True).stdout)
    assert [lesson["id"] for lesson in told] == list(LESSONS)
    for lesson in told:
        entry = LESSONS[lesson["id"]]
        assert lesson["address"] == address(entry) == ("/" if entry == HOME else f"/{entry}")
        assert lesson["minutes"] == sum(s["minutes"] for s in lesson["scenes"] if s["path"])
        assert [scene["id"] for scene in lesson["scenes"]] == [s.name for s in entry.scenes]
        for scene in lesson["scenes"]:
            assert scene["address"] == f"{lesson['address']}?scene={scene['id']}"
            asked = scene["question"]
            assert asked is None or asked["right"] in asked["options"]
