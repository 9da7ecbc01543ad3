"""What happens deeper inside: the way back, what optimizers do, where batch norm stands."""

from __future__ import annotations

from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Control, Integer


def controls() -> tuple[Control, ...]:
    from experiments.network import optimizers, placement, scale, walkthrough
    from ui import little

    return (
        *little.declared(),
        Choice("drop", "nothing", tuple(walkthrough.DROPS)),
        Integer("line", 1, 1, walkthrough.LINES),
        Choice("nonlinearity", "sigmoid", placement.ACTIVATIONS),
        Choice("images", "mnist", tuple(placement.SEEDS)),
        Choice("rate", 1.0, placement.RATES),
        Choice("rule", "adam", optimizers.shipped()),
        Choice("rung", 10, tuple(range(1, 1 + len(optimizers.rates("sgd"))))),
        Choice("alpha", 10.0, scale.ALPHAS),
        Choice("lr", 3.0, scale.LIVE_RATES),
        Choice("decay", 0.0, scale.LIVE_DECAYS),
        Integer("run", 10, 0, 9999),  # the seed of live runs: the first that no shipped run has
    )


LESSON = Lesson(
    "inside",
    ":material/search_insights:",
    controls,
    scenes=(
        Scene(
            "paths",
            minutes=2,
            question=Question("constants", ("fast", "same", "wrong"), right="wrong"),
            sets={"drop": "constants"},
            owns=("drop",),
        ),
        Scene("lines", minutes=3, wide=True, sets={"line": 42}, owns=("line",)),
        Scene("drift", question=Question("drift", ("stays", "wanders", "harms"), right="wanders")),
        Scene(
            "placement",
            minutes=2,
            question=Question("placement", ("before", "after", "close"), right="close"),
            owns=("nonlinearity", "images", "rate"),
        ),
        Scene(
            "optimizers",
            minutes=2,
            question=Question("optimizers", ("none", "steps", "rates"), right="rates"),
            owns=("rule", "rung"),
        ),
        Scene(
            "scale",
            minutes=2,
            question=Question("scale", ("same", "larger", "smaller"), right="smaller"),
            owns=("alpha",),
        ),
        Scene(
            "growth",
            minutes=2,
            question=Question("growth", ("same", "longer", "shorter"), right="longer"),
            owns=("lr", "decay", "run"),
        ),
        Scene("programs"),
    ),
)
