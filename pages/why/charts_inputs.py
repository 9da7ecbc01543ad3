"""The charts on scaled inputs, of the lesson on why batch norm works. `words` are finished strings.

Raw inputs have the colour of z, scaled ones that of z_norm: the same idea, a floor below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.parts import SHARE, Trace, Words, line, see_through, title
from figures.theme import DASH, INK, PAPER, Mode, colour, drawn, painted

IDEAS = {False: "z", True: "z_norm"}  # by whether inputs are scaled
DASHES = {False: "dash", True: "solid"}
LEVELS = 2.0 ** np.arange(-8, 8)  # of the excess at the start: neighbours differ by a factor of 2
ROUND = np.linspace(0, 2 * np.pi, 121)
ZEROTH = 0.4  # where a logarithmic axis has its step 0
FAR = 30.0  # times the distance from start to minimum: what lies beyond is not drawn


@drawn
def bowl(
    mode: Mode,
    scaled: bool,
    hessian: np.ndarray,
    minimum: np.ndarray,
    way: np.ndarray,
    excess: np.ndarray,
    diverged: bool,
    words: Words,
) -> go.Figure:
    """Lines of equal loss over two weights, and the way down them, (T, 2) with its excess (T,).

    A quadratic loss, whose lines are exactly the ellipses of its Hessian (2, 2). The levels are
    shares of the excess at the start, so that raw and scaled inputs show the same losses in the
    same shades. Both axes have one scale: each step leaves at right angles to the line it is on.
    words: x, y, way, start, lowest, step, loss.
    """
    rings = [_ring(mode, scaled, hessian, minimum, excess[0], level) for level in LEVELS[::-1]]
    hue = colour("error", mode) if diverged else INK[mode]
    near = np.abs(way - minimum).max(axis=1) < FAR * np.abs(way[0] - minimum).max()
    upto = len(way) if near.all() else int(near.argmin()) + 1
    along, up = way[:upto].T
    path = line(along, up, words["way"], hue, mode="lines+markers") | {
        "line": {"color": hue, "width": 1.2},
        "marker": {"color": hue, "size": 4},
        "customdata": np.column_stack([np.arange(upto), excess[:upto]]),
        "hovertemplate": f"{words['step']} %{{customdata[0]}}<br>({POINT})<br>"
        f"{words['loss']} %{{customdata[1]:.3~g}}<extra></extra>",
    }
    marks = [
        _mark(mode, way[0], "circle", words["start"], "top center"),
        _mark(mode, minimum, "x-thin-open", words["lowest"], "bottom center"),
    ]
    middle, room = (way[0] + minimum) / 2, 0.85 if scaled else 0.72
    half = room * np.abs(way[0] - minimum).max()
    ends = np.stack([middle - half, middle + half], axis=1)
    axis = {"showgrid": False, "zeroline": False, "nticks": 6}
    return painted(
        [*rings, path, *marks],
        {
            "plot_bgcolor": _shade(mode, scaled, 1.0),
            "showlegend": False,
            "hovermode": "closest",
            "margin": {"t": 8},
            "xaxis": title(words["x"]) | axis | {"range": list(ends[0])},
            "yaxis": title(words["y"])
            | axis
            # as high as the panel is at this scale, with the way in the middle
            | {"range": [middle[1], middle[1] + 1e-6] if not scaled else list(ends[1])}
            | {"scaleanchor": "x", "scaleratio": 1},
        },
        mode,
        height=300,
    )


POINT = "%{x:.3~f}, %{y:.3~f}"


def ellipse(hessian: np.ndarray, minimum: np.ndarray, excess: float) -> np.ndarray:
    """(2, 121) points w with (w − minimum)ᵀ H (w − minimum)/2 = excess."""
    values, vectors = np.linalg.eigh(hessian)
    circle = np.stack([np.cos(ROUND), np.sin(ROUND)])
    return minimum[:, None] + vectors @ (np.sqrt(2 * excess / values)[:, None] * circle)


def _ring(
    mode: Mode,
    scaled: bool,
    hessian: np.ndarray,
    minimum: np.ndarray,
    first: float,
    level: float,
) -> Trace:
    x, y = ellipse(hessian, minimum, level * first)
    share = float(np.log(level / LEVELS[0]) / np.log(LEVELS[-1] / LEVELS[0]))
    edge = {"color": see_through(colour(IDEAS[scaled], mode), 0.45), "width": 1}
    fill = {"fill": "toself", "fillcolor": _shade(mode, scaled, share)}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": edge,
        "hoverinfo": "skip",
    } | fill


def _shade(mode: Mode, scaled: bool, share: float) -> str:
    """From the page's own colour at the bottom of the bowl to a deep tint high up."""
    paper, hue = (
        np.array([int(each[i : i + 2], 16) for i in (1, 3, 5)])
        for each in (PAPER[mode], colour(IDEAS[scaled], mode))
    )
    red, green, blue = (paper + 0.55 * share * (hue - paper)).round().astype(int)
    return f"rgb({red},{green},{blue})"


def _mark(mode: Mode, at: np.ndarray, symbol: str, name: str, place: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [at[0]],
        "y": [at[1]],
        "text": [name],
        "textposition": place,
        "textfont": {"size": 14, "color": INK[mode]},
        "marker": {
            "symbol": symbol,
            "size": 13,
            "color": PAPER[mode] if symbol == "circle" else INK[mode],
            "line": {"width": 2.5, "color": INK[mode]},
        },
        "hovertemplate": f"{name} ({POINT})<extra></extra>",
    }


