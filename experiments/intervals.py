"""The one interval of this lab: what a mean over repetitions leaves open.

Of a mean over n repetitions it is Student's t interval of 95 %: drawn anew, with other repetitions
of the same kind, 95 of 100 such intervals hold the mean that endlessly many would have. It is
taken in the unit of the number: factors and errors are summed up by their logarithms, since
tenfold and a tenth are equally far from 1. Their mean is the geometric one, and their interval
reaches as many times up as down. Everything else is taken as it is.
"""

from __future__ import annotations

from functools import cache
from math import atan, cos, pi, sin, sqrt
from typing import Literal

import numpy as np

Kind = Literal["share", "points", "factor", "number", "error"]  # points: a difference of shares

SURE = 0.95
TINY = 1e-17  # no error is told from a smaller one


def in_unit(kind: Kind, values: np.ndarray | float) -> np.ndarray:
    """Where means are taken and distances measured: the logarithm of factors and errors."""
    values = np.asarray(values, float)
    if kind == "factor":
        return np.log(values)
    return np.log10(np.maximum(values, TINY)) if kind == "error" else values


def back(kind: Kind, places: float) -> float:
    """From the unit to the number."""
    if kind == "factor":
        return float(np.exp(places))
    return float(10.0**places) if kind == "error" else float(places)


def mean(values: np.ndarray, kind: Kind = "number") -> float:
    """Of factors and errors the geometric one."""
    return back(kind, float(in_unit(kind, values).mean()))


def interval(values: np.ndarray, kind: Kind = "number") -> tuple[float, float]:
    """The 95 % interval of the mean of at least two values, as numbers of this kind."""
    places = in_unit(kind, values)
    half = reach(places)
    return back(kind, float(places.mean()) - half), back(kind, float(places.mean()) + half)


def reach(values: np.ndarray) -> float:
    """How far the interval reaches to each side of a plain mean of at least two values."""
    n = len(values)
    return t_quantile(n - 1) * float(values.std(ddof=1)) / sqrt(n)


def half_widths(values: np.ndarray) -> np.ndarray:
    """(...) the same for many numbers at once: values (S, ...), one row for each repetition."""
    n = len(values)
    return t_quantile(n - 1) * values.std(axis=0, ddof=1) / np.sqrt(n)


@cache
def t_quantile(df: int, share: float = SURE) -> float:
    """t such that Student's t with `df` degrees of freedom is within ±t in this share of cases.

    >>> round(t_quantile(4), 3), round(t_quantile(9), 3)
    (2.776, 2.262)
    """
    low, high = 0.0, 1e6
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, df) < share else (low, middle)
    return middle


def _within(t: float, df: int) -> float:
    """The probability of |T| < t, for a whole df: Abramowitz & Stegun 1964, 26.7.3 and 26.7.4."""
    angle = atan(t / sqrt(df))
    odd = df % 2
    term = cos(angle) if odd else 1.0
    total = term if df > 1 or not odd else 0.0
    for k in range(2 + odd, df - 1, 2):
        term *= (k - 1) / k * cos(angle) ** 2
        total += term
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total
