"""One mini-batch of one unit through the four steps, moved by hand."""

from __future__ import annotations

from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Control, Integer, Number, Numbers


def controls() -> tuple[Control, ...]:
    return (
        Choice("lr", 1.0, (0.001, 0.0098, 0.01, 0.1, 0.3, 1.0, 1.5)),
        # where descent begins, as weights on scaled inputs; both bowls have room for all of it
        Number("start_alcohol", -1.0, -1.25, 0.8, 0.01),
        Number("start_magnesium", 1.5, -0.05, 1.7, 0.01),
        Choice(
            "source",
            "digits",
            ("digits", "skewed", "bimodal", "outlier", "constant", "single", "own"),
        ),
        Choice("layer", 1, (1, 2, 3)),
        Integer("unit", 1, 1, 16),
        Integer("m", 32, 1, 256),
        Integer("seed", 0, 0, 9999),
        Numbers("z", (), most=256, limit=1e12),
        Number("eps", 1e-5, 1e-12, 10.0, log=True),
        Number("gamma", 1.0, -1e13, 1e13),  # has room for the γ and β that give any z back
        Number("beta", 0.0, -1e13, 1e13),
        Choice("axis", "shared", ("shared", "own")),
        Integer("step", 4, 1, 4),
        Integer("example", 1, 1, 256),
        Choice("eps_case", "constant", ("constant", "single", "faint", "shown")),
        Choice(
            "broken",
            "divide_by_variance",
            ("divide_by_variance", "unbiased_variance", "pooled_units"),
        ),
        Choice("activation", "sigmoid", ("sigmoid", "relu")),
    )


#: the unit with two humps, as the batch at hand has it
HUMPS = {"source": "bimodal", "m": 32, "seed": 0}
#: as batch norm begins
PLAIN = {"eps": 1e-5, "gamma": 1.0, "beta": 0.0}

SCENES = (
    Scene(
        "bowl",
        2,
        Question("bowl", ("both", "alike", "scaled"), right="scaled"),
        owns=("lr", "start_alcohol", "start_magnesium"),
    ),
    Scene(
        "four_steps",
        2,
        Question("shape", ("bell", "same", "unit"), right="same"),
        sets=HUMPS | PLAIN | {"step": 1},
    ),
    Scene(
        "gamma_beta",
        2,
        Question("bends", ("beta", "gamma", "neither"), right="gamma"),
        sets=HUMPS | PLAIN | {"gamma": 2.5},
        owns=("activation",),
    ),
    Scene(
        "epsilon",
        2,
        Question("faint", ("near", "far", "nan"), right="far"),
        sets=HUMPS | PLAIN | {"eps_case": "faint"},
        owns=("eps_case",),
    ),
    Scene(
        "next_batch",
        2,
        Question("next", ("same", "other", "learned"), right="other"),
        sets=PLAIN | {"seed": 1},
    ),
    Scene(
        "own",
        3,
        wide=True,
        sets=PLAIN | {"source": "own", "seed": 0, "step": 4},
        # all that the picture of older versions could be set to
        owns=(
            *("source", "layer", "unit", "m", "seed", "z"),
            *("eps", "gamma", "beta", "axis", "step", "example"),
        ),
    ),
    Scene(
        "broken",
        2,
        Question(
            "broken",
            ("divide_by_variance", "unbiased_variance", "pooled_units"),
            right="unbiased_variance",
        ),
        deep=True,
        sets=HUMPS | {"eps": 1e-5},
        owns=("broken",),
    ),
    Scene("alone", 1, Question("single", ("beta", "scaled", "nan"), right="beta"), deep=True),
    Scene("rescaled", 1, Question("units", ("same", "wide", "moved"), right="same"), deep=True),
    Scene("shrunk", 1, Question("sd", ("gamma", "less", "more"), right="less"), deep=True),
)
LESSON = Lesson("mini_batch", ":material/scatter_plot:", controls, SCENES)
