"""One mini-batch of one unit through the four steps of batch norm."""

from __future__ import annotations

import streamlit as st

from experiments.mini_batch import draw
from ui import controls, page, state

LESSON = "mini_batch"


def value(name: str):
    return state.value(LESSON, name)


def choose_batch():
    with st.container(horizontal=True, vertical_alignment="bottom", key="batch"):
        controls.select(LESSON, "source", width=220)
        controls.choice(LESSON, "layer")
        controls.entry(LESSON, "unit", width=130)
        controls.slider(LESSON, "m", width="stretch")
        controls.entry(LESSON, "seed", width=150)
    return draw(*(value(name) for name in ("source", "layer", "unit", "m", "seed", "z")))


page.say("mini_batch/intro")


@page.fragment(LESSON)
def lesson() -> None:
    batch = choose_batch()
    try:
        from ui.stage import stage

        stage(batch.z)
    except ImportError:
        st.write(batch.z)


lesson()
