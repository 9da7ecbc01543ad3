"""The rest of the part on speed: learning rates, gradients in depth, and where batch norm loses."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from experiments.claims import grading
from experiments.intervals import interval
from experiments.why import gradient_flow, limits, tolerance
from figures import graph
from figures.graph import Axis, Line
from figures.theme import colour
from pages.why import charts_board as why_board
from pages.why import charts_speed as figures
from pages.why.charts_board import Strip
from pages.why.parts import LESSON, value
from pages.why.speed import LIVES, LOOKS, named, short, start
from pages.why.strips import STYLE, written
from ui import controls, page
from ui.chart import plot
from ui.numbers import number, percent
from ui.tables import Cell, share, table
from ui.text import mode, prose, t

LEAST = percent(tolerance.GOOD, 0)  # the accuracy of a usable rate


# --- 4: learning rates ---


def rates() -> None:
    """Accuracy over depth and rate for three arms; one place of it trained anew."""
    found = tolerance.load()
    with st.container(horizontal=True, key="rates"):
        controls.ladder(LESSON, "depth", width=320)
        controls.ladder(LESSON, "rate", width=420)
    places = tolerance.DEPTHS.index(value("depth")), tolerance.RATES.index(value("rate"))
    columns = st.columns(3, gap="medium")
    words = {name: t(f"{LESSON}.rates.{name}") for name in ("depth", "rate")}
    for a, (column, arm) in enumerate(zip(columns, tolerance.ARMS, strict=True)):
        mean = found.accuracy[a].mean(axis=-1)
        with column:
            st.markdown(f"**{named(arm)}**")
            plot(
                figures.heat(
                    mode(), mean, tolerance.DEPTHS, tolerance.RATES, places, LOOKS[arm][0], words
                ),
                key=f"rates-{arm}",
                alt=t(
                    f"{LESSON}.rates.alt",
                    arm=named(arm),
                    good=int((mean >= tolerance.GOOD).sum()),
                    all=mean.size,
                    least=LEAST,
                ),
            )
    run = tolerance.config(found.depths[0], found.rates[0])
    known = {"seeds": len(found.seeds), "steps": run.steps, "width": run.width}
    st.caption(t(f"{LESSON}.rates.of_run", **known))
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        _tolerance_table(found, places[0])
        st.markdown(t(f"{LESSON}.rates.so", least=LEAST))
    with right:
        _one_cell()


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


def _one_cell() -> None:
    """The chosen depth and rate, trained while one watches."""
    depth, rate, seed = value("depth"), value("rate"), value("draw")
    st.markdown(t(f"{LESSON}.rates.live", depth=depth, rate=short(rate)))
    train = partial(tolerance.cell, depth, rate, seed)
    start(LIVES["rates"], (depth, rate, seed), train)
    found = LIVES["rates"].found((depth, rate, seed))
    if found is None:
        return
    if not found.complete:
        step = int(found.step[-1])
        LIVES["rates"].say_stopped(step, t(f"{LESSON}.live.stopped", step=step))
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


# --- 5: gradients in depth ---


@st.cache_resource(max_entries=64, show_spinner=False)
def _flow(seed: int, depth: int) -> gradient_flow.Flow:
    return gradient_flow.flow(seed, depth)


def flow() -> None:
    """The gradient of every layer before the first step, for three activations."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="flow"):
        controls.ladder(LESSON, "layers", width=420)
        controls.entry(LESSON, "draw", width=140)
    found = _flow(value("draw"), value("layers"))
    words = {name: t(f"{LESSON}.flow.{name}") for name in ("layer", "norm")}
    words |= {arm: named(arm) for arm in ("plain", "bn")}
    for c, column in enumerate(st.columns(3, gap="medium")):
        activation = gradient_flow.ACTIVATIONS[c]
        plain, bn = found.gradient[c]
        ends = 10 ** np.array([np.log10(both).round(6) for both in _room(found.gradient[c])])
        with column:
            st.markdown(f"**{t(f'ui.options.{activation}')}**")
            plot(
                figures.gradients(mode(), found.layer, plain, bn, tuple(ends), words),
                key=f"flow-{activation}",
                alt=t(
                    f"{LESSON}.flow.alt",
                    activation=t(f"ui.options.{activation}"),
                    **{arm: short(found.factor[c, n]) for n, arm in enumerate(("plain", "bn"))},
                ),
            )
    left, right = st.columns([5, 6], gap="large", vertical_alignment="center")
    with left:
        _flow_table(found)
    with right:
        st.markdown(prose(f"{LESSON}/flow", **_flow_in_words(found)))
        st.markdown(t(f"{LESSON}.flow.residual"))


def _room(values: np.ndarray) -> tuple[float, float]:
    """An axis for them: at least two powers of ten, with air."""
    low, high = float(values.min()), float(values.max())
    wide = max(np.log10(high / low), 2.0) / np.log10(high / low) if high > low else 1.0
    middle, half = np.sqrt(low * high), (high / low) ** (0.55 * wide)
    return float(middle / half), float(middle * half)


def _flow_table(found: gradient_flow.Flow) -> None:
    heads = [Cell("")] + [Cell(t(f"{LESSON}.flow.head_{name}")) for name in ("plain", "bn")]
    rows = []
    for c, activation in enumerate(gradient_flow.ACTIVATIONS):
        factors = found.factor[c]
        cells = [Cell(f"× {short(float(f))}", value=f"{f:.4g}") for f in factors]
        rows.append([Cell(t(f"ui.options.{activation}")), *cells])
    table(heads, rows, name="flow", lesson=LESSON)


def _flow_in_words(found: gradient_flow.Flow) -> dict[str, str]:
    sigmoid, relu = (gradient_flow.ACTIVATIONS.index(name) for name in ("sigmoid", "relu"))
    return {
        "layers": str(value("layers")),
        "sigmoid_plain": number(float(found.ratio[sigmoid, 0]), 2),
        "sigmoid_bn": number(float(found.ratio[sigmoid, 1]), 2),
        "relu_plain": number(float(found.ratio[relu, 0]), 2),
        "relu_bn": number(float(found.ratio[relu, 1]), 2),
    }


# --- 6: where batch norm loses ---


def loses() -> None:
    """Every case beside the plain network, over its seeds."""
    cases = limits.cases()
    rows = [
        Strip(
            named(arm),
            "share",
            values,
            interval(values),
            written("share", values),
            arm,
            head=_case(name, case) if arm == "plain" else "",
        )
        for name, case in cases.items()
        for arm, values in (("plain", case.plain), ("bn", case.bn))
    ]
    listed = "; ".join(f"{row.head} {row.name}: {row.text}" for row in rows)
    words = {"share": t(f"{LESSON}.board.kinds.share"), "alt": listed}
    page.at_once(why_board.strips(mode(), rows, words, ends=(0.0, 1.0)), STYLE)
    st.caption(t(f"{LESSON}.loses.seeds"))
    lessons = dict.fromkeys(case.lesson for case in cases.values() if case.lesson != LESSON)
    with st.container(horizontal=True, key="loses-links"):
        for lesson in lessons:
            page.link(lesson)


def _case(name: str, case: limits.Case) -> str:
    """Its name, and what batch norm is behind."""
    behind = written("points", case.behind).lstrip("+")
    sure = grading.above(case.behind, 0.0)
    known = {"case": t(f"{LESSON}.loses.{name}"), "behind": behind}
    return t(f"{LESSON}.loses.{'behind' if sure else 'unsure'}", **known)
