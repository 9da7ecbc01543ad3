"""One example of a mini-batch changes: behind batch norm all of them do."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from bncore.batchnorm import batch_norm_forward
from experiments.network import little as training
from experiments.network import loop, walkthrough
from pages.network import LESSON, dragged
from ui import little, page
from ui.components import COMMIT, Component
from ui.scenes import Moment
from ui.tables import Cell, exact, table
from ui.text import t

UNIT, EXAMPLE = 0, 0  # of layer 1 and of the mini-batch, from 0
ENDS = (-5.0, 5.0)  # of both axes: room for every nudge
MARKED = ("none", "own")  # what they say of z̃

_component = Component(
    "nudged",
    {"commit": COMMIT},
    html=("cancelled/nudged.html",),
    css=("controls.css", "drag/style.css", "cancelled/style.css"),
    js="cancelled/index.js",
)


def rows(by: float) -> dict[str, Any]:
    """z and z_tilde of the unit with the example nudged by so much, and what normalizes them."""
    network = walkthrough.at(*_place())
    z = training.numbers(training.lines(network))["z1"].copy()
    z[EXAMPLE, UNIT] += by
    net = network.net
    z_tilde, cache = batch_norm_forward(z, net.gamma[1], net.beta[1], net.eps)
    of = {"z": z, "z_tilde": z_tilde}
    return {name: array[:, UNIT] for name, array in of.items()} | {
        "gamma": float(net.gamma[1][UNIT]),
        "beta": float(net.beta[1][UNIT]),
        "eps": net.eps,
        "mean": float(cache.mean[UNIT]),
        "std": float(cache.std[UNIT]),
    }


def _place() -> little.Place:
    """The map's network, with batch norm before g in any case."""
    _, *rest = little.place(LESSON)
    return ("before", *rest)  # type: ignore[return-value]


def picture(now: Moment) -> None:
    """z and z̃ of six examples, before and after; the slider nudges the first one."""
    by = LESSON.value("nudge") if now.seen else 0.0
    was, is_now = rows(0.0), rows(by)
    dragged.mount(
        _component,
        ("nudge",),
        key="drag-nudge",
        now=now,
        before={name: was[name].tolist() for name in dragged.IDEAS},
        after={name: is_now[name].tolist() for name in dragged.IDEAS},
        one=EXAMPLE,
        gamma=was["gamma"],
        beta=was["beta"],
        eps=was["eps"],
        ends=dict.fromkeys(dragged.IDEAS, ENDS),
        start={"nudge": 0.0},
        marked=MARKED,
        guess=_guess(now.guess, was, by),
    )


def _guess(option: str | None, was: dict[str, Any], by: float) -> list[float] | None:
    """Where the reader had expected z̃: where it was, or one example moved alone."""
    if option not in MARKED:
        return None
    expected = was["z_tilde"].copy()
    if option == "own":
        expected[EXAMPLE] += was["gamma"] * by / was["std"]
    return expected.tolist()


def said(now: Moment) -> dict[str, object]:
    by = LESSON.value("nudge")
    moved = np.abs(rows(by)["z_tilde"] - rows(0.0)["z_tilde"])
    others = np.delete(moved, EXAMPLE)
    return {"by": dragged.signed(by), "others": f"{others.max():.2f}", "m": len(moved)}


def more(now: Moment) -> None:
    """Each example's z and z̃, before and after."""
    was, is_now = rows(0.0), rows(LESSON.value("nudge"))
    heads = [Cell(t(f"{LESSON}.nudge.example"))]
    heads += [Cell(t(f"{LESSON}.nudge.{name}")) for name in ("z", "z_tilde", "moved")]
    body = [
        [
            Cell(str(n + 1)),
            exact(is_now["z"][n]),
            exact(is_now["z_tilde"][n]),
            exact(is_now["z_tilde"][n] - was["z_tilde"][n]),
        ]
        for n in range(len(was["z"]))
    ]
    table(heads, body, name="nudge", lesson=LESSON)
    known = {
        f"{name}_{when}": f"{values[name]:.3f}"
        for when, values in (("was", was), ("now", is_now))
        for name in ("mean", "std")
    }
    st.markdown(t(f"{LESSON}.nudge.statistics", **known))
    page.source(loop.forward_before, key="nudge")
