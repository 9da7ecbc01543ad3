"""Noise after batch norm: the calm is taken away, and the network trains all the same."""

from __future__ import annotations

from functools import partial

import streamlit as st

from bncore.layers import Jolt
from experiments.why import noisy
from figures.graph import Axis
from pages.why import runs
from pages.why.parts import LESSON, value
from ui import controls, page
from ui.numbers import number, percent, short
from ui.scenes import Moment
from ui.text import prose, t

BEFORE = ("plain", "bn")  # the arms that are known before the question
MARKED = ("slow", "fast", "never")  # like plain, like calm batch norm, like one that knows nothing
CHANCE = 0.1  # of ten classes
# Between which the factor and the offset of noisy batch norm are drawn.
JOLTS = {"least": "1", "factor": number(noisy.FACTOR), "offset": number(noisy.OFFSET)}


def picture(now: Moment) -> None:
    """Accuracy of four arms; at first of the two without noise."""
    controls.choice(LESSON, "noisy", wrap=True)
    found = noisy.load(value("noisy"))
    known = {arm: runs.halfway(found.accuracy, noisy.ARMS, arm) for arm in BEFORE}
    expected = {"slow": known["plain"], "fast": known["bn"], "never": CHANCE}.get(
        now.guess or "", 0
    )
    guess = now.mark(*MARKED), expected
    drawn = () if now.seen else BEFORE
    draw = partial(runs.accuracy, "noisy", noisy.ARMS, found, drawn=drawn, guess=guess)
    runs.grow(now, "noisy", draw)


def said(now: Moment) -> dict[str, str]:
    """Accuracies at the end, and how far noise moves the distributions beside the plain network."""
    mean = {
        key: float(values.mean())
        for key, values in noisy.numbers(noisy.load(value("noisy"))).items()
    }
    known = {arm: percent(mean[f"accuracy.{arm}"]) for arm in noisy.ARMS}
    ratio = {
        "ratio": mean["shift.noisy_bn"] / mean["shift.plain"],
        "ks_ratio": mean["late_ks.noisy_bn"] / mean["late_ks.plain"],
    }
    return known | {name: number(x, 2) for name, x in ratio.items()}


def more(now: Moment) -> None:
    """How far the distributions move, by two measures; and a run of one's own."""
    chosen = value("noisy")
    page.say(f"{LESSON}/speed_noisy", **JOLTS)
    runs.train(now, "noisy", noisy.one_seed)
    found, own = noisy.load(chosen), runs.own_run("noisy")
    runs.say_stopped("noisy", own)
    up = Axis(t(f"{LESSON}.speed.shift", steps=noisy.EVERY), log=True)
    mine = None if own is None else own.shift[:, 0]
    runs.curves("noisy-shift", noisy.ARMS, found.step[1:], found.shift, mine, up, short)
    runs.bands(found, own)
    by_seed = noisy.numbers(found)
    own_numbers = None if own is None else noisy.numbers(own)
    runs.results(
        "noisy",
        noisy.ARMS,
        [
            (
                t(f"{LESSON}.speed.{name}", steps=noisy.EVERY),
                write,
                *runs.by_arm(name, noisy.ARMS, by_seed, own_numbers),
            )
            for name, write in (("accuracy", percent), ("shift", short), ("late_ks", short))
        ],
    )
    st.markdown(prose(f"{LESSON}/noisy_{chosen}", **said(now)))
    page.source(Jolt, noisy.train_all, key=f"{LESSON}-noisy")
