"""The five ways to meet another world, that of cats and that of digits: names and numbers."""

from __future__ import annotations

import numpy as np

from figures.theme import colour
from pages.why.charts_shift import LOOKS
from pages.why.parts import LESSON
from ui.numbers import percent
from ui.tables import Cell, table
from ui.text import mode, t

K = 64  # unlabelled images


def arm(name: str) -> str:
    """What it is called."""
    return t(f"{LESSON}.arms.{name}", k=K)


def compared(arms: dict[str, np.ndarray], head: str, name: str) -> None:
    """A row for each arm: the mean over seeds (S,), and from lowest to highest."""
    rows = [
        [
            Cell(arm(each), colour=colour(LOOKS[each][0], mode())),
            Cell(percent(float(seeds.mean())), f"{seeds.mean():.4f}"),
            Cell(f"{100 * seeds.min():.0f}–{100 * seeds.max():.0f}%"),
        ]
        for each, seeds in arms.items()
    ]
    table(
        [Cell(head), Cell(t(f"{LESSON}.mean")), Cell(t(f"{LESSON}.range"))],
        rows,
        name=name,
        lesson=LESSON,
    )
