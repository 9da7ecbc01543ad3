"""A test image has no batch: which statistics serve it, and when they fail."""

from __future__ import annotations

from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Control, Integer, Switch


def controls() -> tuple[Control, ...]:
    from bncore.conventions import CONVENTIONS

    return (
        Integer("image", 12, 1, 450),
        Choice("m", 8, (1, 2, 4, 8, 16, 32, 64, 128)),
        Choice("order", "random", ("random", "same_class")),
        Integer("seed", 0, 0, 9999),
        Choice("regime", "slow", ("slow", "fast")),
        Choice("decay", 0.99, (0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999)),
        Choice("stop", 50, (5, 10, 20, 30, 50, 75, 100, 150, 200, 250, 300, 400, 500, 600)),
        Choice("start", "zero_one", ("zero_one", "zeros", "first")),
        Switch("corrected", False),
        Choice("layer", 1, (1, 2, 3)),
        Integer("unit", 1, 1, 50),
        Choice("convention", "pytorch", tuple(CONVENTIONS)),
        Choice("batch", 2, (2, 4, 8, 16, 32, 64)),
        Choice("mode", "train_1", ("eval", "train_1", "train_64")),
        Choice("dim", 0.3, (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05)),
        Choice("k", 64, (4, 8, 16, 32, 64, 128, 256)),
    )


#: late or stale: what is left to blame once the start is corrected
STALE = {"regime": "fast", "decay": 0.999, "stop": 300, "corrected": True}

LESSON = Lesson(
    "test_time",
    ":material/balance:",
    controls,
    scenes=(
        Scene(
            "answer_jumps",
            2,
            Question("predict", ("no", "little", "yes"), "yes"),
            owns=("image", "m", "order", "seed"),
        ),
        Scene(
            "averages",
            3,
            Question("count", ("last", "some", "all"), "some"),
            sets={"decay": 0.9, "unit": 2},
            owns=("decay", "stop", "start", "corrected", "layer", "unit", "regime"),
        ),
        Scene("modes", 2, Question("forgot", ("same", "some", "one"), "one"), owns=("mode",)),
        Scene(
            "world", 2, Question("world", ("robust", "refit", "plain"), "refit"), owns=("dim", "k")
        ),
        Scene(
            "stale",
            2,
            Question("stale", ("start", "moved", "small"), "moved"),
            deep=True,
            sets=STALE,
        ),
        Scene(
            "conventions",
            2,
            Question("momentum", ("same", "mirrored", "default"), "mirrored"),
            deep=True,
            wide=True,
            owns=("convention",),
        ),
        Scene(
            "divisor",
            1,
            Question("divisor", ("all", "half", "more"), "half"),
            deep=True,
            owns=("batch",),
        ),
        Scene(
            "folding", 1, Question("folding", ("norm", "scale", "nothing"), "nothing"), deep=True
        ),
        Scene("shifts", 2, Question("shifts", ("most", "half", "none"), "none"), deep=True),
    ),
)
