"""With fixed statistics batch norm folds into the layer before it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from bncore.folding import fold, line
from experiments.at_test_time import folding
from experiments.at_test_time.folding import Folded
from experiments.trained import trained
from pages.at_test_time import LESSON
from pages.at_test_time.common import accurate
from ui import page
from ui.numbers import latex, number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import prose, t

STAYS = True  # code and formulas, set by the app


@st.cache_resource(show_spinner=False)
def folded() -> Folded:
    return folding.compare()


def picture(now: Moment) -> None:
    """The formulas of one unit: as it is written; then as one line, with its numbers."""
    with st.container(key="folded"):
        numbers = _line_of_unit() if now.seen else {}
        st.markdown(prose(f"{LESSON}/{'fold_numbers' if now.seen else 'fold_before'}", **numbers))


def said(now: Moment) -> dict[str, object]:
    """How alike the two networks are."""
    found = folded()
    return {
        "error": number(found.max_error, 2),
        "largest": number(found.max_logit, 3),
        "agree": percent(found.agree),
    }


def more(now: Moment) -> None:
    """Both networks beside each other, and the time of one prediction."""
    _both(folded())
    time_it()
    page.source(fold, line, key="folding")


def _line_of_unit() -> dict[str, str]:
    """Unit 1 of layer 1: what is folded, and into what."""
    network = trained().network
    scale, shift = (float(one[0, 0]) for one in line(network, 0))
    given = (network.gamma, network.beta, network.running_mean, network.running_var)
    gamma, beta, mean, var = (float(of_layers[0][0, 0]) for of_layers in given)
    return {
        "gamma": latex(gamma, 3),
        "beta": latex(beta, 3),
        "mean": _signed(mean),
        "var": latex(var, 3),
        "eps": latex(network.eps),
        "scale": latex(scale, 3),
        "times": _signed(scale),
        "shift": latex(shift, 3),
    }


def _signed(x: float) -> str:
    return f"({latex(x, 3)})" if x < 0 else latex(x, 3)


def _both(found: Folded) -> None:
    word = f"{LESSON}.folding"
    rows: list[list[Any]] = [
        [t(f"{word}.with"), found.accuracy, found.parameters],
        [t(f"{word}.without"), found.folded_accuracy, found.folded_parameters],
    ]
    table(
        [Cell(""), Cell(t(f"{word}.accuracy")), Cell(t(f"{word}.numbers"))],
        [[Cell(name), accurate(share), Cell(str(n), value=n)] for name, share, n in rows],
        name="folded",
        lesson=LESSON,
    )


def time_it() -> None:
    """A ratio of times belongs to this machine and this moment: measured when asked for."""
    key = f"{LESSON}.ratio"
    with st.container(horizontal=True, vertical_alignment="center", key="time-it"):
        st.button(
            t(f"{LESSON}.folding.measure"),
            icon=":material/timer:",
            key="measure-ratio",
            on_click=lambda: st.session_state.update({key: folding.time_ratio()}),
        )
        if key in st.session_state:
            ratio = percent(st.session_state[key])
            st.markdown(t(f"{LESSON}.folding.ratio", ratio=ratio), width="content")
