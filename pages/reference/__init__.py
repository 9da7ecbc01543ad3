"""To look things up: terms and notation, conventions, misconceptions, papers, licences."""

from __future__ import annotations

from ui.lesson import Lesson, Scene
from ui.state import Choice, Control


def controls() -> tuple[Control, ...]:
    from ui import terms

    return (Choice("term", terms.every()[0], terms.every()),)


LESSON = Lesson(
    "reference",
    ":material/menu_book:",
    controls,
    part="tools",
    scenes=(
        Scene("terms", 2, wide=True, owns=("term",)),
        Scene("conventions", 1, wide=True),
        Scene("misconceptions", 2, wide=True),
        Scene("papers", 2, wide=True),
        Scene("licences", 1, wide=True),
    ),
)
