"""Small tables of numbers as plain HTML: at once on screen, and read aloud as tables.

`st.dataframe` and `st.table` load a program of their own before they show a row.

A table is never cut and never scrolls sideways: where its frame is too narrow, each row becomes a
card that names its numbers itself. How much room the columns need is known from what stands in
them, so that the browser decides by a container query, without a script.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import streamlit as st

from ui.files import COMPONENTS
from ui.numbers import number, percent, unbroken
from ui.text import t

STYLE = COMPONENTS / "table.css"
CARDS = COMPONENTS / "table_cards.css"  # for one need, which stands in it as [[need]]
WHOLE = 12.0  # em: what is shorter is not broken into lines
BROKEN = 9.0  # em: what is broken into lines gets so much
PADDING = (12.0, 0.022, 24.0)  # px, as in table.css: at least, as a share of the frame, at most
STEP = 16  # px: needs are rounded up, so that few styles are written


@dataclass(frozen=True)
class Cell:
    """What is read, and where given: the exact value behind it, a colour, a word of explanation.

    `link` is the page that says it.
    """

    text: str
    value: object = ""
    colour: str = ""
    hint: str = ""
    link: str = ""


def exact(x: float, digits: int = 3) -> Cell:
    return Cell(number(x, digits), value=f"{x:.4g}")


def share(value: float) -> Cell:
    """An accuracy in a table."""
    return Cell(unbroken(percent(value)), value=f"{value:.4f}")


def between(shares: np.ndarray) -> Cell:
    """From the lowest accuracy (S,) to the highest."""
    low, high = float(shares.min()), float(shares.max())
    return Cell(unbroken(f"{100 * low:.1f}–{percent(high)}"), value=f"{low:.4f} {high:.4f}")


def table(
    heads: Sequence[Cell],
    rows: Sequence[Sequence[Cell]],
    *,
    name: str,
    lesson: str,
    window: bool = False,
) -> None:
    """A table whose first cell in each row names the row; what hints say stands below it.

    `name` becomes its class; what it is called is the label `<lesson>.tables.<name>`. A long one
    stands in a window of a few rows, which scrolls up and down.
    """
    need = _need(heads, rows)
    label = html.escape(t(f"{lesson}.tables.{name.replace(' ', '-')}"))
    head = "".join(_head(each) for each in heads)
    names = [each.text for each in heads]
    body = "".join(f'<tr role="row">{_row(row, names)}</tr>' for row in rows)
    # The look travels with the table: Streamlit keeps HTML that is nothing but a style in a place
    # of its own, where a fragment's next run writes over what others have put there. The roles
    # stand in words: as cards the parts are blocks, and some browsers read them as such.
    st.html(
        f"<style>{_style(need)}</style>"
        f'<div class="numbers"><div class="need-{need}"{_window(label) if window else ""}>'
        f'<table class="{name}" role="table" aria-label="{label}">'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div></div>{_hints(heads)}'
    )


def _window(label: str) -> str:
    """What makes a frame a window that the keyboard reaches, too."""
    return f' role="region" tabindex="0" aria-label="{label}"'


def _head(cell: Cell) -> str:
    """The corner over the names of the rows may be empty: then it heads nothing."""
    if not cell.text:
        return '<td role="cell"></td>'
    return _cell(cell, "th", 'role="columnheader" scope="col"')


def _hints(heads: Sequence[Cell]) -> str:
    """What columns mean: for every reader, not only for those who rest a mouse on them."""
    said = "".join(
        f"<div><dt>{html.escape(each.text)}</dt><dd>{html.escape(each.hint)}</dd></div>"
        for each in heads
        if each.hint
    )
    return said and f'<dl class="hints">{said}</dl>'


def _row(row: Sequence[Cell], heads: Sequence[str]) -> str:
    attributes = ['role="rowheader" scope="row"', *('role="cell"' for _ in row[1:])]
    return "".join(
        _cell(each, "td" if c else "th", attributes[c], heads[c]) for c, each in enumerate(row)
    )


def _cell(cell: Cell, tag: str, attributes: str = "", head: str = "") -> str:
    counted = tag == "th" and bool(head) and cell.text[:1].isdigit()  # layer 1, layer 2 …
    looks = {"whole": _long(cell.text) <= WHOLE, "counted": counted}
    given = {
        "data-value": str(cell.value),
        "data-head": head,  # what a card writes above the number
        "class": " ".join(name for name, holds in looks.items() if holds),
        "style": cell.colour and f"color: {cell.colour}",
    }
    extra = "".join(f' {key}="{html.escape(value)}"' for key, value in given.items() if value)
    said = html.escape(cell.text)
    if cell.link:
        said = f'<a href="{html.escape(cell.link)}" target="_blank" rel="noopener">{said}</a>'
    return f"<{tag} {attributes}{extra}>{said}</{tag}>"


@cache
def _style(need: int) -> str:
    return STYLE.read_text("utf-8") + CARDS.read_text("utf-8").replace("[[need]]", str(need))


def _need(heads: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> int:
    """How wide a frame must be, in px, for every column to stand beside the others."""
    columns = zip(heads, *rows, strict=True)
    letters = 16 * sum(
        max(0.875 * _longest_word(head.text), *(_least(cell.text) for cell in cells))
        for head, *cells in columns
    )
    least, share, most = PADDING
    count = len(heads)
    need = letters + count * least
    if share * need > least:  # the padding grows with the frame
        need = min(letters / (1 - count * share), letters + count * most)
    return STEP * math.ceil(need / STEP)


def _least(text: str) -> float:
    """The least width of a cell in em: whole, or broken into lines of a readable length."""
    return length if (length := _long(text)) <= WHOLE else max(BROKEN, _longest_word(text))


def _longest_word(text: str) -> float:
    return max(map(_long, text.split(" ")), default=0.0)


def _long(text: str) -> float:
    """The width of a text in em, rather too much than too little: Hangul is wide."""
    return sum(0.95 if unicodedata.east_asian_width(c) in "WF" else 0.6 for c in text)
