"""The replay component: a run and its twin, painted frame by frame in the browser."""

from __future__ import annotations

import json

import streamlit as st

from figures.theme import palette
from pages.training import LESSON
from ui.components import Component, settings
from ui.controls import option_label
from ui.outside import plain, shape
from ui.text import mode, t

#: the controls that live in the component, in the order in which it reports them
PLACE = ("frame", "layer", "view", "speed")
WORDS = (
    *("play", "pause", "back", "on", "scrub", "at", "step", "summary", "ended", "diverged"),
    *(
        "plain",
        "bn",
        "layer",
        "layers",
        "layers_table",
        "mean_sd",
        "moments",
        "histograms",
        "curves",
    ),
    *("percentiles", "loss", "accuracy", "gamma", "beta"),
)

_component = Component(
    "replay",
    {"place": shape(**dict.fromkeys(PLACE, plain))},
    css=("controls.css", "replay/style.css"),
    js="replay/index.js",
)


def place() -> dict[str, object]:
    """Where the replay stands: frame, layer (0 for the last), view, speed."""
    return {name: LESSON.value(name) for name in PLACE}


def opened() -> None:
    """Call in every full run of the page: the component may be new and know no place."""
    st.session_state["replay.place"] = place()


def rewind() -> None:
    """To the start of a run and its last layer."""
    LESSON.put(frame=0, layer=0)


def show(run: str, packed: bytes) -> None:
    """Mount the replay of `run` (any name that tells runs apart), packed by `Replay.to_bytes`."""
    _component("replay", _message(run, packed), on_place=_moved)


def _message(run: str, packed: bytes) -> bytes:
    """Length, settings as JSON, the packed run.

    What the component itself reported is not sent back to it: with unchanged data Streamlit sends
    no bytes, however often the scrubber is released.
    """
    if place() != st.session_state.get("replay.reported"):
        st.session_state["replay.place"] = place()
    settings = {
        "run": run,
        "place": st.session_state["replay.place"],
        "palette": palette(mode()),
        "words": _words(),
    }
    head = json.dumps(settings).encode()
    return len(head).to_bytes(4, "little") + head + packed


def _words() -> dict[str, object]:
    words: dict[str, object] = {name: t(f"{LESSON}.replay.{name}") for name in WORDS}
    for control, plural in (("view", "views"), ("speed", "speeds")):
        words[control] = t(f"{LESSON}.controls.{control}.label")
        options = LESSON.control(control).options
        words[plural] = {str(option): option_label(LESSON, control, option) for option in options}
    words["follow"] = t(f"{LESSON}.controls.layer.label")
    return words


def _moved(sent: dict[str, str]) -> None:
    """Take over where the component says it stands, if that is a place at all."""
    new = settings(LESSON, PLACE, sent)
    LESSON.put(**new)
    st.session_state["replay.reported"] = new
