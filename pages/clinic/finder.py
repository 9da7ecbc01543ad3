"""From a symptom, in the words people use, or from a message that was pasted, to its scene."""

from __future__ import annotations

import html

import streamlit as st

from pages.clinic import LESSON
from pages.clinic.common import STYLE
from pages.clinic.symptoms import MESSAGES
from ui import finding, page, scenes
from ui.scenes import Moment
from ui.text import FALLBACK, has, language, mode, read_as, t

STAYS = True  # its ways lead through the app
ASKED = f"{LESSON}.asked"  # in the session alone: what was pasted is nobody else's


def picture(now: Moment) -> None:
    """A field to search in, and below it every symptom, or those it found."""
    asked = st.text_input(
        t(f"{LESSON}.finder.label"),
        key=ASKED,
        placeholder=t(f"{LESSON}.finder.label"),
        max_chars=finding.LONGEST,
        icon=":material/search:",
        label_visibility="collapsed",
    )
    names = finding.found(asked, entries())
    kind = "some" if asked.strip() and names else "all" if names else "nothing"
    count = t(f"{LESSON}.finder.{kind}", count=len(names))
    page.at_once(f'<p class="mark">{html.escape(count)}</p>', STYLE)
    with st.container(key="symptoms", gap="xsmall"):
        for name in names:
            title, looks = t(f"{LESSON}.scenes.{name}.title"), t(f"{LESSON}.looks.{name}")
            scenes.way_to(LESSON, name, f"**{title}**\n{looks}")


def entries() -> list[finding.Entry]:
    """What can be found: each symptom by its words in this language and in English."""
    codes = dict.fromkeys((language(), FALLBACK))
    return [
        finding.Entry(
            scene.name,
            tuple(text for code in codes for text in _words(scene.name, code)),
            MESSAGES.get(scene.name, ()),
        )
        for scene in LESSON.scenes
        if has(f"{LESSON}.looks.{scene.name}")
    ]


def _words(name: str, code: str) -> tuple[str, ...]:
    with read_as(code, mode()):
        said = (f"scenes.{name}.title", f"looks.{name}", f"words.{name}")
        return tuple(t(f"{LESSON}.{key}") for key in said)
