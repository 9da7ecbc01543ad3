"""What the scenes with trained networks have in common: their curves, and where they ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from experiments.conv.net import Arms
from figures import graph
from figures.graph import Axis, Line
from figures.parts import guessed
from figures.theme import colour
from pages.conv import LESSON
from ui.chart import plot
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

# How an arm is drawn: its idea, its dash.
LOOKS = {
    "bn": ("bn", "solid"),
    "plain": ("plain", "dash"),
    "zero": ("after", "longdash"),
    "all": ("bn", "solid"),
    "affine": ("z_tilde", "longdash"),
    "last": ("z", "dashdot"),
}


def named(arm: str) -> str:
    return t(f"{LESSON}.networks.{arm}")


def curves(
    now: Moment,
    key: str,
    arms: Sequence[str],
    found: Arms,
    own: Arms | None = None,
    *,
    before: Sequence[str] = (),
    marks: Mapping[str, float] | None = None,
    bottom: float = 0.0,
    height: int = 400,
) -> None:
    """Test accuracy over the steps: the mean in the band of all seeds, or a run of one's own.

    Until it is revealed, the arms `before` alone. `marks` are the heights of guesses, at the end.
    """
    shown, lines, told = (arms if now.seen else before), [], []
    for a, arm in enumerate(arms):
        if arm not in shown:
            continue
        idea, dash = LOOKS[arm]
        low, middle, high = (
            each(found.accuracy[a].astype(float), axis=0) for each in (np.min, np.mean, np.max)
        )
        if own is not None:
            middle = np.full(len(found.step), np.nan)
            middle[: len(own.step)] = own.accuracy[a, 0]
        lines.append(Line(named(arm), idea, middle, low, high, dash))
        told.append(f"{named(arm)}: {percent(found.mean[a])}")
    last = float(found.step[-1])
    across = Axis(t(f"{LESSON}.runs.step"), ends=(0, last))
    up = Axis(t(f"{LESSON}.runs.accuracy"), share=True, ends=(bottom, 1))
    figure = graph.lines(mode(), found.step, lines, across, up, height=height)
    given = marks or {}
    mark = now.mark(*given)
    at = given.get(now.guess or "", 0.0)
    plot(
        guessed(figure, mark, 0.8 * last, at, mode(), below=at > 0.8),
        key=key,
        alt=t(f"{LESSON}.runs.alt", ends="; ".join(told)),
    )


def with_interval(found: Arms, a: int) -> str:
    """97.1 ± 0.4 %, as a mean over seeds with its 95 % interval."""
    return f"{100 * found.mean[a]:.1f} ± {100 * found.half[a]:.1f}%"


def results(name: str, arms: Sequence[str], found: Arms) -> None:
    """Of each arm its rate, its mean and interval, and from lowest to highest."""
    heads = [Cell(""), *(Cell(t(f"{LESSON}.runs.{head}")) for head in ("rate", "end", "range"))]
    rows = []
    for a, arm in enumerate(arms):
        low, high = found.last[a].min(), found.last[a].max()
        rows.append(
            [
                Cell(named(arm), colour=colour(LOOKS[arm][0], mode())),
                Cell(number(float(found.rate[a]), 2), value=f"{found.rate[a]:.4g}"),
                Cell(with_interval(found, a), value=f"{found.mean[a]:.4f}"),
                Cell(f"{100 * low:.1f}–{100 * high:.1f}%"),
            ]
        )
    table(heads, rows, name=name, lesson=LESSON)


def known(found: Arms, arms: Sequence[str]) -> dict[str, object]:
    """Where each ended, for words."""
    ends = {arm: percent(float(found.mean[a])) for a, arm in enumerate(arms)}
    return ends | {"seeds": len(found.seeds), "steps": int(found.step[-1])}


def scope(name: str, **values: object) -> None:
    """What was trained, on what, and how rates were found."""
    st.caption(t(f"{LESSON}.{name}.of_run", **values))
