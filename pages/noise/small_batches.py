"""Training on small or sorted mini-batches: which pair is shown, and the visitor's own runs.

A preset is shown from its shipped pair. With another seed, or for longer, it is trained live.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from bncore.config import RunConfig
from experiments.job import pair_job
from experiments.noise import in_sight, one_class
from experiments.noise import small_batches as experiment
from experiments.replay import Brief, brief
from pages.noise import LESSON
from ui.live import Live
from ui.numbers import percent

LIVE = Live(LESSON)
OWN = f"{LESSON}.own"  # where the visitor's last run stands in the session
BEGUN = f"{LESSON}.begun"  # whether this session has seen the picture


@st.cache_resource(max_entries=len(experiment.PRESETS), show_spinner=False)
def shipped(name: str) -> Brief:
    """Loaded once per server."""
    return brief(experiment.load(name))


def config() -> RunConfig:
    """The run that the controls describe."""
    preset = experiment.PRESETS[LESSON.value("batches")]
    times = LESSON.value("longer")
    return replace(
        preset,
        seed=LESSON.value("run"),
        steps=times * preset.steps,
        record_every=times * preset.record_every,
    )


def shown() -> Brief:
    """The visitor's own run where it is what the controls describe, else the shipped one."""
    own = st.session_state.get(OWN)
    if own is not None and own.config == config():
        return own
    return shipped(LESSON.value("batches"))


def pick() -> None:
    """Callback of the preset control: its shipped pair."""
    st.session_state[OWN] = None
    LESSON.put(run=0, longer=1)


def train() -> None:
    """Callback of the button."""
    LIVE.start(pair_job(config(), brief, in_sight.Watch))


def settle() -> None:
    """Take over a run that has ended. Call first on the page."""
    if (found := LIVE.take()) is not None:
        st.session_state[OWN] = found


def begin() -> None:
    """Train what a link asks for, when its picture is first seen."""
    if BEGUN not in st.session_state and shown().config != config():
        train()
        LIVE.just_pressed()
    st.session_state[BEGUN] = True


def of_one_class() -> dict[str, object]:
    """What is known after the longest training on one class at a time."""
    found = one_class.load()
    shares = {name: percent(getattr(found, name)[-1].mean()) for name in ("in_class", "mixed")}
    return {"seeds": found.mixed.shape[1], **shares}


def last(now: Brief, measure: str, arm: int) -> float:
    return float(getattr(now.replay, measure)[now.replay.ended[arm], arm])
