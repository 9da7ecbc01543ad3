"""One image that meets other companions in each mini-batch: its z stays, its z_norm does not.

Before the answer there is one mini-batch; what the others make of the image has not been sent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from experiments.noise import batches as experiment
from experiments.noise.batches import Company, Noise
from pages.noise import LESSON
from pages.noise.common import digit, ends, measured, name_of, picture_of, place, value, words
from ui import controls, drag, page
from ui.numbers import short
from ui.scenes import Moment
from ui.text import t

DOTS = 1024  # that a batch size may have in all batches that are sent whole
WHOLE = 24  # of them at most

MARKED = ("still", "little")  # where the image was the first time

_component = drag.component("draws")


def picture(now: Moment) -> None:
    """The batches, one after the other, for every size of a batch: dragged, the cloud narrows."""
    found = measured()
    low, high = ends(found.t)
    known = {"m": value("m"), "draws": experiment.DRAWS, "t": short(found.t)}
    alt = t(f"{LESSON}.draws.{'alt' if now.seen else 'alt_before'}", **known, sd=short(found.sd))
    said = words("draws", "row", "norm", "count", "sd", "one", "all", "again")
    drag.mount(
        _component,
        LESSON,
        ("m",),
        key="draws",
        words=said | words("draws", "exact", **known) | {"alt": alt},
        begun=now.seen,
        still=now.whole,
        draws=experiment.DRAWS,
        ends=[low, high],
        t=round(found.t, 3),
        guess=now.mark(*MARKED),
        image=picture_of(value("image")),
        who=name_of(value("image")),
        sizes=_all_sizes(*place(), value("seed")) if now.seen else _first(found),
    )


def _first(found: Noise) -> list[dict[str, Any] | None]:
    """The first mini-batch alone, of the size that is set."""
    sizes = LESSON.options("m")
    return [_sent(m, *place(), value("seed"), only=1) if m == value("m") else None for m in sizes]


@st.cache_resource(max_entries=256, show_spinner=False)
def _all_sizes(image: int, layer: int, unit: int, seed: int) -> list[dict[str, Any]]:
    """A fifth of a second for a new image: kept for everyone."""
    return [_sent(m, image, layer, unit, seed) for m in LESSON.options("m")]


def _sent(m: int, image: int, layer: int, unit: int, seed: int, only: int = 0) -> dict[str, Any]:
    """In hundredths for members and thousandths for what is read off, as whole numbers."""
    many = only or max(4, min(WHOLE, DOTS // m))
    found: Company = experiment.company(image, layer, unit, m, seed, many)
    last = only or len(found.z_norm)
    members = dict(zip(found.shown.tolist(), _whole(100 * found.t), strict=True))
    return {
        "m": m,
        "z_norm": _whole(1000 * found.z_norm[:last]),
        "batches": {str(k): batch for k, batch in members.items() if k < last},
    }


def _whole(values: np.ndarray) -> Any:
    return values.round().astype(int).tolist()


def said(now: Moment) -> dict[str, object]:
    """What all draws come to, at the size that is set."""
    found = measured()
    return {
        "t": short(found.t),
        "m": value("m"),
        "sd": short(found.sd),
        "draws": len(found.z_norm),
        "low": short(float(found.z_norm.min())),
        "high": short(float(found.z_norm.max())),
    }


def more(now: Moment) -> None:
    """Which image, where in the network; and the code that drew."""
    page.say(f"{LESSON}/one")
    with st.container(horizontal=True, vertical_alignment="bottom", key="place"):
        digit("image")
        controls.entry(LESSON, "image", width=130)
        controls.choice(LESSON, "layer")
        controls.entry(LESSON, "unit", width=130)
        controls.entry(LESSON, "seed", width=130)
    page.source(
        experiment.drawn, experiment.meet, experiment.one_example, key=f"{LESSON}-{now.name}"
    )
