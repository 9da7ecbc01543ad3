"""What the lesson `network` shares between its sections: the network, its place, its numbers.

The sections are in `ui.network_map`, `ui.network_step` and `ui.network_numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from experiments import export, walkthrough
from experiments.little import Little
from experiments.watch import Line
from figures.theme import COLOURS, colour
from ui import controls, page, state, tables, text
from ui.numbers import number
from ui.tables import Cell
from ui.text import has, t

LESSON = "network"
NUMBERED = re.compile(r"(.*?)(\d*)")


def value(name: str) -> Any:
    return state.value(LESSON, name)


def put(**values: Any) -> Callable[[], None]:
    """A callback that sets controls."""
    return lambda: state.put(LESSON, **values)


def place() -> tuple[str, str, str, int, int]:
    """Which network, and before which of its mini-batches."""
    return tuple(value(name) for name in ("norm", "activation", "optimizer", "epoch", "batch"))


def little() -> Little:
    return walkthrough.at(*place())


def steps() -> tuple[Line, ...]:
    """The lines of the step on the chosen mini-batch."""
    return walkthrough.lines(*place())


def choose() -> None:
    """Which network."""
    with st.container(horizontal=True, key="which-network"):
        controls.choice(LESSON, "norm")
        controls.choice(LESSON, "activation")
        controls.choice(LESSON, "optimizer")


# --- arrays as tables ---


def split(name: str) -> tuple[str, str]:
    """A name in the code as symbol and layer.

    >>> split("dz_tilde2"), split("loss")
    (('dz_tilde', '2'), ('loss', ''))
    """
    return NUMBERED.fullmatch(name).groups()


IDEAS = {"std": "var", "running_mean": "running", "running_var": "running", "z_centered": "z"}


def hue(name: str) -> str:
    """The colour of the idea behind a name in the code, or none."""
    idea = split(name)[0]
    idea = IDEAS.get(idea, idea)
    return colour(idea, text.mode()) if idea in COLOURS else ""


def written(shape: Sequence[int]) -> str:
    """A shape for people: 6 × 3."""
    return " × ".join(map(str, shape)) if shape else t(f"{LESSON}.map.number")


def numbers(name: str, array: Any, *, title: str = "") -> None:
    """One array as a small table under its name and shape: rows are examples, or inputs of W."""
    array = np.asarray(array)
    grid = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
    heads = [Cell(title or name, colour=hue(name), hint=written(array.shape))]
    if array.ndim:
        heads += [Cell(str(unit)) for unit in range(1, grid.shape[1] + 1)]
    else:
        heads += [Cell("")]
    rows = [
        [Cell(str(at) if array.ndim == 2 and len(grid) > 1 else ""), *map(exact, row)]
        for at, row in enumerate(grid, start=1)
    ]
    tables.table(heads, rows, name=f"array {name}")


def exact(x: float) -> Cell:
    """A number to be read, with all of it behind."""
    return Cell(number(float(x)), value=repr(float(x)))


# --- take it home ---


def take_home() -> None:
    """Programs for this network at this place."""
    with st.container(horizontal=True, key="take-home"):
        for library, program in export.PROGRAMS.items():
            name = t(f"{LESSON}.home.{library}")
            st.download_button(
                t(f"{LESSON}.home.download", name=name),
                program(little()),
                file_name=f"{LESSON}_{library}.py",
                mime="text/x-python",
                icon=":material/download:",
                key=f"download-{library}",
                on_click="ignore",
            )
    box = st.expander(
        t(f"{LESSON}.home.show"), icon=":material/code:", key="programs", on_change="rerun"
    )
    if box.open:
        shown = box.tabs([t(f"{LESSON}.home.{library}") for library in export.PROGRAMS])
        for tab, program in zip(shown, export.PROGRAMS.values(), strict=True):
            tab.code(program(little()), language="python", height=480)


def settle() -> None:
    """Bring a line or a node that this network does not have to one it has, and say so."""
