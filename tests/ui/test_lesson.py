"""Which scene an older link meant, that names none."""

from __future__ import annotations

import pytest

from ui.lesson import Lesson, Scene
from ui.state import Choice, Integer


def controls() -> tuple[Choice | Integer, ...]:
    return (
        Choice("which", "a", ("a", "b", "c")),
        Integer("many", 3, 1, 8),
        Integer("at", 0, 0, 9),
    )


LESSON = Lesson(
    "any",
    "",
    controls,
    scenes=(
        Scene("first"),
        Scene("second", owns={"which": ("b",)}),
        Scene("third", owns={"which": ("a", "c"), "many": ()}),
        Scene("fourth", owns=("at",)),
    ),
)


@pytest.mark.parametrize(
    ("link", "scene"),
    [
        ({"which": "b"}, "second"),
        ({"which": "b", "many": 5}, "second"),
        ({"which": "b", "at": 1}, "second"),  # the first of those that are meant
        ({"which": "a", "many": 5}, "third"),  # named is meant, even where it is the default
        ({"which": "c", "many": 5, "at": 1}, "third"),  # the one of which it sets most
        ({"many": 3, "at": 1}, "fourth"),
        ({"at": 1}, "fourth"),
    ],
)
def test_a_link_opens_the_scene_in_which_its_values_are_touched(
    link: dict[str, object], scene: str
) -> None:
    assert LESSON.meant(link) == {"scene": scene, "seen": True}


def test_a_link_that_means_none_opens_the_first_and_one_that_names_it_needs_no_help() -> None:
    assert LESSON.meant({"many": 3, "at": 0}) == {"seen": True}  # as they begin
    assert LESSON.meant({"which": "a", "many": 3}) == {"seen": True}
    assert LESSON.meant({}) == LESSON.meant({"scene": "first", "which": "b"}) == {}
