"""How numbers over seeds are written beside their picture: the same in all of the lesson."""

from __future__ import annotations

import numpy as np

from experiments.claims import grading
from ui.files import COMPONENTS
from ui.numbers import number, percent

STYLE = COMPONENTS / "why_board.css"


def summed(kind: str, values: np.ndarray) -> str:
    """The mean alone, for a sentence; of errors the largest."""
    if kind == "error":
        return number(float(values.max()), 2)
    mean = float(values.mean())
    return percent(mean) if kind == "share" else number(100 * mean if kind == "points" else mean, 3)


def written(kind: str, values: np.ndarray) -> str:
    """Mean ± 3 standard errors, where they are to be seen; of errors the largest."""
    if kind == "error":
        return f"≤ {number(float(values.max()), 2)}"
    mean = float(values.mean())
    half = grading.band(values)[1] - mean
    if kind in ("share", "points"):
        sign = "+" if kind == "points" and mean else ""
        unit = "\u00a0%" if kind == "share" else ""
        about = f" ± {100 * half:.1f}" if half >= 5e-4 else ""
        return f"{100 * mean:{sign}.1f}{about}{unit}".replace("-", "−")
    about = f" ± {number(half, 2)}" if half > 1e-3 * abs(mean) else ""
    return f"{number(mean, 3)}{about}"
