"""Who keeps running statistics how: a rule, its code, and what comes of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from bncore.batchnorm import BatchNorm
from bncore.conventions import CONVENTIONS, Convention
from experiments.at_test_time import conventions
from experiments.at_test_time.conventions import Under
from figures.theme import colour
from pages.at_test_time import LESSON, charts
from pages.at_test_time.common import accurate, chart, value, words
from ui import controls, page, text
from ui.files import ASSETS
from ui.numbers import latex, number
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import prose, t

SNIPPETS = ASSETS / "snippets" / "conventions"
STAYS = True  # code and formulas, set by the app


@st.cache_resource(max_entries=16, show_spinner=False)
def under_each(m: int) -> dict[str, Under]:
    """Unit 1 of layer 1, the same batches under every convention."""
    return {name: conventions.under(name, m) for name in CONVENTIONS}


def picture(now: Moment) -> None:
    """The rule with its numbers beside its code; before, how the two layers are made."""
    with st.container(key="rule"):
        left, right = st.columns([4, 5], gap="medium")
        if not now.seen:
            for column, name in ((left, "keras"), (right, "pytorch")):
                with column:
                    _code(name, _made(name)[0])
            return
        name, m = value("convention"), value("batch")
        with left:
            formula(name, m, under_each(m)[name])
        with right:
            _code(name, _made(name)[1])
    controls.choice(LESSON, "convention", wrap=True)


def _made(name: str) -> tuple[str, str]:
    """A library's code in two parts: how its layer is made, and its rule."""
    code = (SNIPPETS / f"{name}.py").read_text("utf-8")
    rule = code.rindex("\n\n\ndef ")
    return code[:rule].strip(), code[rule:].strip()


def _code(name: str, code: str) -> None:
    st.caption(t(f"{LESSON}.rules.code", name=controls.option_label(LESSON, "convention", name)))
    st.code(code, language="python", wrap_lines=True)


def more(now: Moment) -> None:
    """In what libraries differ; one unit's running variance under each of them."""
    page.say(f"{LESSON}/conventions")
    name = value("convention")
    kept = under_each(value("batch"))
    every(name, kept)
    follow(name, kept[name])
    _code(name, "\n\n\n".join(_made(name)))
    page.source(BatchNorm._track, Convention, key="rules")


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
    figure = charts.follow(
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
