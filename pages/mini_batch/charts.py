"""The two charts of the lesson on one mini-batch. `words` are finished strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.parts import Words
from figures.theme import FAINT, INK, Mode, colour, drawn, painted

CASES = {"shown": "z_norm", "faint": "z", "constant": "plain"}
DASHES = {"shown": "solid", "faint": "dash", "constant": "dot"}


@drawn
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


@drawn
def comparison(mode: Mode, right: np.ndarray, wrong: np.ndarray | None, words: Words) -> go.Figure:
    """z_norm done rightly (m,) above z_norm done wrongly (m,), a line from each to its twin.

    Without `wrong`, and where it is NaN, there is nothing in its row. words: right, wrong, axis.
    """
    above = _strip(mode, 1, right, "z_norm", "circle", words["right"])
    if wrong is None:
        traces = above
    else:
        below = _strip(mode, 0, wrong, "error", "x", words["wrong"])
        traces = [_threads(mode, right, wrong), *above, *below]
    rows = {"tickvals": [1, 0], "ticktext": [words["right"], words["wrong"]]}
    return painted(
        traces,
        {
            "showlegend": False,
            "hovermode": "closest",
            "xaxis": {"title": {"text": words["axis"]}, "zeroline": True, "zerolinewidth": 2},
            "yaxis": rows | {"range": [-0.6, 1.6], "showgrid": False, "zeroline": False},
        },
        mode,
        height=330,
    )


def _threads(mode: Mode, right: np.ndarray, wrong: np.ndarray) -> dict[str, Any]:
    gap = np.full_like(right, np.nan)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.stack([right, wrong, gap], axis=1).ravel(),
        "y": np.tile([1.0, 0.0, np.nan], len(right)),
        "line": {"color": FAINT[mode], "width": 1},
        "hoverinfo": "skip",
    }


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
