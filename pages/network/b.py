"""b in front of batch norm: dragged by hand, and left to an optimizer."""

from __future__ import annotations

from itertools import cycle

import streamlit as st

from experiments.network import bias
from experiments.network.bias import Drag
from figures import graph
from figures.graph import Axis, Line
from figures.theme import colour
from pages.network import charts as figures
from pages.network.numbers import LESSON, chart, over, say, value
from ui import drag, page
from ui.numbers import number, short
from ui.tables import Cell, exact, table
from ui.text import mode, prose, t

UNIT = 7  # of layer 1, counted from 0: it has a visible spread, and a slope with respect to β
ENDS = {"z": (-6.0, 6.0), "z_tilde": (-6.0, 6.0)}  # of the axes: room for every b and every β

_component = drag.component("cancelled")


def b_is_cancelled() -> None:
    """Drag b: z moves and z_tilde does not. Leave it to an optimizer: rounding moves it."""
    page.say(f"{LESSON}/b", m=bias.M)
    page.question(LESSON, "b", ("both", "beta", "none"), right="none")
    drag_b()
    b_left_in()
    page.source(bias.drag, bias.let_drift, key="b")


@page.fragment(LESSON)
def drag_b() -> None:
    found = bias.drag(value("b"), value("shift"), unit=UNIT)
    _picture(found)
    numbers, words = st.columns([4, 7], gap="large", vertical_alignment="center")
    with numbers:
        _drag_table(found)
    with words:
        _what_moved(found)


def _picture(found: Drag) -> None:
    """z and z_tilde of the unit, before and after: they move while b or β is dragged."""
    tokens = {name: f"{{{name}}}" for name in ("b", "shift", "before", "after", "value", *ENDS)}
    words = {
        word: t(f"{LESSON}.drag.{word}", m=len(found.z), **tokens)
        for word in ("before", "after", "after_shift", "mean", "spoken", "alt_z", "alt_z_tilde")
    }
    drag.mount(
        _component,
        LESSON,
        ("b", "shift"),
        key="drag-b",
        words=words,
        before={"z": found.z_at_zero.tolist(), "z_tilde": found.z_tilde_at_zero.tolist()},
        after={"z": found.z.tolist(), "z_tilde": found.z_tilde.tolist()},
        gamma=found.gamma,
        beta=found.beta_at_zero,
        eps=found.eps,
        ends=ENDS,
    )


def _drag_table(found: Drag) -> None:
    word, hue = f"{LESSON}.drag", colour("z", mode())
    rows = [
        [Cell(t(f"{word}.z"), colour=hue), exact(found.z_moved)],
        [Cell(t(f"{word}.z_tilde"), colour=colour("z_tilde", mode())), exact(found.z_tilde_moved)],
        [Cell(t(f"{word}.logits")), exact(found.logits_moved)],
        [Cell(t(f"{word}.db")), exact(found.db)],
        [Cell(t(f"{word}.dbeta")), exact(found.dbeta)],
    ]
    table([Cell(t(f"{word}.head")), Cell(t(f"{word}.number"))], rows, name="drag", lesson=LESSON)


def _what_moved(found: Drag) -> None:
    known = {
        "b": short(value("b")),
        "shift": short(value("shift")),
        "z_tilde": short(found.z_tilde_moved),
        "db": short(found.db),
        "dbeta": short(found.dbeta),
        "loss": number(found.loss, 4),
        "loss_at_zero": number(found.loss_at_zero, 4),
    }
    still = "still" if found.z_tilde_moved else "still_exactly"
    say(f"drag.{still}" if value("b") else "drag.at_zero", **known)
    say("drag.beta_moved" if value("shift") else "drag.beta_at_zero", **known)


def b_left_in() -> None:
    """What optimizers make of a b that nobody needs."""
    page.say(f"{LESSON}/drift")
    left, right = st.columns(2, gap="large")
    with left:
        _wander()
    with right:
        _largest_b()
    run = bias.config("adam")
    known = {"seeds": len(bias.SEEDS), "steps": run.steps, "depth": run.depth, "width": run.width}
    st.caption(t(f"{LESSON}.drift.of_run", **known))
    numbers, words = st.columns([6, 5], gap="large", vertical_alignment="center")
    with numbers:
        _drift_table()
    with words:
        _drift_in_words()


def _wander() -> None:
    found = bias.drift("adam", "float32")
    say("drift.wander", units=bias.UNITS)
    words = {"step": t(f"{LESSON}.axes.step"), "b": t(f"{LESSON}.drift.b")}
    ends = {"low": short(float(found.path.min())), "high": short(float(found.path.max()))}
    figure = figures.wander(mode(), found.step, found.path, words)
    chart(figure, "wander", "drift.alt_wander", units=found.path.shape[1], **ends)


DASHES = ("dot", "dash", "dashdot", "solid", "longdash", "longdashdot")  # of the optimizers


def _largest_b() -> None:
    say("drift.largest")
    drawn, ends = [], {}
    for dtype, idea in (("float32", "error"), ("float64", "plain")):
        for name, dash in zip(bias.shipped(), cycle(DASHES), strict=False):
            found = bias.drift(name, dtype)
            rows = over(found.b[:, 1:].T)  # it starts at 0, which has no logarithm
            word = t(f"{LESSON}.drift.line", optimizer=t(f"ui.options.{name}"), dtype=dtype)
            drawn.append(Line(word, idea, *rows, dash=dash))
            ends[f"{name}_{dtype}"] = short(float(rows.mean[-1]))
    step = bias.drift().step[1:]
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(step[-1])))
    up = Axis(t(f"{LESSON}.drift.largest_b"), log=True, ends=(1e-18, 3), every=3)
    figure = graph.lines(mode(), step, drawn, across, up, labelled=True, height=380)
    chart(figure, "largest-b", "drift.alt_largest", **ends)


def _drift_table() -> None:
    word = f"{LESSON}.drift"
    names = ("db", "dbeta", "b32", "b64", "logits")
    heads = [Cell(""), *(Cell(t(f"{word}.head_{name}")) for name in names)]
    rows = []
    for name in bias.shipped():
        of32, of64 = (bias.drift(name, dtype) for dtype in bias.DTYPES)
        numbers = (
            of32.db.max(),
            of32.dbeta.max(),
            of32.b[:, -1].max(),
            of64.b[:, -1].max(),
            of32.logits_moved.max(),
        )
        rows.append([Cell(t(f"ui.options.{name}")), *(exact(float(x), 2) for x in numbers)])
    table(heads, rows, name="drift", lesson=LESSON)


def _drift_in_words() -> None:
    adam, sgd = (bias.drift(name, "float32") for name in ("adam", "sgd"))
    known = {
        "db": number(float(adam.db.max()), 2),
        "dbeta": number(float(adam.dbeta.max()), 2),
        "adam": number(float(adam.b[:, -1].max()), 2),
        "sgd": number(float(sgd.b[:, -1].max()), 2),
        "adam64": number(float(bias.drift("adam", "float64").b[:, -1].max()), 2),
        "db64": number(float(bias.drift("adam", "float64").db.max()), 2),
        "logits": number(float(adam.logits_moved.max()), 2),
    }
    st.markdown(prose(f"{LESSON}/drifted", **known))
