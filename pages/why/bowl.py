"""One floor up: the bowl that the output layer stands in, without batch norm and with it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from experiments.why import floors, spectrum
from experiments.why.spectrum import Spectra
from figures.theme import colour
from pages.why import charts_bowl
from pages.why import charts_inputs as figures
from pages.why.parts import LESSON, STYLE, chart, stands, value, words
from ui import controls, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

NORMS = {"none": "plain", "before": "bn"}  # with the colour of each
HUES = NORMS | {"after": "after"}
PATIENCE = 1000  # steps until a way counts as too long


@st.cache_resource(max_entries=64, show_spinner=False)
def bowl(activation: str, norm: str, seed: int) -> floors.Bowl:
    return floors.bowl(activation, norm, seed)


def here(norm: str) -> tuple[floors.Bowl, floors.Descent]:
    """The bowl of what is chosen, and the way down at the chosen rate."""
    found = bowl(value("nonlinearity"), norm, value("seed"))
    return found, floors.descent(found, value("step"), PATIENCE)


def picture(now: Moment) -> None:
    """Both bowls under one learning rate."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="bowl-controls"):
        if stands(now, "bowl"):
            controls.choice(LESSON, "nonlinearity")
        controls.ladder(LESSON, "step", width=300)
    for norm in NORMS:
        _bowl(norm, now.seen)


def _bowl(norm: str, seen: bool) -> None:
    name = t(f"{LESSON}.networks.{NORMS[norm]}")
    marks = words("bowl", "start", "lowest")
    if not seen:
        svg, told = charts_bowl.plain_ground(mode(), marks), ""
        alt = t(f"{LESSON}.floor.alt_before", name=name)
    else:
        found, way = here(norm)
        curvature = np.array([found.middle, found.steepest])
        hue = NORMS[norm]
        svg = charts_bowl.valley(mode(), hue, found.start, curvature, way.w, way.diverged, marks)
        told = said_of(way.diverged, way.steps_to_close)
        ratio = number(found.axis_ratio, 2)
        alt = t(f"{LESSON}.floor.alt", name=name, ratio=ratio, said=aloud(told))
    head = t(f"{LESSON}.floor.head", name=name, said=told) if told else f"**{name}**"
    st.markdown(head)
    page.at_once(charts_bowl.image(svg, alt), STYLE)


def said_of(diverged: bool, steps: int | None) -> str:
    """Where a way leads to."""
    if diverged:
        return t(f"{LESSON}.bowl.diverged")
    left = percent(floors.CLOSE, 0)
    if steps is None:
        return t(f"{LESSON}.bowl.slow", steps=PATIENCE, left=left)
    return t(f"{LESSON}.bowl.close", steps=steps, left=left)


def aloud(told: str) -> str:
    """The same for those who hear it: a picture's name has no Markdown."""
    return told.replace("**", "")


def said(now: Moment) -> dict[str, str]:
    """How long each bowl is, and what rate each bears."""
    known = {}
    for norm, name in NORMS.items():
        found, _ = here(norm)
        known[f"{name}_ratio"] = number(found.axis_ratio, 2)
        known[f"{name}_limit"] = number(found.lr_limit, 2)
    return known


# --- the drawer: all directions, all placements ---


@st.cache_resource(max_entries=64, show_spinner=False)
def measured(seed: int) -> Spectra:
    return spectrum.one_seed(seed)


def more(now: Moment) -> None:
    """How steep every direction is, before any training."""
    run = spectrum.config("relu")
    page.say(f"{LESSON}/spectra", depth=run.depth, width=run.width, images=spectrum.IMAGES)
    controls.entry(LESSON, "seed", width=220)
    found, row = measured(value("seed")), spectrum.ACTIVATIONS.index(value("nonlinearity"))
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    ratios = {norm: number(float(found.to_median[row, i]), 2) for i, norm in enumerate(found.norms)}
    with left:
        lines = dict(zip(found.norms, found.eigenvalues[row], strict=True))
        chart(
            figures.spectra(mode(), lines, words("spectra", "axis", "ratio", *found.norms)),
            "spectra.alt",
            "spectra",
            activation=controls.option_label(LESSON, "nonlinearity", value("nonlinearity")),
            **ratios,
        )
    with right:
        _ratios(found)
        st.markdown(t(f"{LESSON}.spectra.say_{value('nonlinearity')}", **ratios))
    page.source(floors.bowl, floors.descent, spectrum.last_hidden, spectrum.spectrum, key="bowl")


def _ratios(found: Spectra) -> None:
    heads = [Cell("")] + [Cell(t(f"ui.options.{name}")) for name in found.activations]
    rows = [
        [
            Cell(t(f"{LESSON}.spectra.{norm}"), colour=colour(HUES[norm], mode())),
            *(Cell(number(float(x), 2), f"{x:.4g}") for x in found.to_median[:, i]),
        ]
        for i, norm in enumerate(found.norms)
    ]
    table(heads, rows, name="spectra", lesson=LESSON)
