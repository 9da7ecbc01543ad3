"""What ε is for: batches that hardly differ, with it and without."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import Batch
from pages.mini_batch import LESSON
from pages.mini_batch import charts as figures
from pages.mini_batch.common import farthest, largest, small_table, value
from ui import controls, text
from ui.chart import plot
from ui.numbers import number
from ui.text import t


def eps(batch: Batch) -> None:
    """With and without ε, side by side, and the spread of z_norm over all ε."""
    cases = experiment.eps_cases(batch, value("seed"))
    left, right = st.columns(2, gap="medium")
    with left:
        _eps_slider()
    with right:
        case = controls.select(LESSON, "eps_case")
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        _spread_chart(cases)
    with right:
        _with_and_without(case, cases[case])


def _eps_slider() -> None:
    """The same ε as on the stage, as a power of ten."""
    control: Any = LESSON.control("eps")
    low, high = (math.log10(end) for end in (control.low, control.high))
    key = f"{LESSON}.eps_power"
    st.session_state[key] = min(max(math.log10(value("eps")), low), high)

    def commit() -> None:
        power = st.session_state[key]
        eps = float(f"{10.0**power:.4g}")  # short in the link
        LESSON.put(eps=min(max(eps, control.low), control.high))

    st.slider(
        t(f"{LESSON}.controls.eps.label"),
        low,
        high,
        step=0.25,
        key=key,
        format="10^%.4g",
        on_change=commit,
    )


def _spread_chart(cases: dict[str, np.ndarray]) -> None:
    curves = {case: experiment.spread(cases[case]) for case in ("shown", "faint", "constant")}
    names = ("axis_eps", "axis_sd", *curves)
    words = {name: t(f"{LESSON}.eps.{name}") for name in names}
    figure = figures.spread(text.mode(), experiment.EPS_GRID, curves, value("eps"), words)
    alt = t(f"{LESSON}.eps.alt", eps=number(value("eps")))
    plot(figure, key="spread", alt=alt)


def _with_and_without(case: str, z: np.ndarray) -> None:
    with_eps = experiment.walk(z, value("gamma"), value("beta"), value("eps"))
    without = experiment.walk_without_eps(z, value("gamma"), value("beta"))
    both = (with_eps, without)
    word = f"{LESSON}.eps"
    head = (t(f"{word}.with_eps", eps=number(value("eps"), 3)), t(f"{word}.without_eps"))
    rows = {
        t(f"{word}.var"): [each.var for each in both],
        t(f"{word}.divisor"): [each.std for each in both],
        t(f"{word}.far"): [largest(each.z_norm) for each in both],
        t(f"{word}.sd"): [each.z_norm.std() for each in both],
    }
    small_table(head, rows, "eps")
    flat = case == "shown" and with_eps.var == 0
    st.markdown(
        t(
            f"{word}.case.{'flat' if flat else case}",
            m=len(z),
            std=number(with_eps.std, 3),
            far=number(farthest(with_eps.z_norm), 3),
            far_without=number(farthest(without.z_norm), 3),
            ratio=number(with_eps.var / with_eps.eps, 3),
            sd=number(with_eps.z_norm.std(), 6),
        )
    )
