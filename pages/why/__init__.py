"""Why it works: the lecture's reasons as experiments, and what challenges them."""

from __future__ import annotations

from ui.lesson import Lesson
from ui.state import Choice, Control, Integer, Switch


def controls() -> tuple[Control, ...]:
    from experiments.claims.board import board

    claims = tuple(board())
    # Those of one part stand together, in the order of the page.
    return (
        Choice("part", "inputs", ("inputs", "shift", "layers", "speed", "board")),
        Choice(
            "lr",
            0.0098,
            (0.0003, 0.001, 0.003, 0.006, 0.009, 0.0098, 0.01, 0.03, 0.1, 0.3, 0.6, 1.0, 1.5, 1.6),
        ),
        Choice("nonlinearity", "sigmoid", ("sigmoid", "tanh", "relu")),
        Integer("seed", 0, 0, 9999),
        Choice("coat", 0.0, (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
        Choice("learner", "none", ("none", "before")),
        Choice("ink", "orange", ("black", "grey", "orange", "yellow", "inverted")),
        Choice("kind", "scale", ("scale", "offset", "noise", "swap")),
        Integer("strength", 4, 0, 6),
        Integer("draw", 0, 0, 9999),  # of disturbances, live runs, gradients
        Choice("test", "noisy", ("noisy", "once", "smooth", "rates", "flow", "loses")),
        Choice("noisy", "three", ("three", "five")),
        Choice("once", "figure1", ("figure1", "five", "deep")),
        Choice("smooth", "relu", ("relu", "slow", "sigmoid")),
        Choice("depth", 8, (1, 2, 4, 8, 16, 24)),
        Choice("rate", 0.3, (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)),
        Choice("layers", 20, (2, 5, 10, 20, 30, 50)),
        Choice("claim", claims[0], claims),
        Switch("all", False),
    )


LESSON = Lesson("why", ":material/lightbulb:", controls, titled="part")
