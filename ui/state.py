"""State lives in the URL: a link opens exactly what its sender saw, in either language.

The URL is read once, when a session or a lesson begins; every value is checked against the registry
in `ui.lessons` before any widget exists. From then on `st.session_state` leads, and `publish`
writes every control of the lesson back to the URL at the end of each run and each fragment. A value
that cannot be read gives the default and one sentence; it is never clamped in silence.

Streamlit's own `bind="query-params"` is not used: it stores translated labels and drops bad values
without a word.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import text


class BadValue(ValueError):
    """A value from a URL that a control cannot take; `reason` names its sentence in ui.toml."""

    def __init__(self, reason: str, **fields: object) -> None:
        super().__init__(reason)
        self.reason, self.fields = reason, fields


@dataclass(frozen=True)
class Control:
    """One thing a user can set: `name` in the URL, `default`, and how it is read and written."""

    name: str
    default: Any

    def read(self, raw: str) -> Any:
        raise NotImplementedError

    def write(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True)
class Number(Control):
    """A real number in [low, high]; `log` asks for a logarithmic slider."""

    low: float
    high: float
    step: float | None = None
    log: bool = False

    def read(self, raw: str) -> float:
        try:
            value = float(raw)
        except ValueError:
            raise BadValue("number", low=self.low, high=self.high) from None
        if not (math.isfinite(value) and self.low <= value <= self.high):
            raise BadValue("number", low=self.low, high=self.high)
        return value

    def write(self, value: float) -> str:
        return repr(float(value))


@dataclass(frozen=True)
class Integer(Control):
    """A whole number in [low, high]."""

    low: int
    high: int

    def read(self, raw: str) -> int:
        digits = raw.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 16):
            raise BadValue("integer", low=self.low, high=self.high)
        if not self.low <= int(raw) <= self.high:
            raise BadValue("integer", low=self.low, high=self.high)
        return int(raw)


@dataclass(frozen=True)
class Choice(Control):
    """One of `options`: language-neutral ids, worded by the locale files."""

    options: tuple[Any, ...]

    def read(self, raw: str) -> Any:
        for option in self.options:
            if str(option) == raw:
                return option
        raise BadValue("choice", options=", ".join(map(str, self.options)))


@dataclass(frozen=True)
class Switch(Control):
    """On or off, written 1 or 0."""

    def read(self, raw: str) -> bool:
        if raw not in ("0", "1"):
            raise BadValue("choice", options="0, 1")
        return raw == "1"

    def write(self, value: bool) -> str:
        return str(int(value))


@dataclass(frozen=True)
class Numbers(Control):
    """At most `most` numbers, none beyond ±`limit`, written with commas; empty means none."""

    most: int
    limit: float = math.inf

    def read(self, raw: str) -> tuple[float, ...]:
        try:
            values = tuple(float(part) for part in raw.split(",")) if raw else ()
        except ValueError:
            raise self._bad() from None
        if len(values) > self.most or not all(map(self._fits, values)):
            raise self._bad()
        return values

    def _fits(self, value: float) -> bool:
        return math.isfinite(value) and abs(value) <= self.limit

    def _bad(self) -> BadValue:
        return BadValue("numbers", most=self.most, limit=f"{self.limit:g}")

    def write(self, value: tuple[float, ...]) -> str:
        return ",".join(repr(float(number)).removesuffix(".0") for number in value)


def key(lesson: str, name: str) -> str:
    """Where a control's value stands in `st.session_state`; also its widget's key."""
    return f"{lesson}.{name}"


def value(lesson: str, name: str) -> Any:
    """The value of a control now."""
    return st.session_state[key(lesson, name)]


def put(lesson: str, **values: Any) -> None:
    """Set controls from code (a preset, a component). Call before their widgets are drawn."""
    for name, new in values.items():
        st.session_state[key(lesson, name)] = new


def begin(lesson: str, controls: tuple[Control, ...]) -> None:
    """Give every control of the lesson a value: from the URL when the lesson opens, else as it was.

    The browser's Back and Forward count as opening, since they bring an older link.
    """
    opened = st.session_state.get("lesson") != lesson or _history_navigation()
    given = dict(st.query_params) if opened else {}
    if opened:
        st.session_state["lesson"] = lesson
        st.session_state["complaints"] = []
    _begin_language(given.pop("lang", None))
    for control in controls:
        place = key(lesson, control.name)
        if control.name in given:
            st.session_state[place] = _read(control, given.pop(control.name))
        elif place not in st.session_state:
            st.session_state[place] = control.default
    for name in given:
        _complain("unknown", name=name)


def _history_navigation() -> bool:
    # Streamlit tells the script nothing public about Back and Forward.
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _begin_language(wanted: str | None) -> None:
    """`?lang=` wins over what was chosen before, which wins over the browser's own language."""
    known = text.languages()
    if wanted in known:
        st.session_state["lang"] = wanted
    elif "lang" not in st.session_state:
        browser = (st.context.locale or "").split("-")[0].lower()
        st.session_state["lang"] = browser if browser in known else text.FALLBACK
    if wanted is not None and wanted not in known:
        _complain("choice", name="lang", got=wanted, options=", ".join(known))


def _read(control: Control, raw: str) -> Any:
    try:
        return control.read(raw)
    except BadValue as bad:
        _complain(bad.reason, name=control.name, got=raw, **bad.fields)
        return control.default


def _complain(reason: str, **fields: object) -> None:
    st.session_state["complaints"].append((reason, fields))


def complaints() -> list[tuple[str, dict[str, object]]]:
    """What in the link could not be used since this lesson opened: (reason, fields)."""
    return st.session_state.get("complaints", [])


def publish(lesson: str, controls: tuple[Control, ...]) -> None:
    """Write the language and every control of the lesson to the URL, if anything changed."""
    wanted = {"lang": text.language()} | {
        control.name: control.write(value(lesson, control.name)) for control in controls
    }
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)


def fragment(lesson: str, controls: tuple[Control, ...]) -> Callable[..., Any]:
    """`st.fragment` that publishes at its end, so that a slider inside it reaches the URL."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> None:
            function(*args, **kwargs)
            publish(lesson, controls)

        return st.fragment(run)

    return decorate
