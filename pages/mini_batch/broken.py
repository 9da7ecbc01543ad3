"""One mistake beside the right formula."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from bncore.variants import VARIANTS
from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import Batch
from pages.mini_batch import LESSON
from pages.mini_batch import charts as figures
from pages.mini_batch.batch import current_batch
from pages.mini_batch.common import largest, remember, remembered, small_table, tidy, value
from ui import controls, page, text
from ui.chart import plot
from ui.numbers import number
from ui.scenes import Moment
from ui.text import t

WORD = f"{LESSON}.broken"
MARKED = LESSON.options("broken")


def picture(now: Moment) -> None:
    """The right z_norm; then a wrong one below it, at first the one that was chosen."""
    if now.guess and remembered("guessed") != now.guess:
        remember(guessed=now.guess)
        LESSON.put(broken=now.guess)
    batch = current_batch()
    variant = controls.choice(LESSON, "broken", disabled=not now.seen)
    right = experiment.walk(batch.z, 1.0, 0.0, value("eps")).z_norm
    words = {name: t(f"{WORD}.{name}") for name in ("right", "wrong", "axis")}
    if mark := now.mark(variant):
        words["wrong"] += f"<br>{mark}"
    shown = _measured(right, "right")
    wrong = None
    if now.seen:
        st.latex(t(f"{WORD}.formula.{variant}"))
        wrong = experiment.compare(variant, batch, value("eps")).wrong.z_norm
        shown |= _measured(wrong, "wrong")
    figure = figures.comparison(text.mode(), right, wrong, words)
    alt = t(f"{WORD}.{'alt' if now.seen else 'alt_right'}", **shown)
    plot(figure, key="comparison", alt=alt)


def said(now: Moment) -> dict[str, object]:
    """What somebody who made this mistake would see, with this batch's numbers."""
    batch, variant = current_batch(), value("broken")
    found = experiment.compare(variant, batch, value("eps"))
    shown = _measured(found.right.z_norm, "right") | _measured(found.wrong.z_norm, "wrong")
    return {"notice": _notice(variant, batch, shown)}


def more(now: Moment) -> None:
    batch, variant = current_batch(), value("broken")
    found = experiment.compare(variant, batch, value("eps"))
    measures: dict[str, Any] = {"mean": np.mean, "sd": np.std, "far": largest}
    rows = {}
    for name, measure in measures.items():
        pair = [tidy(float(measure(each.z_norm))) for each in (found.right, found.wrong)]
        rows[t(f"{WORD}.{name}")] = [*pair, pair[1] - pair[0]]
    small_table([t(f"{WORD}.{name}") for name in ("right", "wrong", "difference")], rows, "broken")
    lost = math.isnan(found.difference)
    st.markdown(t(f"{WORD}.nan") if lost else t(f"{WORD}.largest", gap=number(found.difference)))
    page.source(VARIANTS[variant], key="broken")


def _measured(z_norm: np.ndarray, name: str) -> dict[str, str]:
    return {f"{name}_mean": number(tidy(z_norm.mean()), 3), f"{name}_sd": number(z_norm.std(), 3)}


def _notice(variant: str, batch: Batch, shown: dict[str, str]) -> str:
    facts: dict[str, Any] = shown | {"m": batch.m, "n": batch.neighbours.shape[1]}
    if variant == "divide_by_variance":
        scaled = experiment.compare(variant, experiment.rescaled(batch, 10), value("eps"))
        facts["wrong_scaled"] = number(scaled.wrong.z_norm.std(), 3)
        facts["right_scaled"] = number(scaled.right.z_norm.std(), 3)
    elif variant == "unbiased_variance":
        variant = variant if batch.m > 1 else "unbiased_single"
        facts["ratio"] = number(math.sqrt((batch.m - 1) / batch.m), 3)
    elif batch.digits is None:
        variant, facts = "pooled_own", facts | batch.facts
        facts["others"] = facts["n"] - 1
    return t(f"{WORD}.notice.{variant}", **facts)
