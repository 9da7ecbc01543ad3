"""Accuracy in the dark: what dimmed images do to a network, by the statistics it takes."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from figures.parts import SHARE, Words, band, between, marked, title
from figures.theme import DASH, Mode, colour, drawn, painted


@drawn
def world(
    mode: Mode,
    shades: np.ndarray,
    plain: np.ndarray,
    frozen: np.ndarray,
    reestimated: np.ndarray,
    chosen: float,
    words: Words,
) -> go.Figure:
    """Test accuracy (S, A) of S networks over the dimming factor (A,), from bright to dark.

    A line is the mean over the networks, its band reaches from the lowest to the highest. words:
    plain, frozen, reestimated, axis, accuracy.
    """
    arms = (
        ("plain", plain, "plain", "square", DASH["plain"]),
        ("frozen", frozen, "running", "x", "dashdot"),
        ("reestimated", reestimated, "bn", "circle", "solid"),
    )
    traces = []
    for name, found, idea, symbol, dash in arms:
        hue = colour(idea, mode)
        traces += between(shades, found.min(axis=0), found.max(axis=0), hue)
        traces.append(marked(shades, found.mean(axis=0), words[name], hue, symbol, dash))
    return painted(
        traces,
        {
            "shapes": [band(chosen, 0.02, mode)],
            "xaxis": title(words["axis"])
            | {"range": [1.04, 0.01], "zeroline": False, "dtick": 0.1, "tick0": 0},
            "yaxis": title(words["accuracy"]) | SHARE | {"range": [0, 1.03], "dtick": 0.25},
            "hovermode": "x unified",
            "margin": {"t": 64},
        },
        mode,
        height=380,
    )
