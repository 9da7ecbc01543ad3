"""W in training: ‖W‖ grows, the effective learning rate falls, weight decay raises it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import streamlit as st

import figures.network as figures
from experiments import scale
from figures.network import Axis, Line
from ui import page
from ui.live import percent
from ui.network_numbers import LESSON, chart, exact, over, say, share, short
from ui.numbers import number
from ui.tables import Cell, table
from ui.text import mode, prose, t


@st.cache_resource(max_entries=1, show_spinner=False)
def decay_is_a_rate() -> tuple[float, float]:
    """How far decay and a rising rate part in their losses, and decay and a constant one."""
    found = scale.decay_as_rate()
    apart = [np.abs(found.decay - other).max() for other in (found.rising, found.constant)]
    return float(apart[0]), float(apart[1])


def in_training() -> None:
    """‖W‖ grows, the effective learning rate falls, weight decay raises it."""
    page.say(f"{LESSON}/growth")
    left, right = st.columns(2, gap="large")
    with left:
        say("growth.norm")
        _growth()
    with right:
        say("growth.effective", lr=DECAYED)
        _effective()
    found = scale.over_seeds()
    st.caption(t(f"{LESSON}.growth.of_run", seeds=len(found.seeds), steps=scale.STEPS))
    numbers, words = st.columns([5, 6], gap="large", vertical_alignment="center")
    with numbers:
        _growth_table()
    with words:
        _growth_in_words()


STRENGTHS = (0.4, 0.6, 0.8, 1.0)  # of four lines of one idea, in order


def _growth() -> None:
    found = scale.over_seeds()
    drawn = [
        Line(t(f"{LESSON}.growth.lr", lr=short(lr)), "bn", *over(rows.T), strength=strength)
        for lr, rows, strength in zip(found.rates, found.growth[0], STRENGTHS, strict=True)
    ]
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.growth.axis_norm"))
    figure = figures.lines(mode(), found.step, drawn, across, up)
    ends = "; ".join(f"lr {short(lr)}: {short(d.mean[-1])}" for lr, d in _with(found.rates, drawn))
    chart(figure, "growth", "growth.alt_norm", ends=ends)


def _with(values: np.ndarray, drawn: list[Line]) -> Iterable[tuple[float, Line]]:
    return zip(values, drawn, strict=True)


DECAYED = 0.3  # the learning rate at which decays are compared


def _effective() -> None:
    found = scale.over_seeds()
    at = scale.RATES.index(DECAYED)
    drawn = [
        Line(
            t(f"{LESSON}.growth.decay", decay=short(decay)),
            "running",
            *over(rows.T),
            strength=strength,
        )
        for decay, rows, strength in zip(
            found.decays, found.effective[:, at], STRENGTHS, strict=True
        )
    ]
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.growth.axis_effective"), log=True, ticks=(0.3, 1, 3, 10))
    figure = figures.lines(mode(), found.step, drawn, across, up, level=DECAYED)
    ends = "; ".join(f"{short(x)}: {short(d.mean[-1])}" for x, d in _with(found.decays, drawn))
    chart(figure, "effective", "growth.alt_effective", ends=ends, lr=DECAYED)


def _growth_table() -> None:
    """By learning rate, without decay: growth, the effective rate, and what holding it does."""
    word, found = f"{LESSON}.growth", scale.over_seeds()
    names = ("lr", "growth", "effective", "accuracy", "held")
    rows = []
    for r, lr in enumerate(found.rates):
        grown, rate = (x[0, r, :, -1].mean() for x in (found.growth, found.effective))
        shares = (found.accuracy[0, r].mean(), found.held_accuracy[r].mean())
        cells = [exact(float(grown)), exact(float(rate)), *(share(float(x)) for x in shares)]
        rows.append([Cell(short(lr)), *cells])
    table([Cell(t(f"{word}.head_{name}")) for name in names], rows, name="growth")


def _growth_in_words() -> None:
    found = scale.over_seeds()
    high, at = scale.RATES.index(3.0), scale.RATES.index(DECAYED)
    error = np.abs(found.predicted / found.square - 1)[0].max()
    same, apart = decay_is_a_rate()
    known = {
        "error": number(float(error), 1),
        "growth": short(found.growth[0, high, :, -1].mean()),
        "effective": short(found.effective[0, high, :, -1].mean()),
        "held": percent(float(found.held_accuracy[high].mean())),
        "free": percent(float(found.accuracy[0, high].mean())),
        "lr": DECAYED,
        "decay": short(found.decays[-1]),
        "raised": short(found.effective[-1, at, :, -1].mean()),
        "without": percent(float(found.accuracy[0, at].mean())),
        "decayed": percent(float(found.accuracy[-1, at].mean())),
        "same": number(same, 1),
        "apart": number(apart, 2),
    }
    st.markdown(prose(f"{LESSON}/grown", **known))
