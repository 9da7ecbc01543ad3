"""Every word that a user reads, in the language of this session.

Words live in `assets/locales/<language>/`: `ui.toml` for the frame and what lessons share, and for
each lesson `<lesson>/labels.toml` (short labels) and `<lesson>/*.md` (prose). A placeholder is
`[[name]]`, because braces belong to LaTeX. In formulas `\\c{idea}{symbol}` takes the colour of an
idea from `figures.theme`, so that μ in the text looks like μ in the picture.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

import streamlit as st

from figures.theme import Mode, colour
from ui.files import ASSETS

LOCALES = ASSETS / "locales"
FALLBACK = "en"
PLACEHOLDER = re.compile(r"\[\[([a-z_][a-z0-9_]*)\]\]")
COLOURED = re.compile(r"\\c\{([a-z_]+)\}")


def languages() -> tuple[str, ...]:
    """Language codes that have a locale folder; English first, then by name."""
    found = sorted(folder.name for folder in LOCALES.iterdir() if (folder / "ui.toml").is_file())
    return (FALLBACK, *(code for code in found if code != FALLBACK))


def language() -> str:
    """The language of this session; English before the frame has set one."""
    return st.session_state.get("lang", FALLBACK)


def mode() -> Mode:
    """Whether the page in front of this user is light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


@cache
def _labels(code: str, part: str) -> dict[str, Any]:
    file = "ui.toml" if part == "ui" else f"{part}/labels.toml"
    return tomllib.loads((LOCALES / code / file).read_text("utf-8"))


@cache
def _prose(code: str, name: str) -> str:
    return (LOCALES / code / f"{name}.md").read_text("utf-8").strip()


def _fill(template: str, values: dict[str, object]) -> str:
    # colours first: a value may come from a link, and `\c{…}` in it is the sender's own text
    painted = COLOURED.sub(lambda match: rf"\textcolor{{{colour(match[1], mode())}}}", template)
    return PLACEHOLDER.sub(lambda match: str(values[match[1]]), painted)


def t(key: str, /, **values: object) -> str:
    """A label by its dotted key, e.g. `t("ui.language")` or `t("mini_batch.eps.label")`.

    The first part names the file (`ui` or a lesson). Raises KeyError where a language lacks the key
    or a placeholder has no value: tests keep the languages level, so a page never meets it.
    """
    part, *path = key.split(".")
    node: Any = _labels(language(), part)
    for name in path:
        node = node[name]
    return _fill(node, values)


def has(key: str) -> bool:
    """Whether a label exists (optional help texts)."""
    try:
        t(key)
    except KeyError:
        return False
    return True


def names(key: str) -> tuple[str, ...]:
    """The names in a table of labels, in the order of the file; none where there is no table."""
    part, *path = key.split(".")
    node: Any = _labels(FALLBACK, part)
    for name in path:
        node = node.get(name, {})
    return tuple(node)


def prose(name: str, /, **values: object) -> str:
    """A passage by `<lesson>/<file>` without the ending, as Markdown."""
    return _fill(_prose(language(), name), values)


def in_all_languages(table: str) -> dict[str, dict[str, str]]:
    """A table of `ui.toml` by language, for what is said before the language is known."""
    return {code: _labels(code, "ui")[table] for code in languages()}


def name_of(code: str) -> str:
    """A language's name for itself."""
    return _labels(code, "ui")["language"]["name"]
