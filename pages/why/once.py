"""Normalize once, before the first step, and never again: how much of the lead is the start?"""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from experiments.intervals import mean as mean_of
from experiments.why import once
from pages.why import runs
from pages.why.parts import LESSON, value
from ui import controls, page
from ui.numbers import number, percent, short
from ui.scenes import Moment
from ui.text import t

BEFORE = ("plain", "bn")  # the arms that are known before the question
MARKED = {"nothing": "plain", "all": "bn"}  # like which of them


def picture(now: Moment) -> None:
    """Accuracy of three arms; at first of the two that are known."""
    controls.choice(LESSON, "once", wrap=True)
    found = once.load(value("once"))
    expected = runs.halfway(found.accuracy, once.ARMS, MARKED.get(now.guess or "", "bn"))
    guess = now.mark(*MARKED), expected
    drawn = () if now.seen else BEFORE
    draw = partial(runs.accuracy, "once", once.ARMS, found, drawn=drawn, guess=guess)
    runs.grow(now, "once", draw)


def said(now: Moment) -> dict[str, str]:
    """Accuracies at the end, the share of the lead, and how much longer the way takes."""
    found = once.load(value("once"))
    mean = {key: float(values.mean()) for key, values in once.numbers(found).items()}
    known = {arm: percent(mean[f"accuracy.{arm}"]) for arm in once.ARMS}
    _, repaired, bn = found.steps_to()
    known |= {"once_steps": f"{repaired.mean():.0f}", "bn_steps": f"{bn.mean():.0f}"}
    known |= {"share": percent(mean["share"], 0), "whole": percent(mean["share_whole"], 0)}
    return known | {
        "slower": number(mean_of(repaired / bn, "factor"), 2),
        "level": percent(once.GOOD, 0),
        "steps": str(int(found.step[-1])),
    }


def more(now: Moment) -> None:
    """The start of each arm, what is left of the lead, and a run of one's own."""
    page.say(f"{LESSON}/speed_once")
    runs.train(now, "once", once.one_seed)
    found, own = once.load(value("once")), runs.own_run("once")
    runs.say_stopped("once", own)
    runs.bands(found, own)
    runs.results(
        "once",
        once.ARMS,
        [
            (
                t(f"{LESSON}.once.spread"),
                short,
                found.spread[..., -1],
                None if own is None else own.spread[:, 0, -1],
            ),
            (
                t(f"{LESSON}.speed.accuracy"),
                percent,
                found.accuracy[..., -1],
                None if own is None else own.accuracy[:, 0, -1],
            ),
        ],
    )
    known = said(now)
    st.markdown(t(f"{LESSON}.once.so", **known))
    n = once.numbers(found)
    ahead = float((n["accuracy.bn"] - n["accuracy.once"]).mean())
    which = "bn_ahead" if ahead > 0 else "once_ahead"
    st.markdown(t(f"{LESSON}.once.{which}", ahead=f"{100 * abs(ahead):.1f}"))
    plain, repaired, bn = found.steps_to()
    if np.isnan(plain).all() and repaired.mean() > bn.mean():
        steps = {"once": known["once_steps"], "bn": known["bn_steps"]}
        st.markdown(t(f"{LESSON}.once.when", **(known | steps)))
    st.caption(t(f"{LESSON}.once.chosen"))
    page.source(once.normalized_once, once.train_all, key=f"{LESSON}-once")
