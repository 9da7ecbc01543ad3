"""Six networks side by side, as bars and as tables: what `small` and `dyt` share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from experiments.intervals import interval
from experiments.rivals.arms import ARMS
from figures.theme import colour
from pages.rivals import LESSON
from ui import controls
from ui.numbers import number, percent
from ui.tables import Cell
from ui.text import mode

#: purple shares with companions, teal with itself, grey with nobody
IDEAS = {
    "batch": "bn",
    "layer": "after",
    "group": "after",
    "rms": "after",
    "dyt": "plain",
    "none": "plain",
}


class Found(Protocol):
    """Accuracies of each arm at some setting, and the rates that they were trained at."""

    @property
    def rate(self) -> np.ndarray:
        """(arms, settings)."""

    def of(self, arm: str, at: int, /) -> np.ndarray:
        """(seeds,)."""


def bars(found: Found, settings: Sequence[int]) -> list[dict[str, Any]]:
    """What the component draws of each arm."""
    return [
        {"name": _name(arm), "idea": idea, "shares": [ends(found.of(arm, at)) for at in settings]}
        for arm, idea in IDEAS.items()
    ]


def ends(accuracy: np.ndarray) -> list[float]:
    """Mean, and the ends of its 95 % interval, within what an accuracy can be."""
    low, high = interval(accuracy)
    found = (accuracy.mean(), max(low, 0.0), min(high, 1.0))
    return [round(float(share), 4) for share in found]


def accuracies(found: Found, settings: Sequence[int]) -> Iterator[list[Cell]]:
    """A line of a table for each arm."""
    for arm, idea in IDEAS.items():
        shares = [float(found.of(arm, at).mean()) for at in settings]
        yield line(_name(arm), idea, shares)


def line(name: str, idea: str, shares: Sequence[float]) -> list[Cell]:
    """The same of accuracies that are given."""
    cells = (Cell(percent(x), value=f"{x:.4f}") for x in shares)
    return [Cell(name, colour=colour(idea, mode())), *cells]


def rates(found: Found) -> Iterator[list[Cell]]:
    """The rate that each arm trained at, setting by setting."""
    for arm, idea in IDEAS.items():
        row = (float(x) for x in found.rate[ARMS.index(arm)])
        cells = (Cell(number(x), value=f"{x:g}") for x in row)
        yield [Cell(_name(arm), colour=colour(idea, mode())), *cells]


def _name(arm: str) -> str:
    return controls.option_label(LESSON, "arm", arm)
