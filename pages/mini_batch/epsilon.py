"""What ε is for: a pixel that hardly differs, and one that does not at all."""

from __future__ import annotations

import numpy as np
import streamlit as st

from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import Steps
from pages.mini_batch import LESSON
from pages.mini_batch import charts as figures
from pages.mini_batch.batch import current_batch
from pages.mini_batch.common import farthest, largest, small_table, value
from pages.mini_batch.stage import Guess, stage
from ui import controls, page, text
from ui.chart import plot
from ui.numbers import number
from ui.scenes import Moment
from ui.text import t

MARKED = ("near",)  # as far off as it was in z


def picture(now: Moment) -> None:
    """The values as they come; then what step 3 makes of them, with ε under the finger."""
    controls.choice(LESSON, "eps_case", disabled=not now.seen)
    z = _cases()[value("eps_case")]
    apart = int(np.abs(z - np.median(z)).argmax())
    mark = now.mark(*MARKED) if value("eps_case") == "faint" else ""
    stage(
        "epsilon",
        z,
        levels=3,
        shown=3 if now.seen else 1,
        sliders=("eps",),
        walk=False,
        steady=True,
        axis="own",
        step=3,
        example=apart + 1,
        play=now.seen and not now.whole,
        guess=Guess(mark, "z_norm", z[[apart]] - z.mean()),
    )


def said(now: Moment) -> dict[str, object]:
    """With and without ε, for the case that is shown."""
    case = value("eps_case")
    z = _cases()[case]
    with_eps, without = _with(z), _without(z)
    flat = case == "shown" and with_eps.var == 0
    told = t(
        f"{LESSON}.eps.case.{'flat' if flat else case}",
        m=len(z),
        std=number(with_eps.std, 3),
        far=number(farthest(with_eps.z_norm), 3),
        far_without=number(farthest(without.z_norm), 3),
        eps=number(with_eps.eps, 3),
        ratio=number(with_eps.var / with_eps.eps, 3),
        sd=number(with_eps.z_norm.std(), 6),
    )
    return {"told": told}


def more(now: Moment) -> None:
    cases = _cases()
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        _spread_chart(cases)
    with right:
        _with_and_without(cases[value("eps_case")])
    page.source(experiment.walk_without_eps, experiment.faint_pixel, key="eps")


def _cases() -> dict[str, np.ndarray]:
    return experiment.eps_cases(current_batch(), value("seed"))


def _with(z: np.ndarray) -> Steps:
    return experiment.walk(z, value("gamma"), value("beta"), value("eps"))


def _without(z: np.ndarray) -> Steps:
    return experiment.walk_without_eps(z, value("gamma"), value("beta"))


def _spread_chart(cases: dict[str, np.ndarray]) -> None:
    curves = {case: experiment.spread(cases[case]) for case in ("shown", "faint", "constant")}
    names = ("axis_eps", "axis_sd", *curves)
    words = {name: t(f"{LESSON}.eps.{name}") for name in names}
    figure = figures.spread(text.mode(), experiment.EPS_GRID, curves, value("eps"), words)
    alt = t(f"{LESSON}.eps.alt", eps=number(value("eps")))
    plot(figure, key="spread", alt=alt)


def _with_and_without(z: np.ndarray) -> None:
    both = (_with(z), _without(z))
    word = f"{LESSON}.eps"
    head = (t(f"{word}.with_eps", eps=number(value("eps"), 3)), t(f"{word}.without_eps"))
    rows = {
        t(f"{word}.var"): [each.var for each in both],
        t(f"{word}.divisor"): [each.std for each in both],
        t(f"{word}.far"): [largest(each.z_norm) for each in both],
        t(f"{word}.sd"): [each.z_norm.std() for each in both],
    }
    small_table(head, rows, "eps")
