"""The rest of the part on speed: learning rates, gradients in depth, and where batch norm loses."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from experiments.claims import grading
from experiments.intervals import interval
from experiments.noise import regularize
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
from ui.numbers import number, percent, unbroken
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
def _flow(activation: str, seed: int, depth: int) -> gradient_flow.Flow:
    return gradient_flow.flow(activation, seed, depth)


def flow() -> None:
    """The gradient of every layer before the first step, at three scales of the weights."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="flow"):
        controls.choice(LESSON, "nonlinearity")
        controls.ladder(LESSON, "layers", width=420)
        controls.entry(LESSON, "draw", width=140)
    activation = value("nonlinearity")
    found = _flow(activation, value("draw"), value("layers"))
    words = {name: t(f"{LESSON}.flow.{name}") for name in ("layer", "norm")}
    words |= {arm: named(arm) for arm in gradient_flow.ARMS}
    ends = _room(found.gradient)  # one axis for all, or there would be nothing to see
    columns = zip(st.columns(3, gap="medium"), gradient_flow.SCALES, found.gradient, strict=True)
    for column, scale, (plain, bn) in columns:
        with column:
            st.markdown(f"**{_scaled(activation, scale)}**")
            plot(
                figures.gradients(mode(), found.layer, plain, bn, ends, words),
                key=f"flow-{scale}",
                alt=t(
                    f"{LESSON}.flow.alt",
                    activation=t(f"ui.options.{activation}"),
                    weights=_scaled(activation, scale),
                    **_told(found, scale),
                ),
            )
    left, right = st.columns([5, 6], gap="large", vertical_alignment="center")
    with left:
        _flow_table(activation, found)
    with right:
        st.markdown(prose(f"{LESSON}/flow_{activation}", **_flow_in_words(found)))
        st.markdown(t(f"{LESSON}.flow.residual"))


def _scaled(activation: str, scale: str) -> str:
    """What the initial weights are."""
    init = t(f"{LESSON}.flow.{gradient_flow.INITS[activation]}")
    times = gradient_flow.SCALES[scale]
    return t(f"{LESSON}.flow.weights", init=init, scale={0.5: "½"}.get(times, f"{times:g}"))


def _room(values: np.ndarray) -> tuple[float, float]:
    """An axis for them: at least two powers of ten, with air."""
    low, high = np.log10(values.min()), np.log10(values.max())
    half = 0.55 * max(high - low, 2.0)
    middle = (low + high) / 2
    first, last = (float(10 ** round(end, 6)) for end in (middle - half, middle + half))
    return first, last


def _flow_table(activation: str, found: gradient_flow.Flow) -> None:
    """At each scale, of both arms: the largest gradient, and the factor from layer to layer."""
    places = [(what, n) for what in ("largest", "factor") for n in range(len(gradient_flow.ARMS))]
    heads = [Cell(t(f"{LESSON}.flow.head_weights"))] + [
        Cell(t(f"{LESSON}.flow.head_{what}", arm=named(gradient_flow.ARMS[n])))
        for what, n in places
    ]
    rows = []
    for c, scale in enumerate(gradient_flow.SCALES):
        numbers = [float(getattr(found, what)[c, n]) for what, n in places]
        cells = [
            Cell(unbroken(f"{'× ' if what == 'factor' else ''}{_two(x)}"), value=f"{x:.4g}")
            for x, (what, _) in zip(numbers, places, strict=True)
        ]
        rows.append([Cell(unbroken(_scaled(activation, scale))), *cells])
    table(heads, rows, name="flow", lesson=LESSON)


def _told(found: gradient_flow.Flow, scale: str) -> dict[str, str]:
    """Of one scale: "<arm>" the factor and "<arm>_largest" the largest gradient."""
    n = gradient_flow.numbers(found)
    return {
        f"{arm}{ending}": _two(n[f"{what}.{scale}.{arm}"])
        for arm in gradient_flow.ARMS
        for what, ending in (("factor", ""), ("largest", "_largest"))
    }


def _flow_in_words(found: gradient_flow.Flow) -> dict[str, str]:
    """The same of all scales, "<scale>_...", and what a network of this depth makes of it."""
    told = {
        f"{scale}_{name}": number
        for scale in gradient_flow.SCALES
        for name, number in _told(found, scale).items()
    }
    n = gradient_flow.numbers(found)
    own = n["largest.usual.bn"] / n["largest.usual.plain"]
    return told | {"layers": str(value("layers")), "own": _two(own)}


def _two(x: float) -> str:
    """Two digits that count: of 13783, 14000."""
    return number(float(f"{x:.2g}"), 2)


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
    """Its name, and how far batch norm is behind, or ahead."""
    which = "level"
    if grading.above(case.behind, 0.0):
        which = "behind"
    elif grading.below(case.behind, 0.0):
        which = "ahead"
    apart = -case.behind if which == "ahead" else case.behind
    said = {"case": t(f"{LESSON}.loses.{name}", **_settings())}
    return t(f"{LESSON}.loses.{which}", apart=written("points", apart).lstrip("+"), **said)


def _settings() -> dict[str, object]:
    """What names of cases say of their networks."""
    return {
        "images": regularize.SETTINGS["mnist512"].n_train,
        "layers": limits.AT_BEST["deep"].depth,
        "light": short(limits.LIGHT),
        "slow": short(limits.SLOW),
        "long_rate": short(limits.LONG.lr),
    }
