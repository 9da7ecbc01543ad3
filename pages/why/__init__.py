"""Why it works: the lecture's reasons as experiments, and what challenges them."""

from __future__ import annotations

from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Control, Integer, Switch

#: the verdicts that everybody meets; the others are for those who want them all
EIGHT = (
    "b_cancels",
    "makes_gaussian",
    "any_init",
    "larger_rates",
    "higher_accuracy",
    "vanishing",
    "shift_explains",
    "protects",
)


def controls() -> tuple[Control, ...]:
    from experiments.claims.board import board

    claims = tuple(board())
    # `part` and `test` were parts of a long page: they say what an older link meant.
    return (
        Choice("part", "inputs", ("inputs", "shift", "layers", "speed", "board")),
        Choice(
            "lr",
            1.0,
            (0.0003, 0.001, 0.003, 0.006, 0.009, 0.0098, 0.01, 0.03, 0.1, 0.3, 0.6, 1.0, 1.5, 1.6),
        ),
        Choice("nonlinearity", "tanh", ("sigmoid", "tanh", "relu")),
        Choice("step", 0.3, (0.01, 0.03, 0.05, 0.07, 0.1, 0.2, 0.3, 0.38, 0.45, 0.6, 1.0)),
        Integer("seed", 0, 0, 9999),
        Choice("coat", 0.7, (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
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
        Choice("claim", EIGHT[0], claims),
        Switch("all", False),
    )


def _test(name: str) -> dict[str, tuple[str, ...]]:
    """An older link to one of the six experiments on speed."""
    return {"part": ("speed",), "test": (name,)}


SCENES = (
    Scene(
        "bowl",
        2,
        Question("rounder", ("same", "plain", "bn"), "bn"),
        owns={"part": ("inputs",), "nonlinearity": ("tanh", "relu")},
    ),
    Scene(
        "cats",
        3,
        Question("coats", ("same", "bn", "drops"), "drops"),
        owns={"part": ("shift",)},
    ),
    Scene("layer3", 2, Question("internal", ("same", "pinned", "moves"), "moves")),
    Scene(
        "apart",
        2,
        Question("apart", ("same", "less", "lost"), "same"),
        owns={"part": ("layers",)},
    ),
    Scene("map", 2, Question("depth", ("one", "four", "all"), "four"), owns=_test("rates")),
    Scene(
        "noisy",
        2,
        Question("shift", ("slow", "fast", "never"), "fast"),
        owns={"part": ("speed",)},
    ),
    Scene(
        "verdicts",
        4,
        wide=True,
        asks=EIGHT,
        owns={"part": ("board",), "claim": EIGHT, "all": (False,)},
    ),
    Scene(
        "wines",
        2,
        Question("limit", ("neither", "raw", "both"), "raw"),
        deep=True,
        owns={"part": ("inputs",)},
    ),
    Scene("replace", 2, Question("replace", ("yes", "partly", "worse"), "partly"), deep=True),
    Scene(
        "inks",
        2,
        deep=True,
        owns={"part": ("shift",), "ink": ("black", "grey", "yellow", "inverted")},
    ),
    Scene(
        "once", 2, Question("start", ("nothing", "start", "all"), "start"), True, owns=_test("once")
    ),
    Scene(
        "smooth",
        2,
        Question("further", ("same", "rougher", "smoother"), "rougher"),
        True,
        owns=_test("smooth"),
    ),
    Scene(
        "flow",
        2,
        Question("grows", ("plain", "bn", "neither"), "bn"),
        True,
        sets={"nonlinearity": "relu"},
        owns=_test("flow"),
    ),
    Scene("loses", 2, deep=True, wide=True, owns=_test("loses")),
    Scene("board", 10, deep=True, wide=True, picture="verdicts", owns={"part": ("board",)}),
)
LESSON = Lesson("why", ":material/lightbulb:", controls, SCENES)
