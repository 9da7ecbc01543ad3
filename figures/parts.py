"""Pieces that charts are painted from: plain dicts, for `theme.painted`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.theme import FAINT, INK, PAPER, Mode, Painted

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


def marked(x: Any, y: Any, name: str, hue: str, symbol: str, dash: str = "solid") -> Trace:
    marker = {"color": hue, "size": 9, "symbol": symbol}
    return line(x, y, name, hue, dash, mode="lines+markers", marker=marker)


def band(at: float, half: float, mode: Mode) -> dict[str, Any]:
    """A pale stripe behind the chosen place of an axis."""
    ends = {"x0": at - half, "x1": at + half, "y0": 0, "y1": 1, "yref": "paper"}
    look = {"fillcolor": FAINT[mode], "opacity": 0.5, "line": {"width": 0}, "layer": "below"}
    return {"type": "rect"} | ends | look


def guessed(
    figure: go.Figure, mark: str, x: float, y: float, mode: Mode, below: bool = False
) -> go.Figure:
    """What the reader had expected, as a dot and its words; the same chart without `mark`.

    On a logarithmic axis the place is a power of ten. The words stand to the left, above or below.
    """
    if not mark:
        return figure
    said = {
        **{"x": x, "y": y, "text": mark, "ax": -46, "ay": 30 if below else -30},
        **{"arrowhead": 6, "arrowsize": 1.4, "arrowwidth": 1.3, "arrowcolor": INK[mode]},
        **{"bgcolor": PAPER[mode], "font": {"size": 13, "color": INK[mode]}},
    }
    # Another one: a figure is kept for all who ask for it.
    plain = figure.plain if isinstance(figure, Painted) else figure.to_dict()
    layout = plain["layout"]
    return Painted(plain["data"], layout | {"annotations": [*layout.get("annotations", ()), said]})


def between(x: np.ndarray, low: np.ndarray, high: np.ndarray, hue: str) -> list[Trace]:
    """A pale band."""
    edge = {"showlegend": False, "hoverinfo": "skip", "line": {"width": 0}}
    pale = {"fill": "tonexty", "fillcolor": see_through(hue, 0.16)}
    return [line(x, low, "", hue) | edge, line(x, high, "", hue) | edge | pale]
