"""Take it home: programs that compute the same numbers, in NumPy, PyTorch and Keras."""

from __future__ import annotations

from functools import partial

import streamlit as st

from experiments.network import export
from pages.inside import LESSON
from ui import little
from ui.scenes import Moment
from ui.text import t

STAYS = True  # code and formulas, set by the app


def picture(now: Moment) -> None:
    """The network at its place as programs: to be read, and to be taken along."""
    little.settle(LESSON)
    network = little.network(LESSON)
    programs = export.programs(network)
    with st.container(horizontal=True, key="take-home"):
        for library, program in programs.items():
            name = t(f"{LESSON}.home.{library}")
            st.download_button(
                t(f"{LESSON}.home.download", name=name),
                partial(program, network),
                file_name=f"network_{library}.py",
                mime="text/x-python",
                icon=":material/download:",
                key=f"download-{library}",
                on_click="ignore",
            )
    shown = st.tabs(
        [t(f"{LESSON}.home.{library}") for library in programs], key="programs", on_change="rerun"
    )
    for tab, program in zip(shown, programs.values(), strict=True):
        if tab.open:
            tab.code(program(network), language="python", height=400)


def said(now: Moment) -> dict[str, object]:
    return {name: LESSON.value(name) for name in ("epoch", "batch", "m", "seed")}
