"""A small batch shows too little variance, and m/(m − 1) is what it is short of."""

from __future__ import annotations

import html
from typing import Any

import streamlit as st

from experiments.at_test_time import conventions
from experiments.at_test_time.conventions import Divisor
from figures.theme import INK, colour
from pages.at_test_time import LESSON
from pages.at_test_time.common import at_once, value
from ui import controls, page, text
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import t

MOST = 1.1  # how much of the true variance the bars have room for
FAR = 60.0  # % of that, from where on words have no room at the right
MARKED = {"all": 1.0, "half": 0.5}  # of the true variance
ROWS = {"true": "", "biased": "var", "unbiased": "running"}


@st.cache_resource(max_entries=16, show_spinner=False)
def divisor(m: int) -> Divisor:
    return conventions.divisor(m)


def picture(now: Moment) -> None:
    """The true variance, and what the variances of thousands of batches average out to."""
    mode, shown = text.mode(), {"true": 1.0}
    if now.seen:
        found = divisor(value("batch"))
        shown |= {"biased": found.biased_ratio, "unbiased": found.unbiased_ratio}
    bars = "".join(
        _bar(
            t(f"{LESSON}.divisor.{name}"),
            shown.get(name),
            colour(idea, mode) if idea else INK[mode],
            now.mark(*MARKED) if name == "biased" else "",
            MARKED.get(now.guess or "", 0.0),
        )
        for name, idea in ROWS.items()
    )
    at_once(f'<div class="levels">{bars}</div>')
    controls.ladder(LESSON, "batch")


def _bar(name: str, share: float | None, hue: str, mark: str, expected: float) -> str:
    """`mark` is written where the share was `expected`."""
    exact = "" if share is None else f' data-value="{share:.6g}"'
    read = "?" if share is None else number(share, 3)
    width = 0 if share is None else 100 * share / MOST
    at = 100 * expected / MOST
    side = f"left: {at:.1f}%" if at < FAR else f"right: {100 - at:.1f}%"
    guess = f'<u style="{side}">{html.escape(mark)}</u>' if mark else ""
    return (
        f'<div style="--hue: {hue}"><span>{html.escape(name)}</span><b{exact}>{read}</b>'
        f'<i><em style="width: {width:.1f}%"></em>{guess}</i></div>'
    )


def said(now: Moment) -> dict[str, Any]:
    """What the averaged variances come to, and whether the answers notice."""
    m, found = value("batch"), divisor(value("batch"))
    return {
        "m": m,
        "factor": number(m / (m - 1), 3),
        "biased": number(found.biased_ratio, 3),
        "unbiased": number(found.unbiased_ratio, 3),
        "biased_accuracy": percent(found.biased_accuracy),
        "unbiased_accuracy": percent(found.unbiased_accuracy),
    }


def more(now: Moment) -> None:
    """Does it matter for the answers?"""
    page.say(f"{LESSON}/divisor", **said(now))
    page.source(conventions.divisor, key="divisor")
