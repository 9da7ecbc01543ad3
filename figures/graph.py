"""Lines over an axis, each in the colour of its idea: what most charts of the lessons are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.parts import SHARE, Trace, see_through, shade
from figures.theme import FAINT, INK, Mode, colour, drawn, painted

LEGEND = 60  # pixels: two rows of a legend, as a phone needs them


@dataclass(frozen=True, eq=False)
class Line:
    """A line (T,) with its name and its idea's colour; with `low` and `high` it lies in a band.

    `strength` pales the line: lines of one idea, in order. An empty `dash` leaves the marks alone.
    """

    name: str
    idea: str
    mean: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    dash: str = "solid"
    strength: float = 1.0
    symbol: str = ""  # marks the points where there are few


@dataclass(frozen=True)
class Axis:
    """An axis: its title, its scale, what it reaches from and to (None: as the numbers need)."""

    title: str
    log: bool = False
    share: bool = False
    ends: tuple[float, float] | None = None
    ticks: Sequence[float] | np.ndarray = ()
    every: int = 1  # on a logarithmic axis: powers of ten from tick to tick

    def layout(self) -> dict[str, Any]:
        """As Plotly wants it: the ends of a logarithmic axis as powers of ten."""
        found: dict[str, Any] = {"title": {"text": self.title}, "zeroline": False}
        if self.log:
            found |= {
                "type": "log",
                "exponentformat": "power",
                "dtick": self.every,
                "hoverformat": ".3g",
            }
        elif self.share:
            found |= SHARE | {"nticks": 6}
        else:
            found |= {"nticks": 6, "hoverformat": ".4g"}
        if self.ends is not None:
            found["range"] = [float(x) for x in (np.log10(self.ends) if self.log else self.ends)]
        if len(self.ticks):
            found |= {"tickvals": list(self.ticks), "ticktext": [f"{x:g}" for x in self.ticks]}
        return found


@drawn
def lines(
    mode: Mode,
    x: np.ndarray,
    drawn: Sequence[Line],
    across: Axis,
    up: Axis,
    *,
    chosen: float | None = None,
    level: float | None = None,
    labelled: bool = False,
    height: int = 340,
) -> go.Figure:
    """Lines over x (T,), with the chosen x shaded and a level drawn dotted.

    `labelled` writes the names at the lines' ends instead of into a legend.
    """
    shapes = []
    if chosen is not None:
        wide = 1.13 if across.log else 1.0
        band = {"type": "rect", "x0": chosen / wide, "x1": chosen * wide, "y0": 0, "y1": 1}
        look = {"yref": "paper", "fillcolor": FAINT[mode], "opacity": 0.6, "line": {"width": 0}}
        shapes.append(band | look | {"layer": "below"})
    if level is not None:
        rule = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": level, "y1": level}
        shapes.append(rule | {"line": {"color": INK[mode], "width": 1.5, "dash": "dot"}})
    return painted(
        [trace for line in drawn for trace in drawn_line(x, line, mode)],
        {
            "shapes": shapes,
            "annotations": _names(mode, x, drawn, up) if labelled else [],
            "showlegend": not labelled,
            "hovermode": "x unified",
            "xaxis": across.layout(),
            "yaxis": up.layout(),
            "margin": {"t": 12 if labelled else LEGEND, "r": 22},
        },
        mode,
        height=height,
    )


def drawn_line(x: np.ndarray, line: Line, mode: Mode) -> list[Trace]:
    """The line's band, where it has one, and the line."""
    hue = colour(line.idea, mode)
    traces: list[Trace] = []
    if line.low is not None and line.high is not None:
        there = np.isfinite(line.low) & np.isfinite(line.high)
        pale = see_through(hue, 0.14 * line.strength)
        traces.append(shade(x[there], line.low[there], line.high[there], pale))
    look: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": line.mean,
        "name": line.name,
        "line": {
            "color": see_through(hue, line.strength),
            "width": 2.5,
            "dash": line.dash or "dot",
        },
    }
    if line.symbol:
        look |= {"mode": "lines+markers" if line.dash else "markers"}
        look["marker"] = {"color": hue, "size": 9, "symbol": line.symbol}
    return [*traces, look]


def _names(mode: Mode, x: np.ndarray, drawn: Sequence[Line], up: Axis) -> list[Trace]:
    """Names above the ends of their lines; below, where another line ends a little higher."""
    ends = [float(line.mean[-1]) for line in drawn]
    heights = [float(np.log10(end)) if up.log else end for end in ends]
    near = 0.06 * (np.ptp(heights) or 1)
    names = []
    for line, height in zip(drawn, heights, strict=True):
        over = not any(0 < other - height < near for other in heights)
        names.append(
            {
                "x": float(x[-1]),
                "y": height,
                "text": line.name,
                "showarrow": False,
                "xanchor": "right",
                "yanchor": "bottom" if over else "top",
                "yshift": 3 if over else -3,
                "font": {"color": colour(line.idea, mode), "size": 13},
            }
        )
    return names
