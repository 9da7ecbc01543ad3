"""What the sections of `network` on longer runs share: words, numbers, cells, charts.

The sections are in `ui.network_b`, `ui.network_placement`, `ui.network_optimizers` and
`ui.network_scale`, `ui.network_growth`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ui import state
from ui.chart import plot
from ui.numbers import number, percent
from ui.tables import Cell
from ui.text import t

LESSON = "network"


def value(name: str) -> Any:
    return state.value(LESSON, name)


def say(key: str, **values: object) -> None:
    st.markdown(t(f"{LESSON}.{key}", **values))


def short(x: float) -> str:
    return number(x, 3)


def chart(figure: go.Figure, key: str, alt: str, **values: object) -> None:
    """A figure with the sentence that stands for it."""
    plot(
        figure,
        key=f"figure-{key}",
        alt=t(f"{LESSON}.{alt}", **values),
    )


def exact(x: float, digits: int = 3) -> Cell:
    return Cell(number(x, digits), value=f"{x:.4g}")


def unbroken(text: str) -> str:
    """For a narrow cell: no line ends inside it."""
    return text.replace(" ", "\u00a0").replace("–", "\u2060–\u2060")


def from_to(values: Iterable[float], digits: int = 2) -> str:
    """The range of some numbers: 1.8–3.4."""
    low, high = min(values := list(values)), max(values)
    return f"{low:.{digits}g}–{high:.{digits}g}"


class Over(NamedTuple):
    """What many seeds came to, in the order in which `Line` takes it."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def over(values: np.ndarray) -> Over:
    """Mean, least and largest over the last axis."""
    return Over(values.mean(axis=-1), values.min(axis=-1), values.max(axis=-1))


def share(value: float) -> Cell:
    """An accuracy in a table."""
    return Cell(unbroken(percent(value)), value=f"{value:.4f}")


def between(shares: np.ndarray) -> Cell:
    """From the lowest accuracy (S,) to the highest."""
    low, high = float(shares.min()), float(shares.max())
    return Cell(unbroken(f"{100 * low:.1f}–{percent(high)}"), value=f"{low:.4f} {high:.4f}")
