"""Depth and learning rate: where a network trains, without batch norm and with it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from experiments.why import tolerance
from figures import graph
from figures.graph import Axis, Line
from figures.theme import colour
from pages.why import charts_speed as figures
from pages.why.live import LIVES
from pages.why.parts import LESSON, value
from pages.why.runs import LOOKS, named, say_stopped, start
from ui import controls, page
from ui.chart import plot
from ui.numbers import percent, short
from ui.scenes import Moment
from ui.tables import Cell, share, table
from ui.text import mode, t

LEAST = percent(tolerance.GOOD, 0)  # the accuracy of a usable rate
SHOWN = ("plain", "bn")  # in the picture; "once" is in the drawer
RATE = 0.3  # the rate that the question is about
DEEPEST = {"one": 1, "four": 4, "all": tolerance.DEPTHS[-1]}  # what the answers say
MARKED = tuple(DEEPEST)


def picture(now: Moment) -> None:
    """Accuracy over depth and rate, a tile for each; at first the tiles are blank."""
    with st.container(horizontal=True, key="rates"):
        controls.ladder(LESSON, "depth", width=250)
        controls.ladder(LESSON, "rate", width=330)
    guess = DEEPEST.get(now.guess or "")
    for arm, column in zip(SHOWN, st.columns(len(SHOWN), gap="small"), strict=True):
        with column:
            _map(arm, now.seen, guess if arm == "plain" else None, now.mark(*MARKED))
    if now.seen:
        st.markdown(t(f"{LESSON}.rates.here", **_here()))


def places() -> tuple[int, int]:
    """Of the framed tile."""
    return tolerance.DEPTHS.index(value("depth")), tolerance.RATES.index(value("rate"))


def _here() -> dict[str, object]:
    d, r = places()
    mean = tolerance.load().accuracy.mean(axis=-1)
    known = {arm: percent(mean[a, d, r], 0) for a, arm in enumerate(tolerance.ARMS)}
    return known | {"depth": value("depth"), "rate": short(value("rate"))}


def _map(arm: str, seen: bool, guess: int | None = None, mark: str = "") -> None:
    found = tolerance.load()
    mean = found.accuracy[tolerance.ARMS.index(arm)].mean(axis=-1)
    words = {name: t(f"{LESSON}.rates.{name}") for name in ("depth", "rate")} | {"guess": mark}
    st.markdown(f"**{named(arm)}**")
    figure = figures.heat(
        mode(),
        mean if seen else None,
        tolerance.DEPTHS,
        tolerance.RATES,
        places(),
        LOOKS[arm][0],
        words,
        guess=None
        if guess is None
        else (tolerance.DEPTHS.index(guess), tolerance.RATES.index(RATE)),
    )
    good = int((mean >= tolerance.GOOD).sum())
    known = {"good": good, "all": mean.size, "least": LEAST} if seen else {}
    alt = f"{LESSON}.rates.{'alt' if seen else 'alt_before'}"
    plot(figure, key=f"rates-{arm}", alt=t(alt, arm=named(arm), **known))


def said(now: Moment) -> dict[str, object]:
    """At the learning rate of the question: down to which depth either of them trains."""
    mean, r = tolerance.load().accuracy.mean(axis=-1), tolerance.RATES.index(RATE)
    known: dict[str, object] = {"least": LEAST, "rate": short(RATE)}
    for arm in SHOWN:
        by_depth = mean[tolerance.ARMS.index(arm), :, r]
        deepest = int(np.flatnonzero(by_depth >= tolerance.GOOD).max())
        known[f"{arm}_deepest"] = tolerance.DEPTHS[deepest]
        if arm == "plain":
            known |= {"deeper": tolerance.DEPTHS[deepest + 1]}
            known |= {"plain_deeper": percent(by_depth[deepest + 1], 0)}
            known |= {"plain_all": percent(by_depth[-1], 0)}
    return known


def more(now: Moment) -> None:
    """The network that is normalized once, the largest rates, and a place trained anew."""
    found = tolerance.load()
    page.say(f"{LESSON}/speed_rates")
    run = tolerance.config(found.depths[0], found.rates[0])
    known = {"seeds": len(found.seeds), "steps": run.steps, "width": run.width}
    st.caption(t(f"{LESSON}.rates.of_run", **known))
    left, right = st.columns(2, gap="large")
    with left:
        _map("once", True)
    with right:
        _tolerance_table(found, places()[0])
        st.markdown(t(f"{LESSON}.rates.so", least=LEAST))
    _one_cell(now)
    page.source(tolerance.config, tolerance.train_all, key=f"{LESSON}-rates")


def _tolerance_table(found: Any, d: int) -> None:
    """At the chosen depth: the largest usable rate, and the best accuracy of any rate."""
    heads = ("", "largest", "best", "here")
    r = tolerance.RATES.index(value("rate"))
    rows = []
    for a, arm in enumerate(tolerance.ARMS):
        usable = found.largest[a, d]
        known = usable[np.isfinite(usable)]
        largest = "–" if not len(known) else _from_to(known)
        best = float(found.accuracy[a, d].mean(axis=-1).max())
        here = float(found.accuracy[a, d, r].mean())
        rows.append(
            [
                Cell(named(arm), colour=colour(LOOKS[arm][0], mode())),
                Cell(largest),
                share(best),
                share(here),
            ]
        )
    words = {
        "depth": value("depth"),
        "rate": short(value("rate")),
        "least": LEAST,
    }
    labels = [
        Cell(t(f"{LESSON}.rates.head_{name}", **words)) if name else Cell("") for name in heads
    ]
    table(labels, rows, name="tolerance", lesson=LESSON)


def _from_to(values: np.ndarray) -> str:
    low, high = short(float(values.min())), short(float(values.max()))
    return low if low == high else f"{low}–{high}"


def _one_cell(now: Moment) -> None:
    """The chosen depth and rate, trained while one watches."""
    depth, rate, seed = value("depth"), value("rate"), value("draw")
    st.markdown(t(f"{LESSON}.rates.live", depth=depth, rate=short(rate)))
    train = partial(tolerance.cell, depth, rate, seed)
    start(now, LIVES["rates"], (depth, rate, seed), train)
    say_stopped("rates", LIVES["rates"].found((depth, rate, seed)))
    LIVES["rates"].grow((depth, rate, seed), _curves)


def _curves(found: tolerance.Cell | None) -> None:
    """The accuracy of its arms, as far as it is trained."""
    if found is None:
        return
    lines = [
        Line(named(arm), LOOKS[arm][0], found.accuracy[a], dash=LOOKS[arm][1])
        for a, arm in enumerate(tolerance.ARMS)
    ]
    across = Axis(t(f"{LESSON}.speed.step"), ends=(0, tolerance.STEPS))
    up = Axis(t(f"{LESSON}.speed.accuracy"), share=True, ends=(0, 1))
    last = [
        f"{named(arm)}: {percent(found.accuracy[a, -1])}" for a, arm in enumerate(tolerance.ARMS)
    ]
    plot(
        graph.lines(mode(), found.step, lines, across, up, height=300),
        key="rates-cell",
        alt=t(f"{LESSON}.speed.alt", measure=up.title, ends="; ".join(last)),
    )
