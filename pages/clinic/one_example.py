"""A batch of one: an error in one library, in others one answer for every image."""

from __future__ import annotations

import streamlit as st

from experiments.clinic import one_example as experiment
from experiments.clinic.answers import in_batches
from experiments.clinic.one_example import Alone
from pages.clinic import LESSON
from pages.clinic.common import Ward, cure, value, wards
from ui import controls
from ui.numbers import percent
from ui.scenes import Moment
from ui.text import t


@st.cache_resource(max_entries=16, show_spinner=False)
def alone(m: int) -> Alone:
    return experiment.alone(m)


def picture(now: Moment) -> None:
    """eval() beside train() with few images in a batch; before the answer nothing of train()."""
    m = value("m") if now.seen else LESSON.default("m")
    found = alone(m)
    train = t(f"{LESSON}.one_example.train", m=m)
    wards(Ward("`eval()`", found.evaluated), Ward(train, found.train if now.seen else None))
    if now.seen:
        controls.ladder(LESSON, "m")


def said(now: Moment) -> dict[str, object]:
    """How many are right, and the one answer of a single image."""
    found, single = alone(value("m")), alone(1)
    return {
        "m": value("m"),
        "right": percent(found.train.right),
        "eval": percent(found.evaluated.right),
        "images": len(single.train.said),
        "only": single.only,
    }


def more(now: Moment) -> None:
    """Where such a batch comes from, and what to do."""
    st.markdown(t(f"{LESSON}.one_example.convolution"))
    cure(now.name, experiment.of_beta_alone, in_batches)
