"""The same image, weights at rest, another answer: the company in the batch."""

from __future__ import annotations

import streamlit as st

from experiments.at_test_time.companions import meet
from experiments.clinic import other_answer as experiment
from experiments.clinic.other_answer import Asked
from pages.clinic import LESSON
from pages.clinic.common import Ward, cure, value, wards
from ui import controls
from ui.scenes import Moment


@st.cache_resource(max_entries=64, show_spinner=False)
def asked(image: int, m: int) -> Asked:
    return experiment.asked(image - 1, m)


def picture(now: Moment) -> None:
    """One image again and again in both modes."""
    image = value("image")
    found = asked(image, value("company"))
    wards(Ward("`eval()`", found.evaluated), Ward("`train()`", found.train), image=image - 1)
    if now.seen:
        with st.container(horizontal=True, vertical_alignment="bottom", key="asked"):
            controls.entry(LESSON, "image", width=130)
            controls.ladder(LESSON, "company", width="stretch")


def said(now: Moment) -> dict[str, object]:
    """How often the company decided."""
    found = asked(value("image"), value("company"))
    at_first = asked(*(LESSON.default(name, now.name) for name in ("image", "company")))
    return {
        "m": value("company"),
        "changed": found.changed,
        "calls": experiment.CALLS,
        "fixed": int(found.evaluated.said[0]),
        "asked_m": LESSON.default("company", now.name),
        "asked_changed": at_first.changed,
        "digit": found.digit,
    }


def more(now: Moment) -> None:
    """What else such a call does, and how to say which mode is meant."""
    cure(now.name, experiment.asked, meet)
