"""The terms of the glossary: which of them a scene's words use, and the way to each.

A scene lists them at the end of its drawer: links within its sentences would stand in its first
words, in questions and on paper, where they are in the way; in the drawer they cost one line that
nobody pays for who does not open it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import streamlit as st

from ui import text
from ui.first import plain
from ui.lesson import Lesson, Scene
from ui.text import FALLBACK, language, t

HOME = "reference"  # the lesson that has the glossary; its scene, and its control
SCENE, CONTROL = "terms", "term"
NAMES, ENTRIES = f"{HOME}.controls.{CONTROL}.options", f"{HOME}.glossary"
LATIN = "A-Za-z0-9_"


def every() -> tuple[str, ...]:
    """The ids of all terms, in the order of the glossary."""
    return text.names(NAMES)


def name(term: str) -> str:
    """What a term is called."""
    return t(f"{NAMES}.{term}")


def address(term: str) -> str:
    """Where its entry stands, from any page of the app."""
    return f"./{HOME}?scene={SCENE}&{CONTROL}={term}&lang={language()}"


def line(lesson: Lesson, scene: Scene) -> None:
    """The terms that a scene's words use, each a link to its entry."""
    if found := used(str(lesson), scene, language()):
        links = " · ".join(f"[{name(term)}]({address(term)})" for term in found)
        st.markdown(f"**{t('ui.scenes.terms')}** {links}")


@cache
def used(lesson: str, scene: Scene, code: str) -> tuple[str, ...]:
    """Which terms the words of a scene use in a language, in the order of the glossary."""
    found = {term for words in _words(lesson, scene, code) for term in within(words, code)}
    return tuple(term for term in every() if term in found)


def _words(lesson: str, scene: Scene, code: str) -> Iterator[str]:
    """Its title, task and what it came to; its question with all that is said of the answers."""
    tables = [f"{lesson}.scenes.{scene.name}"]
    if scene.question is not None:
        tables.append(f"{lesson}.questions.{scene.question.name}")
    for table in tables:
        for label in text.names(table):
            yield plain(text.PLACEHOLDER.sub(" ", _said(f"{table}.{label}", code)))


def within(words: str, code: str) -> set[str]:
    """The terms that a sentence uses; a longer term is not also the shorter one within it."""
    pattern, terms = _pattern(code)
    return {terms[_folded(each[0])] for each in pattern.finditer(words)}


@cache
def _pattern(code: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds the words of all terms, and which term each belongs to."""
    terms: dict[str, str] = {}
    for term in every():
        for word in _said(f"{ENTRIES}.{term}.match", code).split(", "):
            for form in (word, _plural(word)):
                terms.setdefault(_folded(form), term)
    longest = sorted(terms, key=len, reverse=True)
    return re.compile("|".join(map(_bounded, longest))), terms


def _bounded(word: str) -> str:
    """Latin letters end at Latin letters, so that a Korean ending may follow; Hangul begins."""
    wanted = re.escape(word) if len(word) < 3 else f"(?i:{re.escape(word)})"
    before = f"(?<![{LATIN}])" if re.match(f"[{LATIN}]", word) else ""
    after = f"(?![{LATIN}])" if re.search(f"[{LATIN}]$", word) else ""
    return before + wanted + after if before or after else f"(?<![가-힣]){wanted}"


def _plural(word: str) -> str:
    """In English; a symbol, and a word of another script, has none."""
    if len(word) < 2 or not word[-1].isascii() or not word[-1].isalpha():
        return word
    return f"{word}es" if word.endswith(("ch", "s", "x")) else f"{word}s"


def _folded(word: str) -> str:
    """Letters that are symbols are told apart by case."""
    return word if len(word) < 3 else word.lower()


def _said(key: str, code: str) -> str:
    """As it stands in a language's file, or in English."""
    return text.template(key, code) or text.template(key, FALLBACK) or ""
