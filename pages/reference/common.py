"""What the pages to look things up share: a field to search in, and a list as one element."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import streamlit as st

from pages.reference import LESSON
from ui import finding, state
from ui.files import COMPONENTS
from ui.lessons import address
from ui.text import FALLBACK, language, mode, read_as, t

STYLE = COMPONENTS / "reference.css"


def search(name: str, entries: Mapping[str, Sequence[str]]) -> tuple[str, list[str]]:
    """A field, and which entries are to be shown: all of them, or those that speak of what it says.

    An entry is an id and the texts in which it is found, in this language and in English.
    """
    asked = st.text_input(
        t(f"{LESSON}.search.{name}"),
        key=f"{LESSON}.asked.{name}",  # in the session alone
        placeholder=t(f"{LESSON}.search.{name}"),
        max_chars=finding.LONGEST,
        icon=":material/search:",
        label_visibility="collapsed",
    )
    names = found(asked, entries)
    if not names:
        st.markdown(t(f"{LESSON}.search.nothing"))
    return asked.strip(), names


def found(asked: str, entries: Mapping[str, Sequence[str]]) -> list[str]:
    """Ids of entries: first those in which it stands as it was typed, a symbol as a whole."""
    wanted = asked.strip().lower()
    listed = [finding.Entry(name, tuple(texts)) for name, texts in entries.items()]
    if not wanted:
        return list(entries)
    exact = [name for name, texts in entries.items() if any(wanted == x.lower() for x in texts)]
    within = [
        name
        for name, texts in entries.items()
        if len(wanted) > 2 and any(wanted in x.lower() for x in texts)
    ]
    return list(dict.fromkeys([*exact, *within] or finding.found(asked, listed)))


def in_both(key: str) -> list[str]:
    """A label in this language and in English: people look for either."""
    said = []
    for code in dict.fromkeys((language(), FALLBACK)):
        with read_as(code, mode()):
            said.append(t(key))
    return said


def show(body: str) -> None:
    """One element, in the look of these pages, which travels with it."""
    st.html(f"<style>{STYLE.read_text('utf-8')}</style>{body}")


def scene_link(lesson: str, scene: str, label: str = "", **query: str) -> str:
    """A link to a scene, by its title."""
    said = html.escape(label or t(f"{lesson}.scenes.{scene}.title"))
    asked = {"scene": scene, **query, "lang": language()}
    terms = "&amp;".join(f"{name}={html.escape(value)}" for name, value in asked.items())
    return f'<a href=".{address(lesson)}?{terms}">{said}</a>'


def outside(link: str, label: str) -> str:
    """A link to another house."""
    return f'<a href="{html.escape(link)}" target="_blank" rel="noopener">{html.escape(label)}</a>'


def shown(names: Sequence[str], most: Mapping[str, int]) -> tuple[list[str], str]:
    """What has room: before a class and in a frame elsewhere, where nothing scrolls, a few.

    `most` says how many by view. With them a line that says how many more there are to search for.
    """
    room = most.get(state.setting("view"), len(names))
    rest = len(names) - room
    line = f'<p class="rest">{html.escape(t(f"{LESSON}.search.rest", count=rest))}</p>'
    return list(names[:room]), line if rest > 0 else ""


def window(body: str, label: str) -> str:
    """A list in a window that scrolls, and that the keyboard reaches; elsewhere it stands whole."""
    if state.setting("view") != "page":
        return f'<div class="look whole">{body}</div>'
    named = f'role="region" tabindex="0" aria-label="{html.escape(label)}"'
    return f'<div class="look" {named}>{body}</div>'
