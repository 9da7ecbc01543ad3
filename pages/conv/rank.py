"""Do different images stay different on the way down?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from experiments.conv import rank as experiment
from pages.conv import LESSON, deep
from pages.conv.deep import Panel
from ui import controls, page
from ui.numbers import number, short
from ui.scenes import Moment
from ui.text import t

NORMS = {"plain": "none", "bn": "before"}


@st.cache_resource(show_spinner=False, max_entries=len(experiment.ACTIVATIONS))
def found(activation: str) -> dict[str, experiment.Collapse]:
    """A fraction of a second: kept for everyone."""
    return {arm: experiment.collapse(norm, activation) for arm, norm in NORMS.items()}


def picture(now: Moment) -> None:
    """Effective rank and mean cosine, layer by layer."""
    controls.choice(LESSON, "activation", wrap=True, disabled=not now.seen)
    both = found(LESSON.value("activation"))
    word = f"{LESSON}.rank"
    deep.picture(
        now,
        "layer",
        [
            Panel(t(f"{word}.rank"), {arm: each.rank for arm, each in both.items()}, (0, 45)),
            Panel(t(f"{word}.cosine"), {arm: each.cosine for arm, each in both.items()}, (-0.1, 1)),
        ],
    )


def said(now: Moment) -> dict[str, Any]:
    """At the layer that is chosen; the answer is about what was asked."""
    at, last = LESSON.value("layer"), LESSON.default("layer", now.name)
    asked = found(LESSON.default("activation", now.name))
    known = {f"last_{arm}": short(float(each.cosine[last - 1])) for arm, each in asked.items()}
    for arm, each in found(LESSON.value("activation")).items():
        known |= {
            f"{arm}_rank": number(float(each.rank[at - 1]), 3),
            f"{arm}_cosine": short(float(each.cosine[at - 1])),
        }
    return known | {"at": at, "last": last}


def more(now: Moment) -> None:
    """What the two numbers are, and the code."""
    page.say(f"{LESSON}/rank")
    known = {"width": experiment.WIDTH, "images": experiment.IMAGES, "layers": experiment.DEPTH}
    st.caption(t(f"{LESSON}.rank.of_run", **known))
    page.source(
        experiment.collapse, experiment.effective_rank, experiment.mean_cosine, key=f"{LESSON}-rank"
    )
