"""What a unit of layer 3 receives while the layers below it learn: internal covariate shift."""

from __future__ import annotations

import streamlit as st

from experiments.presets import FIGURE_1
from experiments.why import two_shifts
from figures.parts import guessed
from pages.why import charts_shift as figures
from pages.why.parts import LESSON, chart, words
from ui import page
from ui.numbers import number
from ui.scenes import Moment
from ui.text import mode, t

MARKED = ("same", "pinned")  # where the median had begun, and at 0


def picture(now: Moment) -> None:
    """The same images at every step, in both networks; at first only as training begins."""
    found = two_shifts.measured()
    figure = figures.inside(
        mode(),
        found.steps,
        found.plain,
        found.bn,
        words("internal", "step", "u", "plain", "bn"),
        upto=len(found.steps) if now.seen else 1,
    )
    expected = float(found.plain[0, 1]) if now.guess == "same" else 0.0
    chart(
        guessed(figure, now.mark(*MARKED), float(found.steps[-1]), expected, mode()),
        "internal.alt_inside" if now.seen else "internal.alt_before",
        "inside",
        **(_medians() if now.seen else {}),
    )


def _medians() -> dict[str, str]:
    found = two_shifts.measured()
    return {
        f"{name}_{end}": number(float(arm[i, 1]), 2)
        for name, arm in (("plain", found.plain), ("bn", found.bn))
        for end, i in (("first", 0), ("last", -1))
    }


def said(now: Moment) -> dict[str, object]:
    """Medians at both ends, how wide the bands are, and what the network is."""
    found = two_shifts.measured()
    wide = {
        f"{name}_{end}_wide": number(float(arm[i, 2] - arm[i, 0]), 2)
        for name, arm in (("plain", found.plain), ("bn", found.bn))
        for end, i in (("first", 0), ("last", -1))
    }
    return _medians() | wide | {"probe": FIGURE_1.probe}


def more(now: Moment) -> None:
    """The other shift that shares the name, and both beside each other."""
    found = two_shifts.measured()
    st.markdown(t(f"{LESSON}.internal.outside"))
    ink, dark = (number(float(x), 2) for x in (found.inputs[:, 1].mean(), found.dark[1]))
    chart(
        figures.outside(
            mode(),
            found.steps[1:],
            found.inputs,
            found.dark,
            words("internal", "step", "inputs", "training", "test"),
        ),
        "internal.alt_outside",
        "outside",
        ink=ink,
        dark=dark,
    )
    page.say(f"{LESSON}/apart")
    run = FIGURE_1
    known = {"depth": run.depth, "width": run.width, "probe": run.probe}
    known |= dict(zip(("low", "_", "high"), two_shifts.PERCENTILES, strict=True))
    st.caption(t(f"{LESSON}.internal.how", a=number(two_shifts.DARK), **known))
    page.source(two_shifts.measured, key="layer3")
