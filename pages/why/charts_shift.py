"""The pictures on shifted data, of the lesson on why batch norm works. `words`: finished strings.

Who learned from one colour only is drawn as elsewhere: without batch norm, by running statistics,
by new ones. Who learned from every colour has a hollow mark.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from figures.digits import png
from figures.parts import SHARE, Trace, Words, line, see_through, shade, title
from figures.theme import DASH, FAINT, INK, Mode, colour, drawn, painted

# arm: idea, dash, symbol
LOOKS = {
    "plain": ("plain", DASH["plain"], "square"),
    "frozen": ("running", "dashdot", "x"),
    "reestimated": ("bn", "solid", "circle"),
    "plain_retrained": ("plain", "dot", "square-open"),
    "frozen_retrained": ("bn", "dot", "circle-open"),
}


# --- pixels ---


def uri(rgb: np.ndarray) -> str:
    """A picture (h, w, 3) uint8 to stand in a page as it is; a pixel of the file is a pixel."""
    return "data:image/png;base64," + base64.b64encode(png(rgb)).decode()


def gallery(pictures: np.ndarray, alts: Sequence[str], captions: Sequence[str], side: int) -> str:
    """Pictures (m, h, w, 3) uint8 in a row that wraps, `side` CSS pixels wide each, as HTML.

    `alts` are text; `captions` are HTML, and may be empty.
    """
    figures = [
        f'<figure><img src="{uri(rgb)}" alt="{escape(alt)}">'
        f"{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"
        for rgb, alt, caption in zip(pictures, alts, captions, strict=True)
    ]
    return f'<div class="pixels" style="--side:{side}px">{"".join(figures)}</div>'


def answer(mode: Mode, right: bool, said: str) -> str:
    """What a network says of a picture, as HTML: a mark, and its words in the mark's colour."""
    hue, mark = (INK[mode], "✓") if right else (colour("error", mode), "✗")
    return f'<span class="answer" style="color:{hue}">{mark} {escape(said)}</span>'


# --- accuracy ---


@drawn
def by_coat(
    mode: Mode, shift: np.ndarray, arms: Mapping[str, np.ndarray], chosen: float, words: Words
) -> go.Figure:
    """Test accuracy (N, S) of N seeds over how far the coats are from black (S,).

    A line is the mean, its band reaches from the lowest to the highest. words: axis, accuracy and
    the arms.
    """
    traces: list[Trace] = []
    for name, found in arms.items():
        idea, dash, symbol = LOOKS[name]
        hue = colour(idea, mode)
        traces.append(shade(shift, found.min(axis=0), found.max(axis=0), see_through(hue, 0.16)))
        mean = line(shift, found.mean(axis=0), words[name], hue, dash, mode="lines+markers")
        traces.append(mean | {"marker": {"color": hue, "size": 9, "symbol": symbol}})
    half = 0.03
    band = {"type": "rect", "x0": chosen - half, "x1": chosen + half, "y0": 0, "y1": 1}
    look = {"yref": "paper", "fillcolor": FAINT[mode], "opacity": 0.55, "line": {"width": 0}}
    return painted(
        traces,
        {
            "shapes": [band | look | {"layer": "below"}],
            "xaxis": title(words["axis"])
            | {"range": [-0.04, 1.04], "dtick": 0.2, "zeroline": False, "hoverformat": ".1f"},
            "yaxis": title(words["accuracy"]) | SHARE | {"range": [0, 1.03], "dtick": 0.25},
            "hovermode": "x unified",
            "margin": {"t": 64},
        },
        mode,
        height=220,
    )


@drawn
def by_ink(
    mode: Mode,
    inks: Sequence[str],
    arms: Mapping[str, np.ndarray],
    chosen: int,
    words: Words,
) -> go.Figure:
    """Test accuracy (S, I) of S seeds in each ink (I,): the mean, and from lowest to highest.

    words: accuracy and the arms.
    """
    traces: list[Trace] = []
    places = np.arange(len(inks))
    for i, (name, found) in enumerate(arms.items()):
        idea, _, symbol = LOOKS[name]
        hue, mean = colour(idea, mode), found.mean(axis=0)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": places + 0.15 * (i - (len(arms) - 1) / 2),
                "y": mean,
                "name": words[name],
                "customdata": np.array(inks),
                "marker": {"color": hue, "size": 11, "symbol": symbol}
                | {"line": {"width": 2, "color": hue}},
                "error_y": {
                    "type": "data",
                    "array": found.max(axis=0) - mean,
                    "arrayminus": mean - found.min(axis=0),
                    "color": hue,
                    "thickness": 1.5,
                    "width": 0,
                },
                "hovertemplate": f"%{{customdata}}: %{{y:.1%}}<extra>{words[name]}</extra>",
            }
        )
    band = {"type": "rect", "x0": chosen - 0.48, "x1": chosen + 0.48, "y0": 0, "y1": 1}
    look = {"yref": "paper", "fillcolor": FAINT[mode], "opacity": 0.45, "line": {"width": 0}}
    return painted(
        traces,
        {
            "shapes": [band | look | {"layer": "below"}],
            "xaxis": {"tickvals": places, "ticktext": list(inks), "zeroline": False}
            | {"range": [-0.55, len(inks) - 0.45], "showgrid": False},
            "yaxis": title(words["accuracy"]) | SHARE | {"range": [-0.03, 1.03], "dtick": 0.25},
            "hovermode": "closest",
            "margin": {"t": 92},
        },
        mode,
        height=340,
    )


