"""What tests of figures say in one line."""

from __future__ import annotations

from collections import defaultdict

import plotly.graph_objects as go

MODES = ["light", "dark"]


class Words(defaultdict):
    """Every word is its own name."""

    def __missing__(self, name: str) -> str:
        return name


WORDS = Words()


def checked(figure: go.Figure) -> go.Figure:
    """The same figure, once Plotly has looked at each of its properties."""
    go.Figure(figure.to_dict())
    return figure


def named(figure: go.Figure, name: str):
    """The one trace of that name."""
    (trace,) = [each for each in figure.data if each.name == name]
    return trace
