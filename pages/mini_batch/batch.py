"""Which numbers the batch has, and where they are from."""

from __future__ import annotations

from typing import Any

import streamlit as st

from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import Batch
from pages.mini_batch import LESSON
from pages.mini_batch.common import remember, remembered, value
from pages.mini_batch.typed import own_numbers, say
from ui import controls
from ui.numbers import number
from ui.text import t

#: the controls that decide which numbers the batch has
BATCH = ("source", "layer", "unit", "m", "seed", "z")


def choose_batch() -> None:
    """Which unit and how many examples, or the user's own numbers."""
    source = value("source")
    anywhere = source in ("digits", "outlier", "single")
    controls.select(
        LESSON, "source", label_visibility="collapsed", on_change=_start_from_what_is_shown
    )
    if source == "own":
        own_numbers()
    else:
        with st.container(horizontal=True):
            controls.choice(LESSON, "layer", disabled=not anywhere)
            controls.entry(LESSON, "unit", width=130, disabled=not anywhere)
        controls.slider(LESSON, "m", disabled=source == "single")
        controls.entry(LESSON, "seed", width=130)


def tell() -> None:
    """What was read of the user's own numbers, or why they were not."""
    if value("source") == "own" and (note := remembered("note")):
        say(note)


def current_batch() -> Batch:
    """The batch that the controls ask for."""
    return experiment.draw(*(value(name) for name in BATCH))


def origin(batch: Batch) -> str:
    """Where the numbers are from."""
    source = value("source")
    source = "digits" if source == "own" and not value("z") else source
    facts = {name: _fact(fact) for name, fact in batch.facts.items()}
    return t(f"{LESSON}.origin.{source}", m=batch.m, **facts)


def _fact(fact: Any) -> Any:
    return number(fact) if isinstance(fact, float) else fact


def _start_from_what_is_shown() -> None:
    """Own numbers begin as the batch that stood there before."""
    if value("source") == "own" and not value("z"):
        LESSON.put(z=remembered("shown", ()))


def note_shown(batch: Batch) -> None:
    """What own numbers begin as."""
    remember(shown=tuple(batch.z.tolist()))
