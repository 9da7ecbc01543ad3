"""The four steps in formulas and in a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from experiments.mini_batch.batch import Batch, Steps
from pages.mini_batch import LESSON
from pages.mini_batch.common import value
from ui import controls, tables, text
from ui.numbers import latex, number
from ui.text import t

STEPS = ("z", "z_centered", "z_norm", "z_tilde")


def limits(z: np.ndarray) -> None:
    """Say it where the first row cannot tell numbers apart: it has room for a few digits."""
    size, spread = float(np.abs(z).max()), float(np.ptp(z))
    if size >= 1e6 and 0 < spread < size / 200:
        st.caption(t(f"{LESSON}.digits_alike", size=number(size, 3), spread=number(spread, 3)))


def formula(steps: Steps, step: int) -> None:
    """The formula of one step with its numbers, on one line where there is room."""
    name, values = list(_filled(steps).items())[step - 1]
    st.markdown(_on_one_line(text.prose(f"{LESSON}/step_{name}", **values)))


def _on_one_line(passage: str) -> str:
    """The name of a step and its aligned lines as one formula, which breaks before an equals sign
    where there is no room."""
    name = passage.partition("**")[2].partition("**")[0]
    formula = passage.partition("$$")[2].partition("$$")[0]
    for layout in (r"\begin{aligned}", r"\end{aligned}", r" \\", "&"):
        formula = formula.replace(layout, "")
    return rf"**{name}** $\displaystyle {formula}$"


def formulas(steps: Steps) -> None:
    """The four steps with their numbers; the last two for the example that is chosen."""
    filled = _filled(steps)
    for pair in (("mean", "var"), ("norm", "tilde")):
        for column, step in zip(st.columns(2), pair, strict=True):
            with column.container(border=True, height="stretch"):
                st.markdown(text.prose(f"{LESSON}/step_{step}", **filled[step]))


def _filled(steps: Steps) -> dict[str, dict[str, Any]]:
    m = len(steps.z)
    i = min(value("example"), m) - 1
    return {
        "mean": {"m": m, "terms": _terms(steps.z), "mean": latex(steps.mean)},
        "var": {"m": m, "terms": _terms(steps.z_centered, power=2), "var": latex(steps.var)},
        "norm": {
            "i": i + 1,
            "z": latex(steps.z[i]),
            "mean": _signed(steps.mean),
            "var": latex(steps.var),
            "eps": latex(steps.eps),
            "z_norm": latex(steps.z_norm[i]),
        },
        "tilde": {
            "i": i + 1,
            "gamma": latex(steps.gamma),
            "z_norm": _signed(steps.z_norm[i]),
            "beta": _signed(steps.beta),
            "z_tilde": latex(steps.z_tilde[i]),
        },
    }


def _signed(value: float) -> str:
    """A number that follows a sign: in parentheses where it is negative."""
    return rf"({latex(value)})" if value < 0 else latex(value)


def _terms(values: np.ndarray, power: int = 1) -> str:
    """The first summand and the last, `2.3+…+0.59`, or both of two: what a phone has room for."""
    few = list(values) if len(values) <= 2 else [values[0], None, values[-1]]
    return "+".join(r"\dots" if x is None else _term(x, power) for x in few)


def _term(value: float, power: int) -> str:
    short = latex(value, 3)
    return _signed_short(short) if power == 1 else rf"{_signed_short(short)}^{{{power}}}"


def _signed_short(short: str) -> str:
    return f"({short})" if short.startswith("-") or "times" in short else short


def table(batch: Batch, steps: Steps, place: str) -> None:
    """Every example's four numbers, to read and to take away, in the drawer of a scene."""
    frame = _frame(batch, steps)
    left, right = st.columns([2, 5], vertical_alignment="top")
    with left:
        if place == "four_steps":
            _example(batch)
        st.download_button(
            t(f"{LESSON}.download"),
            frame.to_csv(index=False),
            file_name="mini_batch.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            width=270,
            key=f"download-{place}",
        )
    with right:
        heads = [tables.Cell(t(f"{LESSON}.columns.{name}")) for name in frame.columns]
        rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
        note = t(f"{LESSON}.table_note")
        tables.table(heads, rows, name="examples", lesson=LESSON, window=True)
        st.caption(note)


def _example(batch: Batch) -> None:
    """Which example the formulas are of, and what it was."""
    controls.entry(LESSON, "example", width=270)
    i = min(value("example"), batch.m)
    if batch.digits is None:
        st.caption(t(f"{LESSON}.example_own", i=i, z=number(batch.z[i - 1], 15)))
    else:
        st.caption(t(f"{LESSON}.example_digit", i=i, digit=batch.digits[i - 1]))


def _frame(batch: Batch, steps: Steps) -> pd.DataFrame:
    data: dict[str, Any] = {"example": np.arange(1, batch.m + 1)}
    if batch.digits is not None:
        data["digit"] = batch.digits
    return pd.DataFrame(data | {name: getattr(steps, name) for name in STEPS})


def _cell(value: float) -> tables.Cell:
    return tables.Cell(f"{value:.6g}".replace("-", "−"), value=repr(value))
