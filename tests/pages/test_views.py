"""A scene in a frame of another page, under AppTest: its picture, how it goes on, its source."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.helpers import healthy, open_lesson
from ui.lesson import Lesson
from ui.lessons import LESSONS
from ui.text import t

STAGED = [lesson for lesson in LESSONS.values() if lesson.scenes]


def link(at: AppTest) -> tuple[str, str]:
    """The words and the address of the one line under the picture."""
    lines = [re.fullmatch(r"\[(.+)\]\((\S+)\)", box.value) for box in at.markdown]
    [line] = filter(None, lines)
    return line[1], line[2]


@pytest.mark.parametrize(
    "lesson", [each for each in STAGED if any(s.question for s in each.scenes)]
)
def test_in_a_frame_a_question_can_be_revealed_and_leads_to_the_lab(lesson: Lesson) -> None:
    scene = next(scene for scene in lesson.scenes if scene.question)
    at = healthy(open_lesson(lesson, scene=scene.name, view="embed", lang="en"))
    assert not at.title
    assert {button.key for button in at.button} & {"just-show-me", "scene-next"} == {"just-show-me"}
    words, asked = link(at)
    assert t(f"{lesson}.scenes.{scene.name}.title") in words and f"scene={scene.name}" in asked
    healthy(at.button(key="just-show-me").click().run())
    assert "just-show-me" not in {button.key for button in at.button}
    shown = link(at)[1]
    assert shown != asked and "seen=1" in shown and "view" not in shown
