"""The charts of the lesson on train and test. `words` are finished strings.

A network by its own batch's statistics is drawn in the colour of batch norm, by the running ones in
theirs, and by those of the whole training set (the truth here) in ink, always dotted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.parts import SHARE, Words, band, line, marked, title
from figures.theme import FAINT, INK, Mode, colour, drawn, painted

Bars = tuple[np.ndarray, np.ndarray]  # (K,) means, and how far their intervals reach


def _upright(x: float, mode: Mode) -> dict[str, Any]:
    line = {"color": INK[mode], "width": 1.5}
    return {
        "opacity": 0.45,
        "type": "line",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": line,
    }


@drawn
def by_size(
    mode: Mode,
    sizes: np.ndarray,
    own: np.ndarray,
    sorted_stream: np.ndarray,
    running: float,
    exact: float,
    chosen: int,
    words: Words,
) -> go.Figure:
    """Test accuracy over the batch size m (k,): by the batch's own statistics, shuffled and sorted.

    NaN leaves a point out. `chosen`: the m to mark. words: own, sorted, running, exact, axis,
    accuracy.
    """
    places = np.arange(len(sizes))
    ends = places[[0, -1]] + np.array([-0.3, 0.3])
    traces = [
        line(ends, np.full(2, exact), words["exact"], INK[mode], "dot"),
        line(ends, np.full(2, running), words["running"], colour("running", mode), "dashdot"),
        marked(places, own, words["own"], colour("bn", mode), "circle"),
        marked(places, sorted_stream, words["sorted"], colour("error", mode), "x", "dash"),
    ]
    at = np.flatnonzero(np.asarray(sizes) == chosen)
    return painted(
        traces,
        {
            "shapes": [band(float(at[0]), 0.3, mode)] if len(at) else [],
            "xaxis": title(words["axis"])
            | {"tickvals": places, "ticktext": [str(m) for m in sizes], "zeroline": False},
            "yaxis": title(words["accuracy"]) | SHARE | {"range": [0, 1.03], "dtick": 0.25},
            "hovermode": "x unified",
            "margin": {"t": 64},
        },
        mode,
        height=380,
    )


@drawn
def follow(
    mode: Mode,
    batch: np.ndarray,
    running: np.ndarray,
    snapshots: np.ndarray,
    true: np.ndarray,
    stop: int,
    idea: str,
    words: Words,
) -> go.Figure:
    """One statistic of one unit over the steps: of each batch (S,), running (S+1,), true (T,).

    Running values stand for what is known after so many batches; the first is the start. `true` is
    known at the steps `snapshots` (T,): marked where it is known, unless at each step or at the
    ends alone. `idea` is mean or var. words: batch, running, true, axis.
    """
    sparse = 2 < len(snapshots) <= len(batch)
    marks = {"mode": "lines+markers", "marker": {"color": INK[mode], "size": 6}} if sparse else {}
    steps = np.arange(1, len(batch) + 1)
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": steps,
        "y": batch,
        "name": words["batch"],
        "marker": {"color": colour(idea, mode), "size": 4, "opacity": 0.45},
    }
    return painted(
        [
            dots,
            line(np.r_[0, steps], running, words["running"], colour("running", mode)),
            line(snapshots, true, words["true"], INK[mode], "dot", **marks),
        ],
        {
            "shapes": [_upright(stop, mode)],
            "xaxis": title(words["axis"]) | {"range": [-0.02 * len(batch), 1.02 * len(batch)]},
            "yaxis": {"range": _room(batch, running, true)},
            "hovermode": "x unified",
            "legend": {"itemsizing": "constant"},
        },
        mode,
        height=300,
    )


def _room(*values: np.ndarray) -> list[float]:
    """From the lowest to the highest of what is drawn, but for single far batches."""
    batch, running, true = values
    few = np.percentile(batch, [0.5, 99.5])
    low = min(few[0], running.min(), true.min())
    high = max(few[1], running.max(), true.max())
    air = 0.06 * (high - low or 1)
    return [float(low - air), float(high + air)]


@drawn
def accuracy(
    mode: Mode, steps: np.ndarray, running: np.ndarray, exact: np.ndarray, stop: int, words: Words
) -> go.Figure:
    """Test accuracy (T,) of the network at each of the steps, by running and by exact statistics.

    words: running, exact, axis, accuracy.
    """
    return painted(
        [
            line(steps, exact, words["exact"], INK[mode], "dot"),
            line(steps, running, words["running"], colour("running", mode)),
        ],
        {
            "shapes": [_upright(stop, mode)],
            "xaxis": title(words["axis"])
            | {"range": [-0.02 * float(steps[-1]), 1.02 * float(steps[-1])]},
            "yaxis": title(words["accuracy"]) | SHARE | {"range": [0, 1.03], "dtick": 0.25},
            "hovermode": "x unified",
        },
        mode,
        height=300,
    )


@drawn
def static_error(
    mode: Mode, steps: np.ndarray, measured: np.ndarray, law: np.ndarray, stop: int, words: Words
) -> go.Figure:
    """The running mean's root mean square error (t,) on frozen weights, and what the law says.

    words: measured, law, axis, error.
    """
    thick = line(steps, law, words["law"], FAINT[mode])
    thick["line"] = thick["line"] | {"width": 9}
    return painted(
        [thick, line(steps, measured, words["measured"], colour("running", mode))],
        {
            "shapes": [_upright(stop, mode)],
            "xaxis": title(words["axis"]) | {"rangemode": "tozero"},
            "yaxis": title(words["error"]) | {"rangemode": "tozero"},
            "hovermode": "x unified",
        },
        mode,
        height=300,
    )


@drawn
def stale(
    mode: Mode,
    steps: np.ndarray,
    error: np.ndarray,
    startup: np.ndarray | None,
    lag: np.ndarray | None,
    sampling: np.ndarray | None,
    stop: int,
    words: Words,
    top: float,
) -> go.Figure:
    """The running mean's error (t,) while weights move, and its parts; None: there is none.

    `top` is the largest error to leave room for. words: error, startup, lag, sampling, axis, sds.
    """
    parts = (
        ("error", error, "running", "solid"),
        ("startup", startup, "z", "dashdot"),
        ("lag", lag, "error", "dash"),
        ("sampling", sampling, "mean", "dot"),
    )
    return painted(
        [
            line(steps, part, words[name], colour(idea, mode), dash)
            for name, part, idea, dash in parts
            if part is not None
        ],
        {
            "shapes": [_upright(stop, mode)],
            "xaxis": title(words["axis"]),
            "yaxis": title(words["sds"]) | {"range": [0, 1.05 * top]},
            "hovermode": "x unified",
            "margin": {"t": 64},
        },
        mode,
        height=340,
    )


@drawn
def shifts(
    mode: Mode, names: Sequence[str], frozen: Bars, renewed: Bars, words: Words
) -> go.Figure:
    """How much less each of K shifts costs with batch norm than without, in points.

    A point is the mean, its bar reaches as far as the interval to each side. words: frozen,
    renewed, axis.
    """
    places, traces = np.arange(len(names)), []
    looks = (("frozen", frozen, "running", "x"), ("renewed", renewed, "bn", "circle"))
    for i, (name, (means, halves), idea, symbol) in enumerate(looks):
        hue = colour(idea, mode)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": means,
                "y": places + 0.24 * (i - 0.5),
                "name": words[name],
                "customdata": list(names),
                "marker": {"color": hue, "size": 9, "symbol": symbol},
                "error_x": {"type": "data", "array": halves, "color": hue}
                | {"thickness": 2, "width": 0},
                "hovertemplate": f"%{{customdata}}: %{{x:+.1f}}<extra>{words[name]}</extra>",
            }
        )
    return painted(
        traces,
        {
            "xaxis": title(words["axis"]) | {"zeroline": True, "zerolinewidth": 2},
            "yaxis": {"tickvals": places, "ticktext": list(names), "zeroline": False}
            | {"range": [len(names) - 0.4, -0.6], "showgrid": False},
            "hovermode": "closest",
            "margin": {"t": 64},
        },
        mode,
        height=350,
    )