@drawn
def excess(mode: Mode, raw: np.ndarray, scaled: np.ndarray, words: Words) -> go.Figure:
    """What is left of the first excess (T,) after so many steps, on logarithmic axes.

    A way that diverges leaves at the top. words: raw, scaled, axis, left.
    """
    lines = []
    for name, each in (("raw", raw), ("scaled", scaled)):
        steps = np.unique(np.geomspace(1, len(each) - 1, 150).round().astype(int))
        steps = np.r_[0, steps]
        left = np.maximum(each[steps] / each[0], 1e-9)  # rounding may end below the lowest
        is_scaled = name == "scaled"
        hue = colour(IDEAS[is_scaled], mode)
        shown = line(np.where(steps, steps, ZEROTH), left, words[name], hue, DASHES[is_scaled])
        lines.append(shown | {"customdata": steps, "hovertemplate": "%{customdata}: %{y:.3~%}"})
    marks = {"tickvals": [1e-4, 1e-2, 1, 10], "ticktext": ["0.01%", "1%", "100%", "1000%"]}
    decades = {"tickvals": [ZEROTH, 1, 10, 100, 1000], "ticktext": ["0", "1", "10", "100", "1000"]}
    most = float(np.log10(max(len(raw), len(scaled)) - 1))
    return painted(
        lines,
        {
            "xaxis": title(words["axis"])
            | decades
            | {"type": "log", "range": [np.log10(ZEROTH), most]},
            "yaxis": title(words["left"])
            | marks
            | {"type": "log", "range": [-4.2, 1.2], "hoverformat": ".3~%"},
            "hovermode": "closest",
            "margin": {"t": 64},
        },
        mode,
        height=330,
    )


@drawn
def spectra(mode: Mode, eigenvalues: Mapping[str, np.ndarray], words: Words) -> go.Figure:
    """Eigenvalues (n,), largest first, divided by their median: one line for each placement.

    Names: none, before, after. Drawn down to 1e-4 of the median. words: axis, ratio and the names.
    """
    looks = {"none": ("plain", DASH["plain"]), "before": ("bn", "solid"), "after": ("after", "dot")}
    lines = []
    for name, values in eigenvalues.items():
        idea, dash = looks[name]
        shown = values / np.median(values)
        ranks = np.arange(1, len(shown) + 1)
        lines.append(
            line(
                ranks,
                np.where(shown > 0, shown, np.nan),
                words[name],
                colour(idea, mode),
                dash,
                hovertemplate="%{y:.3~s}",
            )
        )
    top = max(values[0] / np.median(values) for values in eigenvalues.values())
    return painted(
        lines,
        {
            "xaxis": title(words["axis"])
            | {"type": "log", "tickvals": [1, 2, 5, 10, 20, 50, 100], "hoverformat": "d"},
            "yaxis": title(words["ratio"])
            | {"type": "log", "range": [-2, float(np.log10(top)) + 0.3]}
            | {"exponentformat": "power", "dtick": 1 if top < 1e5 else 2},
            "hovermode": "x unified",
            "margin": {"t": 64},
        },
        mode,
        height=380,
    )


@drawn
def arms(
    mode: Mode,
    names: Sequence[str],
    ideas: Sequence[str],
    values: Sequence[np.ndarray],
    words: Words,
    rows: int | None = None,
) -> go.Figure:
    """A row for each arm: every seed a dot, their mean a bar. words: axis, seed, mean.

    With `rows` there is room for as many, of which some may not be drawn yet.
    """
    room = len(names) if rows is None else rows
    traces: list[Trace] = []
    for row, (name, idea, seeds) in enumerate(zip(names, ideas, values, strict=True)):
        hue = colour(idea, mode)
        mean = float(seeds.mean())
        looks: dict[str, tuple[Any, Any, dict[str, Any]]] = {
            "mean": ([mean], [float(row)], {"symbol": "line-ns-open", "size": 26, "opacity": 1}),
            "seed": (seeds, _apart(seeds, row), {"size": 9, "opacity": 0.55}),
        }
        for kind, (x, y, look) in looks.items():
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": x,
                    "y": y,
                    "name": words[kind],
                    "legendgroup": kind,
                    "showlegend": row == 0,
                    "marker": {"color": hue, "line": {"width": 3 if kind == "mean" else 0}} | look,
                    "hovertemplate": f"%{{x:.1%}}<extra>{name}</extra>",
                }
            )
    ticks = {"tickvals": list(range(len(names))), "ticktext": list(names), "zeroline": False}
    return painted(
        traces,
        {
            "xaxis": title(words["axis"]) | SHARE | {"range": [0.3, 1.02]},
            "yaxis": ticks | {"range": [room - 0.5, -0.6], "showgrid": False},
            "hovermode": "closest",
            "margin": {"t": 64},
        },
        mode,
        height=110 + 46 * room,
    )


def _apart(values: np.ndarray, row: int) -> np.ndarray:
    """A little below each other where values are the same, so that every seed is seen."""
    rank = np.array([int((values[:i] == value).sum()) for i, value in enumerate(values)])
    return row + 0.09 * rank - 0.045 * np.array([(values == v).sum() - 1 for v in values])
