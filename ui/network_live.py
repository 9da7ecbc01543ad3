"""A fresh seed for before, after and without batch norm, trained while the visitor watches.

A live run is a pair, with batch norm and without; so two pairs are trained, one after the other,
and what they have in common is shown once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from bncore.config import RunConfig
from bncore.trace import Trace
from experiments import placement
from ui import state
from ui.live import Live
from ui.text import t

LESSON = "network"
LIVE = Live(LESSON)
OWN = f"{LESSON}.own"  # where the visitor's runs stand in the session
SEED = 5  # none of the shipped runs has it
ORDER = ("after", "before")


@dataclass(frozen=True, eq=False)
class Seed:
    """What one more seed did: test accuracy by placement, each up to its last record."""

    config: RunConfig  # of the run without batch norm, which both pairs share
    accuracy: dict[str, np.ndarray]

    @property
    def step(self) -> np.ndarray:
        """(T,) of the records."""
        return np.array(self.config.record_steps)


def config(norm: str = "none") -> RunConfig:
    """The run that the controls describe."""
    activation, rate, images = (
        state.value(LESSON, name) for name in ("nonlinearity", "rate", "images")
    )
    return placement.config(activation, norm, rate, SEED, images)


def train() -> None:
    """Callback of the button."""
    LIVE.start(config(ORDER[0]))


def settle() -> None:
    """Take over a pair that has ended, and start the other one. Call first on the page."""
    pair = LIVE.take()
    if pair is None:
        return
    keep(pair.bn, pair.plain)
    at = ORDER.index(pair.config.norm) + 1
    if pair.complete and at < len(ORDER):
        LIVE.start(replace(pair.config, norm=ORDER[at]))
        LIVE.just_pressed()


def keep(bn: Trace, plain: Trace) -> None:
    """Put a pair's accuracies beside those of the same seed and settings."""
    known = st.session_state.get(OWN)
    same = known is not None and known.config == plain.config
    found = {"none": plain.accuracy, bn.config.norm: bn.accuracy}
    st.session_state[OWN] = Seed(plain.config, (known.accuracy if same else {}) | found)


def shown() -> Seed | None:
    """What was trained with the settings that are chosen now."""
    own = st.session_state.get(OWN)
    return own if own is not None and own.config == config() else None


def button() -> None:
    """Trains the chosen cell with a seed that nobody has seen."""
    st.button(
        t(f"{LESSON}.live.train", seed=SEED),
        type="primary",
        icon=":material/play_circle:",
        key="train-placement",
        on_click=train,
        disabled=LIVE.going() is not None,
    )
    LIVE.rerun_if_pressed()
    LIVE.say_trouble()
    LIVE.watch()
