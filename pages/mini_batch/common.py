"""What the sections of the lesson share: its values, what it remembers, a small table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import streamlit as st

from pages.mini_batch import LESSON
from ui import tables
from ui.numbers import number

value = LESSON.value
UNDONE = 50  # drags that can be undone


def put(**values: Any) -> Callable[[], None]:
    """A callback that sets controls."""
    return lambda: LESSON.put(**values)


def remembered(name: str, default: Any = None) -> Any:
    """What the lesson keeps between runs and does not put into its link."""
    return st.session_state.get(f"{LESSON}.{name}", default)


def remember(**values: Any) -> None:
    for name, new in values.items():
        st.session_state[f"{LESSON}.{name}"] = new


def remember_z(new: tuple[float, ...]) -> None:
    """What the batch was before a point was dragged: `undo_z` goes back there, a drag at a time."""
    if value("z") != new:
        remember_drag("moved", "source", "z")


def undo_z() -> None:
    """A callback: as it was before the last drag."""
    undo_drag("moved")


def remember_drag(where: str, *names: str) -> None:
    """What these controls are before a drag sets them anew, for `undo_drag`."""
    was = {name: value(name) for name in names}
    remember(**{where: [*remembered(where, []), was][-UNDONE:]})


def undo_drag(where: str) -> None:
    """Back by one of those drags."""
    *others, last = remembered(where)
    remember(**{where: others})
    LESSON.put(**last)


def largest(values: np.ndarray) -> float:
    """How far from 0 the farthest value lies; NaN if there is one."""
    return float(np.abs(values).max())


def farthest(values: np.ndarray) -> float:
    """The value farthest from 0, with its sign."""
    return float(values[np.abs(values).argmax()])


def tidy(value: float) -> float:
    """Without the rounding noise that stands in place of a mean of 0."""
    return 0.0 if abs(value) < 1e-12 else value


def small_table(head: Iterable[str], rows: dict[str, list[float]], name: str) -> None:
    lines = [[row, *map(number, numbers)] for row, numbers in rows.items()]
    heads, *body = ([tables.Cell(each) for each in line] for line in (["", *head], *lines))
    tables.table(heads, body, name=name, lesson=LESSON)
