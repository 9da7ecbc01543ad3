"""A run of the visitor's own: it fills the picture while it trains."""

from __future__ import annotations

from functools import partial

import streamlit as st

from experiments import presets
from experiments.runner import Status
from pages.training import LESSON, replay, runs, watch
from pages.training.runs import LIVE
from ui import controls
from ui.live import progress
from ui.scenes import Moment
from ui.text import t

LOOK = 0.15  # seconds between two looks at a run
KIND = "unit"


def picture(now: Moment) -> None:
    """Three settings and the button; beside them what is trained with them, while it trains."""
    LIVE.ready()
    runs.train_linked(replay.place())
    LIVE.just_pressed()  # what the button asked for is drawn in this very run
    shown, busy = runs.own(), LIVE.going() is not None
    LESSON.put(preset=runs.OWN if shown is not None or busy else LESSON.default("preset"))
    LIVE.say_trouble()
    hand, stage = st.columns([3, 7], gap="medium")
    with hand:
        _first_settings(busy=busy)
        if busy:
            LIVE.stop_button(width="stretch")
        else:
            _start()
    with stage, st.container(key="training-stage"):  # brought into sight by way.js
        LIVE.look(partial(_stage, now), LOOK)


def _stage(now: Moment, status: Status | None) -> None:
    if status is None:
        _stand(now)
        return
    _live(now, status)
    if status.state == "queued":
        progress(status)


def _first_settings(*, busy: bool) -> None:
    controls.ladder(LESSON, "lr", disabled=busy)
    controls.ladder(LESSON, "batch_size", disabled=busy)
    controls.slider(LESSON, "depth", disabled=busy)


def _start() -> None:
    shown = runs.own()
    differs = runs.changed(shown)
    st.button(
        t(f"{LESSON}.train" if differs else f"{LESSON}.again"),
        type="primary",
        icon=":material/play_circle:",
        key="train-now",
        width="stretch",
        on_click=runs.train,
    )
    if shown is None:
        st.caption(t(f"{LESSON}.nothing_yet"))
    elif differs:
        st.caption(t(f"{LESSON}.changed"))
    elif shown.stopped is None:
        st.markdown(t(f"{LESSON}.came", **watch.outcome(shown)))
    else:
        known = {"step": shown.stopped, "steps": shown.config.steps}
        LIVE.say_stopped(shown.stopped, t(f"{LESSON}.stopped", **known))


def _live(now: Moment, status: Status) -> None:
    """The frames that have come, as the stop button would keep them."""
    going = runs.going()
    parts = going.parts(status.pieces, again=st.session_state.pop(replay.LACKS, False))
    replay.live(now.name, KIND, going.name, status.steps, parts)


def _stand(now: Moment) -> None:
    """What was trained; before there is anything, where the networks of Figure 1 start."""
    shown = runs.own()
    if shown is None:
        replay.show(now.name, KIND, runs.preset_view("figure1"), asked=True)
        return
    replay.arrive(now, shown)
    follows, play = runs.after()
    replay.show(now.name, KIND, shown, play=play, follows=follows)


def more(now: Moment) -> None:
    """All other settings, where they begin, and how the run ended."""
    busy = LIVE.going() is not None
    st.caption(t(f"{LESSON}.settings_note"))
    with st.container(horizontal=True):
        for preset in presets.PRESETS:
            st.button(
                t(f"{LESSON}.controls.preset.options.{preset}"),
                key=f"settings-{preset}",
                on_click=runs.take_settings,
                args=(preset,),
                disabled=busy,
            )
    _settings(busy)
    shown = runs.own()
    if shown is not None:
        watch.result(shown)
        watch.captions(shown)


def _settings(busy: bool) -> None:
    first, second, third = st.columns(3, gap="large")
    with first:
        controls.choice(LESSON, "dataset", disabled=busy)
        controls.ladder(LESSON, "width", disabled=busy)
        controls.choice(LESSON, "activation", disabled=busy)
    with second:
        controls.select(LESSON, "optimizer", disabled=busy)
        controls.ladder(LESSON, "steps", disabled=busy)
    with third:
        controls.choice(LESSON, "init", disabled=busy)
        controls.ladder(LESSON, "init_scale", disabled=busy)
        controls.entry(LESSON, "seed", disabled=busy)
