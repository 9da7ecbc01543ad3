"""Scaled inputs go straight down: one bowl with inputs as they were measured, one with scaled ones.

The numbers are those of lesson `why`, which looks further into them.
"""

from __future__ import annotations

from functools import cache, lru_cache, partial
from typing import Any

import numpy as np
import streamlit as st

from experiments.why import inputs
from experiments.why.inputs import Bowl, Descent
from pages.mini_batch import LESSON
from pages.mini_batch.common import remember_drag, remembered, small_table, undo_drag, value
from ui import drag, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import t

DRAWN = 400  # steps of a way in the picture, at most
PATIENCE = 1000  # steps until a way counts as too long
FAR = 30.0  # times the first distance: what lies beyond is not drawn
LEVELS = 2.0 ** np.arange(-8, 7)  # of the excess at the start: neighbours differ by a factor of 2
NAMES = {False: "raw", True: "scaled"}
WORD = f"{LESSON}.bowl"
START = ("start_alcohol", "start_magnesium")
#: whose bottom is reached, by what the options say
MARKED = {"both": (True, True), "alike": (True, True), "scaled": (False, True)}

_component = drag.component("bowl")


def picture(now: Moment) -> None:
    """Two bowls with a start each; then the ways down from there, at every rate of the slider."""
    rates = LESSON.options("lr") if now.seen else ()
    names = ("title_raw", "title_scaled", "x", "y", "start", "lowest", "closed", "drag", "spoken")
    tokens = {name: f"{{{name}}}" for name in START}
    words = {name: t(f"{WORD}.{name}", **tokens) for name in names}
    if now.seen:
        told = {name: t(f"{WORD}.{name}", steps="{steps}") for name in ("diverged", "close")}
        words |= told | {"slow": t(f"{WORD}.slow", steps=PATIENCE), "guess": now.mark(*MARKED)}
    drag.mount(
        _component,
        LESSON,
        ("lr", *START),
        key="bowl",
        words=words,
        moves=_moves,
        bowls=[_drawn(scaled) for scaled in NAMES],
        ways=[[_way(scaled, lr) for scaled in NAMES] for lr in rates],
        limits={"steps": PATIENCE, "drawn": DRAWN, "far": FAR, "close": inputs.CLOSE},
        closed=not now.seen,
        still=now.whole,
        guess=MARKED.get(now.guess or "") if now.seen else None,
    )
    st.button(
        t(f"{LESSON}.undo_drag"),
        key="undo-start",
        icon=":material/undo:",
        type="tertiary",
        on_click=partial(undo_drag, "starts"),
        disabled=not remembered("starts"),
    )


def _moves(new: dict[str, Any]) -> None:
    """The hand has let go of the start, or of the rate."""
    if any(new[name] != value(name) for name in START):
        remember_drag("starts", *START)


def start() -> tuple[float, float]:
    """Where descent begins, as weights on scaled inputs."""
    alcohol, magnesium = (value(name) for name in START)
    return alcohol, magnesium


def said(now: Moment) -> dict[str, object]:
    lr = value("lr")
    return {NAMES[scaled]: _told(way(scaled, lr, start())) for scaled in NAMES}


def more(now: Moment) -> None:
    """At every rate of the slider, how many steps it takes to reach the bottom."""
    rows = {
        t(f"{WORD}.rate", lr=number(lr)): [_count(way(scaled, lr, start())) for scaled in NAMES]
        for lr in LESSON.options("lr")
    }
    small_table([t(f"{WORD}.title_{name}") for name in NAMES.values()], rows, "bowl")
    limits = {NAMES[scaled]: number(bowl(scaled).lr_limit, 2) for scaled in NAMES}
    page.say(f"{LESSON}/bowl", left=percent(inputs.CLOSE, 0), steps=PATIENCE, **_wines(), **limits)
    page.source(inputs.contours, inputs.descent, key="bowl")


@cache
def bowl(scaled: bool) -> Bowl:
    return inputs.contours(scaled, points=3)  # the lines are drawn from its Hessian


@lru_cache(maxsize=112)  # of eight starts
def way(scaled: bool, lr: float, start: tuple[float, float]) -> Descent:
    return inputs.descent(scaled, lr, PATIENCE, start=start)


def _drawn(scaled: bool) -> dict[str, Any]:
    """Its ellipses by half axes and direction, and the window around minimum and usual start.

    A start of weights on scaled inputs is `units` times as much here. With the Hessian, all that
    the ways down follow from.
    """
    here = bowl(scaled)
    values, vectors = np.linalg.eigh(here.hessian)
    away = here.start - here.minimum
    first = float(away @ here.hessian @ away) / 2
    return {
        "minimum": here.minimum.tolist(),
        "start": here.start.tolist(),
        "units": inputs.units(scaled).tolist(),
        "hessian": here.hessian.tolist(),
        "turned": float(np.degrees(np.arctan2(vectors[1, 0], vectors[0, 0]))),
        "halves": [np.sqrt(2 * first * level / values).tolist() for level in LEVELS[::-1]],
    }


def _way(scaled: bool, lr: float) -> dict[str, Any]:
    down, here = way(scaled, lr, start()), bowl(scaled)
    shown = DRAWN if down.steps_to_close is None else min(DRAWN, down.steps_to_close)
    w = down.w[: shown + 2].round(5)
    near = np.abs(w - here.minimum).max(axis=1) < FAR * np.abs(here.start - here.minimum).max()
    upto = len(w) if near.all() else int(near.argmin()) + 1
    return {"w": w[:upto].tolist(), "diverged": down.diverged, "told": _told(down)}


def _told(down: Descent) -> str:
    """Where the way leads to."""
    if down.diverged:
        return t(f"{WORD}.diverged")
    if down.steps_to_close is None:
        return t(f"{WORD}.slow", steps=PATIENCE)
    return t(f"{WORD}.close", steps=down.steps_to_close)


def _count(down: Descent) -> float:
    if down.diverged:
        return float("inf")
    return float(down.steps_to_close or "nan")


def _wines() -> dict[str, str]:
    """How many, and how their two features are spread."""
    found = inputs.features(False)
    known = {"wines": str(len(found.y))}
    for i, name in enumerate(inputs.PAIR):
        known |= {name: number(found.mean[i], 2), f"{name}_sd": number(found.sd[i], 2)}
    return known
