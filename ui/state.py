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
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from ui import streamlits, text
from ui.outside import LONGEST, Unreadable, real, said, tracking, whole

#: what is read from a value that cannot be: whatever the control begins with
DEFAULT = object()
#: how many sentences about a link are said; what is left is counted
HANDFUL = 5


class BadValue(Unreadable):
    """A value from a URL that a control cannot take; `reason` names its sentence in ui.toml."""

    def __init__(self, reason: str, **fields: object) -> None:
        super().__init__(reason)
        self.reason, self.fields = reason, fields


@dataclass(frozen=True)
class Control:
    """One thing a user can set: `name` in the URL, `default`, and how it is read and written."""

    name: str
    default: Any
    #: its name in older links
    was: str = field(default="", kw_only=True)

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
            value = real(raw)
        except Unreadable:
            raise BadValue("number", low=self.low, high=self.high) from None
        if not self.low <= value <= self.high:
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
        try:
            value = whole(raw)
        except Unreadable:
            raise BadValue("integer", low=self.low, high=self.high) from None
        if not self.low <= value <= self.high:
            raise BadValue("integer", low=self.low, high=self.high)
        return value


@dataclass(frozen=True)
class Choice(Control):
    """One of `options`: language-neutral ids, worded by the locale files."""

    options: tuple[Any, ...]

    def read(self, raw: str) -> Any:
        for option in self.options:
            if str(option) == raw:
                return option
        with suppress(Unreadable):
            number = real(raw)  # 0.50 is the option 0.5
            for option in self.options:
                if isinstance(option, int | float) and option == number:
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
        if len(raw) > self.most * (LONGEST + 1):
            raise self._bad()
        try:
            values = tuple(map(real, raw.split(","))) if raw else ()
        except Unreadable:
            raise self._bad() from None
        if len(values) > self.most or any(abs(value) > self.limit for value in values):
            raise self._bad()
        return values

    def _bad(self) -> BadValue:
        return BadValue("numbers", most=self.most, limit=f"{self.limit:g}")

    def write(self, value: tuple[float, ...]) -> str:
        return ",".join(repr(float(number)).removesuffix(".0") for number in value)


#: how a session looks at all lessons; in a link where it is not the default
SETTINGS: dict[str, Choice] = {
    "view": Choice("view", "page", ("page", "class", "embed", "all")),
    "show": Choice("show", "asked", ("asked", "everything")),
}


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


def begin(
    lesson: str,
    controls: tuple[Control, ...],
    meant: Callable[[dict[str, Any]], dict[str, Any]] = lambda link: {},
    default: Callable[[str, str], Any] | None = None,
    others: Collection[str] = (),
) -> None:
    """Give every control of the lesson a value: from the URL when the lesson opens, else as it was.

    The browser's Back and Forward count as opening, since they bring an older link; what a link to
    a scene leaves out is then as it begins there. `meant` says what a link says besides; `default`
    what a control begins with in a scene. `others` are names that a link may give without a word,
    since they are known to another lesson.
    """
    by_history = streamlits.came_by_history()
    opened = st.session_state.get("lesson") != lesson or by_history
    given = _given() if opened else {}
    if opened:
        st.session_state["lesson"] = lesson
        st.session_state["complaints"] = Complaints()
    _begin_language(given.pop("lang", None))
    read = _read_all(controls, given)
    _begin_settings(given, by_history)
    for name in given:
        if not (tracking(name) or name in others):
            _complain("unknown", name=said(name))
    read |= meant({name: value for name, value in read.items() if value is not DEFAULT})
    if "scene" in read:
        read.setdefault("seen", False)  # a link to a question shows the question
        if by_history:
            read = {control.name: DEFAULT for control in controls} | read
    scene = ""
    for control in controls:  # of a lesson in scenes the open one is the first
        place = key(lesson, control.name)
        if (value := read.get(control.name, DEFAULT)) is not DEFAULT:
            st.session_state[place] = value
        elif place not in st.session_state or control.name in read:
            own = control.default if default is None else default(control.name, scene)
            st.session_state[place] = own
        else:
            # A drop-down sends its label. Read before it is drawn, that is understood in the
            # language in which it was; once drawn in another, it would be nothing it offers.
            _ = st.session_state[place]
        if control.name == "scene":
            scene = st.session_state[place]


