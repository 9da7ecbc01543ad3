"""Exponentially weighted averages: how much each past mini-batch counts, and what they come to."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from experiments.at_test_time import running
from experiments.at_test_time.running import Lab
from experiments.trained import trained
from figures.theme import colour
from pages.at_test_time import LESSON, charts
from pages.at_test_time.common import chart, value, words
from ui import controls, drag, page, text
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import t

FEW = 10  # of the last batches, as asked about
#: what an option of the question says: how many of the last batches count; None is all of them
COUNTS = {"last": 1, "some": FEW, "all": None}
MARKED = tuple(COUNTS)
IDEAS = ("mean", "var")
WORDS = ("start", "older", "few", "weight", "newest", "says", "follows")

_component = drag.component("fading")


@st.cache_resource(max_entries=64, show_spinner=False)
def lab(regime: str, decay: float, start: str, corrected: bool) -> Lab:
    return running.lab(regime, decay, start, corrected)


def found() -> Lab:
    """The averages as they are chosen."""
    return lab(value("regime"), value("decay"), value("start"), value("corrected"))


class Stopped(NamedTuple):
    """One unit at the step where training is stopped."""

    step: int
    batch: tuple[float, float]  # mean and variance
    running: tuple[float, float]
    true: tuple[float, float]
    accuracy: float
    exact: float


def stopped(found: Lab) -> Stopped:
    """Read at the stop, or at the end of a run that is over before it."""
    at = int(np.flatnonzero(found.snapshots <= value("stop"))[-1])
    step = int(found.snapshots[at])
    place = value("layer") - 1, value("unit") - 1
    return Stopped(
        step,
        (float(found.batch_mean[step - 1][place]), float(found.batch_var[step - 1][place])),
        (float(found.running_mean[step][place]), float(found.running_var[step][place])),
        (float(found.true_mean[at][place]), float(found.true_var[at][place])),
        float(found.accuracy[at]),
        float(found.exact_accuracy[at]),
    )


def picture(now: Moment) -> None:
    """The weights of the past batches as bars; below, what they weigh, beside the truth."""
    averages, last = found(), len(trained(value("regime")).batch_mean)
    drag.mount(
        _component,
        LESSON,
        ("decay", "stop"),
        key="drag-averages",
        words=words("fading", *WORDS)
        | words("follow", "running", "true")
        | {idea: t(f"{LESSON}.follow.head_{idea}") for idea in IDEAS}
        | {"guess": now.mark(*MARKED)},
        few=FEW,
        decays=LESSON.options("decay"),
        stops=[min(stop, last) for stop in LESSON.options("stop")],
        panels=[_panel(averages, idea, now.seen) for idea in IDEAS],
        corrected=value("corrected"),
        weighed=now.seen,
        guess=_guess(now),
    )
    with st.container(horizontal=True, vertical_alignment="center", key="averaged"):
        controls.switch(LESSON, "corrected")


def _guess(now: Moment) -> int | None:
    """How many of the last batches the reader thought of; -1 is all, None that nothing was said."""
    return None if now.guess is None else COUNTS[now.guess] or -1


def _panel(averages: Lab, idea: str, told: bool) -> dict[str, Any]:
    """One statistic of the unit: of each batch, where its average starts, and the true values.

    Once it is told, also what is kept at the stop, and the truth there.
    """
    place = (slice(None), value("layer") - 1, value("unit") - 1)
    batch, true, known = getattr(averages, f"batch_{idea}"), averages.true_var, averages.snapshots
    if idea == "mean":  # recorded at each step
        true = trained(value("regime")).path_mean
        known = np.arange(len(true))
    start = {"zero_one": float(idea == "var"), "zeros": 0.0, "first": float(batch[place][0])}
    return {
        "idea": idea,
        "batch": _short(batch[place]),
        "start": start[value("start")],
        "steps": known.tolist(),
        "true": _short(true[place]),
    } | ({"kept": _kept(averages, IDEAS.index(idea))} if told else {})


def _kept(averages: Lab, which: int) -> list[float]:
    at = stopped(averages)
    return [at.running[which], at.true[which]]


def _short(values: np.ndarray) -> list[float]:
    """As exact as they are kept: seven digits."""
    return [float(f"{x:.7g}") for x in values.tolist()]


def said(now: Moment) -> dict[str, object]:
    """What the chosen ρ makes of the last batches, and what it would come to in use.

    What is said of an answer stays with the ρ that was asked about, wherever the slider is.
    """
    at, decay, asked = stopped(found()), value("decay"), LESSON.default("decay", now.name)
    rest = 1 - decay**at.step if value("corrected") else 1.0
    few = (1 - decay ** min(FEW, at.step)) / rest
    oldest = (1 - asked) * asked ** (LESSON.default("stop") - 1)
    return {
        "decay": number(decay),
        "step": at.step,
        "few": FEW,
        "share": percent(few, 0),
        "asked": percent(1 - asked**FEW, 0),
        "newest": percent(1 - asked, 0),
        "steps": LESSON.default("stop"),
        "oldest": percent(oldest, 2),
        "running": percent(at.accuracy),
        "exact": percent(at.exact),
    }


def more(now: Moment) -> None:
    """Whose averages, how they begin; every step of them, and what the network would score."""
    averages = found()
    at = stopped(averages)
    choose()
    if at.step < value("stop"):
        known = {"steps": len(averages.batch_mean), "asked": value("stop")}
        st.caption(t(f"{LESSON}.follow.ended", **known))
    page.say(f"{LESSON}/running")
    for column, idea in zip(st.columns(2, gap="medium"), IDEAS, strict=True):
        with column:
            follow(idea, averages, at)
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        score(averages, at)
    with right:
        numbers(at)
        st.markdown(t(f"{LESSON}.score.say", **said(now)))
    page.source(running.follow, running.average, key="averages")


def choose() -> None:
    """Which unit of which training, and how the averages begin."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.choice(LESSON, "regime")
        controls.choice(LESSON, "layer")
        controls.entry(LESSON, "unit", width=130)
        controls.choice(LESSON, "start", disabled=value("corrected"))


