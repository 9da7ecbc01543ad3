"""b in front of batch norm, dragged by hand: it is cancelled; β right behind does its job."""

from __future__ import annotations

from typing import Any

import streamlit as st

from experiments.network import bias
from experiments.network.bias import Drag
from figures.theme import colour
from pages.network import LESSON, dragged
from ui import drag, page
from ui.numbers import number, short
from ui.scenes import Moment
from ui.tables import Cell, exact, table
from ui.text import mode, t

UNIT = 7  # of layer 1, from 0: it has a visible spread, and a slope with respect to β
ENDS = {"z": (-6.0, 6.0), "z_tilde": (-6.0, 6.0)}  # of the axes: room for every b and every β

MARKED = ("both", "beta")  # what they say of z̃

_component = drag.component("cancelled")
value = LESSON.value


def found() -> Drag:
    return bias.drag(value("b"), value("shift"), unit=UNIT)


def picture(now: Moment) -> None:
    """z and z̃ of the unit, before and after: they move while b or β is dragged."""
    drawn = found() if now.seen else bias.drag(0.0, unit=UNIT)
    dragged.mount(
        _component,
        ("b", "shift"),
        key="drag-b",
        now=now,
        before={"z": drawn.z_at_zero.tolist(), "z_tilde": drawn.z_tilde_at_zero.tolist()},
        after={"z": drawn.z.tolist(), "z_tilde": drawn.z_tilde.tolist()},
        gamma=drawn.gamma,
        beta=drawn.beta_at_zero,
        eps=drawn.eps,
        ends=ENDS,
        start={"b": 0.0, "shift": 0.0},
        marked=MARKED,
        guess=_guess(now.guess, drawn),
    )


def _guess(option: str | None, drawn: Drag) -> list[float] | None:
    """Where the reader had expected z̃."""
    by = {"both": value("b"), "beta": value("b") / float(drawn.z.std())}
    if option not in by:
        return None
    return (drawn.z_tilde_at_zero + by[option]).tolist()


def said(now: Moment) -> dict[str, object]:
    return known(found())


def known(now: Drag) -> dict[str, Any]:
    return {
        "b": short(value("b")),
        "shift": dragged.signed(value("shift")),
        "z_tilde": short(now.z_tilde_moved),
        "db": short(now.db),
        "dbeta": short(now.dbeta),
        "loss": number(now.loss, 4),
        "loss_at_zero": number(now.loss_at_zero, 4),
        "m": bias.M,
    }


def more(now: Moment) -> None:
    """The formula, what moved by how much, and what the slope of the loss says."""
    drawn = found()
    page.say(f"{LESSON}/b", m=bias.M)
    _table(drawn)
    still = "still" if drawn.z_tilde_moved else "still_exactly"
    for name in (
        still if value("b") else "at_zero",
        "beta_moved" if value("shift") else "beta_at_zero",
    ):
        st.markdown(t(f"{LESSON}.drag.{name}", **known(drawn)))
    page.source(bias.drag, key="b")


def _table(drawn: Drag) -> None:
    word, hue = f"{LESSON}.drag", colour("z", mode())
    of_tilde = colour("z_tilde", mode())
    rows = [
        [Cell(t(f"{word}.z"), colour=hue), exact(drawn.z_moved)],
        [Cell(t(f"{word}.z_tilde"), colour=of_tilde), exact(drawn.z_tilde_moved)],
        [Cell(t(f"{word}.logits")), exact(drawn.logits_moved)],
        [Cell(t(f"{word}.db")), exact(drawn.db)],
        [Cell(t(f"{word}.dbeta")), exact(drawn.dbeta)],
    ]
    table([Cell(t(f"{word}.head")), Cell(t(f"{word}.number"))], rows, name="drag", lesson=LESSON)
