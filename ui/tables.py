"""Small tables of numbers as plain HTML: at once on screen, and read aloud as tables.

`st.dataframe` and `st.table` load a program of their own before they show a row.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ui.text import t

STYLE = Path(__file__).parents[1] / "assets" / "components" / "table.css"


@dataclass(frozen=True)
class Cell:
    """What is read, and where given: the exact value behind it, a colour, a word of explanation."""

    text: str
    value: object = ""
    colour: str = ""
    hint: str = ""


def table(heads: Sequence[Cell], rows: Sequence[Sequence[Cell]], *, name: str, lesson: str) -> None:
    """A table whose first cell in each row names the row; what hints say stands below it.

    `name` becomes its class; what it is called is the label `<lesson>.tables.<name>`.
    """
    head = "".join(_head(each) for each in heads)
    label = html.escape(t(f"{lesson}.tables.{name.replace(' ', '-')}"))
    body = "".join(f"<tr>{_row(row)}</tr>" for row in rows)
    st.html(STYLE)
    st.html(
        f'<div class="numbers"><table class="{name}" aria-label="{label}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{_hints(heads)}"
    )


def _head(cell: Cell) -> str:
    """The corner over the names of the rows may be empty: then it heads nothing."""
    return _cell(cell, "th", 'scope="col"') if cell.text else "<td></td>"


def _hints(heads: Sequence[Cell]) -> str:
    """What columns mean: for every reader, not only for those who rest a mouse on them."""
    said = "".join(
        f"<div><dt>{html.escape(each.text)}</dt><dd>{html.escape(each.hint)}</dd></div>"
        for each in heads
        if each.hint
    )
    return said and f'<dl class="hints">{said}</dl>'


def _row(row: Sequence[Cell]) -> str:
    return _cell(row[0], "th", 'scope="row"') + "".join(_cell(each, "td") for each in row[1:])


def _cell(cell: Cell, tag: str, attributes: str = "") -> str:
    given = {
        "data-value": str(cell.value),
        "style": cell.colour and f"color: {cell.colour}",
    }
    extra = "".join(f' {key}="{html.escape(value)}"' for key, value in given.items() if value)
    return f"<{tag} {attributes}{extra}>{html.escape(cell.text)}</{tag}>"
