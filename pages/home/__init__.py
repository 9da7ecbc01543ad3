"""The start page: two networks to touch, what batch norm is and why, where to begin."""

from __future__ import annotations

from ui.lesson import Lesson
from ui.state import Choice, Control, Integer


def controls() -> tuple[Control, ...]:
    return (
        Choice("run", "figure1", ("figure1", "plain_dead", "bn_loses")),
        Integer("frame", 0, 0, 100),  # where its picture rests; at 0 it plays by itself
    )


LESSON = Lesson("home", ":material/home:", controls)
