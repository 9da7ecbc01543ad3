"""The world gets darker: frozen statistics, statistics measured again, and no batch norm."""

from __future__ import annotations

import numpy as np
import streamlit as st

from experiments.at_test_time import dimming
from experiments.at_test_time.dimming import Exactness, OverSeeds, Sweep
from experiments.trained import trained
from figures import daylight
from figures.theme import colour
from pages.at_test_time import LESSON
from pages.at_test_time.common import accurate, chart, value, words
from ui import controls, drag, page, text
from ui.numbers import latex, number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import t

SAMPLES = 8
#: what an option of the question counts on, and the colour of each arm
ARMS = {"plain": "plain", "frozen": "running", "reestimated": "bn"}
TRUSTED = {"robust": "frozen", "refit": "reestimated", "plain": "plain"}
MARKED = tuple(TRUSTED)

_component = drag.component("light", "bars.css")


@st.cache_resource(max_entries=16, show_spinner=False)
def sweep(k: int) -> Sweep:
    return dimming.sweep(k)


@st.cache_resource(max_entries=16, show_spinner=False)
def exactness(a: float) -> Exactness:
    return dimming.exactness(a)


def picture(now: Moment) -> None:
    """Eight digits in this light, and what three networks make of all of them."""
    five, k = dimming.over_seeds(), value("k")
    shades = len(five.a) if now.seen else 1
    known = {"networks": len(five.seeds)}
    drag.mount(
        _component,
        LESSON,
        ("dim",),
        key="drag-light",
        words=words("world", *("then", "today", "accuracy", "says", "bands_short"), **known)
        | {"guess": now.mark(*MARKED)},
        shades=list(LESSON.options("dim")),
        digits=[[round(float(ink), 3) for ink in x] for x in trained().data.x_test[:SAMPLES]],
        alt=t(f"{LESSON}.world.alt_light"),
        arms=[
            {
                "name": t(f"{LESSON}.world.{name}", k=k),
                "idea": idea,
                "shares": _shares(arms(five, k)[name][:, :shades]),
                "guess": now.guess is not None and TRUSTED[now.guess] == name,
            }
            for name, idea in ARMS.items()
        ],
        told=now.seen,
    )


def arms(five: OverSeeds, k: int) -> dict[str, np.ndarray]:
    """Accuracy (S, A) of each arm, statistics measured again on k images."""
    again = five.reestimated[:, _at(five.k, k)]
    return {"plain": five.plain, "frozen": five.frozen, "reestimated": again}


def _shares(found: np.ndarray) -> list[list[float]]:
    """Of accuracies (S, A): mean, lowest, highest in each light."""
    both = np.stack([found.mean(axis=0), found.min(axis=0), found.max(axis=0)], axis=1)
    return [[round(float(share), 4) for share in row] for row in both]


def said(now: Moment) -> dict[str, object]:
    """The three arms in this light."""
    five, a, k = dimming.over_seeds(), value("dim"), value("k")
    at = _at(five.a, a)
    known = {name: percent(float(arm[:, at].mean())) for name, arm in arms(five, k).items()}
    bright = percent(float(five.frozen[:, 0].mean()))
    return known | {"a": number(a), "k": k, "bright": bright, "networks": len(five.seeds)}


def more(now: Moment) -> None:
    """All shades at once, this page's network beside the others, and why it is exact."""
    controls.ladder(LESSON, "k", width=420)
    a, k = value("dim"), value("k")
    five = dimming.over_seeds()
    left, right = st.columns([5, 4], gap="large", vertical_alignment="center")
    with left:
        _over_light(five, a, k)
    with right:
        _arms(sweep(k), five, a, k)
    known = {"a": number(a), "eps": latex(trained().network.eps)}
    found = exactness(a)
    for name in ("logits", "logits_rounding", "frozen_logits"):
        known[name] = number(getattr(found, name), 2)
    known["changed"] = percent(found.changed)
    page.say(f"{LESSON}/exact", **known)
    page.source(dimming.sweep, dimming.exactness, key="world")


def _at(grid: np.ndarray, wanted: float) -> int:
    return int(np.abs(grid - wanted).argmin())


def _ends(shares: np.ndarray) -> str:
    """From the lowest to the highest."""
    return f"{100 * shares.min():.1f}–{percent(shares.max())}"


def _over_light(five: OverSeeds, a: float, k: int) -> None:
    names = ("plain", "frozen", "axis", "accuracy")
    labels = words("world", *names) | {"reestimated": t(f"{LESSON}.world.reestimated", k=k)}
    found = arms(five, k)
    plain, frozen, again = found.values()
    figure = daylight.world(text.mode(), five.a, plain, frozen, again, a, labels)
    known = {name: _ends(arm[:, _at(five.a, a)]) for name, arm in found.items()}
    chart(figure, "world", a=number(a), k=k, networks=len(five.seeds), **known)
    st.caption(t(f"{LESSON}.world.bands", networks=len(five.seeds)))


def _arms(here: Sweep, five: OverSeeds, a: float, k: int) -> None:
    """This page's network, and the range over the others."""
    word, mode = f"{LESSON}.world", text.mode()
    rows = []
    for name, all_five in arms(five, k).items():
        column = all_five[:, _at(five.a, a)]
        rows.append(
            [
                Cell(t(f"{word}.{name}", k=k), colour=colour(ARMS[name], mode)),
                accurate(float(getattr(here, name)[_at(here.a, a)])),
                Cell(_ends(column), value=f"{column.min():.4f} {column.max():.4f}"),
            ]
        )
    heads = ("light", "this", "five")
    known = {"a": number(a), "networks": len(five.seeds)}
    table(
        [Cell(t(f"{word}.head_{head}", **known)) for head in heads],
        rows,
        name="world",
        lesson=LESSON,
    )
