"""Every word that a user reads, in the language of this session.

Words live in `assets/locales/<language>/`: `ui.toml` for the frame and what lessons share, and for
each lesson `<lesson>/labels.toml` (short labels) and `<lesson>/*.md` (prose). A placeholder is
`[[name]]`, because braces belong to LaTeX. In formulas `\\c{idea}{symbol}` takes the colour of an
idea from `figures.theme`, so that μ in the text looks like μ in the picture.

What a young language still lacks is said in English, label by label and passage by passage;
`missing` lists it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import streamlit as st

from figures.theme import Mode, colour
from ui.files import ASSETS

LOCALES = ASSETS / "locales"
FALLBACK = "en"
PLACEHOLDER = re.compile(r"\[\[([a-z_][a-z0-9_]*)\]\]")
#: who reads, where it is not the one in front of this session
_reader: ContextVar[tuple[str, Mode] | None] = ContextVar("reader", default=None)
COLOURED = re.compile(r"\\c\{([a-z_]+)\}")


def languages() -> tuple[str, ...]:
    """Language codes that have a locale folder; English first, then by name."""
    found = sorted(folder.name for folder in LOCALES.iterdir() if (folder / "ui.toml").is_file())
    return (FALLBACK, *(code for code in found if code != FALLBACK))


#: what `speak` was told in this thread: a run has one of its own, of one session
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


@contextmanager
def read_as(code: str, mode: Mode) -> Iterator[None]:
    """Everything is said, and painted, for a reader of this language on such a page."""
    before = _reader.set((code, mode))
    try:
        yield
    finally:
        _reader.reset(before)


def language() -> str:
    """The language of this session; English before the frame has set one."""
    if reader := _reader.get():
        return reader[0]
    return _spoken.get() or st.session_state.get("lang", FALLBACK)


def speak(code: str) -> None:
    """Remember the session's language for the run: each label asks for it, the session is slow.

    Every run of a whole page says it anew. One of a fragment is in the language that its page was
    drawn in, or, in another thread, asks the session.
    """
    _spoken.set(code)


def mode() -> Mode:
    """Whether the page in front of this user is light or dark."""
    if reader := _reader.get():
        return reader[1]
    return "dark" if st.context.theme.type == "dark" else "light"


@cache
def _labels(code: str, part: str) -> dict[str, Any]:
    file = LOCALES / code / ("ui.toml" if part == "ui" else f"{part}/labels.toml")
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


def _label(code: str, key: str) -> str | None:
    """As it stands in a language's file; None where it has none."""
    part, *path = key.split(".")
    node: Any = _labels(code, part)
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return node if isinstance(node, str) else None


@cache
def _passage(code: str, name: str) -> str | None:
    file = LOCALES / code / f"{name}.md"
    return file.read_text("utf-8").strip() if file.is_file() else None


def _fill(template: str, values: dict[str, object]) -> str:
    # colours first: a value may come from a link, and `\c{…}` in it is the sender's own text
    painted = COLOURED.sub(lambda match: rf"\textcolor{{{colour(match[1], mode())}}}", template)
    return PLACEHOLDER.sub(lambda match: str(values[match[1]]), painted)


def t(key: str, /, **values: object) -> str:
    """A label by its dotted key, e.g. `t("ui.language")` or `t("mini_batch.eps.label")`.

    The first part names the file (`ui` or a lesson). Raises KeyError where English lacks the key
    too, or a placeholder has no value: tests see to it that a page never meets it.
    """
    for code in (language(), FALLBACK):
        if (template := _label(code, key)) is not None:
            return _fill(template, values)
    raise KeyError(key)


def has(key: str) -> bool:
    """Whether there is such a label (optional help texts), whatever fills it."""
    return any(_label(code, key) is not None for code in (language(), FALLBACK))


def template(key: str, code: str) -> str | None:
    """A label as it stands in a language's file, placeholders and all; None where it has none."""
    return _label(code, key)


def names(key: str) -> tuple[str, ...]:
    """The names in a table of labels, in the order of the file; none where there is no table."""
    part, *path = key.split(".")
    node: Any = _labels(FALLBACK, part)
    for name in path:
        node = node.get(name, {})
    return tuple(node)


def prose(name: str, /, **values: object) -> str:
    """A passage by `<lesson>/<file>` without the ending, as Markdown."""
    for code in (language(), FALLBACK):
        if (template := _passage(code, name)) is not None:
            return _fill(template, values)
    raise KeyError(name)


def title(lesson: str, scene: str = "") -> str:
    """What a lesson is called, or a scene of it."""
    whole = t(f"{lesson}.title")
    if not scene:
        return whole
    return t("ui.part_title", part=t(f"{lesson}.scenes.{scene}.short"), lesson=whole)


def in_all_languages(table: str) -> dict[str, dict[str, str]]:
    """A table of `ui.toml` by language, for what is said before the language is known."""
    english = _labels(FALLBACK, "ui")[table]
    return {code: english | _labels(code, "ui").get(table, {}) for code in languages()}


def name_of(code: str) -> str:
    """A language's name for itself; its code until it says one."""
    return _label(code, "ui.language.name") or code


def missing(code: str) -> tuple[str, ...]:
    """What is said in English where a language lacks it: keys of `t`, and names of `prose`."""
    labels = [key for key in _keys() if _label(code, key) is None]
    return (*labels, *(name for name in _passages() if _passage(code, name) is None))


def _keys() -> Iterator[str]:
    """Of all labels."""
    english = LOCALES / FALLBACK
    parts = ("ui", *(file.parent.name for file in sorted(english.glob("*/labels.toml"))))
    for part in parts:
        yield from _below(part, _labels(FALLBACK, part))


def _below(key: str, table: dict[str, Any]) -> Iterator[str]:
    for name, node in table.items():
        if isinstance(node, dict):
            yield from _below(f"{key}.{name}", node)
        else:
            yield f"{key}.{name}"


def _passages() -> Iterator[str]:
    """The names of all passages."""
    english = LOCALES / FALLBACK
    for file in sorted(english.glob("*/*.md")):
        yield file.relative_to(english).with_suffix("").as_posix()
