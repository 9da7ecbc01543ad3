"""Batch norm inside a network so small that every number can be seen: the map, and one step."""

from __future__ import annotations

import streamlit as st

from ui import network as show
from ui import (
    network_b,
    network_growth,
    network_map,
    network_optimizers,
    network_placement,
    network_scale,
    network_step,
    page,
)

LESSON = show.LESSON


@page.fragment(LESSON)
def little() -> None:
    """The map and the step are of one network at one place: they change together."""
    show.settle()
    page.say(f"{LESSON}/map", m=show.value("m"))
    show.choose()
    diagram, detail = st.columns(2, gap="medium")
    with diagram:
        network_map.diagram()
    with detail:
        network_map.detail()
    network_map.counts()
    page.say(f"{LESSON}/step")
    network_step.walk()
    page.say(f"{LESSON}/paths")
    network_step.three_paths()
    page.say(f"{LESSON}/home")
    show.take_home()


for section in (network_placement, network_optimizers, network_growth):
    section.LIVE.settle()
page.say(f"{LESSON}/intro")
page.question(LESSON, "predict", ("none", "own", "all"), right="all")
little()
network_b.b_is_cancelled()
network_placement.before_or_after()
network_optimizers.four_optimizers()
network_scale.scale_invariance()
page.say(f"{LESSON}/checks")
page.question(LESSON, "count", ("fifty", "hundred", "same"), right="fifty")
page.question(LESSON, "shape", ("batch", "unit", "one"), right="unit")
page.question(LESSON, "constants", ("fast", "wrong", "same"), right="wrong")