def _read_all(controls: tuple[Control, ...], given: dict[str, list[str]]) -> dict[str, Any]:
    """What a link says of the controls, by their names of today; taken out of `given`."""
    read = {}
    for control in controls:
        for name in filter(None, (control.name, control.was)):
            if name in given and not _is_setting(name, given[name]):
                read[control.name] = _read(control, given.pop(name))
    return read


def _is_setting(name: str, given: list[str]) -> bool:
    """Whether it is meant for all lessons: a lesson may have had a control of that name."""
    return name in SETTINGS and given[0] in SETTINGS[name].options


def _begin_settings(given: dict[str, list[str]], by_history: bool) -> None:
    """From the link; else they stay, but for Back and Forward, which bring a whole link."""
    for each in SETTINGS.values():
        if each.name in given:
            read = _read(each, given.pop(each.name))
            put_setting(each.name, each.default if read is DEFAULT else read)
        elif by_history:
            put_setting(each.name, each.default)


def _given() -> dict[str, list[str]]:
    """What the link says: all values that it has for a name."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _begin_language(wanted: list[str] | None) -> None:
    """`?lang=` wins over what was chosen before, which wins over the browser's own language."""
    named = language_of(wanted[0]) if wanted is not None and len(wanted) == 1 else None
    if named is not None:
        st.session_state["lang"] = named
    elif "lang" not in st.session_state:
        st.session_state["lang"] = language_of(st.context.locale or "") or text.FALLBACK
    if wanted is not None and named is None:
        reason = "choice" if len(wanted) == 1 else "several"
        _complain(reason, name="lang", got=_listed(wanted), options=", ".join(text.languages()))
    text.speak(st.session_state["lang"])


def language_of(code: str) -> str | None:
    """The language that a code names, in any of its forms: ko, KO, ko-KR, ko_kr."""
    first = re.split("[-_]", code[:LONGEST], maxsplit=1)[0].lower()
    return first if first in text.languages() else None


def _read(control: Control, given: list[str]) -> Any:
    """The value, or DEFAULT where it cannot be read, which is said."""
    try:
        if len(given) != 1:
            raise BadValue("several")
        return control.read(given[0])
    except BadValue as bad:
        _complain(bad.reason, name=control.name, got=_listed(given), **bad.fields)
        return DEFAULT


def _listed(given: list[str]) -> str:
    return ", ".join(map(said, given[:HANDFUL]))


@dataclass
class Complaints:
    """The first few things in a link that could not be used, and how many there were."""

    first: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    count: int = 0


def _complain(reason: str, **fields: object) -> None:
    found = complaints()
    found.count += 1
    if len(found.first) < HANDFUL:
        found.first.append((reason, fields))


def complaints() -> Complaints:
    """What in the link could not be used since this lesson opened, as (reason, what is said)."""
    return st.session_state.setdefault("complaints", Complaints())


def setting(name: str) -> Any:
    """How this session looks at all lessons; see SETTINGS."""
    return st.session_state.get(f"setting.{name}", SETTINGS[name].default)


def put_setting(name: str, value: str) -> None:
    """Change how this session looks at all lessons."""
    st.session_state[f"setting.{name}"] = value


def publish(
    lesson: str,
    controls: tuple[Control, ...],
    default: Callable[[str, str], Any] | None = None,
) -> None:
    """Write the language and every control of the lesson to the URL, if anything changed.

    Of a lesson in scenes, which has `default`, the scene and what is not as it begins there.
    """
    wanted = {"lang": text.language()}
    for each in SETTINGS.values():
        if (now := setting(each.name)) != each.default:
            wanted[each.name] = each.write(now)
    scene = "" if default is None else value(lesson, "scene")
    for control in controls:
        now = value(lesson, control.name)
        if default is None or control.name == "scene" or now != default(control.name, scene):
            wanted[control.name] = control.write(now)
    if _given() != {name: [value] for name, value in wanted.items()}:
        st.query_params.from_dict(wanted)
