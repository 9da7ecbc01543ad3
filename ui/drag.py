"""Pictures that move under the finger: `assets/components/drag`, and a folder for each of them.

The browser paints while its sliders are dragged. On release it sends `{"mount", "n", "set"}`, every
value written as in a link, so that the registry's own reader checks both. Python answers with the
numbers of its own and with the `mount` and `n` it has seen: until then the component keeps what its
user set, and from then on Python wins (a link, Back, another language).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from figures.theme import palette
from ui import state, text
from ui.components import COMMIT, Component, settings
from ui.lessons import LESSONS
from ui.state import Choice, Number
from ui.text import t


def component(name: str, *more: str) -> Component:
    """The component in the folder of that name, built on what all of them share.

    `more` are style sheets that it shares with some others.
    """
    return Component(
        name,
        {"commit": COMMIT},
        html=(f"{name}/index.html",),
        css=("controls.css", "drag/style.css", *more, f"{name}/style.css"),
        js=f"{name}/index.js",
    )


def mount(
    picture: Component,
    lesson: str,
    names: Sequence[str],
    *,
    key: str,
    words: Mapping[str, str],
    tracks: Mapping[str, Mapping[str, Any]] | None = None,
    moves: Callable[[dict[str, Any]], None] | None = None,
    **data: Any,
) -> None:
    """Show a component whose sliders set these controls: numbers, or choices among numbers.

    `tracks` says where a slider is to differ from its control: its ends, its step, its value.
    `moves` is told what a hand has set before the controls are set to it.
    """
    given = tracks or {}
    picture(
        key=key,
        data=data
        | {
            "tracks": {name: _track(lesson, name) | {**given.get(name, {})} for name in names},
            "seen": st.session_state.get(_seen(key)),
            "words": dict(words),
            "palette": palette(text.mode()),
        },
        on_commit=partial(_commit, lesson, tuple(names), key, moves),
    )


def _track(lesson: str, name: str) -> dict[str, Any]:
    """A slider's ends, and where it stands: of a choice, by place among its options."""
    control, now = LESSONS[lesson].control(name), state.value(lesson, name)
    label = {"label": t(f"{lesson}.controls.{name}.label")}
    if isinstance(control, Choice):
        options = [control.write(option) for option in control.options]
        ends = {"low": 0, "high": len(options) - 1, "step": 1}
        return label | ends | {"value": control.options.index(now), "options": options}
    assert isinstance(control, Number)
    return label | {"value": now, "low": control.low, "high": control.high, "step": control.step}


def _seen(key: str) -> str:
    return f"{key}.seen"


def _commit(
    lesson: str,
    names: tuple[str, ...],
    key: str,
    moves: Callable[[dict[str, Any]], None] | None,
    sent: dict[str, Any],
) -> None:
    """Take over what the browser sent, if the registry can read it; else the state stays."""
    st.session_state[_seen(key)] = {"mount": sent["mount"], "n": sent["n"]}
    new = settings(lesson, names, sent["set"])
    if moves is not None:
        moves(new)
    state.put(lesson, **new)
