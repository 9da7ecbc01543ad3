"""How numbers over seeds are written beside their picture: the same in all of the lesson."""

from __future__ import annotations

import numpy as np

from experiments.intervals import Kind, interval, mean
from ui.files import COMPONENTS
from ui.numbers import number, percent

STYLE = COMPONENTS / "why_board.css"


def summed(kind: Kind, values: np.ndarray) -> str:
    """The mean alone, for a sentence; of errors the largest."""
    if kind == "error":
        return number(float(values.max()), 2)
    middle = mean(values, kind)
    if kind == "share":
        return percent(middle)
    return number(100 * middle if kind == "points" else middle, 3)


def written(kind: Kind, values: np.ndarray) -> str:
    """Mean and 95 % interval, where it is to be seen; of errors the largest.

    What has a middle is written by how far it reaches, a factor by its ends: 12.5 (3.98–39).
    """
    if kind == "error":
        return f"≤ {number(float(values.max()), 2)}"
    middle, (low, high) = mean(values, kind), interval(values, kind)
    if kind == "factor":
        return factor(middle, low, high)
    half = high - middle
    if kind in ("share", "points"):
        sign = "+" if kind == "points" and middle else ""
        unit = "%" if kind == "share" else ""
        about = f" ± {100 * half:.1f}" if half >= 5e-4 else ""
        return f"{100 * middle:{sign}.1f}{about}{unit}".replace("-", "−")
    about = f" ± {number(half, 2)}" if half > 1e-3 * abs(middle) else ""
    return f"{number(middle, 3)}{about}"


def factor(middle: float, low: float, high: float) -> str:
    """With its ends, unless they are where it is; one power of ten for all three.

    >>> factor(12.46, 3.98, 39.0), factor(1.23e7, 1.1e7, 1.4e7), factor(0.1, 0.1, 0.1)
    ('12.5 (3.98–39)', '1.23 (1.1–1.4)×10⁷', '0.1')
    """
    if high < 1.002 * low:
        return number(middle, 3)
    mantissa, times, power = number(middle, 3).partition("×")
    unit = middle / float(mantissa) if times else 1.0
    return f"{mantissa} ({number(low / unit, 3)}–{number(high / unit, 3)}){times}{power}"
