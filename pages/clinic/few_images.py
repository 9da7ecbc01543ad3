"""Worse after fine-tuning on few images: what to freeze."""

from __future__ import annotations

import streamlit as st

from experiments.clinic import few_images as experiment
from experiments.clinic.few_images import ThroughFrozen, Tuned
from pages.clinic import LESSON
from pages.clinic.common import Ward, cure, value, wards
from ui import controls
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import t

PLACE = ("freeze", "few", "light")


def picture(now: Moment) -> None:
    """The network before and after it was tuned; once it is told, with more or less frozen."""
    found = tuned()
    known = {"m": value("few"), "steps": experiment.STEPS, "images": experiment.IMAGES}
    after = t(f"{LESSON}.few_images.{value('freeze')}")
    wards(
        Ward(t(f"{LESSON}.few_images.before"), found.before),
        Ward(t(f"{LESSON}.few_images.after"), found.after, f"{after}, m = {known['m']}"),
    )
    if now.seen:
        controls.choice(LESSON, "freeze")
        with st.container(horizontal=True, vertical_alignment="bottom", key="tuned"):
            controls.choice(LESSON, "few")
            controls.choice(LESSON, "light")


def tuned() -> Tuned:
    """As the controls say."""
    return experiment.tuned(*map(value, PLACE))


def said(now: Moment) -> dict[str, object]:
    """Before and after; what the arms come to that were asked about."""
    found, m = tuned(), LESSON.default("few", now.name)
    known: dict[str, object] = {"images": experiment.IMAGES, "steps": experiment.STEPS}
    known |= {"before": percent(found.before.right), "after": percent(found.after.right)}
    for freeze in experiment.FREEZE:
        known[freeze] = percent(experiment.tuned(freeze, m).after.right)
    known["frozen"] = t(f"{LESSON}.few_images.{value('freeze')}")
    return known | {"light": t(f"{LESSON}.few_images.{value('light')}")}


def more(now: Moment) -> None:
    """When to freeze and when not, and how."""
    st.caption(t(f"{LESSON}.few_images.of_run", lr=number(experiment.LR), **said(now)))
    cure(now.name, ThroughFrozen, experiment.tune)
