"""Two images in the same mini-batches, and under dropout: who shares the noise."""

from __future__ import annotations

import streamlit as st

from experiments.noise import batches as experiment
from experiments.noise.batches import Shared
from pages.noise import LESSON
from pages.noise import charts as figures
from pages.noise.common import digit, ends, place, value, words
from ui import controls, page
from ui.chart import plot
from ui.numbers import short
from ui.scenes import Moment
from ui.text import mode, t


def both() -> Shared:
    """Two images in the same batches, and under a mask each."""
    image, layer, unit = place()
    second = value("other") - 1
    return experiment.shared(image, second, layer, unit, value("m"), value("seed"), value("keep"))


def picture(now: Moment) -> None:
    """Two images under batch norm, and under dropout; before the answer, where both belong."""
    found = both()
    known = {"first": value("image"), "second": value("other")}
    known |= {"m": value("m"), "keep": value("keep")}
    chart = words("together", "first", "second", "exact", **known)
    left, right = st.columns(2, gap="large")
    for column, idea, values, correlation in (
        (left, "bn", found.z_norm, found.correlation),
        (right, "dropout", found.dropped, found.dropped_correlation),
    ):
        with column:
            r = "–" if idea == "bn" and alone() else short(correlation)
            r, alt = (r, f"alt_{idea}") if now.seen else ("?", "alt_before")
            st.markdown(t(f"{LESSON}.together.{idea}", r=r, **known))
            one, other = values.T if now.seen else values[:0].T
            plot(
                figures.together(mode(), one, other, found.t, ends(*found.t), idea, chart),
                key=f"together-{idea}",
                alt=t(f"{LESSON}.together.{alt}", r=r, **known),
            )


def alone() -> bool:
    """Whether these two are the whole batch."""
    return value("m") == 2


def said(now: Moment) -> dict[str, object]:
    """What follows."""
    return {"what": t(f"{LESSON}.together.{'alone' if alone() else 'shared'}")}


def more(now: Moment) -> None:
    """Which image is the second one."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="second"):
        digit("other")
        controls.entry(LESSON, "other", width=130)
    page.source(experiment.shared, key=f"{LESSON}-{now.name}")
