"""Batch norm among its rivals: whose mean, whose spread, and what comes of it."""

from __future__ import annotations

from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Control, Integer


def controls() -> tuple[Control, ...]:
    from experiments.rivals import cells, depth, devices, small

    return (
        Choice("over", "batch", cells.OVER),
        Choice("example", 3, _up_to(cells.EXAMPLES)),
        Choice("unit", 3, _up_to(cells.UNITS)),
        Choice("deed", "unit", ("companions", "unit", "layer", "image", "kept")),
        Choice("arm", "batch", ("batch", "layer", "group", "rms", "dyt", "none")),
        Choice("m", 2, small.SIZES),
        Choice("devices", 8, tuple(k for k in devices.DEVICES if k <= 8)),
        Integer("draw", 0, 0, 99),
        Choice("over_maps", "batch", cells.OVER_MAPS),
        Choice("image", 2, _up_to(cells.IMAGES)),
        Choice("channel", 1, _up_to(cells.CHANNELS)),
        Choice("depth", 20, depth.DEPTHS),
    )


def _up_to(last: int) -> tuple[int, ...]:
    return tuple(range(1, last + 1))


LESSON = Lesson(
    "rivals",
    ":material/grid_view:",
    controls,
    part="beyond",
    scenes=(
        Scene(
            "cells",
            2,
            Question("shares", ("row", "column", "all"), "column"),
            owns=("over", "example", "unit"),
        ),
        Scene(
            "only",
            3,
            Question("times", ("norms", "batch", "none"), "batch"),
            owns=("deed", "arm"),
        ),
        Scene("small", 2, Question("falls", ("all", "norms", "batch"), "batch"), owns=("m",)),
        Scene(
            "devices",
            2,
            Question("whose", ("whole", "running", "part"), "part"),
            owns=("devices", "draw"),
        ),
        Scene(
            "maps",
            2,
            Question("pixels", ("one", "channel", "image"), "channel"),
            deep=True,
            owns=("over_maps", "image", "channel"),
        ),
        Scene(
            "dyt",
            2,
            Question("deep", ("same", "bare", "worse"), "worse"),
            deep=True,
            owns=("depth",),
        ),
    ),
)
