"""The widget that suits a registered control, keyed and worded; returns the control's value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ui.lessons import LESSONS
from ui.state import Choice, Integer, Number, Switch, key
from ui.text import has, t


def _words(lesson: str, name: str) -> dict[str, Any]:
    base = f"{lesson}.controls.{name}"
    return {
        "label": t(f"{base}.label"),
        "help": t(f"{base}.help") if has(f"{base}.help") else None,
        "key": key(lesson, name),
        "persist_state": "session",
    }


def option_label(lesson: str, name: str, option: object) -> str:
    """An option's words: the lesson's own, or the shared ones in ui.toml; its id if it has none."""
    own, shared = f"{lesson}.controls.{name}.options.{option}", f"ui.options.{option}"
    return t(own) if has(own) else t(shared) if has(shared) else str(option)


def choice(lesson: str, name: str, *, among: Sequence[Any] = (), **extra: Any) -> Any:
    """A segmented control, one option always chosen; of all there are, or of those `among`."""
    control = LESSONS[lesson].control(name)
    assert isinstance(control, Choice)
    return st.segmented_control(
        options=among or control.options,
        format_func=lambda option: option_label(lesson, name, option),
        required=True,
        **_words(lesson, name),
        **extra,
    )


def select(lesson: str, name: str, **extra: Any) -> Any:
    """A drop-down, for many options."""
    control = LESSONS[lesson].control(name)
    assert isinstance(control, Choice)
    return st.selectbox(
        options=control.options,
        format_func=lambda option: option_label(lesson, name, option),
        **_words(lesson, name),
        **extra,
    )


def _range(lesson: str, name: str) -> dict[str, Any]:
    control = LESSONS[lesson].control(name)
    assert isinstance(control, Integer | Number)
    step = 1 if isinstance(control, Integer) else control.step
    return {"min_value": control.low, "max_value": control.high, "step": step}


def slider(lesson: str, name: str, **extra: Any) -> Any:
    """A linear slider over the control's whole range (commits on release)."""
    return st.slider(**_range(lesson, name), **_words(lesson, name), **extra)


def ladder(lesson: str, name: str, **extra: Any) -> Any:
    """A slider over the options of a Choice whose options are numbers (1, 2, 4, 8 …)."""
    control = LESSONS[lesson].control(name)
    assert isinstance(control, Choice)
    return st.select_slider(options=control.options, **_words(lesson, name), **extra)


def entry(lesson: str, name: str, **extra: Any) -> Any:
    """A field to type a number into."""
    return st.number_input(**_range(lesson, name), **_words(lesson, name), **extra)


def switch(lesson: str, name: str, **extra: Any) -> bool:
    """On or off."""
    assert isinstance(LESSONS[lesson].control(name), Switch)
    return st.toggle(**_words(lesson, name), **extra)
