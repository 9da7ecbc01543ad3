"""A little further along the gradient: for how long a step does it still tell the truth?"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from experiments.why import smoothness
from figures.graph import Axis
from pages.why import runs
from pages.why.parts import LESSON, value
from ui import controls, page
from ui.numbers import number, percent, short
from ui.scenes import Moment
from ui.text import prose, t

ARMS = smoothness.ARMS
MARKED = ("same",)  # as batch norm
# How far along the gradient is tried, in learning rates.
ETAS = {"nearest": number(smoothness.ETAS[0]), "farthest": number(smoothness.ETAS[-1])}


def picture(now: Moment) -> None:
    """How far the loss ranges along the gradient; at first with batch norm alone."""
    controls.choice(LESSON, "smooth", wrap=True)
    drawn, mark = () if now.seen else ("bn",), now.mark(*MARKED)
    draw = partial(_curves, "range", "loss_range", drawn=drawn, height=400, mark=mark)
    runs.grow(now, "smooth", draw)


def _curves(
    name: str, measure: str, own: Any, drawn: tuple[str, ...], height: int, mark: str = ""
) -> None:
    """`mark` is written where the curve of batch norm lies."""
    found = smoothness.load(value("smooth"))
    up = Axis(t(f"{LESSON}.smooth.{name}"), log=True, ends=_ends(getattr(found, measure)))
    mine = None if own is None else getattr(own, measure)[:, 0]
    shown = getattr(found, measure)
    guess = mark, float(np.log10(runs.halfway(shown, ARMS, "bn")))
    key = f"smooth-{name}"
    runs.curves(
        key, ARMS, found.step, shown, mine, up, short, drawn=drawn, height=height, guess=guess
    )


def _ends(values: np.ndarray) -> tuple[float, float]:
    """The axis of all arms, which does not follow those that are drawn."""
    return 0.8 * float(values.min()), 1.25 * float(values.max())


def said(now: Moment) -> dict[str, str]:
    """How much rougher it is without batch norm, and where both end."""
    found = smoothness.load(value("smooth"))
    mean = {key: float(values.mean()) for key, values in smoothness.numbers(found).items()}
    ratios = {
        name: number(mean[f"{measure}.plain"] / mean[f"{measure}.bn"], 2)
        for name, measure in (("range_ratio", "loss_range"), ("change_ratio", "change"))
    }
    ends = {arm: percent(float(found.accuracy[a, :, -1].mean())) for a, arm in enumerate(ARMS)}
    return ratios | ends


def more(now: Moment) -> None:
    """How the gradient changes on the way, every number, and a run of one's own."""
    chosen = value("smooth")
    page.say(f"{LESSON}/speed_smooth", **ETAS)
    runs.train(now, "smooth", smoothness.one_seed)
    found, own = smoothness.load(chosen), runs.own_run("smooth")
    runs.say_stopped("smooth", own)
    _curves("change", "largest_change", own, (), 340)
    runs.bands(found, own)
    by_seed, ours = smoothness.numbers(found), None if own is None else smoothness.numbers(own)
    rows = [
        (t(f"{LESSON}.smooth.median_{name}"), short, *runs.by_arm(name, ARMS, by_seed, ours))
        for name in ("loss_range", "change")
    ]
    final = None if own is None else own.accuracy[:, 0, -1]
    end = (t(f"{LESSON}.speed.accuracy"), percent, found.accuracy[..., -1], final)
    runs.results("smooth", ARMS, [*rows, end])
    st.markdown(prose(f"{LESSON}/smooth_{chosen}", **said(now)))
    page.source(smoothness.Tries, smoothness.train_all, key=f"{LESSON}-smooth")
