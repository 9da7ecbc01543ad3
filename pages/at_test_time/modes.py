"""train() and eval(): the same images by one network, in the right mode and in the wrong one."""

from __future__ import annotations

import html

import streamlit as st

from bncore.batchnorm import BatchNorm
from bncore.conventions import CONVENTIONS
from experiments.at_test_time import companions
from experiments.at_test_time.companions import Modes
from experiments.trained import trained
from pages.at_test_time import LESSON
from pages.at_test_time.common import accurate, answered, at_once, value
from ui import controls, page
from ui.files import ASSETS
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import t

SIZES = (1, 2, 8, 64)
SHOWN = 18  # images whose answers are shown one by one
LIBRARIES = ("pytorch", "keras", "flax")
SNIPPETS = ASSETS / "snippets" / "modes"


@st.cache_resource(show_spinner=False)
def modes() -> Modes:
    return companions.modes(SIZES)


def picture(now: Moment) -> None:
    """Digits with the network's answers, and how three libraries are told the mode."""
    mode = value("mode") if now.seen else "eval"
    net = trained()
    answers, labels = companions.answers(companions_of(mode)), net.data.y_test
    with st.container(key="mode"):
        answered(net.data.x_test[:SHOWN], answers[:SHOWN], labels[:SHOWN], f"{LESSON}.modes.alt")
        _libraries(now)
        if now.seen:
            controls.choice(LESSON, "mode", wrap=True)


def said(now: Moment) -> dict[str, object]:
    """What the mode comes to over all test images."""
    found, m = modes(), companions_of(value("mode"))
    share = found.train[list(found.sizes).index(m)] if m else found.eval
    return {
        "share": percent(share),
        "eval": percent(found.eval),
        "alone": percent(found.train[list(found.sizes).index(1)]),
    }


def more(now: Moment) -> None:
    """What each mode does, what it leaves behind, and the code of the libraries."""
    found = modes()
    st.markdown(t(f"{LESSON}.modes.{value('mode')}", **said(now)))
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        _table(found)
    with right:
        st.markdown(t(f"{LESSON}.modes.say", momentum=trained().config.momentum))
    for column, name in zip(st.columns(3), LIBRARIES, strict=True):
        with column:
            st.caption(controls.option_label(LESSON, "convention", name))
            st.code(snippet(name), language="python")
    page.source(BatchNorm.forward, companions.running_after, key="modes")


def companions_of(mode: str) -> int:
    """The batch size of a mode; 0 in eval(), where it does not matter."""
    return {"eval": 0, "train_1": 1, "train_64": 64}[mode]


def snippet(name: str) -> str:
    """How a library is told that it trains, and that it is used."""
    return (SNIPPETS / f"{name}.py").read_text("utf-8")


def _broken(code: str) -> str:
    """Code that may go on in the next line after a bracket or a sign."""
    return html.escape(code).replace("(", "(<wbr>").replace("=", "=<wbr>")


def _libraries(now: Moment) -> None:
    """What is called for use, what momentum weighs, and what becomes of a batch of one."""
    word = f"{LESSON}.modes"
    cards = []
    for name in LIBRARIES:
        rule = CONVENTIONS[name]
        use = snippet(name).partition("def use")[2].splitlines()[1].strip().removeprefix("return ")
        weighs = t(f"{word}.weighs_{rule.weighs}", momentum=number(rule.momentum or 0))
        one = html.escape(t(f"{word}.one_{name}")) if now.seen else "?"
        label = html.escape(controls.option_label(LESSON, "convention", name))
        cards.append(
            f"<div><b>{label}</b><code>{_broken(use)}</code><p>{html.escape(weighs)}</p>"
            f"<p>{html.escape(t(f'{word}.one'))} <em>{one}</em></p></div>"
        )
    at_once(f'<div class="libraries">{"".join(cards)}</div>')


def _table(found: Modes) -> None:
    word = f"{LESSON}.modes"
    heads = [Cell(t(f"{word}.batches")), *(Cell(f"m = {m}") for m in found.sizes)]
    rows = [
        [Cell(t(f"{word}.row_eval")), *(accurate(found.eval) for _ in found.sizes)],
        [Cell(t(f"{word}.row_train")), *map(accurate, found.train)],
    ]
    for stream, column in zip(found.streams, found.after.T, strict=True):
        rows.append([Cell(t(f"{word}.after_{stream}", dim=companions.DIM)), *map(accurate, column)])
    table(heads, rows, name="modes", lesson=LESSON)
