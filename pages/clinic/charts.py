"""The charts of the clinic. `words` are finished strings."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from figures.parts import Words
from figures.theme import INK, Mode, colour, drawn, painted

FAR = 5.0  # an axis ends here, in spreads of a gradient's entries


@drawn
def gradients(
    mode: Mode, whole: np.ndarray, parts: np.ndarray, idea: str, words: Words
) -> go.Figure:
    """Entries of a gradient (K,): of the whole batch, and added up over its parts.

    Those that agree lie on the line. words: whole, parts.
    """
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": whole,
        "y": parts,
        "marker": {"color": colour(idea, mode), "opacity": 0.55, "size": 7},
        "hovertemplate": "(%{x:.2f}, %{y:.2f})<extra></extra>",
    }
    agree = {
        "type": "scatter",
        "mode": "lines",
        "x": [-FAR, FAR],
        "y": [-FAR, FAR],
        "line": {"color": INK[mode], "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
    }
    axis = {"range": [-FAR, FAR], "zeroline": True, "dtick": 2}
    return painted(
        [agree, dots],
        {
            "xaxis": axis | {"title": {"text": words["whole"]}},
            "yaxis": axis | {"title": {"text": words["parts"]}},
            "showlegend": False,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        },
        mode,
        height=340,
    )
