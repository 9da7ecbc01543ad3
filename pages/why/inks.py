"""Real digits, learned in black ink and met in another; in the drawer the same in the dark."""

from __future__ import annotations

import numpy as np
import streamlit as st

from experiments.at_test_time import dimming
from experiments.why import coloured
from figures import daylight
from pages.why import charts_shift as figures
from pages.why.arms import K, arm, compared
from pages.why.parts import LESSON, STYLE, chart, value, words
from ui import controls, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import mode, t

SHOWN = 5  # pictures in a row
LIGHT = 0.3  # what is put into words


def picture(now: Moment) -> None:
    """Digits as in training and in the chosen ink, and how five ways to meet them do."""
    controls.choice(LESSON, "ink", wrap=True)
    ink, names = value("ink"), list(coloured.INKS)
    both = ("black", "trained"), (ink, "met")
    for (each, where), column in zip(both, st.columns(2, gap="small"), strict=True):
        with column:
            _digits(each, where)
    arms, at = ink_arms(), names.index(ink)
    labels = [controls.option_label(LESSON, "ink", each) for each in names]
    told = ", ".join(f"{arm(name)} {percent(each[:, at].mean())}" for name, each in arms.items())
    chart_words = words("inks", "accuracy") | {name: arm(name) for name in arms}
    chart(
        figures.by_ink(mode(), labels, arms, at, chart_words),
        "inks.alt",
        "inks",
        ink=labels[at],
        told=told,
    )


def said(now: Moment) -> dict[str, object]:
    """Every arm in every ink."""
    names = list(coloured.INKS)
    known: dict[str, object] = {
        f"{name}_{each}": percent(found[:, names.index(each)].mean())
        for name, found in ink_arms().items()
        for each in names
    }
    return known | {"k": K}


def more(now: Moment) -> None:
    """All numbers in this ink, and the dark, which is a shift as well."""
    at = list(coloured.INKS).index(value("ink"))
    here = {name: found[:, at] for name, found in ink_arms().items()}
    head = t(f"{LESSON}.inks.head", ink=controls.option_label(LESSON, "ink", value("ink")))
    compared(here, head, "inks")
    st.caption(t(f"{LESSON}.bands", seeds=len(coloured.over_seeds().seeds)))
    st.markdown(t(f"{LESSON}.inks.say", **said(now)))
    page.say(f"{LESSON}/light")
    light()
    page.source(coloured.write, coloured.one_seed, key="inks")


def _digits(ink: str, where: str) -> None:
    rgb, digits = coloured.pictures(ink, SHOWN)
    name = controls.option_label(LESSON, "ink", ink)
    alts = [t(f"{LESSON}.inks.alt_digit", digit=int(digit), ink=name) for digit in digits]
    st.markdown(t(f"{LESSON}.inks.{where}", ink=name))
    page.at_once(figures.gallery(rgb, alts, [""] * SHOWN, 48), STYLE)


def ink_arms() -> dict[str, np.ndarray]:
    """(S, I) accuracy of each arm, the new statistics from K images."""
    found = coloured.over_seeds()
    new = found.reestimated[:, list(found.k).index(K)]
    return {name: new if name == "reestimated" else getattr(found, name) for name in figures.LOOKS}


def light() -> None:
    """The same with dimmed digits, from the lesson on train and test."""
    found = dimming.over_seeds()
    new = found.reestimated[:, list(found.k).index(K)]
    plain, frozen = found.plain, found.frozen
    arms = {"plain": plain, "frozen": frozen, "reestimated": new}
    at = int(np.abs(found.a - LIGHT).argmin())
    known = {name: percent(each[:, at].mean()) for name, each in arms.items()}
    known |= {"a": number(LIGHT), "k": str(K)}
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        chart_words = words("light", "axis") | {name: arm(name) for name in arms}
        chart_words["accuracy"] = t(f"{LESSON}.inks.accuracy")
        figure = daylight.world(mode(), found.a, plain, frozen, new, LIGHT, chart_words)
        chart(figure, "light.alt", "light", **known)
        st.caption(t(f"{LESSON}.bands", seeds=len(found.seeds)))
    with right:
        st.markdown(t(f"{LESSON}.light.say", **known))
        page.link("test_time")