# --- two shifts ---

ROOM = 3.2  # of the axis of what a unit is given: the same before and after


@drawn
def outside(
    mode: Mode, steps: np.ndarray, inputs: np.ndarray, dark: np.ndarray, words: Words
) -> go.Figure:
    """Percentiles 15, 50, 85 of what is given: (T, 3) in training, (3,) in the test after it.

    words: step, inputs, training, test.
    """
    last = float(steps[-1])
    after = np.array([1.06, 1.3]) * last
    hue, other = colour("z", mode), colour("error", mode)
    traces = [*_fan(mode, steps, inputs, words["training"], hue)]
    traces += _fan(mode, after, np.stack([dark, dark]), words["test"], other)
    names = [
        _name(last / 2, words["training"], hue),
        _name(float(after[1]), words["test"], other) | {"xanchor": "right"},
    ]
    return painted(
        traces,
        {
            "annotations": names,
            "shapes": [_end(mode, last)],
            "xaxis": title(words["step"])
            | {"range": [0, float(after[1])], "zeroline": False}
            | {"tickvals": [0, last / 3, 2 * last / 3, last], "hoverformat": "d"},
            "yaxis": title(words["inputs"]) | {"rangemode": "tozero", "hoverformat": ".3f"},
            "showlegend": False,
            "hovermode": "closest",
            "margin": {"t": 40},
        },
        mode,
        height=330,
    )


@drawn
def inside(
    mode: Mode,
    steps: np.ndarray,
    plain: np.ndarray,
    bn: np.ndarray,
    words: Words,
    upto: int | None = None,
) -> go.Figure:
    """The same (T, 3) of what a unit deep inside is given, in both networks.

    Of `upto` records, on axes that have room for a good deal more than the first. words: step, u,
    plain, bn.
    """
    traces = _fan(mode, steps[:upto], plain[:upto], words["plain"], colour("plain", mode), "dash")
    traces += _fan(mode, steps[:upto], bn[:upto], words["bn"], colour("bn", mode))
    if upto == 1:
        traces = [*_first(mode, plain[0], words["plain"], "plain", 8)]
        traces += _first(mode, bn[0], words["bn"], "bn", 24)
    return painted(
        traces,
        {
            "xaxis": title(words["step"]) | {"range": [0, float(steps[-1])]},
            "yaxis": title(words["u"]) | {"hoverformat": ".2f", "range": [-ROOM, ROOM]},
            "hovermode": "closest",
            "margin": {"t": 40},
        },
        mode,
        height=430,
    )


def _first(mode: Mode, three: np.ndarray, name: str, idea: str, at: float) -> list[Trace]:
    """Median and band of a single step, side by side with the other network's."""
    low, middle, high = three
    hue = colour(idea, mode)
    reach = {"type": "data", "symmetric": False, "array": [high - middle], "width": 8}
    dot = {
        "type": "scatter",
        "mode": "markers",
        "x": [at],
        "y": [middle],
        "name": name,
        "marker": {"color": hue, "size": 10},
        "error_y": reach | {"arrayminus": [middle - low], "color": hue, "thickness": 3},
        "hovertemplate": "%{y:.2f}<extra></extra>",
    }
    return [dot]


def _fan(
    mode: Mode, steps: np.ndarray, found: np.ndarray, name: str, hue: str, dash: str = "solid"
) -> list[Trace]:
    low, middle, high = found.T
    pale = shade(steps, low, high, see_through(hue, 0.22 if mode == "light" else 0.3))
    return [pale, line(steps, middle, name, hue, dash)]


def _name(x: float, text: str, hue: str) -> dict[str, object]:
    at = {"x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False}
    return at | {"text": text, "font": {"color": hue, "size": 14}}


def _end(mode: Mode, x: float) -> dict[str, object]:
    dotted = {"color": INK[mode], "width": 1.5, "dash": "dot"}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": dotted}
