"""Which numbers the batch has: one row of controls, and where the numbers are from."""

from __future__ import annotations

from typing import Any

import streamlit as st

from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import Batch
from pages.mini_batch import LESSON
from pages.mini_batch.common import remember, remembered, value
from pages.mini_batch.own import own_numbers, say
from ui import controls
from ui.numbers import number
from ui.text import t

#: the controls that decide which numbers the batch has
BATCH = ("source", "layer", "unit", "m", "seed", "z")


def choose_batch() -> Batch:
    """One row of controls, the user's own numbers if asked for, and where the numbers are from."""
    source = value("source")
    own = source == "own"
    anywhere = source in ("digits", "outlier", "single")
    with st.container(horizontal=True, key="batch"):
        controls.select(LESSON, "source", width=210, on_change=_start_from_what_is_shown)
        if not own:
            controls.choice(LESSON, "layer", disabled=not anywhere)
            controls.entry(LESSON, "unit", width=130, disabled=not anywhere)
            controls.slider(LESSON, "m", width="stretch", disabled=source == "single")
            controls.entry(LESSON, "seed", width=130)
        else:
            own_numbers()
    if own and (note := remembered("note")):
        say(note)
    batch = current_batch()
    remember(shown=tuple(batch.z.tolist()))
    origin = "digits" if own and not value("z") else source
    facts = {name: _fact(fact) for name, fact in batch.facts.items()}
    st.caption(t(f"{LESSON}.origin.{origin}", m=batch.m, **facts))
    return batch


def current_batch() -> Batch:
    """The batch that the controls ask for."""
    return experiment.draw(*(value(name) for name in BATCH))


def note_batch() -> None:
    """Call in every full run: what the whole page is about to show."""
    remember(drawn=_drawn())


def rerun_if_batch_changed() -> None:
    """Call first in a fragment: another batch or another ε concerns the whole page."""
    if remembered("drawn") != _drawn():
        st.rerun()


def _drawn() -> tuple[Any, ...]:
    return tuple(value(name) for name in (*BATCH, "eps"))


def _fact(fact: Any) -> Any:
    return number(fact) if isinstance(fact, float) else fact


def _start_from_what_is_shown() -> None:
    """Own numbers begin as the batch that stood there before."""
    if value("source") == "own" and not value("z"):
        LESSON.put(z=remembered("shown", ()))
