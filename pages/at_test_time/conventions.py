"""The third section of the lesson on train and test: who keeps running statistics how."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from bncore.conventions import CONVENTIONS
from experiments.at_test_time import conventions
from experiments.at_test_time.conventions import Divisor, Under
from figures.theme import colour
from pages.at_test_time import charts as figures
from pages.at_test_time.company import LESSON, accurate, chart, value, words
from ui import controls, text
from ui.files import ASSETS
from ui.numbers import latex, number, percent
from ui.tables import Cell, table
from ui.text import prose, t

SNIPPETS = ASSETS / "snippets" / "conventions"


@st.cache_resource(max_entries=16, show_spinner=False)
def under_each(m: int) -> dict[str, Under]:
    """Unit 1 of layer 1, the same batches under every convention."""
    return {name: conventions.under(name, m) for name in CONVENTIONS}


@st.cache_resource(max_entries=16, show_spinner=False)
def divisor(m: int) -> Divisor:
    return conventions.divisor(m)


def rule() -> None:
    """One switch: the formula with its numbers, the code, and what comes of it."""
    name, m = value("convention"), value("batch")
    controls.choice(LESSON, "convention", wrap=True)
    kept = under_each(m)
    left, right = st.columns([2, 3], gap="large")
    with left:
        formula(name, m, kept[name])
    with right:
        known = {"name": controls.option_label(LESSON, "convention", name)}
        st.caption(t(f"{LESSON}.rules.code", **known))
        st.code((SNIPPETS / f"{name}.py").read_text("utf-8"), language="python")
    left, right = st.columns([5, 4], gap="large", vertical_alignment="center")
    with left:
        controls.ladder(LESSON, "batch")
        follow(name, kept[name])
    with right:
        say(name, m, kept[name], divisor(m))
    every(name, kept)


def formula(name: str, m: int, kept: Under) -> None:
    """The rule in symbols, and the last of the batches put into it."""
    rule = CONVENTIONS[name]
    known: dict[str, Any] = {"batches": len(kept.batch_mean), "m": m}
    known |= {
        "new": latex(kept.new_weight),
        "old": latex(1 - kept.new_weight),
        "factor": r"\tfrac{m}{m-1}\," if rule.unbiased else "",
        "divided": rf"\tfrac{{{m}}}{{{m - 1}}}\cdot" if rule.unbiased else "",
    }
    for idea in ("mean", "var"):
        running, batch = (getattr(kept, f"{whose}_{idea}") for whose in ("running", "batch"))
        known[f"{idea}_before"] = _number(running[-2])
        known[f"{idea}_batch"] = _number(batch[-1])
        known[f"{idea}_after"] = latex(running[-1], 3)
    st.markdown(prose(f"{LESSON}/rule_{rule.weighs}", **known))


def _number(x: float) -> str:
    return f"({latex(x, 3)})" if x < 0 else latex(x, 3)


def follow(name: str, kept: Under) -> None:
    """The running variance of one unit from batch to batch."""
    known = {"name": controls.option_label(LESSON, "convention", name), "m": value("batch")}
    title = t(f"{LESSON}.rules.title", **known)
    st.markdown(f"**{title}**")
    last = len(kept.batch_var)
    figure = figures.follow(
        text.mode(),
        kept.batch_var,
        kept.running_var,
        np.array([0, last]),
        np.full(2, kept.true_var),
        last,
        "var",
        words("follow", "batch", "running", "true") | words("rules", "axis"),
    )
    said = {"running": number(kept.running_var[-1], 3), "true": number(kept.true_var, 3)}
    chart(figure, "follow", key="kept", title=title, stop=last, **said)


def say(name: str, m: int, kept: Under, found: Divisor) -> None:
    """What m/(m − 1) does, as measured over thousands of batches."""
    known = {
        "m": m,
        "factor": number(m / (m - 1), 3),
        "name": controls.option_label(LESSON, "convention", name),
        "biased": number(found.biased_ratio, 3),
        "unbiased": number(found.unbiased_ratio, 3),
        "biased_accuracy": percent(found.biased_accuracy),
        "unbiased_accuracy": percent(found.unbiased_accuracy),
        "batches": len(kept.batch_var),
        "accuracy": percent(kept.accuracy),
    }
    st.markdown(prose(f"{LESSON}/divisor", **known))


def every(chosen: str, kept: dict[str, Under]) -> None:
    """All conventions, the chosen one marked."""
    names = ("weighs", "momentum", "past", "eps", "unbiased", "kept", "score")
    batches = len(kept[chosen].batch_var)
    heads = [Cell(""), *(Cell(t(f"{LESSON}.rules.{each}", batches=batches)) for each in names)]
    table(
        heads,
        [_row(name, kept[name], name == chosen) for name in CONVENTIONS],
        name="rules",
        lesson=LESSON,
    )


def _row(name: str, kept: Under, chosen: bool) -> list[Cell]:
    rule, word = CONVENTIONS[name], f"{LESSON}.rules"
    none, average = t(f"{word}.none"), rule.weighs == "average"
    past = none if average else number(1 - rule.new_weight)
    label = controls.option_label(LESSON, "convention", name)
    running = kept.running_var[-1]
    return [
        Cell(f"▸ {label}" if chosen else label, colour=_hue(chosen)),
        Cell(t(f"{word}.{rule.weighs}")),
        Cell(none if rule.momentum is None else number(rule.momentum)),
        Cell(past),
        Cell(none if rule.eps is None else number(rule.eps)),
        Cell(t(f"{word}.{'yes' if rule.unbiased else 'no'}")),
        Cell(number(running, 3), value=f"{running:.6g}"),
        accurate(kept.accuracy),
    ]


def _hue(chosen: bool) -> str:
    return colour("running", text.mode()) if chosen else ""
