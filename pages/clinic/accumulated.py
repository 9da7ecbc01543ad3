"""Gradients of parts of a batch, added up: on one device in turn, or on several."""

from __future__ import annotations

import streamlit as st

from experiments.clinic import accumulated as experiment
from pages.clinic import LESSON, charts
from pages.clinic.common import cure, value
from ui import controls
from ui.chart import plot
from ui.numbers import number
from ui.scenes import Moment
from ui.text import mode, t

ARMS = ("plain", "bn")


def picture(now: Moment) -> None:
    """Every entry of the gradient, without batch norm and with it; before the answer no entry."""
    parts = value("parts")
    found = experiment.accumulated(parts)
    words = {name: t(f"{LESSON}.accumulated.{name}") for name in ("whole", "parts")}
    for column, arm in zip(st.columns(2, gap="medium"), ARMS, strict=True):
        with column:
            whole, added = found[arm].shown()
            shown = slice(None) if now.seen else slice(0)
            off = said(now)[arm] if now.seen else "?"
            st.markdown(t(f"{LESSON}.accumulated.{arm}", off=off))
            plot(
                charts.gradients(mode(), whole[shown], added[shown], arm, words),
                key=f"gradients-{arm}",
                alt=t(f"{LESSON}.accumulated.alt", parts=parts, off=off),
            )
    if now.seen:
        controls.ladder(LESSON, "parts")


def said(now: Moment) -> dict[str, object]:
    """How far apart they are."""
    parts = value("parts")
    known: dict[str, object] = {"parts": parts, "images": experiment.M}
    known |= {"each": experiment.M // parts}
    asked = experiment.accumulated(LESSON.default("parts", now.name))
    for arm, found in experiment.accumulated(parts).items():
        known[arm] = number(found.off, 2)
        known[f"asked_{arm}"] = number(asked[arm].off, 2)
    return known


def more(now: Moment) -> None:
    """What to do on one device, and on several."""
    st.caption(t(f"{LESSON}.accumulated.of_run", steps=experiment.STEPS, shown=experiment.SHOWN))
    cure(now.name, experiment.accumulated)
