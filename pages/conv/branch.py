"""A residual network at its start: how the trunk grows, and how little each branch comes to."""

from __future__ import annotations

from typing import Any

import streamlit as st

from bncore.layers import Join
from experiments.conv import branch as experiment
from pages.conv import LESSON, deep
from pages.conv.deep import Panel
from ui import page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import t

NORMS = {"plain": "none", "bn": "before"}


@st.cache_resource(show_spinner=False)
def found() -> dict[str, experiment.Growth]:
    """A fifth of a second: kept for everyone."""
    return {arm: experiment.growth(norm) for arm, norm in NORMS.items()}


def picture(now: Moment) -> None:
    """Variance of the trunk, and the share of the branch in it, block by block."""
    trunk = {arm: each.trunk[1:] for arm, each in found().items()}
    share = {arm: each.share for arm, each in found().items()}
    word = f"{LESSON}.branch"
    deep.picture(
        now,
        "depth",
        [
            Panel(t(f"{word}.trunk"), trunk, (0.3, 1e16), log=True),
            Panel(t(f"{word}.share"), share, (0, 0.8), share=True, filled=True),
        ],
    )


def said(now: Moment) -> dict[str, Any]:
    """At the block that is chosen; the answer is about the deepest."""
    at = LESSON.value("depth")
    last = LESSON.default("depth", now.name)
    known = {f"last_{arm}": percent(each.share[last - 1]) for arm, each in found().items()}
    known |= {f"{arm}_share": percent(each.share[at - 1]) for arm, each in found().items()}
    known |= {f"{arm}_trunk": number(each.trunk[at], 3) for arm, each in found().items()}
    return known | {"block": at, "last": last, "blocks": experiment.BLOCKS}


def more(now: Moment) -> None:
    """How it is computed."""
    page.say(f"{LESSON}/branch")
    known = {"width": experiment.WIDTH, "images": experiment.IMAGES, "blocks": experiment.BLOCKS}
    st.caption(t(f"{LESSON}.branch.of_run", **known))
    page.source(experiment.growth, Join, key=f"{LESSON}-branch")
