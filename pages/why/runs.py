"""What the experiments with runs have in common: shipped seeds, and a run of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from figures import graph
from figures.graph import Axis, Line
from figures.parts import guessed
from figures.theme import colour
from pages.why.live import LIVES, Live
from pages.why.parts import LESSON, stands, value
from ui import controls
from ui.chart import plot
from ui.numbers import number, percent, unbroken
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

# How an arm is drawn: its idea, its dash.
LOOKS = {
    "bn": ("bn", "solid"),
    "noisy_bn": ("error", "dashdot"),
    "once": ("z_norm", "longdash"),
    "plain": ("plain", "dash"),
    "noisy_plain": ("error", "dot"),
}


def train(now: Moment, test: str, one_seed: Callable[..., Any]) -> None:
    """The seed of a live run of what is chosen, and its button; what came of it in a table."""
    chosen, seed = value(test), value("draw")
    start(now, LIVES[test], (chosen, seed), partial(one_seed, seed, chosen))


def start(now: Moment, live: Live, key: tuple, run: Callable[[Any, Any], Any]) -> None:
    """The seed, the button, and the bar while it goes on."""
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"live-{live.name}"):
        if stands(now, "apart"):
            controls.entry(LESSON, "draw", width=140)
        live.button(key, run)
    live.say_trouble()
    live.watch()


def own_run(test: str) -> Any:
    """The visitor's, of what is chosen."""
    return LIVES[test].found((value(test), value("draw")))


def grow(now: Moment, test: str, draw: Callable[[Any], None]) -> None:
    """Draw it with the visitor's run of what is chosen, also while that trains; None if none is.

    Before the answer there is none.
    """
    if now.seen:
        LIVES[test].grow((value(test), value("draw")), draw)
    else:
        draw(None)


def say_stopped(test: str, found: Any) -> None:
    """A notice where the run was stopped."""
    if found is not None and not found.complete:
        step = int(found.step[-1])
        LIVES[test].say_stopped(step, t(f"{LESSON}.live.stopped", step=step))


def named(arm: str) -> str:
    return t(f"{LESSON}.networks.{arm}")


Guess = tuple[str, float]  # what is written there, and at which height


def halfway(shipped: np.ndarray, arms: Sequence[str], arm: str) -> float:
    """How high an arm of (A, S, T) is in the middle of the steps."""
    return float(shipped[arms.index(arm), :, shipped.shape[-1] // 2].mean())


def curves(
    key: str,
    arms: Sequence[str],
    step: np.ndarray,
    shipped: np.ndarray,
    own: np.ndarray | None,
    up: Axis,
    write: Callable[[float], str],
    *,
    drawn: Sequence[str] = (),
    height: int = 340,
    guess: Guess = ("", np.nan),
) -> None:
    """Arms (A, S, T) over steps (T,): the mean in the band of the seeds, or the own run (A, T').

    With `drawn` only those arms. A `guess` is marked in the middle of the steps.
    """
    lines, some = [], [(a, arm) for a, arm in enumerate(arms) if arm in (drawn or arms)]
    for a, arm in some:
        low, high = shipped[a].min(axis=0), shipped[a].max(axis=0)
        middle = shipped[a].mean(axis=0)
        if own is not None:
            middle = np.full(len(step), np.nan)
            middle[: own.shape[-1]] = own[a]
        idea, dash = LOOKS[arm]
        lines.append(Line(named(arm), idea, middle, low, high, dash))
    across = Axis(t(f"{LESSON}.speed.step"), ends=(0, float(step[-1])))
    last = {arm: write(float(shipped[a, :, -1].mean())) for a, arm in some}
    ends = "; ".join(f"{named(arm)}: {end}" for arm, end in last.items())
    figure = graph.lines(mode(), step, lines, across, up, height=height)
    mark, expected = guess
    plot(
        guessed(figure, mark, float(step[-1]) / 2, expected, mode()),
        key=key,
        alt=t(f"{LESSON}.speed.alt", measure=up.title, ends=ends),
    )


def accuracy(
    test: str,
    arms: Sequence[str],
    found: Any,
    own: Any,
    drawn: Sequence[str] = (),
    height: int = 400,
    guess: Guess = ("", np.nan),
) -> None:
    """Test accuracy over the steps."""
    up = Axis(t(f"{LESSON}.speed.accuracy"), share=True, ends=(0, 1))
    mine = None if own is None else own.accuracy[:, 0]
    key = f"{test}-accuracy"
    curves(
        key,
        arms,
        found.step,
        found.accuracy,
        mine,
        up,
        percent,
        drawn=drawn,
        height=height,
        guess=guess,
    )


def bands(found: Any, own: Any) -> None:
    """What line and band are."""
    which = "seeds" if own is None else "own"
    st.caption(t(f"{LESSON}.speed.{which}", seeds=len(found.seeds), seed=value("draw")))


Number = tuple[str, Callable[[float], str], np.ndarray, np.ndarray | None]


def results(name: str, arms: Sequence[str], numbers: Sequence[Number]) -> None:
    """A row for each arm: for each number (label, writing, (A, S), own (A,)) mean and own run."""
    heads, mine = [Cell("")], any(own is not None for *_, own in numbers)
    for label, *_ in numbers:
        heads.append(Cell(label))
        heads += [Cell(t(f"{LESSON}.speed.yours", seed=value("draw")))] if mine else []
    rows = []
    for a, arm in enumerate(arms):
        cells = [Cell(named(arm), colour=colour(LOOKS[arm][0], mode()))]
        for _, write, seeds, own in numbers:
            mean = float(seeds[a].mean())
            cells.append(Cell(unbroken(write(mean)), value=f"{mean:.4g}"))
            cells += [_own_cell(write, own, a)] if mine else []
        rows.append(cells)
    table(heads, rows, name=name, lesson=LESSON)


def _own_cell(write: Callable[[float], str], own: np.ndarray | None, a: int) -> Cell:
    """A dash where there is nothing, or nothing yet."""
    if own is None or np.isnan(own[a]):
        return Cell("–")
    return Cell(unbroken(write(float(own[a]))), value=f"{own[a]:.4g}")


def short(x: float) -> str:
    return number(x, 3)


def by_arm(name: str, arms: Sequence[str], seeds: dict, own: dict | None) -> tuple:
    """(A, S) of the seeds, and (A,) of the own run."""
    found = np.stack([seeds[f"{name}.{arm}"] for arm in arms])
    return found, None if own is None else np.array([own[f"{name}.{arm}"][0] for arm in arms])
