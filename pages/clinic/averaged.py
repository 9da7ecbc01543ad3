"""Weights averaged over a training: which statistics they are used with."""

from __future__ import annotations

import streamlit as st

from experiments.clinic import averaged as experiment
from experiments.clinic.answers import Answers
from experiments.clinic.averaged import Averaged
from pages.clinic import LESSON
from pages.clinic.common import Ward, cure, value, wards
from ui import controls
from ui.numbers import percent
from ui.scenes import Moment
from ui.text import t


def picture(now: Moment) -> None:
    """The last weights alone, and averaged with others."""
    count, statistics = value("weights"), value("statistics")
    found = experiment.averaged(count)
    name = t(f"{LESSON}.averaged.mean_of", count=count)
    under = controls.option_label(LESSON, "statistics", statistics)
    alone = t(f"{LESSON}.averaged.own")
    wards(
        Ward(t(f"{LESSON}.averaged.alone"), found.alone, alone),
        Ward(name, by(found, statistics), under),
    )
    if now.seen:
        with st.container(horizontal=True, vertical_alignment="bottom", key="averaged"):
            controls.ladder(LESSON, "weights", width="stretch")
            controls.choice(LESSON, "statistics")


def by(found: Averaged, statistics: str) -> Answers:
    """The answers by one of the statistics."""
    return {"last": found.last, "mean": found.mean, "new": found.new}[statistics]


def said(now: Moment) -> dict[str, object]:
    """What each of the statistics comes to, here and where it was asked."""
    count, asked = value("weights"), LESSON.default("weights", now.name)
    known: dict[str, object] = {"count": count, "asked_count": asked}
    for name in experiment.STATISTICS:
        known[name] = percent(by(experiment.averaged(count), name).right)
        known[f"asked_{name}"] = percent(by(experiment.averaged(asked), name).right)
    known["two"] = percent(experiment.averaged(experiment.COUNTS[0]).last.right)
    return known


def more(now: Moment) -> None:
    """New statistics as code."""
    steps = ", ".join(map(str, experiment.averaged(value("weights")).steps))
    st.caption(t(f"{LESSON}.averaged.of_run", steps=steps))
    cure(now.name, experiment.averaged)
