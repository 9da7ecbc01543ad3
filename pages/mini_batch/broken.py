"""One mistake beside the right formula."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import Batch
from pages.mini_batch import LESSON
from pages.mini_batch import charts as figures
from pages.mini_batch.common import largest, small_table, tidy, value
from ui import controls, text
from ui.chart import plot
from ui.numbers import number
from ui.text import t


def broken(batch: Batch) -> None:
    """One mistake beside the right formula."""
    word = f"{LESSON}.broken"
    variant = controls.choice(LESSON, "broken")
    found = experiment.compare(variant, batch, value("eps"))
    right, wrong = found.right.z_norm, found.wrong.z_norm
    left, beside = st.columns([4, 3], gap="medium", vertical_alignment="center")
    shown = {
        "right_mean": number(tidy(right.mean()), 3),
        "right_sd": number(right.std(), 3),
        "wrong_mean": number(tidy(wrong.mean()), 3),
        "wrong_sd": number(wrong.std(), 3),
    }
    with left:
        words = {name: t(f"{word}.{name}") for name in ("right", "wrong", "axis")}
        figure = figures.comparison(text.mode(), right, wrong, words)
        plot(figure, key="comparison", alt=t(f"{word}.alt", **shown))
    with beside:
        st.latex(t(f"{word}.formula.{variant}"))
        measures: dict[str, Any] = {"mean": np.mean, "sd": np.std, "far": largest}
        rows = {}
        for name, measure in measures.items():
            pair = [tidy(float(measure(values))) for values in (right, wrong)]
            rows[t(f"{word}.{name}")] = [*pair, pair[1] - pair[0]]
        small_table(
            [t(f"{word}.{name}") for name in ("right", "wrong", "difference")], rows, "broken"
        )
        lost = math.isnan(found.difference)
        st.markdown(
            t(f"{word}.nan") if lost else t(f"{word}.largest", gap=number(found.difference))
        )
    st.markdown(_notice(variant, batch, shown))


def _notice(variant: str, batch: Batch, shown: dict[str, str]) -> str:
    """What somebody who made this mistake would see, with this batch's numbers."""
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
    return t(f"{LESSON}.broken.notice.{variant}", **facts)
