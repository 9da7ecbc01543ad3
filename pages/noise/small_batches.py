"""Training on small or sorted mini-batches in the lesson `noise`: what is shown, and live runs.

A preset is shown from its shipped pair. With another seed, or for longer, it is trained live; until
that is done the shipped pair stays.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from bncore.config import RunConfig
from experiments.job import pair_job
from experiments.noise import one_class
from experiments.noise import small_batches as experiment
from experiments.replay import ARMS, Brief, brief
from figures.theme import colour
from pages.noise import LESSON
from pages.noise import charts as figures
from ui import controls
from ui.chart import plot
from ui.live import Live
from ui.numbers import number, percent
from ui.tables import Cell, table
from ui.text import mode, t

LIVE = Live(LESSON)
WORDS = f"{LESSON}.batches"
OWN = f"{LESSON}.own"  # where the visitor's last run stands in the session
BEGUN = f"{LESSON}.begun"  # whether this session has seen the lesson


@st.cache_resource(max_entries=len(experiment.PRESETS), show_spinner=False)
def shipped(name: str) -> Brief:
    """Loaded once per server."""
    return brief(experiment.load(name))


def config() -> RunConfig:
    """The run that the controls describe."""
    preset = experiment.PRESETS[LESSON.value("batches")]
    times = LESSON.value("longer")
    return replace(
        preset,
        seed=LESSON.value("run"),
        steps=times * preset.steps,
        record_every=times * preset.record_every,
    )


def shown() -> Brief:
    """The visitor's own run where it is what the controls describe, else the shipped one."""
    own = st.session_state.get(OWN)
    if own is not None and own.config == config():
        return own
    return shipped(LESSON.value("batches"))


def pick() -> None:
    """Callback of the preset control: its shipped pair."""
    st.session_state[OWN] = None
    LESSON.put(run=0, longer=1)


def train() -> None:
    """Callback of the button."""
    LIVE.start(pair_job(config(), brief))


def settle() -> None:
    """Take over a run that has ended; train what a link asks for. Call first on the page."""
    found = LIVE.take()
    if found is not None:
        st.session_state[OWN] = found
    if BEGUN not in st.session_state and shown().config != config():
        train()
        LIVE.just_pressed()
    st.session_state[BEGUN] = True


def choose() -> None:
    """Which mini-batches, which seed, how long; and the button that trains them."""
    controls.choice(LESSON, "batches", on_change=pick, wrap=True)
    with st.container(horizontal=True, vertical_alignment="bottom", key="live"):
        controls.entry(LESSON, "run", width=130)
        controls.choice(LESSON, "longer")
        st.button(
            t(f"{WORDS}.train"),
            type="primary",
            icon=":material/play_circle:",
            key="train-batches",
            on_click=train,
            disabled=LIVE.going() is not None,
        )
    LIVE.rerun_if_pressed()


def story(now: Brief) -> None:
    """What these batches do, both curves, and what came out."""
    run = now.config
    known = {"m": run.batch_size, "seed": run.seed, "steps": run.steps, "lr": number(run.lr, 3)}
    known |= {"depth": run.depth, "width": run.width}
    st.markdown(t(f"{WORDS}.about.{LESSON.value('batches')}", **known | of_one_class()))
    if now.stopped is not None:
        stopped = t(f"{WORDS}.stopped", step=now.stopped, steps=run.steps)
        LIVE.say_stopped(now.stopped, stopped)
    elif run != config() and LIVE.going() is None:
        st.info(t(f"{WORDS}.changed"), icon=":material/tune:")
    left, right = st.columns(2, gap="large")
    with left:
        draw(now, "accuracy", 1.03)
    with right:
        draw(now, "loss", top_of(now.replay.loss))
    result(now)
    st.caption(t(f"{WORDS}.of_run", **known))


def of_one_class() -> dict[str, object]:
    """What is known after the longest training on one class at a time."""
    found = one_class.load()
    shares = {name: percent(getattr(found, name)[-1].mean()) for name in ("in_class", "mixed")}
    return {"seeds": found.mixed.shape[1], **shares}


def top_of(loss: np.ndarray) -> float:
    """Room for both losses, but not for all of one that blows up."""
    return float(1.08 * min(np.nanmax(loss), 4.0))


def draw(now: Brief, measure: str, most: float) -> None:
    """One measure of both arms over the steps."""
    words = {name: t(f"{WORDS}.{name}") for name in (*ARMS, "step")}
    words["measure"] = t(f"{WORDS}.{measure}")
    write = percent if measure == "accuracy" else number
    ends = {arm: write(last(now, measure, a)) for a, arm in enumerate(ARMS)}
    run, values = now.replay, getattr(now.replay, measure)
    share = measure == "accuracy"
    plot(
        figures.curves(mode(), run.steps, values, run.ended, most, words, share=share),
        key=f"curves-{measure}",
        alt=t(f"{WORDS}.alt", measure=words["measure"], **ends),
    )


def last(now: Brief, measure: str, arm: int) -> float:
    return float(getattr(now.replay, measure)[now.replay.ended[arm], arm])


def result(now: Brief) -> None:
    """Where both arms ended."""
    heads = [Cell(""), *(Cell(t(f"{WORDS}.end_{name}")) for name in ("accuracy", "loss"))]
    rows = []
    for arm in (1, 0):
        accuracy, loss = (last(now, name, arm) for name in ("accuracy", "loss"))
        rows.append(
            [
                Cell(t(f"{WORDS}.{ARMS[arm]}"), colour=colour(ARMS[arm], mode())),
                Cell(percent(accuracy), value=f"{accuracy:.4f}"),
                Cell(number(loss, 3), value=f"{loss:.4g}"),
            ]
        )
    table(heads, rows, name="result", lesson=LESSON)
