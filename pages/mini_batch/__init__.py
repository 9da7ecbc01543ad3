"""One mini-batch of one unit through the four steps, moved by hand."""

from __future__ import annotations

from ui.lesson import Lesson
from ui.state import Choice, Control, Integer, Number, Numbers


def controls() -> tuple[Control, ...]:
    return (
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


LESSON = Lesson("mini_batch", ":material/scatter_plot:", controls)
