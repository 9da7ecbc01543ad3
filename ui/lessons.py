"""The registry of lessons, in the order of the menu, and every control that a lesson has.

A lesson is `pages/lessons/<id>.py`, one entry here, and `assets/locales/<language>/<id>/`. A
control registered here is read from the URL, written to it, worded by the locale files
(`<lesson>/labels.toml`, table `controls.<name>`) and covered by the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

from ui.state import Choice, Control, Integer, Number, Numbers


@dataclass(frozen=True)
class Lesson:
    """An entry of the menu: a Material icon and the controls that travel in its links."""

    icon: str
    controls: tuple[Control, ...] = ()

    def control(self, name: str) -> Control:
        return next(control for control in self.controls if control.name == name)


MINI_BATCH = (
    Choice(
        "source",
        "digits",
        ("digits", "skewed", "bimodal", "outlier", "constant", "single", "own"),
    ),
    Choice("layer", 1, (1, 2, 3)),
    Integer("unit", 1, 1, 16),
    Integer("m", 32, 1, 256),
    Integer("seed", 0, 0, 9999),
    Numbers("z", (), most=256, limit=999_999),
    Number("eps", 1e-5, 1e-12, 10.0, log=True),
    Number("gamma", 1.0, -1e6, 1e6),
    Number("beta", 0.0, -1e6, 1e6),
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

HOME = "home"
LESSONS: dict[str, Lesson] = {
    HOME: Lesson(":material/home:"),
    "mini_batch": Lesson(":material/scatter_plot:", MINI_BATCH),
}
