"""The bowl over two features of wines: raw inputs beside scaled ones."""

from __future__ import annotations

import streamlit as st

from experiments.why import inputs
from experiments.why.inputs import Bowl, Descent
from figures.theme import colour
from pages.why import charts_inputs as figures
from pages.why.bowl import PATIENCE, aloud, said_of
from pages.why.parts import LESSON, chart, options, value, words
from ui import controls, page
from ui.numbers import number
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

DRAWN = 100  # steps in the picture
BEFORE = 0.0098  # the rate that both bear, until the reader has answered
NAMES = {False: "raw", True: "scaled"}


@st.cache_resource(max_entries=4, show_spinner=False)
def bowl(scaled: bool) -> Bowl:
    return inputs.contours(scaled)


@st.cache_resource(max_entries=64, show_spinner=False)
def way(scaled: bool, lr: float) -> Descent:
    return inputs.descent(scaled, lr, PATIENCE)


def picture(now: Moment) -> None:
    """Both bowls under one learning rate; first the rate that both bear."""
    if now.seen:
        lr = controls.ladder(LESSON, "lr", width=560)
    else:
        lr = BEFORE
        st.select_slider(
            t(f"{LESSON}.controls.lr.label"), options("lr"), lr, disabled=True, width=560, key="lr0"
        )
    for scaled, column in zip(NAMES, st.columns(2, gap="small"), strict=True):
        with column:
            _bowl(scaled, lr)


def _bowl(scaled: bool, lr: float) -> None:
    here, down, name = bowl(scaled), way(scaled, lr), NAMES[scaled]
    chart_words = words("bowl", "x", "y", "way", "start", "lowest", "step", "loss")
    upto = DRAWN + 1
    told = said_of(down.diverged, down.steps_to_close)
    st.markdown(t(f"{LESSON}.floor.head", name=t(f"{LESSON}.bowl.{name}"), said=told))
    chart(
        figures.bowl(
            mode(),
            scaled,
            here.hessian,
            here.minimum,
            down.w[:upto],
            down.excess[:upto],
            down.diverged,
            chart_words,
        ),
        f"bowl.alt_{name}",
        f"bowl-{name}",
        ratio=number(here.axis_ratio, 2),
        said=aloud(told),
    )


def said(now: Moment) -> dict[str, str]:
    """The largest rate of each side, and how long the raw valley is."""
    known = {f"{name}_limit": number(bowl(scaled).lr_limit, 2) for scaled, name in NAMES.items()}
    return known | {"ratio": number(bowl(False).axis_ratio, 2)}


# --- the drawer ---


def more(now: Moment) -> None:
    """What the wines are, what is left of the loss step by step, and the limits."""
    page.say(f"{LESSON}/inputs", **_wines())
    st.caption(t(f"{LESSON}.bowl.how", steps=DRAWN))
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        _left_over()
    with right:
        _compared()
        everything = {
            f"all_{name}": number(inputs.all_features_condition(scaled), 2)
            for scaled, name in NAMES.items()
        }
        everything |= {"features": str(len(inputs.FEATURES))}
        st.markdown(t(f"{LESSON}.bowl.say", **everything))
    page.source(inputs.contours, inputs.descent, key="wines")


def _wines() -> dict[str, str]:
    """How many, and how their two features are spread."""
    found = inputs.features(False)
    known = {"wines": str(len(found.y))}
    for i, name in enumerate(inputs.PAIR):
        known |= {name: number(found.mean[i], 2), f"{name}_sd": number(found.sd[i], 2)}
    return known


def _left_over() -> None:
    raw, scaled = (way(each, value("lr")) for each in (False, True))
    chart(
        figures.excess(
            mode(),
            raw.excess,
            scaled.excess,
            words("excess", "raw", "scaled", "axis", "left"),
        ),
        "excess.alt",
        "excess",
        raw=_told(raw),
        scaled=_told(scaled),
    )


def _told(down: Descent) -> str:
    return aloud(said_of(down.diverged, down.steps_to_close))


def best(scaled: bool) -> int:
    """Steps at the best learning rate of the slider."""
    return min(way(scaled, lr).steps_to_close or PATIENCE for lr in options("lr"))


def _compared() -> None:
    heads = ("inputs", "condition", "with_b", "limit", "best")
    rows = []
    for scaled, name in NAMES.items():
        here = bowl(scaled)
        numbers = (here.condition, here.condition_with_b, here.lr_limit, best(scaled))
        rows.append(
            [
                Cell(
                    t(f"{LESSON}.excess.{name}"),
                    colour=colour(figures.IDEAS[scaled], mode()),
                ),
                *(Cell(number(x, 2 if i < 3 else 4), f"{x:.4g}") for i, x in enumerate(numbers)),
            ]
        )
    table(
        [Cell(t(f"{LESSON}.bowl.head_{head}")) for head in heads], rows, name="bowl", lesson=LESSON
    )
