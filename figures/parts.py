"""Pieces that charts are painted from: plain dicts, for `theme.painted`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Words = Mapping[str, str]  # finished strings, by the names a figure asks for
Trace = dict[str, Any]
SHARE = {"tickformat": ".0%", "hoverformat": ".1%"}  # an axis of shares


def title(text: str) -> dict[str, Any]:
    """An axis with a title."""
    return {"title": {"text": text}}


def line(x: Any, y: Any, name: str, hue: str, dash: str = "solid", **more: Any) -> Trace:
    """A line; `more` adds to it or takes the place of what it has."""
    look = {"color": hue, "width": 2.5, "dash": dash}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": look} | more


def shade(x: np.ndarray, low: np.ndarray, high: np.ndarray, fill: str) -> Trace:
    """The area between low and high (T,), filled, without a word in legend or hover."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.r_[x, x[::-1]],
        "y": np.r_[high, low[::-1]],
        "fill": "toself",
        "fillcolor": fill,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def see_through(hue: str, opacity: float) -> str:
    """#RRGGBB with an opacity."""
    red, green, blue = (int(hue[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
