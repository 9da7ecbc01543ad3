"""Too small a batch, or one that is all alike: both networks train while one watches.

Before the answer the axes are empty, and nothing can be chosen or started.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from experiments.job import train_pair
from experiments.noise import in_sight
from experiments.noise import small_batches as experiment
from experiments.replay import ARMS, Brief
from figures.theme import colour
from pages.noise import LESSON, small_batches
from pages.noise import charts as figures
from pages.noise.common import at_once
from pages.noise.small_batches import LIVE
from ui import controls, page
from ui.chart import plot
from ui.live import POLL
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

WORDS = f"{LESSON}.batches"
ALIKE = tuple(name for name, run in experiment.PRESETS.items() if run.classes_per_batch)
SMALL = tuple(name for name in experiment.PRESETS if name not in ALIKE)


def picture(now: Moment) -> None:
    """What is chosen, both curves, and what starts a run or tells how far it is."""
    if now.seen:
        small_batches.begin()
    _choose(now)
    if not now.seen:
        _curves(np.zeros(0), np.zeros((0, 2)), "alt_before")
        _start(now)
    elif LIVE.going() is None:
        _whole(small_batches.shown())
        _start(now)
    else:
        _grow()
        with st.container(key="noise-live"):
            LIVE.watch()


def _choose(now: Moment) -> None:
    """The mini-batches of this scene, and whatever else a link has chosen."""
    offered = experiment.PRESETS if now.whole else ALIKE if now.name == "sorted" else SMALL
    chosen = LESSON.value("batches")
    among = [name for name in experiment.PRESETS if name in offered or name == chosen]
    controls.choice(
        LESSON,
        "batches",
        among=among,
        on_change=small_batches.pick,
        wrap=True,
        disabled=not now.seen,
    )


def _start(now: Moment) -> None:
    """Which seed, or how long, and the button."""
    LIVE.say_trouble()
    with st.container(key="noise-live"):
        with st.container(horizontal=True, vertical_alignment="bottom", key="live"):
            if now.name != "sorted" or now.whole:
                controls.entry(LESSON, "run", width=130, disabled=not now.seen)
            if now.name == "sorted" or now.whole:
                controls.choice(LESSON, "longer", disabled=not now.seen)
            st.button(
                t(f"{WORDS}.train"),
                type="primary" if now.seen else "secondary",
                icon=":material/play_circle:",
                key="train-batches",
                on_click=small_batches.train,
                disabled=not now.seen,
            )
        if now.seen:
            _say_which(small_batches.shown())
    LIVE.rerun_if_pressed()


def _say_which(run: Brief) -> None:
    """Where the curves are not all of what the controls describe."""
    if run.stopped is not None:
        stopped = t(f"{WORDS}.stopped", step=run.stopped, steps=run.config.steps)
        LIVE.say_stopped(run.stopped, stopped)
    elif run.config != small_batches.config():
        st.caption(t(f"{WORDS}.changed"))


# --- the curves ---


def _whole(run: Brief) -> None:
    """Of a run that has ended."""
    own = run is not small_batches.shipped(LESSON.value("batches"))
    replay = run.replay
    ends = {arm: percent(small_batches.last(run, "accuracy", a)) for a, arm in enumerate(ARMS)}
    _curves(replay.steps, replay.accuracy, "alt", replay.ended, run.config.steps, not own, **ends)


def _grow() -> None:
    """Of the run that goes on: what it has handed over so far."""

    @st.fragment(run_every=POLL)
    def look() -> None:
        ticket = LIVE.going()
        if ticket is None:
            return
        looks: list[in_sight.Look] = ticket.pieces()
        steps = np.array([one.step for one in looks], float)
        values = np.array([(one.plain, one.bn) for one in looks]).reshape(-1, 2)
        _curves(steps, values, "alt_growing")

    look()


def _curves(
    steps: np.ndarray,
    values: np.ndarray,
    alt: str,
    ended: tuple[int, int] | None = None,
    last: int | None = None,
    draws_itself: bool = False,
    **ends: str,
) -> None:
    """Test accuracy of both arms over the steps, as far as there are any."""
    words = {name: t(f"{WORDS}.{name}") for name in (*ARMS, "step")}
    words["measure"] = t(f"{WORDS}.accuracy")
    words["alt"] = t(f"{WORDS}.{alt}", measure=words["measure"], **ends)
    ended = ended or (len(steps) - 1, len(steps) - 1)
    last = last or small_batches.config().steps
    body = figures.growing(mode(), steps, values, ended, last, words, draws_itself=draws_itself)
    at_once(body)


# --- in words, and the rest ---


def _known(run: Brief) -> dict[str, object]:
    made = run.config
    known: dict[str, object] = {"m": made.batch_size, "seed": made.seed, "steps": made.steps}
    return known | {"lr": number(made.lr, 3), "depth": made.depth, "width": made.width}


def said(now: Moment) -> dict[str, object]:
    """What these mini-batches do, and where both networks ended."""
    return told(LESSON.value("batches"), small_batches.shown())


def told(name: str, run: Brief) -> dict[str, object]:
    """Of a run by the name of its preset."""
    ends = {arm: percent(small_batches.last(run, "accuracy", a)) for a, arm in enumerate(ARMS)}
    known = _known(run) | small_batches.of_one_class()
    return {"about": t(f"{WORDS}.about.{name}", **known), **ends}


def more(now: Moment) -> None:
    """The training loss, where both ended, of which run, and what can take batch norm's place."""
    run = small_batches.shown()
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        _loss(run)
    with right:
        result(run)
        st.caption(t(f"{WORDS}.of_run", **_known(run)))
    page.say(f"{LESSON}/batches")
    page.source(train_pair, key=f"{LESSON}-{now.name}")


def _loss(run: Brief) -> None:
    """Of both arms; room for both, but not for all of one that blows up."""
    words = {name: t(f"{WORDS}.{name}") for name in (*ARMS, "step")}
    words["measure"] = t(f"{WORDS}.loss")
    ends = {arm: number(small_batches.last(run, "loss", a)) for a, arm in enumerate(ARMS)}
    replay = run.replay
    most = float(1.08 * min(np.nanmax(replay.loss), 4.0))
    plot(
        figures.curves(mode(), replay.steps, replay.loss, replay.ended, most, words),
        key="curves-loss",
        alt=t(f"{WORDS}.alt", measure=words["measure"], **ends),
    )


def result(run: Brief) -> None:
    """Where both arms ended."""
    heads = [Cell(""), *(Cell(t(f"{WORDS}.end_{name}")) for name in ("accuracy", "loss"))]
    rows = []
    for arm in (1, 0):
        accuracy, loss = (small_batches.last(run, name, arm) for name in ("accuracy", "loss"))
        rows.append(
            [
                Cell(t(f"{WORDS}.{ARMS[arm]}"), colour=colour(ARMS[arm], mode())),
                Cell(percent(accuracy), value=f"{accuracy:.4f}"),
                Cell(number(loss, 3), value=f"{loss:.4g}"),
            ]
        )
    table(heads, rows, name="result", lesson=LESSON)
