"""What the scenes share that show a shipped pair: its replay, how it ended, how it was counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from experiments.replay import ARMS, Curves
from figures.theme import colour
from pages.training import LESSON, SETTINGS, replay, runs
from pages.training.runs import View
from ui import controls
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

ASKED = "training.asked"  # in the session: the scene that has just stood in its before state


def view(now: Moment) -> View:
    """The shipped pair of a scene."""
    return runs.preset_view(now.scene.sets.get("preset", "figure1"))


def picture(now: Moment, kind: str) -> None:
    """The replay of its pair; before the answer step 0 alone, after it from there on by itself."""
    replay.arrive(now, view(now))
    revealed = st.session_state.get(ASKED) == now.name
    st.session_state[ASKED] = None if now.seen and not revealed else now.name
    replay.show(now.name, kind, view(now), asked=not now.seen, play=now.seen and revealed)


def said(now: Moment) -> dict[str, object]:
    """How both networks ended, in words."""
    shown = view(now)
    return outcome(shown) | {"batch_size": shown.config.batch_size}


def outcome(shown: View) -> dict[str, object]:
    """The numbers of a run that sentences are filled with."""
    run = shown.replay
    known: dict[str, object] = {"steps": shown.steps}
    for a, arm in enumerate(ARMS):
        known[f"{arm}_end"] = percent(run.accuracy[run.ended[a], a])
        when = reached(run, a)
        known[f"{arm}_reached"] = t(f"{LESSON}.never") if when is None else str(when)
        known[f"{arm}_diverged"] = str(run.diverged[a])
    return known


def reached(run: Curves, arm: int) -> int | None:
    """The first recorded step at which an arm has 80 % of the test set right."""
    found = np.flatnonzero(run.accuracy[: run.ended[arm] + 1, arm] >= 0.8)
    return int(run.steps[found[0]]) if len(found) else None


def more(now: Moment) -> None:
    """The drawer: how both ended, and how all of it was measured."""
    result(view(now))
    captions(view(now))


def captions(shown: View) -> None:
    """Which run it is, and what is counted."""
    config = shown.config
    st.caption(f"{describe(shown)}  \n{t(f'{LESSON}.same_start')}")
    counted = t(f"{LESSON}.counted", examples=config.examples, units=config.recorded_units)
    st.caption(f"{t(f'{LESSON}.running_note')} {counted}")
    if not shown.name.startswith(runs.OWN):
        st.caption(t(f"{LESSON}.chosen"))


def describe(shown: View) -> str:
    """The settings of a run on one line."""
    chosen = {name: _option(name, getattr(shown.config, name)) for name in SETTINGS}
    return t(f"{LESSON}.of_run", **chosen | {"seed": shown.config.seed})


def _option(name: str, chosen: Any) -> str:
    if isinstance(chosen, str):
        return controls.option_label(LESSON, name, chosen)
    return number(chosen)


def arm_name(arm: int) -> Cell:
    """In its colour."""
    return Cell(t(f"{LESSON}.replay.{ARMS[arm]}"), colour=colour(ARMS[arm], mode()))


def result(shown: View) -> None:
    """What came out, as computed."""
    names = ("end_accuracy", "end_loss", "reached")
    heads = [Cell(""), *(Cell(t(f"{LESSON}.{name}")) for name in names)]
    table(heads, [_result_row(shown, arm) for arm in (1, 0)], name="result", lesson=LESSON)


def _result_row(shown: View, arm: int) -> list[Cell]:
    run, end = shown.replay, shown.replay.ended[arm]
    accuracy, loss = run.accuracy[end, arm], run.loss[end, arm]
    last = percent(accuracy)
    if run.diverged[arm] is not None:
        last += " · " + t(f"{LESSON}.diverged", step=run.diverged[arm])
    when = reached(run, arm)
    return [
        arm_name(arm),
        Cell(last, value=f"{accuracy:.4f}"),
        Cell(number(loss, 3), value=f"{loss:.4g}"),
        Cell(t(f"{LESSON}.never") if when is None else str(when), value=when),
    ]
