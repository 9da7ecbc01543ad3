"""What the scenes of the clinic share: a network's answers side by side, and the way out.

Every scene is built alike: `wards` is its picture, what is healthy beside what is ill, and `cure`
its drawer: code that was run, where it is explained, and who has asked.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from experiments.clinic.answers import Answers
from experiments.trained import trained
from figures.digits import data_uri
from figures.theme import colour
from pages.clinic import LESSON
from pages.clinic.symptoms import EXPLAINED, QUESTIONS
from ui import page, text
from ui.files import ASSETS, COMPONENTS
from ui.lessons import LESSONS
from ui.numbers import number, percent
from ui.text import t

STYLE = COMPONENTS / "clinic.css"
SNIPPETS = ASSETS / "snippets" / "clinic"
LIBRARIES = {"pytorch": "PyTorch", "keras": "Keras", "flax": "Flax"}
SHOWN = 18  # images whose answers are shown one by one
DIGIT = 8  # pixels that an image is high and wide
ILL = 0.01  # so much less is right than in the other one, that it counts as ill
UNKNOWN = "?"  # what is not told yet

value = LESSON.value


@dataclass(frozen=True, eq=False)
class Ward:
    """A network in one state: what that is called, and its answers; None until they are told."""

    name: str
    answers: Answers | None
    under: str = ""  # a line below the share


def wards(*each: Ward, image: int | None = None) -> None:
    """States of a network side by side: the share that is right, and the first answers.

    Of the test images, or of one `image` (from 0) that is asked again and again.
    """
    best = max(ward.answers.right for ward in each if ward.answers is not None)
    body = "".join(_ward(ward, best, image) for ward in each)
    page.at_once(f'<div class="wards">{body}</div>', STYLE)


def _ward(ward: Ward, best: float, image: int | None) -> str:
    answers = ward.answers
    ill = answers is not None and answers.right < best - ILL
    hue = colour("error" if ill else "bn", text.mode())
    share = percent(answers.right) if answers else UNKNOWN
    of = t(f"{LESSON}.wards.{'calls' if image is not None else 'images'}", images=_count(ward))
    width = 100 * answers.right if answers else 0
    said = t(f"{LESSON}.wards.alt", name=ward.name.replace("`", ""), share=share, of=of)
    under = f'<p class="under">{html.escape(ward.under)}</p>'
    digits = _digits(answers, image)
    return (
        f'<div class="ward{" ill" if ill else ""}" style="--hue: {hue}">'
        f'<p class="name">{_named(ward.name)}</p>'
        f'<p class="share"><b>{share}</b> <span>{html.escape(of)}</span></p>'
        f'<i class="level"><em style="width: {width:.1f}%"></em></i>{under}'
        f'<div class="answers" role="img" aria-label="{html.escape(said)}">{digits}</div>'
        "</div>"
    )


def _count(ward: Ward) -> int:
    return len(ward.answers.said) if ward.answers else len(trained().data.y_test)


def _named(name: str) -> str:
    """Words with code in back quotes."""
    parts = html.escape(name).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))


def _digits(answers: Answers | None, image: int | None) -> str:
    """The first images, each with what the network said and whether that is right."""
    data = trained().data
    rows = np.arange(SHOWN) if image is None else np.full(SHOWN, image)
    shown = []
    for place, row in enumerate(rows):
        source, width = data_uri(data.x_test[[row]].reshape(-1, DIGIT, DIGIT), 1, text.mode())
        said, right = UNKNOWN, True
        if answers is not None:
            digit = int(answers.said[place])
            right = digit == data.y_test[row]
            said = f"{digit} {'✓' if right else '✗'}" if digit >= 0 else "NaN"
        look = "" if right else ' class="wrong"'
        shown.append(
            f'<span{look}><img src="{source}" width="{5 * width}" alt=""><b>{said}</b></span>'
        )
    return "".join(shown)


# --- numbers ---


def numbers(
    rows: Sequence[tuple[str, Iterable[float | None]]], label: str, digits: int = 2
) -> None:
    """Rows of numbers by name; None is not told yet, and what is no number stands out."""
    body = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th>'
        f"{''.join(_cell(x, digits) for x in values)}</tr>"
        for name, values in rows
    )
    hue = colour("error", text.mode())
    page.at_once(
        f'<div class="strip" style="--hue: {hue}"><table aria-label="{html.escape(label)}">'
        f"<tbody>{body}</tbody></table></div>",
        STYLE,
    )


def _cell(x: float | None, digits: int) -> str:
    if x is None:
        return f"<td>{UNKNOWN}</td>"
    look = "" if np.isfinite(x) else ' class="bad"'
    return f"<td{look}>{number(float(x), digits)}</td>"


@dataclass(frozen=True)
class Fact:
    """A number with its name; None until it is told. What is ill stands out."""

    name: str
    value: float | None
    ill: bool = False
    digits: int = 4


def facts(*each: Fact) -> None:
    """A few numbers, one below the other, large."""
    rows = []
    for fact in each:
        hue = colour("error" if fact.ill else "bn", text.mode())
        said = UNKNOWN if fact.value is None else number(fact.value, fact.digits)
        rows.append(f'<div style="--hue: {hue}"><dt>{_named(fact.name)}</dt><dd>{said}</dd></div>')
    page.at_once(f'<dl class="facts">{"".join(rows)}</dl>', STYLE)


def bars(*each: Fact, most: float, mark: float, marked: str) -> None:
    """Numbers with their lengths, up to `most`, and a line where they would be healthy."""
    rows = []
    for fact in each:
        hue = colour("error" if fact.ill else "bn", text.mode())
        said = UNKNOWN if fact.value is None else number(fact.value, fact.digits)
        width = 100 * min((fact.value or 0) / most, 1)
        rows.append(
            f'<div style="--hue: {hue}"><dt>{_named(fact.name)}</dt><dd>{said}</dd>'
            f'<i class="level"><em style="width: {width:.1f}%"></em>'
            f'<u style="left: {100 * mark / most:.1f}%"></u></i></div>'
        )
    note = f'<p class="mark">{html.escape(marked)}</p>'
    page.at_once(f'<dl class="facts bars">{"".join(rows)}</dl>{note}', STYLE)


# --- the drawer ---


def cure(name: str, *sources: Callable[..., Any] | type) -> None:
    """What to do, as code that was run; where it is explained; who has asked; what ran here."""
    st.markdown(t(f"{LESSON}.cures.{name}"))
    tabs = st.tabs(list(LIBRARIES.values()))
    for tab, library in zip(tabs, LIBRARIES, strict=True):
        with tab:
            st.code(snippet(name, library), language="python")
    st.caption(t(f"{LESSON}.drawer.run"))
    with st.container(key=f"explained-{name}", gap="xsmall"):
        st.markdown(t(f"{LESSON}.drawer.explained"))
        for lesson, scene in EXPLAINED[name]:
            label = f"{t(f'{lesson}.title')}: {t(f'{lesson}.scenes.{scene}.title')}"
            icon = LESSONS[lesson].icon
            st.page_link(
                page.pages()[lesson], label=label, icon=icon, query_params={"scene": scene}
            )
    asked = ", ".join(f"[{place}]({address(place)})" for place in QUESTIONS[name])
    known = {"question": t(f"{LESSON}.asked.{name}"), "places": asked}
    st.markdown(t(f"{LESSON}.drawer.{'asked' if asked else 'in_short'}", **known))
    if sources:
        page.source(*sources, key=f"{LESSON}-{name}")


def snippet(name: str, library: str) -> str:
    """What to do about a symptom in one library."""
    return (SNIPPETS / name / f"{library}.py").read_text("utf-8")


def address(place: str) -> str:
    """Of a public question, `owner/repo#number`; GitHub leads on where it is a pull request."""
    repository, number = place.split("#")
    return f"https://github.com/{repository}/issues/{number}"
