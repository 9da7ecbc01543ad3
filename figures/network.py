"""The charts of the lesson on batch norm inside a network. `words` are finished strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.parts import SHARE, Trace, Words, see_through, shade
from figures.theme import FAINT, INK, Mode, colour, painted

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


def _drawn(x: np.ndarray, line: Line, mode: Mode) -> list[Trace]:
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
        [trace for line in drawn for trace in _drawn(x, line, mode)],
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


# --- b ---


def wander(mode: Mode, step: np.ndarray, path: np.ndarray, words: Words) -> go.Figure:
    """The b (T, U) of single units on their way. words: step, b."""
    hue = colour("error", mode)
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": step,
            "y": path[:, unit],
            "line": {"color": see_through(hue, 0.75), "width": 1.6},
            "hovertemplate": "%{y:.4f}<extra></extra>",
        }
        for unit in range(path.shape[1])
    ]
    return painted(
        traces,
        {
            "showlegend": False,
            "hovermode": "closest",
            "xaxis": {"title": {"text": words["step"]}, "zeroline": False},
            "yaxis": {"title": {"text": words["b"]}, "zeroline": True, "nticks": 7},
            "margin": {"t": 12, "r": 22},
        },
        mode,
        height=380,
    )


# --- γ and β ---

GAP = 0.05  # between two panels, as a share of the width


def layers(
    mode: Mode,
    step: np.ndarray,
    spread: np.ndarray,
    start: float,
    words: Words,
    live: np.ndarray | None = None,
) -> go.Figure:
    """γ or β (3, T, L) over the units of each layer, a panel for each layer, one scale for all.

    The line is the mean, the band reaches from the least to the largest. Those of a `live` run
    (3, T, L) are drawn over it in ink. words: step, measure, and layers as 1, 2, …
    """
    count = spread.shape[-1]
    wide = (1 - GAP * (count - 1)) / count
    there = spread if live is None else np.stack([spread, live])
    low, high = float(np.nanmin(there)), float(np.nanmax(there))
    air = 0.05 * (high - low or 1)
    traces: list[Trace] = []
    layout: dict[str, Any] = {"annotations": [], "shapes": []}
    for layer in range(count):
        number = str(layer + 1) if layer else ""
        left = layer * (wide + GAP)
        mean, least, largest = spread[..., layer]
        pale = 1.0 if live is None else 0.55
        line = Line(words[str(layer + 1)], "z_tilde", mean, least, largest, strength=pale)
        inked = [] if live is None else _inked(mode, step, live[..., layer], line.name)
        for trace in [*_drawn(step, line, mode), *inked]:
            traces.append(trace | {"xaxis": f"x{number}", "yaxis": f"y{number}"})
        layout[f"xaxis{number}"] = {
            "domain": [left, left + wide],
            "anchor": f"y{number}",
            "title": {"text": words["step"] if layer == count // 2 else ""},
            "tickvals": [0, int(step[-1]) // 2, int(step[-1])][: 2 + (layer == count - 1)],
            "zeroline": False,
        }
        layout[f"yaxis{number}"] = {
            "anchor": f"x{number}",
            "range": [low - air, high + air],
            "title": {"text": "" if layer else words["measure"]},
            "showticklabels": not layer,
            "zeroline": False,
            "hoverformat": ".3f",
        }
        layout["annotations"].append(
            {
                "x": left + wide / 2,
                "y": 1,
                "xref": "paper",
                "yref": "paper",
                "yanchor": "bottom",
                "text": words[str(layer + 1)],
                "showarrow": False,
            }
        )
        layout["shapes"].append(
            {
                "type": "line",
                "xref": f"x{number}",
                "yref": f"y{number}",
                "x0": float(step[0]),
                "x1": float(step[-1]),
                "y0": start,
                "y1": start,
                "line": {"color": INK[mode], "width": 1.2, "dash": "dot"},
            }
        )
    layout |= {"showlegend": False, "hovermode": "x unified"}
    return painted(traces, layout, mode, height=290)


def _inked(mode: Mode, step: np.ndarray, spread: np.ndarray, name: str) -> list[Trace]:
    """A live run's mean, solid, between its least and its largest unit, dotted; spread (3, T)."""
    looks = ({"width": 2.5}, {"width": 1.4, "dash": "dot"}, {"width": 1.4, "dash": "dot"})
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": step,
            "y": values,
            "name": name,
            "line": {"color": INK[mode]} | look,
        }
        for values, look in zip(spread, looks, strict=True)
    ]
