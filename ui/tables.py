"""Small tables of numbers as plain HTML: at once on screen, and read aloud as tables.

`st.dataframe` and `st.table` load a program of their own before they show a row.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

STYLE = Path(__file__).parents[1] / "assets" / "components" / "table.css"


@dataclass(frozen=True)
class Cell:
    """What is read, and where given: the exact value behind it, a colour, a word of explanation."""

    text: str
    value: object = ""
    colour: str = ""
    hint: str = ""


def table(heads: Sequence[Cell], rows: Sequence[Sequence[Cell]], *, name: str) -> None:
    """A table whose first cell in each row names the row; `name` becomes its class."""
    head = "".join(_cell(each, "th", 'scope="col"') for each in heads)
    body = "".join(f"<tr>{_row(row)}</tr>" for row in rows)
    st.html(STYLE)
    st.html(
        f'<div class="numbers"><table class="{name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(row: Sequence[Cell]) -> str:
    return _cell(row[0], "th", 'scope="row"') + "".join(_cell(each, "td") for each in row[1:])


def _cell(cell: Cell, tag: str, attributes: str = "") -> str:
    given = {
        "data-value": str(cell.value),
        "style": cell.colour and f"color: {cell.colour}",
        "title": cell.hint,
    }
    extra = "".join(f' {key}="{html.escape(value)}"' for key, value in given.items() if value)
    return f"<{tag} {attributes}{extra}>{html.escape(cell.text)}</{tag}>"
