"""Figures of the lesson on training: the replay's curves, to read, hover and export."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from figures.parts import see_through
from figures.theme import DASH, Mode, colour, drawn, dress

ARMS = ("plain", "bn")
PERCENTILES = (15, 50, 85)


@drawn
def curves(
    steps: np.ndarray,
    loss: np.ndarray,
    accuracy: np.ndarray,
    ended: tuple[int, int],
    words: Mapping[str, str],
    mode: Mode,
) -> go.Figure:
    """Loss and test accuracy (T, 2) of both arms, each to its last record; side by side.

    `words`: plain, bn, loss, accuracy, step, diverged.
    """
    figure = make_subplots(1, 2, subplot_titles=[words["loss"], words["accuracy"]])
    for column, measured in enumerate((loss, accuracy), start=1):
        for arm, name in enumerate(ARMS):
            upto = ended[arm] + 1
            figure.add_scatter(
                x=steps[:upto],
                y=measured[:upto, arm],
                name=words[name],
                legendgroup=name,
                showlegend=column == 1,
                line={"color": colour(name, mode), "dash": DASH[name], "width": 2.5},
                row=1,
                col=column,
            )
            if upto < len(steps):
                _mark_end(figure, steps[upto - 1], measured[upto - 1, arm], words, mode, column)
    figure.update_yaxes(range=_loss_range(loss, ended), col=1)
    figure.update_yaxes(range=[0, 1], tickformat=".0%", col=2)
    return _finish(figure, words, mode)


@drawn
def percentiles(
    steps: np.ndarray,
    bands: np.ndarray,
    ended: tuple[int, int],
    limits: tuple[float, float],
    words: Mapping[str, str],
    mode: Mode,
) -> go.Figure:
    """Percentiles 15, 50, 85 (T, 2, 3) of one unit in both arms, on one y axis from `limits`.

    `words`: plain, bn, step, and p15, p50, p85 for the lines.
    """
    figure = make_subplots(1, 2, subplot_titles=[words[arm] for arm in ARMS], shared_yaxes=True)
    for arm, name in enumerate(ARMS):
        upto = ended[arm] + 1
        for k, share in enumerate(PERCENTILES):
            figure.add_scatter(
                x=steps[:upto],
                y=bands[:upto, arm, k],
                name=words[f"p{share}"],
                showlegend=False,
                line={
                    "color": colour(name, mode),
                    "dash": DASH[name],
                    "width": 2.5 if share == 50 else 1.5,
                },
                fill="tonexty" if k else None,
                fillcolor=see_through(colour(name, mode), 0.14),
                row=1,
                col=arm + 1,
            )
    figure.update_yaxes(range=limits)
    return _finish(figure, words, mode)


def _finish(figure: go.Figure, words: Mapping[str, str], mode: Mode) -> go.Figure:
    figure.update_xaxes(title_text=words["step"])
    dress(figure, mode, height=340)
    return figure.update_layout(
        margin={"t": 64}, legend={"y": 1.12}, hovermode="x unified", uirevision="training"
    )


def _mark_end(
    figure: go.Figure, x: float, y: float, words: Mapping[str, str], mode: Mode, column: int
) -> None:
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers+text",
        text=[words["diverged"]],
        textposition="top right",
        textfont={"color": colour("error", mode)},
        marker={"symbol": "x", "size": 10, "color": colour("error", mode)},
        showlegend=False,
        hoverinfo="skip",
        row=1,
        col=column,
    )


def _loss_range(loss: np.ndarray, ended: tuple[int, int]) -> list[float]:
    """An arm that blows up must not flatten the other."""
    plain, bn = (loss[: end + 1, arm] for arm, end in enumerate(ended))
    most = float(np.max(bn))
    return [0.0, 1.06 * max(most, min(float(np.max(plain)), 1.5 * most))]
