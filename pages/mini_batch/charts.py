"""The three charts of the lesson on one mini-batch. `words` are finished strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.parts import Words
from figures.theme import FAINT, INK, Mode, colour, painted

CASES = {"shown": "z_norm", "faint": "z", "constant": "plain"}
DASHES = {"shown": "solid", "faint": "dash", "constant": "dot"}


def spread(
    mode: Mode, grid: np.ndarray, curves: Mapping[str, np.ndarray], eps: float, words: Words
) -> go.Figure:
    """The sd of z_norm (T,) over ε (T,), one curve per case, with the present ε marked.

    words: axis_eps, axis_sd, and one for each case.
    """
    lines = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": grid,
            "y": sd,
            "name": words[case],
            "line": {"color": colour(CASES[case], mode), "width": 3, "dash": DASHES[case]},
        }
        for case, sd in curves.items()
    ]
    upright = {"type": "line", "x0": eps, "x1": eps, "y0": 0, "y1": 1, "yref": "paper"}
    label = {"x": float(np.log10(eps)), "y": 1, "yref": "paper", "yanchor": "bottom"}
    powers = {"type": "log", "exponentformat": "power", "dtick": 2, "range": [-12, 1]}
    return painted(
        lines,
        {
            "shapes": [upright | {"line": {"color": INK[mode], "width": 2}}],
            "annotations": [
                label | {"text": words["axis_eps"], "showarrow": False, "font": {"size": 16}}
            ],
            "xaxis": powers | {"title": {"text": words["axis_eps"]}},
            "yaxis": {"range": [-0.05, 1.08], "dtick": 0.5, "title": {"text": words["axis_sd"]}},
            "hovermode": "x unified",
            "legend": {"y": 1.1},
        },
        mode,
        height=330,
    )


def comparison(mode: Mode, right: np.ndarray, wrong: np.ndarray, words: Words) -> go.Figure:
    """z_norm done rightly (m,) above z_norm done wrongly (m,), a line from each to its twin.

    Where the wrong one is NaN there is nothing to draw in its row. words: right, wrong, axis.
    """
    gap = np.full_like(right, np.nan)
    threads = {
        "type": "scatter",
        "mode": "lines",
        "x": np.stack([right, wrong, gap], axis=1).ravel(),
        "y": np.tile([1.0, 0.0, np.nan], len(right)),
        "line": {"color": FAINT[mode], "width": 1},
        "hoverinfo": "skip",
    }
    above = _strip(mode, 1, right, "z_norm", "circle", words["right"])
    below = _strip(mode, 0, wrong, "error", "x", words["wrong"])
    rows = {"tickvals": [1, 0], "ticktext": [words["right"], words["wrong"]]}
    return painted(
        [threads, *above, *below],
        {
            "showlegend": False,
            "hovermode": "closest",
            "xaxis": {"title": {"text": words["axis"]}, "zeroline": True, "zerolinewidth": 2},
            "yaxis": rows | {"range": [-0.6, 1.6], "showgrid": False, "zeroline": False},
        },
        mode,
        height=260,
    )


def _strip(
    mode: Mode, row: int, values: np.ndarray, idea: str, symbol: str, name: str
) -> list[dict[str, Any]]:
    """Points on a line, and below them a bar from mean − sd to mean + sd."""
    hue = colour(idea, mode)
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": np.full(len(values), row),
        "name": name,
        "marker": {"color": hue, "size": 10, "opacity": 0.6, "symbol": symbol},
        "hovertemplate": "%{x:.4g}<extra>%{fullData.name}</extra>",
    }
    bar = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": values.mean() + values.std() * np.array([-1, 0, 1]),
        "y": np.full(3, row - 0.28),
        "line": {"color": hue, "width": 3},
        "marker": {"symbol": ["line-ns-open", "diamond", "line-ns-open"], "size": 11},
        "hoverinfo": "skip",
    }
    return [marks, bar]


Points = tuple[np.ndarray, np.ndarray]  # what enters g, what leaves it


def squashed(
    mode: Mode,
    curve: Points,
    z_norm: Points,
    z_tilde: Points,
    linear: float | None,
    words: Words,
) -> go.Figure:
    """g at z_norm above g at z̃ on the curve of g, over one axis.

    `linear`: half the width of sigmoid's linear part, shaded; None leaves it out.
    words: norm_title, tilde_title, axis.
    """
    above = _on_curve(mode, curve, z_norm, "z_norm", "")
    below = _on_curve(mode, curve, z_tilde, "z_tilde", "2")
    title = {"x": 0.5, "xref": "paper", "yref": "paper", "yanchor": "bottom", "showarrow": False}
    shade = {"type": "rect", "x0": -(linear or 0), "x1": linear, "y0": 0, "y1": 1}
    look = {"fillcolor": FAINT[mode], "opacity": 0.6, "line": {"width": 0}, "layer": "below"}
    return painted(
        [*above, *below],
        {
            "showlegend": False,
            "xaxis": {"anchor": "y2", "title": {"text": words["axis"]}},
            "yaxis": {"domain": [0.57, 1]},
            "yaxis2": {"domain": [0, 0.43]},
            "annotations": [
                title | {"y": 1, "text": words["norm_title"]},
                title | {"y": 0.43, "text": words["tilde_title"]},
            ],
            "shapes": [shade | look | {"yref": f"{axis} domain"} for axis in ("y", "y2") if linear],
        },
        mode,
        height=430,
    )


def _on_curve(
    mode: Mode, curve: Points, points: Points, idea: str, axis: str
) -> list[dict[str, Any]]:
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": curve[0],
        "y": curve[1],
        "yaxis": f"y{axis}",
        "line": {"color": colour("plain", mode), "width": 2},
        "hoverinfo": "skip",
    }
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": points[0],
        "y": points[1],
        "yaxis": f"y{axis}",
        "marker": {"color": colour(idea, mode), "size": 11, "opacity": 0.6},
        "hovertemplate": "g(%{x:.4g}) = %{y:.4g}<extra></extra>",
    }
    return [line, marks]