def follow(idea: str, averages: Lab, at: Stopped) -> None:
    """One statistic of the unit over all steps."""
    place = (slice(None), value("layer") - 1, value("unit") - 1)
    batch, kept = (getattr(averages, f"{name}_{idea}") for name in ("batch", "running"))
    known, true = averages.snapshots, averages.true_var
    if idea == "mean":  # recorded at each step
        true = trained(value("regime")).path_mean
        known = np.arange(len(true))
    title = t(f"{LESSON}.follow.title_{idea}", layer=value("layer"), unit=value("unit"))
    which = IDEAS.index(idea)
    st.markdown(f"**{title}**")
    figure = charts.follow(
        text.mode(),
        batch[place],
        kept[place],
        known,
        true[place],
        at.step,
        idea,
        words("follow", "batch", "running", "true", "axis"),
    )
    said = {"running": number(at.running[which]), "true": number(at.true[which])}
    chart(figure, "follow", key=idea, title=title, stop=at.step, **said)


def score(averages: Lab, at: Stopped) -> None:
    """Test accuracy had training ended at each of the kept steps."""
    st.markdown(f"**{t(f'{LESSON}.score.title')}**")
    figure = charts.accuracy(
        text.mode(),
        averages.snapshots,
        averages.accuracy,
        averages.exact_accuracy,
        at.step,
        words("score", "running", "exact", "axis", "accuracy"),
    )
    said = {"running": percent(at.accuracy), "exact": percent(at.exact)}
    chart(figure, "score", step=at.step, **said)


def numbers(at: Stopped) -> None:
    """What stands at the stop, as computed."""
    mode, word = text.mode(), f"{LESSON}.follow"
    heads = [Cell(t(f"{word}.at", step=at.step))]
    heads += [Cell(t(f"{word}.head_{idea}"), colour=colour(idea, mode)) for idea in IDEAS]
    rows = {name: getattr(at, name) for name in ("batch", "running", "true")}
    rows["gap"] = tuple(a - b for a, b in zip(at.running, at.true, strict=True))
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
