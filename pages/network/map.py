"""The map: the little network from x to the loss; a node shows its numbers, BN its four steps."""

from __future__ import annotations

import streamlit as st

from experiments.network import walkthrough
from experiments.network.little import SIZES, Node
from pages.network import LESSON, diagram, four_steps
from pages.network.formulas import formula, symbol
from ui import little, page
from ui.arrays import arrays
from ui.components import Component, settings
from ui.outside import word
from ui.scenes import Moment
from ui.text import t

KEY = "network-diagram"
HEIGHT = 372  # px of what a node shows: the picture keeps its height whichever is chosen

_component = Component(
    "network",
    {"node": word()},
    html=("network/index.html",),
    css=("controls.css", "network/style.css"),
    js="network/index.js",
    asks="button",
)


def picture(now: Moment) -> None:
    """The network, whose nodes can be chosen; beside it what is in the chosen one."""
    little.settle(LESSON)
    left, right = st.columns(2, gap="medium")
    with left:
        data = diagram.data(little.place(LESSON), LESSON.value("node"))
        _component(key=KEY, data=data, on_node=_commit)
    with right, st.container(height=HEIGHT, border=False, key="network-node"):
        _detail(_chosen())


def _chosen() -> Node:
    return walkthrough.nodes(*little.place(LESSON))[LESSON.value("node")]


def _commit(node: str) -> None:
    """Take over the chosen node, if the registry knows it; else the state stays."""
    LESSON.put(**settings(LESSON, ("node",), {"node": node}))


def _detail(node: Node) -> None:
    """What a node is and has: batch norm its four steps, any other its formula and its numbers."""
    layer = f" · {t(f'{LESSON}.map.layer', layer=node.layer)}" if node.layer else ""
    st.markdown(f"**${symbol(node.id)}$ · {diagram.what(node)}{layer}**")
    if node.kind == "bn":
        of_batch(node)
    else:
        st.markdown(_formula(node))
        arrays(node.values)


def _formula(node: Node) -> str:
    found = walkthrough.nodes(*little.place(LESSON))
    inputs = [one for one, other in diagram.edges(found) if other == node.id]
    return f"$$\n{formula(node, inputs, found, little.network(LESSON).settings)}\n$$"


def of_batch(node: Node) -> None:
    """The first unit of a layer on this mini-batch, from z to z_tilde."""
    four_steps.batch(node, little.network(LESSON).settings)


def said(now: Moment) -> dict[str, object]:
    return {"m": LESSON.value("m"), "units": SIZES["moons"][1]}


def more(now: Moment) -> None:
    """Which network, and what is known of the chosen node: gradients, the formula, the source."""
    little.choose(LESSON)
    node = _chosen()
    st.markdown(f"${symbol(node.id)}$ · {diagram.what(node)}")
    if node.kind == "bn":
        st.markdown(_formula(node))
        arrays(node.values)
    if node.gradients:
        st.caption(t(f"{LESSON}.map.gradient"))
        arrays(node.gradients)
    page.source(node.shown, key="network-node")
