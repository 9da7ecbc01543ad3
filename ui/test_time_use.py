"""The last sections of the lesson on train and test: the network put to use."""

from __future__ import annotations

import streamlit as st

from experiments import companions
from experiments.companions import Modes
from experiments.trained import trained
from ui import controls
from ui.tables import Cell, table
from ui.test_time import LESSON, accurate, answered, value
from ui.text import t

SIZES = (1, 2, 8, 64)
SHOWN = 16  # images whose answers are shown one by one


@st.cache_data(max_entries=32, show_spinner=False)
def modes(seed: int) -> Modes:
    return companions.modes(SIZES, seed)


# --- train() and eval() ---


def wrong_mode() -> None:
    """The same images by the same network, in the right mode and in the wrong one."""
    mode = controls.choice(LESSON, "mode", wrap=True)
    net, found = trained(), modes(value("seed"))
    size = companions_of(mode)
    said = companions.answers(size)[:SHOWN]
    left, right = st.columns([1, 1], gap="large", vertical_alignment="center")
    with left:
        shown = (net.data.x_test[:SHOWN], said, net.data.y_test[:SHOWN])
        answered(*shown, f"{LESSON}.modes.alt")
    with right:
        _table(found)
    st.markdown(t(f"{LESSON}.modes.say", momentum=net.config.momentum))


def companions_of(mode: str) -> int:
    """The batch size of a mode; 0 in eval(), where it does not matter."""
    return {"eval": 0, "train_1": 1, "train_64": 64}[mode]


def _table(found: Modes) -> None:
    word = f"{LESSON}.modes"
    heads = [Cell(t(f"{word}.batches")), *(Cell(f"m = {m}") for m in found.sizes)]
    rows = [
        [Cell(t(f"{word}.eval")), *(accurate(found.eval) for _ in found.sizes)],
        [Cell(t(f"{word}.train")), *map(accurate, found.train)],
    ]
    for stream, column in zip(found.streams, found.after.T, strict=True):
        rows.append([Cell(t(f"{word}.after_{stream}", dim=companions.DIM)), *map(accurate, column)])
    table(heads, rows, name="modes")
