"""Batch norm inside a network small enough to see every number of."""

from __future__ import annotations

from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Control, Number


def controls() -> tuple[Control, ...]:
    from experiments.network import learned, walkthrough
    from ui import little

    return (
        *little.declared(),
        Choice("node", "bn1", walkthrough.NODES),
        Choice("phase", "norm", ("for", "forward", "norm", "backward", "update")),
        Number("nudge", 1.5, -2.0, 2.0, step=0.1),
        Number("b", 2.0, -4.0, 4.0, step=0.1),
        Number("shift", 0.0, -2.0, 2.0, step=0.1),
        Choice("unit", learned.UNIT, tuple(range(1, 1 + learned.UNITS))),
    )


#: controls of 0.3 that belong to the lesson `inside` now
MOVED = (
    *("line", "drop", "nonlinearity", "images", "rate", "rule", "alpha"),
    *("run", "rung", "lr", "decay"),
)

LESSON = Lesson(
    "network",
    ":material/account_tree:",
    controls,
    scenes=(
        Scene(
            "map",
            minutes=2,
            wide=True,
            owns=("node", "norm", "activation", "optimizer", "epoch", "batch", "m", "seed"),
        ),
        Scene("loop", minutes=2, wide=True, owns=("phase",)),
        Scene(
            "nudge",
            wide=True,
            question=Question("predict", ("none", "own", "all"), right="all"),
            owns=("nudge",),
        ),
        Scene(
            "b",
            minutes=2,
            wide=True,
            question=Question("b", ("both", "beta", "none"), right="none"),
            owns=("b", "shift"),
        ),
        Scene(
            "learn",
            minutes=2,
            question=Question("learn", ("stay", "back", "own"), right="own"),
            owns=("unit",),
        ),
        Scene("a_or_z"),
        Scene("count", question=Question("count", ("fifty", "hundred", "same"), right="fifty")),
    ),
    moved=dict.fromkeys(MOVED, "inside"),
)
