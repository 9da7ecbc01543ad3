"""What an average gets wrong: late, or stale? And how good it can be."""

from __future__ import annotations

from typing import Any

import streamlit as st

from experiments.at_test_time import running
from experiments.at_test_time.running import Staleness, StaticError
from experiments.trained import REGIMES
from pages.at_test_time import LESSON, charts
from pages.at_test_time.common import chart, value, words
from ui import controls, page, text
from ui.chart import plot
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import prose, t

REPLICATES = 1000


@st.cache_resource(max_entries=64, show_spinner=False)
def static(unit: int, layer: int, decay: float, corrected: bool) -> StaticError:
    config = REGIMES["slow"]
    how: dict[str, Any] = {"replicates": REPLICATES, "corrected": corrected}
    return running.static_error(unit, layer, decay, config.batch_size, config.steps, **how)


@st.cache_resource(max_entries=32, show_spinner=False)
def staleness(decay: float, regime: str) -> Staleness:
    return running.staleness(decay, regime)


def picture(now: Moment) -> None:
    """The error of the running means, and once it is told, what it is made of."""
    found, stop = _found()
    steps = found.steps[1:]
    if value("corrected"):
        parts = [found.corrected_error, None, found.corrected_lag, found.corrected_sampling]
    else:
        parts = [found.error, found.startup, found.lag, found.sampling]
    if not now.seen:
        parts[1:] = [None, None, None]
    shown: list[Any] = [None if part is None else part[1:] for part in parts]
    error, startup, lag, sampling = shown
    names = ("error", "startup", "lag", "sampling", "axis", "sds")
    top = max(found.error.max(), found.corrected_error[1:].max())
    figure = charts.stale(
        text.mode(), steps, error, startup, lag, sampling, stop, words("stale", *names), float(top)
    )
    word = "alt" if now.seen else "before"
    known = said(now) if now.seen else {"step": stop}
    plot(figure, key="figure-stale", alt=t(f"{LESSON}.stale.{word}", **known))
    with st.container(horizontal=True, vertical_alignment="bottom", key="stale-controls"):
        controls.ladder(LESSON, "decay", width="stretch")
        controls.ladder(LESSON, "stop", width="stretch")
        if not now.whole:  # there it stands with the averages
            controls.switch(LESSON, "corrected")


def _found() -> tuple[Staleness, int]:
    """The error taken apart, and the step that it is read at."""
    found = staleness(value("decay"), value("regime"))
    return found, min(value("stop"), len(found.steps) - 1)


def said(now: Moment) -> dict[str, Any]:
    """The error and its parts at the stop; of chance, its part in what was asked about."""
    found, stop = _found()
    known: dict[str, Any] = {"step": stop, "decay": number(value("decay"))}
    known["weight"] = percent(float(found.start_weight[stop]))
    names = ("error", "startup", "lag", "sampling")
    for name in (*names, "corrected_error", "corrected_lag"):
        known[name] = number(float(getattr(found, name)[stop]), 2)
    asked = staleness(*(LESSON.default(name, now.name) for name in ("decay", "regime")))
    chance = asked.corrected_sampling[-1] / asked.corrected_error[-1]
    return known | {"chance": percent(float(chance))}


def more(now: Moment) -> None:
    """The three parts in words; on frozen weights, what is left and a law for it."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(prose(f"{LESSON}/stale", **said(now)))
    with right:
        at_best()
    page.source(running.parts, running.staleness, key="stale")


def at_best() -> None:
    """On frozen weights what is left is the draw of the batches, and a law says how much."""
    st.markdown(f"**{t(f'{LESSON}.static.title')}**")
    place = value("unit") - 1, value("layer") - 1
    found = static(*place, value("decay"), value("corrected"))
    stop = value("stop")
    known = {"t": stop, "replicates": REPLICATES, "m": REGIMES["slow"].batch_size}
    known |= {"unit": value("unit"), "layer": value("layer"), "sd": number(found.sd, 3)}
    known["measured"] = number(float(found.measured[stop]), 3)
    known["law"] = number(float(found.law[stop]), 3)
    names = ("measured", "law", "axis", "error")
    labels = {name: t(f"{LESSON}.static.{name}", replicates=REPLICATES) for name in names}
    curves = (found.steps[1:], found.measured[1:], found.law[1:])
    chart(charts.static_error(text.mode(), *curves, stop, labels), "static", **known)
    shape = "corrected" if value("corrected") else "plain"
    st.markdown(prose(f"{LESSON}/static_{shape}", **known))
    if value("layer") > 1:
        st.markdown(t(f"{LESSON}.static.above"))
