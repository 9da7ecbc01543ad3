"""What a run costs, counted in what is sent: each element and each container takes its time.

It costs the server when it is made, the wire, and the browser when it is drawn. A control draws its
scene again and nothing else.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.pages.helpers import opened
from tests.visits import counting
from ui.lessons import HOME, LESSONS
from ui.state import key

# a lesson's first scene, with all of the frame and the menu; the start page with a card for each
FIRST, START = 44 + len(LESSONS), 26 + 4 * len(LESSONS)
AGAIN = 32  # what a control draws again
SCENES = [
    pytest.param(lesson, scene.name, id=f"{lesson}-{scene.name}")
    for lesson in LESSONS.values()
    for scene in lesson.scenes
]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_opened_with_few_elements(lesson: str) -> None:
    with counting() as sent:
        opened(lesson)
    assert len(sent) <= (START if lesson == HOME else FIRST)
    scripts = [each for each in sent if each.new_element.HasField("html")]
    assert all(len(each.new_element.html.body) < 1000 for each in scripts if script(each))


def script(sent: Any) -> bool:
    return sent.new_element.html.body.startswith("<script>")


@pytest.mark.parametrize(("lesson", "scene"), SCENES)
def test_a_control_draws_its_scene_again_and_no_more(lesson: str, scene: str) -> None:
    with counting() as sent:
        opened(lesson, scene=scene, seen=1)
    drawn = Counter(each.fragment_id for each in sent)
    for each in sent:
        if (control := control_of(lesson, each)) is not None:
            assert each.fragment_id, f"{control} draws the whole page"
            assert drawn[each.fragment_id] <= AGAIN, control


def control_of(lesson: str, sent: Any) -> str | None:
    """Which of the lesson's controls this is the widget of."""
    kind = sent.new_element.WhichOneof("type") if sent.HasField("new_element") else None
    name = getattr(getattr(sent.new_element, kind), "id", "") if kind else ""
    keys = {key(lesson, each.name): each.name for each in LESSONS[lesson].controls}
    return next((known for end, known in keys.items() if name.endswith(f"-{end}")), None)
