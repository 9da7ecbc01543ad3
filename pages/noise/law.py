"""How the spread falls with the batch size, and the law that says so."""

from __future__ import annotations

import numpy as np
import streamlit as st

from experiments.noise import batches as experiment
from figures.parts import guessed
from pages.noise import LESSON
from pages.noise import charts as figures
from pages.noise.common import by_size, measured, place, value, words
from ui import page
from ui.chart import plot
from ui.numbers import latex, number, short
from ui.scenes import Moment
from ui.text import mode, t

BEFORE, AFTER = 64, 16  # the sizes that the question is about
TIMES = {"double": 2, "four": 4, "same": 1}  # what the options make of the spread
MARKED = tuple(TIMES)


def picture(now: Moment) -> None:
    """The spread for all batch sizes at once, on logarithmic axes; before, for one of them."""
    found = by_size(*place(), value("seed"))
    chart = words("law", "axis", "sd", "measured", "law", "root")
    first, last = (short(float(sd)) for sd in found.sd[[0, -1]])
    known = {"first": first, "last": last, "slope": short(found.slope), "m": BEFORE}
    alt = "alt" if now.seen else "alt_before"
    one = None if now.seen else found.sizes == BEFORE
    figure = figures.law(mode(), found.sizes, found.sd, found.law, value("m"), chart, only=one)
    expected = TIMES.get(now.guess or "", 1) * float(found.sd[found.sizes == BEFORE][0])
    plot(
        guessed(figure, now.mark(*MARKED), np.log10(AFTER), np.log10(expected), mode()),
        key="law",
        alt=t(f"{LESSON}.law.{alt}", **known),
    )


def said(now: Moment) -> dict[str, object]:
    """What the points come to."""
    return {"slope": short(by_size(*place(), value("seed")).slope)}


def more(now: Moment) -> None:
    """The law with this example's numbers, and where it ends."""
    found = measured()
    known = {
        "t": short(found.t),
        "skew": short(found.skew),
        "kurtosis": short(found.kurtosis),
        "skewed": _signed(found.t * found.skew),
        "stretched": latex(found.t**2 * (found.kurtosis - 1) / 4, 3),
        "m": value("m"),
        "law": latex(found.law, 3),
    }
    page.say(f"{LESSON}/law", **known)
    st.markdown(t(f"{LESSON}.law.few"))
    if value("layer") > 1:
        ratio = number(measured_over_law(), 2)
        st.markdown(t(f"{LESSON}.law.deeper", layer=value("layer"), ratio=ratio))
    page.source(experiment.law, experiment.member, key=f"{LESSON}-{now.name}")


def measured_over_law() -> float:
    """From m = 8 on, on average."""
    found = by_size(*place(), value("seed"))
    far = found.sizes >= 8
    return float(np.exp(np.log(found.sd / found.law)[far].mean()))


def _signed(x: float) -> str:
    return rf"({latex(x, 3)})" if x < 0 else latex(x, 3)
