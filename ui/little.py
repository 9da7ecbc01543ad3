"""The little network in the lessons that show it: which one, and where in its training it is.

Both lessons declare these controls under the same names, so that a link of one is understood by
the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.network import walkthrough
from experiments.network.little import Little
from experiments.network.watch import Line
from ui import controls
from ui.lesson import Lesson
from ui.state import Choice, Control, Integer
from ui.text import t

PLACE = ("norm", "activation", "optimizer", "epoch", "batch", "m", "seed")
Place = tuple[str, str, str, int, int, int, int]
#: the activations that the lessons offer, each with its formula
FUNCTIONS = {"tanh": r"\tanh({})", "relu": r"\max(0,\,{})"}


def declared() -> tuple[Control, ...]:
    """The controls of PLACE."""
    from bncore.optimizers import OPTIMIZERS

    return (
        Choice("norm", "before", ("before", "after", "none")),
        Choice("activation", "tanh", tuple(FUNCTIONS)),
        Choice("optimizer", "sgd", tuple(OPTIMIZERS)),
        Integer("epoch", 1, 1, walkthrough.EPOCHS),
        Integer("batch", 1, 1, max(walkthrough.BATCHES.values())),
        Choice("m", walkthrough.M, tuple(walkthrough.BATCHES)),
        Integer("seed", 0, 0, 9999),
    )


def place(lesson: Lesson) -> Place:
    """Which network, and before which of its mini-batches."""
    norm, activation, optimizer, epoch, batch, m, seed = map(lesson.value, PLACE)
    return norm, activation, optimizer, epoch, batch, m, seed


def network(lesson: Lesson) -> Little:
    return walkthrough.at(*place(lesson))


def lines(lesson: Lesson) -> tuple[Line, ...]:
    """The lines of the step on the chosen mini-batch."""
    return walkthrough.lines(*place(lesson))


def choose(lesson: Lesson) -> None:
    """Which network: for a drawer, since a scene has one already."""
    with st.container(horizontal=True, key="which-network"):
        for name in ("norm", "activation", "optimizer", "m"):
            controls.choice(lesson, name)
        controls.entry(lesson, "seed", width=130)


# --- going on and back ---


def next_batch(epoch: int, batch: int, batches: int) -> tuple[int, int] | None:
    """The mini-batch after this one; None at the very end."""
    if batch < batches:
        return epoch, batch + 1
    return (epoch + 1, 1) if epoch < walkthrough.EPOCHS else None


# --- what a link may ask for and this network does not have ---

STANDS_FOR = {"z_tilde": "a_tilde", "a_tilde": "z_tilde"}


def settle(lesson: Lesson) -> None:
    """Bring a place or a node that this network does not have to one that it has, and say so."""
    has = {control.name for control in lesson.controls}
    if lesson.value("batch") > (last := walkthrough.BATCHES[lesson.value("m")]):
        _replace(lesson, "batch", last, "late", m=lesson.value("m"))
    if "node" in has:
        known = walkthrough.nodes(*place(lesson))
        if lesson.value("node") not in known:
            _replace(lesson, "node", _instead(lesson.value("node"), known), "gone")
    if "line" in has and lesson.value("line") > (last := len(lines(lesson))):
        _replace(lesson, "line", last, "past")


def _instead(node: str, known: Mapping[str, Any]) -> str:
    """The node in its stead: the other one behind batch norm, else the activation of its layer."""
    kind, layer = node[:-1], node[-1]
    other = f"{STANDS_FOR.get(kind, '')}{layer}"
    return other if other in known else f"{'z' if kind == 'b' else 'a'}{layer}"


def _replace(lesson: Lesson, name: str, new: Any, sentence: str, **known: object) -> None:
    asked = lesson.value(name)
    lesson.put(**{name: new})
    st.caption(t(f"ui.little.{sentence}", asked=asked, there=new, **known))
