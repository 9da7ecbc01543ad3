"""Four optimizers with batch norm and without: tolerance, and best against best."""

from __future__ import annotations

import numpy as np
import streamlit as st

import figures.network as figures
from experiments import evidence, optimizers
from experiments.optimizers import Sweep
from figures.network import Axis, Line
from figures.theme import colour
from ui import controls, page
from ui.network_numbers import (
    LESSON,
    chart,
    exact,
    from_to,
    over,
    say,
    short,
    unbroken,
)
from ui.tables import Cell, table
from ui.text import mode, t


@page.fragment(LESSON)
def four_optimizers() -> None:
    """The same network under SGD, momentum, RMSprop and Adam, with batch norm and without."""
    page.say(f"{LESSON}/optimizers")
    rule = controls.choice(LESSON, "rule", wrap=True)
    found, o = optimizers.sweep(), optimizers.OPTIMIZERS.index(rule)
    left, right = st.columns(2, gap="large")
    with left:
        say("optimizers.by_rate", good=GOOD)
        _usable(found, o)
    with right:
        say("optimizers.curves", target=optimizers.TARGET)
        _curves(found, o)
    left, right = st.columns(2, gap="large")
    for column, name, start in ((left, "gamma", 1.0), (right, "beta", 0.0)):
        with column:
            say(f"optimizers.{name}", lr=short(_best(found, o, 1)))
            _paths(found, o, name, start)
    st.caption(t(f"{LESSON}.optimizers.of_run", seeds=len(found.seeds), steps=optimizers.STEPS))
    _optimizers_table(found)
    _optimizers_verdict(found)
    page.source(optimizers.train_cell, optimizers.smoothed, optimizers.Sweep, key="optimizers")


GOOD = f"{optimizers.GOOD:.0%}"
ARMS = (("plain", "dash", "square"), ("bn", "solid", "circle"))


def _best(found: Sweep, o: int, n: int) -> float:
    return float(found.rates[o, found.best[o, n]])


def _usable(found: Sweep, o: int) -> None:
    """Accuracy over the learning rate, and the line above which a rate is usable."""
    drawn = [
        Line(t(f"{LESSON}.optimizers.{arm}"), arm, *over(rows), dash=dash, symbol=symbol)
        for (arm, dash, symbol), rows in zip(ARMS, found.accuracy[o], strict=True)
    ]
    rates = found.rates[o]
    across = Axis(t(f"{LESSON}.axes.lr"), log=True, ends=(0.8 * rates[0], 1.25 * rates[-1]))
    up = Axis(t(f"{LESSON}.axes.accuracy"), share=True, ends=(0, 1.02))
    figure = figures.lines(mode(), rates, drawn, across, up, level=optimizers.GOOD)
    known = dict(zip(("plain", "bn"), map(short, found.largest[o]), strict=True))
    chart(figure, "usable", "optimizers.alt_usable", good=GOOD, **known)


def _curves(found: Sweep, o: int) -> None:
    """Smoothed training loss, each arm at its own best learning rate."""
    drawn = []
    for n, (arm, dash, _) in enumerate(ARMS):
        mean, low, high = found.curve[o, n, found.best[o, n]]
        name = t(f"{LESSON}.optimizers.at_best_{arm}", lr=short(_best(found, o, n)))
        drawn.append(Line(name, arm, mean, low, high, dash))
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.curve_step[-1])))
    up = Axis(t(f"{LESSON}.axes.loss"), log=True)
    figure = figures.lines(mode(), found.curve_step, drawn, across, up, level=optimizers.TARGET)
    known = dict(zip(("plain", "bn"), (short(d.mean[-1]) for d in drawn), strict=True))
    chart(figure, "curves", "optimizers.alt_curves", target=optimizers.TARGET, **known)


def _paths(found: Sweep, o: int, name: str, start: float) -> None:
    """γ or β of every layer, at the best learning rate with batch norm."""
    spread = getattr(found, name)[o, found.best[o, 1]]
    words = {"step": t(f"{LESSON}.axes.step"), "measure": t(f"{LESSON}.optimizers.of_{name}")}
    for layer in range(spread.shape[-1]):
        words[str(layer + 1)] = t(f"{LESSON}.optimizers.layer", layer=layer + 1)
    ends = "; ".join(
        t(f"{LESSON}.optimizers.alt_layer", layer=at + 1, mean=mean, low=low, high=high)
        for at, (mean, low, high) in enumerate(
            tuple(short(float(x)) for x in spread[:, -1, at]) for at in range(spread.shape[-1])
        )
    )
    figure = figures.layers(mode(), found.path_step, spread, start, words)
    chart(figure, name, f"optimizers.alt_{name}", ends=ends)


def _optimizers_table(found: Sweep) -> None:
    """A column for each optimizer: so it fits a phone."""
    word, names = f"{LESSON}.optimizers", optimizers.OPTIMIZERS
    rates = [[exact(_best(found, o, n)) for o in range(len(names))] for n in (0, 1)]
    steps = [[_steps(judged) for judged in found.judged[:, n]] for n in (0, 1)]
    largest = [[exact(float(x)) for x in found.largest[:, n]] for n in (0, 1)]
    rows = []
    for name, (plain, bn), ratio in (
        ("best", rates, None),
        ("steps", steps, found.gain),
        ("largest", largest, found.largest[:, 1] / found.largest[:, 0]),
    ):
        rows.append([Cell(t(f"{word}.row_{name}_plain"), colour=colour("plain", mode())), *plain])
        rows.append([Cell(t(f"{word}.row_{name}_bn"), colour=colour("bn", mode())), *bn])
        if ratio is not None:
            rows.append([Cell(t(f"{word}.row_{name}_ratio")), *map(_times, ratio)])
    heads = [Cell(""), *(Cell(t(f"ui.options.{name}")) for name in names)]
    table(heads, rows, name="optimizers")


def _times(ratio: float) -> Cell:
    return Cell(unbroken(f"{ratio:.2g} ×"), value=f"{ratio:.4g}")


def _steps(judged: np.ndarray) -> Cell:
    mean, sd = judged.mean(), judged.std(ddof=1)
    return Cell(unbroken(f"{mean:.0f} ± {sd:.0f}"), value=f"{mean:.4g}")


def _optimizers_verdict(found: Sweep) -> None:
    """Tolerance on one side, best against best on the other, on both data sets."""
    known = {}
    for name, of in (("digits", found), ("mnist", optimizers.sweep("mnist"))):
        cost = evidence.about(optimizers.EVIDENCE)[name]["step_cost"].values()
        known[f"{name}_gain"], known[f"{name}_cost"] = from_to(of.gain), from_to(cost)
        known[f"{name}_ratio"] = from_to(of.largest[:, 1] / of.largest[:, 0])
    for name, steps in zip(("plain", "bn"), found.judged.mean(axis=-1).T, strict=True):
        known[f"{name}_steps"] = f"{steps.min():.0f}–{steps.max():.0f}"
    page.say(f"{LESSON}/optimized", good=GOOD, target=optimizers.TARGET, **known)
