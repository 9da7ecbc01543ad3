"""Something is wrong with my network: what it looks like, why, and what to do."""

from __future__ import annotations

from ui.lesson import Lesson, Scene
from ui.state import Control


def controls() -> tuple[Control, ...]:
    return ()


LESSON = Lesson(
    "clinic",
    ":material/stethoscope:",
    controls,
    scenes=(Scene("finder", 1, wide=True),),
)
