"""eval() far worse than train(): the running averages have not arrived."""

from __future__ import annotations

import streamlit as st

from experiments.at_test_time.running import average, follow
from experiments.clinic import eval_worse as experiment
from experiments.clinic.eval_worse import Late
from pages.clinic import LESSON
from pages.clinic.common import Ward, cure, value, wards
from ui import controls, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import t


@st.cache_resource(max_entries=64, show_spinner=False)
def late(updates: int, momentum: float) -> Late:
    return experiment.late(updates, momentum)


def picture(now: Moment) -> None:
    """The same images in both modes; once it is told why, with what mends it."""
    found = late(value("updates"), value("momentum"))
    under = (t(f"{LESSON}.eval_worse.{name}", m=experiment.M) for name in ("train", "eval"))
    wards(
        Ward("`train()`", found.train, next(under)), Ward("`eval()`", found.evaluated, next(under))
    )
    if now.seen:
        with st.container(horizontal=True, vertical_alignment="bottom", key="late"):
            controls.ladder(LESSON, "updates", width="stretch")
            controls.choice(LESSON, "momentum")


def said(now: Moment) -> dict[str, object]:
    """What the start still weighs, and what new statistics would give."""
    updates, momentum = value("updates"), value("momentum")
    asked = (LESSON.default(name, now.name) for name in ("updates", "momentum"))
    return {
        "updates": updates,
        "momentum": number(momentum),
        "start": percent(late(updates, momentum).start_weight),
        "renewed": percent(late(updates, momentum).renewed.right),
        "asked": percent(late(*asked).start_weight),
        "asked_updates": LESSON.default("updates", now.name),
        "enough": experiment.enough(momentum),
    }


def more(now: Moment) -> None:
    """A list to go through, and new statistics as code."""
    page.say(f"{LESSON}/checklist", **said(now))
    cure(now.name, experiment.late, follow, average)
