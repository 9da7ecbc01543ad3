"""What the lesson `network` shares between its sections: the network, its place, its numbers.

The sections are in `pages.network.map`, `pages.network.step` and `pages.network.numbers`.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from experiments.network import export, walkthrough
from experiments.network.little import Little
from experiments.network.watch import Line
from figures.theme import COLOURS, colour
from pages.network import LESSON
from ui import controls, text
from ui.files import COMPONENTS
from ui.numbers import number
from ui.text import t

STYLE = COMPONENTS / "network" / "page.css"


value = LESSON.value


def put(**values: Any) -> Callable[[], None]:
    """A callback that sets controls."""
    return lambda: LESSON.put(**values)


PLACE = ("norm", "activation", "optimizer", "epoch", "batch", "m", "seed")


def place() -> tuple[str, str, str, int, int, int, int]:
    """Which network, and before which of its mini-batches."""
    return tuple(value(name) for name in PLACE)


def little() -> Little:
    return walkthrough.at(*place())


def steps() -> tuple[Line, ...]:
    """The lines of the step on the chosen mini-batch."""
    return walkthrough.lines(*place())


def choose() -> None:
    """Which network."""
    with st.container(horizontal=True, key="which-network"):
        controls.choice(LESSON, "norm")
        controls.choice(LESSON, "activation")
        controls.choice(LESSON, "optimizer")
        controls.choice(LESSON, "m")
        controls.entry(LESSON, "seed", width=130)


# --- arrays as tables ---


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
    st.html(f'<div class="arrays">{tables}</div>')


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
    return _table("", body, "", "of-units", t(f"{LESSON}.tables.arrays", names=names))


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


IDEAS = {"std": "var", "running_mean": "running", "running_var": "running"}


def hue(name: str) -> str:
    """The colour of the idea behind a name in the code, or none."""
    idea = name.rstrip("0123456789").removeprefix("d")
    idea = IDEAS.get(idea, idea)
    return colour(idea, text.mode()) if idea in COLOURS else ""


def written(shape: Sequence[int]) -> str:
    """A shape for people: 6 × 3."""
    return " × ".join(map(str, shape)) if shape else t(f"{LESSON}.map.number")


# --- take it home ---


def take_home() -> None:
    """Programs for this network at this place."""
    programs = export.programs(little())
    with st.container(horizontal=True, key="take-home"):
        for library, program in programs.items():
            name = t(f"{LESSON}.home.{library}")
            st.download_button(
                t(f"{LESSON}.home.download", name=name),
                partial(program, little()),
                file_name=f"{LESSON}_{library}.py",
                mime="text/x-python",
                icon=":material/download:",
                key=f"download-{library}",
                on_click="ignore",
            )
    box = st.expander(
        t(f"{LESSON}.home.show"), icon=":material/code:", key="programs", on_change="rerun"
    )
    if box.open:
        shown = box.tabs([t(f"{LESSON}.home.{library}") for library in programs])
        for tab, program in zip(shown, programs.values(), strict=True):
            tab.code(program(little()), language="python", height=480)


# --- what a link may ask for and this network does not have ---

STANDS_FOR = {"z_tilde": "a_tilde", "a_tilde": "z_tilde"}


def settle() -> None:
    """Bring a place or a node that this network does not have to one that it has, and say so."""
    if value("batch") > (last := walkthrough.BATCHES[value("m")]):
        _replace("batch", last, "late", m=value("m"))
    known = walkthrough.nodes(*place())
    if value("node") not in known:
        _replace("node", _instead(value("node"), known), "gone")
    if value("line") > (last := len(steps())):
        _replace("line", last, "past")


def _instead(node: str, known: Mapping[str, Any]) -> str:
    """The node in its stead: the other one behind batch norm, else the activation of its layer."""
    kind, layer = node[:-1], node[-1]
    other = f"{STANDS_FOR.get(kind, '')}{layer}"
    return other if other in known else f"{'z' if kind == 'b' else 'a'}{layer}"


def _replace(name: str, new: Any, sentence: str, **known: object) -> None:
    asked = value(name)
    LESSON.put(**{name: new})
    st.caption(t(f"{LESSON}.place.{sentence}", asked=asked, there=new, **known))
