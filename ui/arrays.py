"""Arrays as small tables under their names in the code, with the colour of their idea."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from figures.theme import COLOURS, colour
from ui import text
from ui.files import COMPONENTS
from ui.numbers import number
from ui.text import t

STYLE = COMPONENTS / "arrays.css"
IDEAS = {"std": "var", "running_mean": "running", "running_var": "running"}


def arrays(values: Mapping[str, Any], *, faint: Collection[str] = (), named: bool = True) -> None:
    """Arrays by their name in the code: those of one row each in one table, others each its own.

    Those in `faint` do not count; with `named` False the names are words, not code.
    """
    rows = {name: np.atleast_1d(np.asarray(array)) for name, array in values.items()}
    flat = {name: array.reshape(-1) for name, array in rows.items() if _is_row(array)}
    groups = [{name: array} for name, array in rows.items() if name not in flat]
    for size in dict.fromkeys(array.size for array in flat.values()):
        groups.append({name: array for name, array in flat.items() if array.size == size})
    tables = "".join(
        _rows(each, values) if set(each) <= set(flat) else _grid(each, faint, named)
        for each in groups
    )
    # The look travels with the tables: see `ui.tables`.
    st.html(f'<style>{STYLE.read_text("utf-8")}</style><div class="arrays">{tables}</div>')


def written(shape: Sequence[int]) -> str:
    """A shape for people: 6 × 3."""
    return " × ".join(map(str, shape)) if shape else t("ui.arrays.number")


def hue(name: str) -> str:
    """The colour of the idea behind a name in the code, or none."""
    idea = name.rstrip("0123456789").removeprefix("d")
    idea = IDEAS.get(idea, idea)
    return colour(idea, text.mode()) if idea in COLOURS else ""


def _is_row(array: np.ndarray) -> bool:
    return array.ndim == 1 or (len(array) == 1 and array.shape[1] > 0)


def _grid(one: dict[str, np.ndarray], faint: Collection[str], named: bool) -> str:
    """A table of an array with rows: of examples, or of the inputs of W."""
    ((name, array),) = one.items()
    body = [(str(at), row) for at, row in enumerate(array, start=1)]
    shape = f"<small>{written(array.shape)}</small>"
    caption = f"{_named(name)} {shape}" if named else html.escape(name)
    return _table(caption, body, name if named else "", "faint" if name in faint else "matrix")


def _rows(several: dict[str, np.ndarray], shapes: Mapping[str, Any]) -> str:
    """A table with an array in each row."""
    body = [
        (f"{_named(name)} <small>{written(np.shape(shapes[name]))}</small>", array)
        for name, array in several.items()
    ]
    names = ", ".join(several)
    return _table("", body, "", "of-units", t("ui.arrays.name", names=names))


def _table(
    caption: str, body: Sequence[tuple[str, np.ndarray]], name: str, look: str, label: str = ""
) -> str:
    heads = "".join(f'<th scope="col">{unit}</th>' for unit in range(1, body[0][1].size + 1))
    heads = f"<thead><tr><td></td>{heads}</tr></thead>" if body[0][1].size > 1 else ""
    rows = "".join(
        f'<tr><th scope="row">{head}</th>{"".join(map(_cell, numbers))}</tr>'
        for head, numbers in body
    )
    called = f' aria-label="{html.escape(label)}"' if label else ""
    return (
        f'<table class="{look}" data-name="{name}"{_style(name)}'
        f"{called}>"
        f"{caption and f'<caption>{caption}</caption>'}{heads}<tbody>{rows}</tbody></table>"
    )


def _style(name: str) -> str:
    return f' style="--hue: {hue(name)}"' if hue(name) else ""


def _cell(x: float) -> str:
    return f'<td data-value="{float(x)!r}">{number(float(x), 3)}</td>'


def _named(name: str) -> str:
    """A name in the code in the colour of its idea."""
    return f'<code style="color: {hue(name) or "inherit"}">{name}</code>'
