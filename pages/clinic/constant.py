"""A constant feature comes out as ±1."""

from __future__ import annotations

import streamlit as st

from bncore.batchnorm import center
from experiments.clinic import constant as experiment
from pages.clinic import LESSON
from pages.clinic.common import Fact, cure, facts, value
from ui import controls
from ui.numbers import number
from ui.scenes import Moment
from ui.tables import Cell, exact, table
from ui.text import t

FAR = 0.1  # so far from 0 is ill
DIFFERENCES = (10.0, 1.0, 0.1, 0.01, 0.001, 0.0)


def picture(now: Moment) -> None:
    """The steps for a constant, written plainly, and the same by the lab's own layer."""
    z = value("constant") if now.seen else LESSON.default("constant", now.name)
    found, known = experiment.constant(z), {"m": experiment.M}
    names = ("z", "mean", "off", "z_norm", "here")
    words = {name: t(f"{LESSON}.constant.{name}", **known) for name in names}
    told = now.seen
    facts(
        Fact(words["z"], found.z, digits=9),
        Fact(words["mean"], found.mean if told else None, told and found.off != 0, digits=9),
        Fact(words["off"], found.off if told else None, told and found.off != 0, digits=3),
        Fact(words["z_norm"], found.z_norm if told else None, told and abs(found.z_norm) > FAR, 3),
        Fact(words["here"], found.here if told else None),
    )
    if now.seen:
        controls.ladder(LESSON, "constant")


def said(now: Moment) -> dict[str, object]:
    """What rounding left, and what became of it."""
    found = experiment.constant(value("constant"))
    asked = experiment.constant(LESSON.default("constant", now.name))
    return {
        "m": experiment.M,
        "off": number(found.off, 3),
        "z_norm": number(found.z_norm, 3),
        "asked_off": number(asked.off, 3),
        "asked_z_norm": number(asked.z_norm, 3),
    }


def more(now: Moment) -> None:
    """Why two examples give ±1, and what to do."""
    st.markdown(t(f"{LESSON}.constant.two"))
    heads = [Cell(t(f"{LESSON}.constant.difference")), *(exact(d) for d in DIFFERENCES)]
    row = [Cell("z_norm"), *(exact(experiment.of_two(d)) for d in DIFFERENCES)]
    table(heads, [row], name="two", lesson=LESSON)
    st.markdown(t(f"{LESSON}.constant.libraries"))
    cure(now.name, experiment.constant, center)
