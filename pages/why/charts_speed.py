"""The charts of the lesson on why: layers that are disturbed, and the causes of speed.

`words` are finished strings. Curves over steps are `pages.network.charts.lines`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.parts import Words, line, see_through, shade, title
from figures.theme import FAINT, INK, PAPER, Mode, colour, drawn, painted


@drawn
def received(
    mode: Mode,
    before: np.ndarray,
    after: np.ndarray,
    ends: tuple[float, float],
    idea: str,
    words: Words,
) -> go.Figure:
    """What each unit of a layer gets, before and after: percentiles (3, n), low, middle, high.

    Units are in the order of their middle before; what leaves `ends` is drawn at the edge.
    words: unit, z, before, after.
    """
    order = np.argsort(before[1], kind="stable")
    before, after = before[:, order], np.clip(after[:, order], *ends)
    units, hue = np.arange(1, before.shape[1] + 1), colour(idea, mode)
    low, middle, high = after
    reach = {"type": "data", "symmetric": False, "array": high - middle, "width": 0}
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": units,
        "y": middle,
        "name": words["after"],
        "marker": {"color": hue, "size": 6},
        "error_y": reach | {"arrayminus": middle - low, "color": see_through(hue, 0.6)},
        "hovertemplate": "%{y:.2f}<extra></extra>",
    }
    pale = shade(units, before[0], before[2], see_through(INK[mode], 0.16))
    band = pale | {"name": words["before"], "showlegend": True}
    return painted(
        [band, dots],
        {
            "xaxis": title(words["unit"])
            | {"range": [0, len(units) + 1], "showgrid": False}
            | {"zeroline": False, "nticks": 6},
            "yaxis": title(words["z"]) | {"range": list(ends), "zeroline": True, "nticks": 7},
            "hovermode": "closest",
            "margin": {"t": 44},
        },
        mode,
        height=208,
    )


@drawn
def heat(
    mode: Mode,
    accuracy: np.ndarray | None,
    depths: Sequence[int],
    rates: Sequence[float],
    chosen: tuple[int, int],
    idea: str,
    words: Words,
    guess: tuple[int, int] | None = None,
) -> go.Figure:
    """Accuracy (D, R) as a tile with its number for each depth and learning rate; None: blank ones.

    `chosen` is the place of the tile in the frame; `guess` the place below which a reader thought
    that nothing trains. words: depth, rate, and guess where there is one.
    """
    hue = colour(idea, mode)
    blank = accuracy is None
    accuracy = np.full((len(depths), len(rates)), 0.1) if accuracy is None else accuracy
    numbers = [["" if blank else f"{100 * cell:.0f}" for cell in row] for row in accuracy]
    tiles = {
        "type": "heatmap",
        "z": accuracy,
        "zmin": 0.1,
        "zmax": 1.0,
        "colorscale": [[0, FAINT[mode]], [0.5, _mixed(FAINT[mode], hue, 0.35)], [1, hue]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": "%{z:.1%}<extra></extra>",
    } | ({"hoverinfo": "skip", "hovertemplate": ""} if blank else {})
    notes = [
        {
            "x": r,
            "y": d,
            "text": numbers[d][r],
            "showarrow": False,
            "font": {"size": 13, "color": PAPER[mode] if accuracy[d, r] > 0.75 else INK[mode]},
        }
        for d in range(len(depths))
        for r in range(len(rates))
    ]
    d, r = chosen
    guessed = [] if guess is None else [_below(*guess, mode)]
    if guess is not None:
        row, column = guess
        near = {"x": column + 0.55, "y": row + 0.5, "xanchor": "left", "bgcolor": PAPER[mode]}
        notes.append(near | {"text": words["guess"], "showarrow": False, "font": {"size": 13}})
    frame = {"type": "rect", "x0": r - 0.5, "x1": r + 0.5, "y0": d - 0.5, "y1": d + 0.5}
    bare = {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True}
    return painted(
        [tiles],
        {
            "annotations": notes,
            "shapes": [frame | {"line": {"color": INK[mode], "width": 3}}, *guessed],
            "xaxis": title(words["rate"]) | bare | _named(rates),
            "yaxis": title(words["depth"]) | bare | _named(depths) | {"autorange": "reversed"},
            "hovermode": "closest",
            "margin": {"t": 8},
        },
        mode,
        height=280,
    )


def _below(row: int, column: int, mode: Mode) -> dict[str, Any]:
    """A dotted line below a tile: down to here, the reader thought."""
    ends = {"x0": column - 0.5, "x1": column + 0.5, "y0": row + 0.5, "y1": row + 0.5}
    return {"type": "line"} | ends | {"line": {"color": INK[mode], "width": 4, "dash": "dot"}}


def _named(values: Sequence[float]) -> dict[str, list]:
    return {"tickvals": list(range(len(values))), "ticktext": [f"{value:g}" for value in values]}


def _mixed(one: str, other: str, share: float) -> str:
    """A colour between two, as #RRGGBB."""
    pairs = zip(
        *([int(hue[i : i + 2], 16) for i in (1, 3, 5)] for hue in (one, other)), strict=True
    )
    return "#" + "".join(f"{round(a + share * (b - a)):02X}" for a, b in pairs)


@drawn
def gradients(
    mode: Mode,
    layer: np.ndarray,
    plain: np.ndarray,
    bn: np.ndarray,
    ends: tuple[float, float],
    words: Words,
    height: int = 300,
) -> go.Figure:
    """The norm of each layer's gradient (L,), logarithmic. words: layer, norm, plain, bn."""
    arms = (("plain", plain, "dash", "square"), ("bn", bn, "solid", "circle"))
    few = len(layer) <= 22
    decades = float(np.log10(ends[1] / ends[0]))
    return painted(
        [
            line(layer, values, words[arm], colour(arm, mode), dash)
            | {"mode": "lines+markers" if few else "lines"}
            | {"marker": {"color": colour(arm, mode), "size": 7, "symbol": symbol}}
            for arm, values, dash, symbol in arms
        ],
        {
            "xaxis": title(words["layer"]) | {"zeroline": False, "nticks": 8},
            "yaxis": title(words["norm"])
            | {"type": "log", "range": [float(np.log10(end)) for end in ends]}
            | {"exponentformat": "power", "dtick": max(1, round(decades / 6))}
            | {"hoverformat": ".2g", "zeroline": False},
            "hovermode": "x unified",
            "margin": {"t": 44},
        },
        mode,
        height=height,
    )
