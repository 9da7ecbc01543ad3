"""Batch norm inside a network so small that every number can be seen: the map, and one step."""

from __future__ import annotations

import streamlit as st

from pages.network import LESSON
from pages.network import b as network_b
from pages.network import growth as network_growth
from pages.network import map as network_map
from pages.network import optimizers as network_optimizers
from pages.network import place as show
from pages.network import placement as network_placement
from pages.network import scale as network_scale
from pages.network import step as network_step
from ui import page


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
st.html(show.STYLE)  # in a fragment, its next run would write over the styles of others
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
