"""What one mini-batch does to every value: its mean adds, its spread multiplies; and dropout."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from experiments.noise import batches as experiment
from experiments.noise.batches import Kinds, Noise
from figures.theme import colour
from pages.noise import LESSON
from pages.noise import charts as figures
from pages.noise.common import cells, measured, value, words
from ui import drag, page
from ui.chart import plot
from ui.numbers import number, short
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

DRAWS = 24  # that are shown, one after the other
VALUES = (-2.0, -1.0, 0.0, 1.0, 2.0)  # beside that of the image
REACH = 4.0  # of the axis
STRIPS = ("added", "multiplied", "dropped")

_component = drag.component("kinds", "draws/style.css")


def picture(now: Moment) -> None:
    """Threads from exact values to what a batch makes of them; before the answer they hang down."""
    found = measured()
    known = {"m": value("m"), "t": short(found.t), "keep": value("keep")}
    known |= {"values": ", ".join(map(number, VALUES))}
    alt = t(f"{LESSON}.kinds.{'alt' if now.seen else 'alt_before'}", **known)
    said = words("kinds", "mine", "one", "all", "again", *STRIPS, **known)
    drag.mount(
        _component,
        LESSON,
        ("keep",),
        key="kinds",
        words=said | {"alt": alt},
        begun=now.seen,
        still=now.whole,
        draws=DRAWS,
        reach=REACH,
        values=[round(found.t, 3), *VALUES],
        strips=_strips(found) if now.seen else None,
    )


def _strips(found: Noise) -> dict[str, Any]:
    """Where the threads end, in hundredths: (D, E), and for dropout by what it keeps."""
    each: dict[Any, Kinds] = {
        keep: experiment.kinds(found, VALUES, keep, value("seed"), DRAWS)
        for keep in LESSON.options("keep")
    }
    one = each[value("keep")]
    return {
        "added": [_whole(one.added)],
        "multiplied": [_whole(one.multiplied)],
        "dropped": [_whole(kinds.dropped) for kinds in each.values()],
    }


def _whole(values: np.ndarray) -> list[list[int]]:
    return (100 * values).round().astype(int).tolist()


def said(now: Moment) -> dict[str, object]:
    """How far both parts spread."""
    found = measured()
    return {"m": value("m"), "sd_a": short(found.sd_a), "sd_b": short(found.sd_b)}


def more(now: Moment) -> None:
    """Both parts of every batch, and what the law says of them."""
    page.say(f"{LESSON}/parts")
    parts(measured())
    page.source(
        experiment.one_example, experiment.kinds, experiment.law, key=f"{LESSON}-{now.name}"
    )


def parts(found: Noise) -> None:
    """What each batch did to the image: a factor and an offset."""
    left, right = st.columns([5, 4], gap="large", vertical_alignment="center")
    with left:
        chart = words("parts", "a", "b", "batches", "law_a", "law_b")
        shown = {"sd_a": short(found.sd_a), "sd_b": short(found.sd_b), "m": value("m")}
        plot(
            figures.parts(mode(), found.a, found.b, found.law_a, found.law_b, chart),
            key="parts",
            alt=t(f"{LESSON}.parts.alt", **shown),
        )
    with right:
        heads = [Cell(t(f"{LESSON}.parts.{name}")) for name in ("of", "measured", "law")]
        rows = {
            "b": (found.sd_b, found.law_b, "mean"),
            "a": (found.sd_a, found.law_a, "var"),
            "z_norm": (found.sd, found.law, "z_norm"),
        }
        lines = [
            [Cell(t(f"{LESSON}.parts.row_{name}"), colour=colour(idea, mode())), *cells(*both)]
            for name, (*both, idea) in rows.items()
        ]
        table(heads, lines, name="parts", lesson=LESSON)
        said = t(f"{LESSON}.parts.say")
        if far := figures.outside(found.a, found.b):
            said += " " + t(f"{LESSON}.parts.outside", far=far, draws=len(found.a))
        st.markdown(said)
