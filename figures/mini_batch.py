"""The three charts of the lesson on one mini-batch. `words` are finished strings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from figures.theme import FAINT, INK, Mode, colour, dress

Words = Mapping[str, str]
CASES = {"shown": "z_norm", "faint": "z", "constant": "plain"}
DASHES = {"shown": "solid", "faint": "dash", "constant": "dot"}


def spread(
    mode: Mode, grid: np.ndarray, curves: Mapping[str, np.ndarray], eps: float, words: Words
) -> go.Figure:
    """The sd of z_norm (T,) over ε (T,), one curve per case, with the present ε marked.

    words: axis_eps, axis_sd, and one for each case.
    """
    figure = go.Figure()
    for case, sd in curves.items():
        line = {"color": colour(CASES[case], mode), "width": 3, "dash": DASHES[case]}
        figure.add_trace(go.Scatter(x=grid, y=sd, mode="lines", name=words[case], line=line))
    now = {
        "text": words["axis_eps"],
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
    }
    figure.add_vline(eps, line={"color": INK[mode], "width": 2})
    figure.add_annotation(x=np.log10(eps), font={"size": 16}, **now)
    dress(figure, mode, height=330)
    figure.update_xaxes(
        type="log",
        title_text=words["axis_eps"],
        exponentformat="power",
        dtick=2,
        range=[-12, 1],
    )
    figure.update_yaxes(title_text=words["axis_sd"], range=[-0.05, 1.08], dtick=0.5)
    figure.update_layout(hovermode="x unified", legend={"y": 1.1})
    return figure


def comparison(mode: Mode, right: np.ndarray, wrong: np.ndarray, words: Words) -> go.Figure:
    """z_norm done rightly (m,) above z_norm done wrongly (m,), a line from each to its twin.

    Where the wrong one is NaN there is nothing to draw in its row. words: right, wrong, axis.
    """
    figure = go.Figure()
    joined = np.stack([right, wrong, np.full_like(right, np.nan)], axis=1).ravel()
    rows = np.tile([1.0, 0.0, np.nan], len(right))
    thread = {"color": FAINT[mode], "width": 1}
    figure.add_trace(go.Scatter(x=joined, y=rows, mode="lines", line=thread, hoverinfo="skip"))
    for row, values, idea, symbol in ((1, right, "z_norm", "circle"), (0, wrong, "error", "x")):
        name = words["right" if row else "wrong"]
        _strip(figure, mode, row, values, idea, symbol, name)
    dress(figure, mode, height=260)
    figure.update_layout(showlegend=False, hovermode="closest")
    figure.update_xaxes(title_text=words["axis"], zeroline=True, zerolinewidth=2)
    figure.update_yaxes(
        range=[-0.6, 1.6],
        tickvals=[1, 0],
        ticktext=[words["right"], words["wrong"]],
        showgrid=False,
        zeroline=False,
    )
    return figure


def _strip(
    figure: go.Figure,
    mode: Mode,
    row: int,
    values: np.ndarray,
    idea: str,
    symbol: str,
    name: str,
) -> None:
    """Points on a line, and below them a bar from mean − sd to mean + sd."""
    hue = colour(idea, mode)
    marker = {"color": hue, "size": 10, "opacity": 0.6, "symbol": symbol}
    hover = "%{x:.4g}<extra>%{fullData.name}</extra>"
    figure.add_trace(
        go.Scatter(
            x=values,
            y=np.full(len(values), row),
            mode="markers",
            marker=marker,
            name=name,
            hovertemplate=hover,
        )
    )
    ends = values.mean() + values.std() * np.array([-1, 0, 1])
    figure.add_trace(
        go.Scatter(
            x=ends,
            y=np.full(3, row - 0.28),
            mode="lines+markers",
            line={"color": hue, "width": 3},
            marker={"symbol": ["line-ns-open", "diamond", "line-ns-open"], "size": 11},
            hoverinfo="skip",
        )
    )


def squashed(
    mode: Mode,
    curve: tuple[np.ndarray, np.ndarray],
    z_norm: tuple[np.ndarray, np.ndarray],
    z_tilde: tuple[np.ndarray, np.ndarray],
    linear: float | None,
    words: Words,
) -> go.Figure:
    """g at z_norm above g at z̃, each (inputs, outputs), on the curve of g.

    `linear`: half the width of sigmoid's linear part, shaded; None leaves it out.
    words: norm_title, tilde_title, axis.
    """
    titles = (words["norm_title"], words["tilde_title"])
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.14
    )
    for row, (points, idea) in enumerate(((z_norm, "z_norm"), (z_tilde, "z_tilde")), 1):
        line = {"color": colour("plain", mode), "width": 2}
        figure.add_trace(
            go.Scatter(x=curve[0], y=curve[1], mode="lines", line=line, hoverinfo="skip"), row, 1
        )
        marker = {"color": colour(idea, mode), "size": 11, "opacity": 0.6}
        figure.add_trace(
            go.Scatter(
                x=points[0],
                y=points[1],
                mode="markers",
                marker=marker,
                hovertemplate="g(%{x:.4g}) = %{y:.4g}<extra></extra>",
            ),
            row,
            1,
        )
        if linear is not None:
            shade = {"fillcolor": FAINT[mode], "opacity": 0.6, "line_width": 0, "layer": "below"}
            figure.add_vrect(-linear, linear, row=row, col=1, **shade)
    dress(figure, mode, height=430)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(title_text=words["axis"], row=2, col=1)
    return figure
