"""The replay component: a run and its twin, painted frame by frame in the browser.

It is sent a whole run, or, of one that still trains, the frames that have come since the last time.
"""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from experiments.pair import recording
from experiments.replay import PERCENTILES
from figures.theme import palette
from pages.training import LESSON
from pages.training.runs import View
from ui.components import Component, settings
from ui.controls import option_label
from ui.outside import plain, shape
from ui.scenes import Moment
from ui.text import mode, t

#: the controls that live in the component, in the order in which it reports them
PLACE = ("frame", "layer", "shown", "speed")
WORDS = (
    *("play", "pause", "back", "on", "scrub", "at", "step", "summary", "ended", "diverged"),
    *("plain", "bn", "layer", "layers", "layers_table", "mean_sd", "moments", "histograms"),
    *("swarm", "curves", "percentiles", "loss", "accuracy", "gamma", "beta"),
)
#: in the session
AT, PLACED, REPORTED, LACKS = "replay.scene", "replay.place", "replay.reported", "replay.lacks"

_component = Component(
    "replay",
    {"place": shape(**dict.fromkeys((*PLACE, "missing"), plain))},
    css=("controls.css", "replay/style.css"),
    js="replay/index.js",
)


def place() -> dict[str, object]:
    """Where the replay stands: frame, layer (0 for the last), what of it, speed."""
    return {name: LESSON.value(name) for name in PLACE}


def opened() -> None:
    """Call in every full run of the page: the component may be new and know no place."""
    st.session_state[PLACED] = place()


def arrive(now: Moment, view: View) -> None:
    """Another scene begins at its start; a link may ask for a time or layer that its run lacks."""
    before = st.session_state.get(AT)
    st.session_state[AT] = now.name
    last, depth = len(view.replay.steps) - 1, view.config.depth
    if before not in (None, now.name) and not now.whole:
        LESSON.put(frame=0, layer=0)
    if LESSON.value("frame") > last:
        if not now.whole:
            st.warning(t(f"{LESSON}.impossible_frame", got=LESSON.value("frame"), last=last))
        LESSON.put(frame=0)
    if LESSON.value("layer") > depth:
        if not now.whole:
            st.warning(t(f"{LESSON}.impossible_layer", got=LESSON.value("layer"), depth=depth))
        LESSON.put(layer=0)


def show(
    scene: str,
    kind: str,
    view: View,
    *,
    asked: bool = False,
    play: bool = False,
    follows: str = "",
) -> None:
    """Mount the replay of a view in a scene, as "unit" or as "layers".

    `asked` shows step 0 and sends no more; `play` begins to play. `follows` names what was shown
    live of it.
    """
    _mount(
        scene,
        kind,
        [view.first if asked else view.packed],
        run=f"{view.name}-first" if asked else view.name,
        of=view.config.steps,
        asked=asked,
        play=play,
        follows=follows,
    )


def live(scene: str, kind: str, run: str, steps: int, parts: list[bytes]) -> None:
    """The frames of a run that have come since it was last mounted."""
    frames = -(-steps // recording(steps)) + 1
    _mount(scene, kind, parts, run=run, of=steps, frames=frames, live=True)


def _mount(scene: str, kind: str, parts: list[bytes], **about: Any) -> None:
    """Length, settings as JSON, the packed frames.

    What the component itself reported is not sent back to it: with unchanged data Streamlit sends
    no bytes, however often the scrubber is released.
    """
    if PLACED not in st.session_state or place() != st.session_state.get(REPORTED):
        st.session_state[PLACED] = place()
    known = {"asked": False, "live": False, "play": False, "follows": "", "frames": 0}
    settings = known | {
        "picture": kind,
        "parts": [len(part) for part in parts],
        "place": st.session_state[PLACED],
        "palette": palette(mode()),
        "words": _words(),
        **about,
    }
    head = json.dumps(settings).encode()
    data = len(head).to_bytes(4, "little") + head + b"".join(parts)
    _component(f"replay-{scene}", data, on_place=_moved)


def _words() -> dict[str, object]:
    low, middle, high = PERCENTILES
    known = {"low": low, "middle": middle, "high": high}
    words: dict[str, object] = {name: t(f"{LESSON}.replay.{name}", **known) for name in WORDS}
    for control, plural in (("shown", "showns"), ("speed", "speeds")):
        words[control] = t(f"{LESSON}.controls.{control}.label")
        options = LESSON.control(control).options
        words[plural] = {str(option): option_label(LESSON, control, option) for option in options}
    words["follow"] = t(f"{LESSON}.controls.layer.label")
    return words


def _moved(sent: dict[str, str]) -> None:
    """Take over where the component says it stands, if that is a place at all.

    Or what it lacks: then it is sent all frames again.
    """
    new = settings(LESSON, PLACE, sent)
    if sent["missing"] != "-1":
        st.session_state[LACKS] = True
        return
    LESSON.put(**new)
    st.session_state[REPORTED] = new
