"""The reader's own batch: typed, pasted, from a file, or dragged point by point."""

from __future__ import annotations

import streamlit as st

from experiments.mini_batch import batch as experiment
from pages.mini_batch import LESSON
from pages.mini_batch import steps as four
from pages.mini_batch.batch import choose_batch, current_batch, note_shown, origin, tell
from pages.mini_batch.common import remembered, undo_z, value
from pages.mini_batch.stage import stage
from ui.scenes import Moment
from ui.text import t


def picture(now: Moment) -> None:
    """Where the numbers come from at the left, what becomes of them at the right."""
    left, right = st.columns([1, 2], gap="medium")
    with left:
        choose_batch()
        tell()
        batch = current_batch()
        note_shown(batch)
        _undo()
    with right:
        stage("own", batch.z, hand=True, step=4 if now.whole else value("step"))


def _undo() -> None:
    st.button(
        t(f"{LESSON}.undo_drag"),
        key="undo-drag",
        icon=":material/undo:",
        on_click=undo_z,
        disabled=not remembered("moved"),
        width="stretch",
    )


def more(now: Moment) -> None:
    batch = current_batch()
    st.caption(origin(batch))
    four.limits(batch.z)
    steps = experiment.walk(batch.z, value("gamma"), value("beta"), value("eps"))
    if not now.whole:  # it stands with the four steps there
        four.table(batch, steps, now.name)
