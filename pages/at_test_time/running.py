"""The second section of the lesson on train and test: running statistics over a whole training."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from experiments.at_test_time import running
from experiments.at_test_time.running import Lab, Staleness, StaticError
from experiments.trained import REGIMES, trained
from figures.theme import colour
from pages.at_test_time import charts as figures
from pages.at_test_time.company import LESSON, chart, value, words
from ui import controls, text
from ui.numbers import number, percent
from ui.tables import Cell, table
from ui.text import prose, t

REPLICATES = 1000


@st.cache_resource(max_entries=64, show_spinner=False)
def lab(regime: str, decay: float, start: str, corrected: bool) -> Lab:
    return running.lab(regime, decay, start, corrected)


@st.cache_resource(max_entries=64, show_spinner=False)
def static(unit: int, layer: int, decay: float, corrected: bool) -> StaticError:
    config = REGIMES["slow"]
    how: dict[str, Any] = {"replicates": REPLICATES, "corrected": corrected}
    return running.static_error(unit, layer, decay, config.batch_size, config.steps, **how)


@st.cache_resource(max_entries=32, show_spinner=False)
def staleness(decay: float, regime: str) -> Staleness:
    return running.staleness(decay, regime)


class Now(NamedTuple):
    """One unit at the step where training is stopped."""

    step: int
    batch: tuple[float, float]  # mean and variance
    running: tuple[float, float]
    true: tuple[float, float]
    accuracy: float
    exact: float


def now(found: Lab) -> Now:
    """Read at the stop, or at the end of a run that is over before it."""
    at = int(np.flatnonzero(found.snapshots <= value("stop"))[-1])
    step = int(found.snapshots[at])
    place = value("layer") - 1, value("unit") - 1
    return Now(
        step,
        (float(found.batch_mean[step - 1][place]), float(found.batch_var[step - 1][place])),
        (float(found.running_mean[step][place]), float(found.running_var[step][place])),
        (float(found.true_mean[at][place]), float(found.true_var[at][place])),
        float(found.accuracy[at]),
        float(found.exact_accuracy[at]),
    )


def averages() -> None:
    """Batch, running and true values of one unit, and the accuracy that comes of them."""
    choose()
    found = lab(value("regime"), value("decay"), value("start"), value("corrected"))
    stopped = now(found)
    if stopped.step < value("stop"):
        known = {"steps": len(found.batch_mean), "asked": value("stop")}
        st.caption(t(f"{LESSON}.follow.ended", **known))
    left, right = st.columns(2, gap="medium")
    with left:
        follow("mean", found, stopped)
    with right:
        follow("var", found, stopped)
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        score(found, stopped)
    with right:
        numbers(stopped)
        known = {"step": stopped.step, "decay": number(value("decay"))}
        known |= {"running": percent(stopped.accuracy), "exact": percent(stopped.exact)}
        st.markdown(t(f"{LESSON}.score.say", **known))


def choose() -> None:
    """What is averaged, and how."""
    left, right = st.columns(2, gap="medium")
    with left:
        controls.ladder(LESSON, "decay")
        controls.ladder(LESSON, "stop")
    with right:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            controls.choice(LESSON, "regime")
            controls.choice(LESSON, "layer")
            controls.entry(LESSON, "unit", width=130)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            controls.choice(LESSON, "start", disabled=value("corrected"))
            controls.switch(LESSON, "corrected")


def follow(idea: str, found: Lab, stopped: Now) -> None:
    """One statistic of the unit over all steps."""
    place = (slice(None), value("layer") - 1, value("unit") - 1)
    batch, kept = (getattr(found, f"{name}_{idea}") for name in ("batch", "running"))
    known, true = found.snapshots, found.true_var
    if idea == "mean":  # recorded at each step
        true = trained(value("regime")).path_mean
        known = np.arange(len(true))
    title = t(f"{LESSON}.follow.title_{idea}", layer=value("layer"), unit=value("unit"))
    which = ("mean", "var").index(idea)
    st.markdown(f"**{title}**")
    figure = figures.follow(
        text.mode(),
        batch[place],
        kept[place],
        known,
        true[place],
        stopped.step,
        idea,
        words("follow", "batch", "running", "true", "axis"),
    )
    said = {"running": number(stopped.running[which]), "true": number(stopped.true[which])}
    chart(figure, "follow", key=idea, title=title, stop=stopped.step, **said)


def score(found: Lab, stopped: Now) -> None:
    """Test accuracy had training ended at each of the kept steps."""
    st.markdown(f"**{t(f'{LESSON}.score.title')}**")
    figure = figures.accuracy(
        text.mode(),
        found.snapshots,
        found.accuracy,
        found.exact_accuracy,
        stopped.step,
        words("score", "running", "exact", "axis", "accuracy"),
    )
    said = {"running": percent(stopped.accuracy), "exact": percent(stopped.exact)}
    chart(figure, "score", step=stopped.step, **said)


def numbers(stopped: Now) -> None:
    """What stands at the stop, as computed."""
    mode, word = text.mode(), f"{LESSON}.follow"
    heads = [Cell(t(f"{word}.at", step=stopped.step))]
    heads += [Cell(t(f"{word}.head_{idea}"), colour=colour(idea, mode)) for idea in ("mean", "var")]
    rows = {name: getattr(stopped, name) for name in ("batch", "running", "true")}
    rows["gap"] = tuple(a - b for a, b in zip(stopped.running, stopped.true, strict=True))
    hues = {"running": colour("running", mode)}
    table(
        heads,
        [
            [Cell(t(f"{word}.row_{name}"), colour=hues.get(name, "")), *map(_cell, pair)]
            for name, pair in rows.items()
        ],
        name="kept",
        lesson=LESSON,
    )


def _cell(x: float) -> Cell:
    return Cell(number(x, 3), value=f"{x:.6g}")


# --- what an average gets wrong ---


def late_or_stale() -> None:
    """The error of the running means, taken apart: the start, the lag, the draw."""
    found = staleness(value("decay"), value("regime"))
    last = len(found.steps) - 1
    stop, corrected = min(value("stop"), last), value("corrected")
    parts = (
        (found.corrected_error, None, found.corrected_lag, found.corrected_sampling)
        if corrected
        else (found.error, found.startup, found.lag, found.sampling)
    )
    known = {"step": stop, "decay": number(value("decay")), "weight": percent(_at(found, stop))}
    for name in ("error", "startup", "lag", "sampling", "corrected_error", "corrected_lag"):
        known[name] = number(float(getattr(found, name)[stop]), 2)
    left, right = st.columns([5, 4], gap="large", vertical_alignment="center")
    with left:
        names = ("error", "startup", "lag", "sampling", "axis", "sds")
        steps = found.steps[1:]
        shown: Any = (None if part is None else part[1:] for part in parts)
        error, startup, lag, sampling = shown
        figure = figures.stale(
            text.mode(), steps, error, startup, lag, sampling, stop, words("stale", *names)
        )
        chart(figure, "stale", **known)
    with right:
        st.markdown(prose(f"{LESSON}/stale", **known))


def _at(found: Staleness, step: int) -> float:
    return float(found.start_weight[step])


def at_best() -> None:
    """On frozen weights: what is left is the draw of the batches, and a law says how much."""
    title = t(f"{LESSON}.static.title")
    drawer = st.expander(title, icon=":material/rule:", key="static", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        place = value("unit") - 1, value("layer") - 1
        found = static(*place, value("decay"), value("corrected"))
        stop = value("stop")
        known = {"t": stop, "replicates": REPLICATES, "m": REGIMES["slow"].batch_size}
        known |= {"unit": value("unit"), "layer": value("layer"), "sd": number(found.sd, 3)}
        known["measured"] = number(float(found.measured[stop]), 3)
        known["law"] = number(float(found.law[stop]), 3)
        shape = "corrected" if value("corrected") else "plain"
        st.markdown(prose(f"{LESSON}/static_{shape}", **known))
        if value("layer") > 1:
            st.markdown(t(f"{LESSON}.static.above"))
        names = ("measured", "law", "axis", "error")
        labels = {name: t(f"{LESSON}.static.{name}", replicates=REPLICATES) for name in names}
        curves = (found.steps[1:], found.measured[1:], found.law[1:])
        chart(figures.static_error(text.mode(), *curves, stop, labels), "static", **known)
