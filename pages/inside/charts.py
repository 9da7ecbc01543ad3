"""The charts of the lesson `inside`. `words` are finished strings."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.graph import Line, drawn_line
from figures.parts import Trace, Words, see_through
from figures.theme import INK, PAPER, Mode, colour, drawn, painted

# --- b ---


@drawn
def wander(
    mode: Mode, step: np.ndarray, path: np.ndarray, words: Words, last: int, expected: bool = False
) -> go.Figure:
    """The b (T, U) of single units on their way to the last step. words: step, b, guess.

    Where the reader had `expected` them to stay, at 0, a line says so.
    """
    hue = colour("error", mode)
    guess = {"text": words["guess"], "x": last, "y": 0, "xanchor": "right", "yanchor": "bottom"}
    guess |= {"showarrow": False, "bgcolor": PAPER[mode]}
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
            "annotations": [guess] if expected else [],
            "xaxis": {"title": {"text": words["step"]}, "zeroline": False, "range": [0, last]},
            "yaxis": {
                "title": {"text": words["b"]},
                "zeroline": True,
                "nticks": 7,
                "showticklabels": len(step) > 1,  # how far they get is not told before
            },
            "margin": {"t": 12, "r": 22},
        },
        mode,
        height=360,
    )


# --- γ and β ---

GAP = 0.05  # between two panels, as a share of the width


@drawn
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
        for trace in [*drawn_line(step, line, mode), *inked]:
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
    dotted = {"width": 1.4, "dash": "dot"}
    looks: tuple[Trace, ...] = ({"width": 2.5}, dotted, dotted)
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
