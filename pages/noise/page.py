"""The noise that a mini-batch brings: how large, what it is like, and what it does."""

from __future__ import annotations

import streamlit as st

from bncore.layers import Drop, NormInGroups
from experiments.noise import batches as experiment
from experiments.noise.ablation import Layers
from pages.noise import LESSON, small_batches
from pages.noise import evidence as noise_evidence
from pages.noise import one as show
from pages.noise.small_batches import LIVE
from ui import controls, page
from ui.numbers import number


@page.fragment(LESSON)
def one() -> None:
    """One image: whatever is chosen here concerns dropout's section, too."""
    page.say(f"{LESSON}/one")
    which, picture = st.columns([4, 7], gap="large", vertical_alignment="center")
    with which:
        show.digit("image")
        with st.container(horizontal=True, key="place"):
            controls.entry(LESSON, "image", width=130)
            controls.entry(LESSON, "unit", width=130)
            controls.choice(LESSON, "layer")
            controls.entry(LESSON, "seed", width=130)
        controls.ladder(LESSON, "m")
    found = show.measured()
    with picture:
        show.spread(found)
    picture, formula = st.columns([7, 6], gap="large", vertical_alignment="center")
    with picture:
        show.law(found)
    with formula:
        show.law_in_numbers(found)
    page.say(f"{LESSON}/parts")
    show.parts(found)
    dropout()


@page.fragment(LESSON)
def dropout() -> None:
    page.say(f"{LESSON}/dropout")
    controls.ladder(LESSON, "keep", width=420)
    show.dropout(show.measured(), show.dropped())
    show.beside()
    page.say(f"{LESSON}/together")
    with st.container(horizontal=True, vertical_alignment="bottom", key="second"):
        controls.entry(LESSON, "other", width=130)
        show.digit("other")
    show.together(show.both())


@page.fragment(LESSON)
def regularize() -> None:
    page.say(f"{LESSON}/regularize", batch=noise_evidence.GROUPS[-1])
    noise_evidence.does_it_regularize()


@page.fragment(LESSON)
def ablation() -> None:
    page.say(f"{LESSON}/ablation")
    noise_evidence.does_it_lean()


@page.fragment(LESSON)
def batches() -> None:
    page.say(f"{LESSON}/batches")
    small_batches.choose()
    LIVE.say_trouble()
    LIVE.watch()
    small_batches.story(small_batches.shown())


small_batches.settle()
page.say(f"{LESSON}/intro")
page.question(
    LESSON,
    "predict",
    ("still", "tenth", "whole"),
    right="tenth",
    draws=experiment.DRAWS,
    m=LESSON.control("m").default,
    root=number(LESSON.control("m").default ** 0.5),
    mean=number(LESSON.control("m").default ** -0.5),
    least=LESSON.options("m")[0],
    most=LESSON.options("m")[-1],
)
one()
regularize()
ablation()
batches()
page.say(f"{LESSON}/checks")
page.question(LESSON, "shared", ("same", "own", "opposite"), right="same")
page.question(LESSON, "size", ("double", "four", "same"), right="double")
page.question(LESSON, "use", ("yes", "no", "none"), right="no")
page.source(
    experiment.meet,
    experiment.one_example,
    experiment.law,
    experiment.dropout,
    NormInGroups,
    Drop,
    Layers.accuracy,
    key=LESSON,
)
