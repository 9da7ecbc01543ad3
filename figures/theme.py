"""One colour per idea, in light and in dark, and the look that every Plotly figure shares.

The hues start from Okabe and Ito's colour-blind-safe set (https://jfly.uni-koeln.de/color/) and
are darkened or lightened until they reach a contrast of 4.5:1 as text on the page behind them,
because the same colour marks a point in the picture and its symbol in the formula.
"""

from __future__ import annotations

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import Any, Literal, ParamSpec

import plotly.graph_objects as go
import plotly.io as pio

Mode = Literal["light", "dark"]
P = ParamSpec("P")

KEPT = 200  # figures; one is some tens of kB
_kept: OrderedDict[bytes, go.Figure] = OrderedDict()  # asked for last, at the end
_lock = Lock()

#: idea → (on light, on dark)
COLOURS: dict[str, tuple[str, str]] = {
    "z": ("#0069A6", "#5BB4EC"),
    "z_centered": ("#2E7D9A", "#8CCFF2"),
    "mean": ("#A93C7F", "#EBA0CD"),
    "var": ("#7A6C00", "#E8DC4A"),
    "z_norm": ("#007A5A", "#2FC79A"),
    "z_tilde": ("#A55F00", "#F0AD2E"),
    "bn": ("#6A4C93", "#BFA5F2"),
    "after": ("#00758A", "#4CC3D9"),
    "plain": ("#5F656B", "#AEB4BA"),
    "running": ("#8C510A", "#D8A25E"),
    "error": ("#C63D00", "#FF9466"),
    "dropout": ("#B0173A", "#FF8FA3"),
}
PAPER: dict[Mode, str] = {"light": "#FFFFFF", "dark": "#12161C"}
INK: dict[Mode, str] = {"light": "#1D2430", "dark": "#E6EAF0"}
FAINT: dict[Mode, str] = {"light": "#D9DEE5", "dark": "#333B47"}
#: without BN is always dashed, so that the two arms differ without colour too
DASH = {"bn": "solid", "plain": "dash"}


def colour(idea: str, mode: Mode) -> str:
    """The colour of an idea (a key of COLOURS) on a light or a dark page, as #RRGGBB."""
    return COLOURS[idea][mode == "dark"]


def palette(mode: Mode) -> dict[str, str]:
    """Every idea's colour plus ink, faint and paper: what a component needs to paint."""
    ideas = {idea: colour(idea, mode) for idea in COLOURS}
    return ideas | {"ink": INK[mode], "faint": FAINT[mode], "paper": PAPER[mode]}


def in_light() -> dict[str, str]:
    """For every colour of a dark palette the one of a light palette: what is dark is printed so."""
    dark, light = palette("dark"), palette("light")
    return {colour: light[idea] for idea, colour in dark.items()}


def _look(mode: Mode, height: int) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 36, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "Lab Sans, sans-serif", "size": 14, "color": INK[mode]},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hoverlabel": {"font": {"family": "Lab Sans, sans-serif"}},
    }


def _axis(mode: Mode) -> dict[str, Any]:
    lines = ("gridcolor", "zerolinecolor", "linecolor")
    return {"automargin": True} | dict.fromkeys(lines, FAINT[mode])


def dress(figure: go.Figure, mode: Mode, *, height: int = 340) -> go.Figure:
    """Give a figure the house's fonts, grid and margins. Returns the same figure."""
    figure.update_layout(**_look(mode, height))
    figure.update_xaxes(**_axis(mode))
    figure.update_yaxes(**_axis(mode))
    return figure


def painted(
    traces: list[dict[str, Any]], layout: dict[str, Any], mode: Mode, *, height: int = 340
) -> go.Figure:
    """A figure in the same look from plain dicts, ten times faster: Plotly checks no property.

    A figure made here needs a test that lets Plotly check it: `go.Figure(figure.to_dict())`.
    """
    look = _look(mode, height)
    for name, own in layout.items():
        under = _axis(mode) if name.startswith(("xaxis", "yaxis")) else look.get(name)
        look[name] = under | own if isinstance(under, dict) else own
    return Painted(traces, look)


class Painted(go.Figure):
    """A figure that still has the plain dicts it was made from, and is not changed any more.

    Plotly copies them whole, with all their numbers, each time it is asked for them.
    """

    plain: dict[str, Any]

    def __init__(self, traces: list[dict[str, Any]], layout: dict[str, Any]) -> None:
        super().__init__({"data": traces, "layout": layout}, _validate=False)
        plain = {"data": traces, "layout": {"template": _template(), **layout}}
        self.__dict__["plain"] = plain  # a figure takes no other names as attributes


@cache
def _template() -> dict[str, Any]:
    """What Plotly's figures look like where we say nothing."""
    found: dict[str, Any] = pio.templates[pio.templates.default].to_plotly_json()
    return found


def drawn(function: Callable[P, go.Figure]) -> Callable[P, go.Figure]:
    """Keep the figures that a function of charts made last, by all that it made them from."""

    @wraps(function)
    def kept(*args: P.args, **kwargs: P.kwargs) -> go.Figure:
        made_from = pickle.dumps((function.__module__, function.__qualname__, args, kwargs))
        name = hashlib.blake2b(made_from, digest_size=16).digest()
        with _lock:
            if name in _kept:
                _kept.move_to_end(name)
                return _kept[name]
        figure = function(*args, **kwargs)
        with _lock:
            _kept[name] = figure
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        return figure

    return kept
