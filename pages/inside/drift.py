"""b left in front of batch norm and trained along: what optimizers make of a gradient of 0."""

from __future__ import annotations

from itertools import cycle

import streamlit as st

from experiments.network import bias
from figures import graph
from figures.graph import Axis, Line
from pages.inside import LESSON, charts
from pages.inside.numbers import chart, over, say
from ui import page
from ui.numbers import number, short
from ui.scenes import Moment
from ui.tables import Cell, exact, table
from ui.text import mode, prose, t

MARKED = ("stays",)
DASHES = ("dot", "dash", "dashdot", "solid", "longdash", "longdashdot")  # of the optimizers


def picture(now: Moment) -> None:
    """b of some units under Adam; before the answer only where they begin."""
    found = bias.drift("adam", "float32")
    shown = len(found.step) if now.seen else 1
    say("drift.wander", units=bias.UNITS)
    words = {name: t(f"{LESSON}.{key}") for name, key in WORDS.items()}
    words["guess"] = now.mark(*MARKED)
    last = int(found.step[-1])
    figure = charts.wander(mode(), found.step[:shown], found.path[:shown], words, last)
    path = found.path[:shown]
    ends = {"low": short(float(path.min())), "high": short(float(path.max()))}
    alt = "drift.alt_wander" if now.seen else "drift.alt_before"
    chart(figure, "wander", alt, units=path.shape[1], **ends)


WORDS = {"step": "axes.step", "b": "drift.b"}


def said(now: Moment) -> dict[str, object]:
    adam, sgd = (bias.drift(name, "float32") for name in ("adam", "sgd"))
    return {
        "db": number(float(adam.db.max()), 2),
        "dbeta": number(float(adam.dbeta.max()), 2),
        "adam": number(float(adam.b[:, -1].max()), 2),
        "sgd": number(float(sgd.b[:, -1].max()), 2),
        "adam64": number(float(bias.drift("adam", "float64").b[:, -1].max()), 2),
        "db64": number(float(bias.drift("adam", "float64").db.max()), 2),
        "logits": number(float(adam.logits_moved.max()), 2),
    }


def more(now: Moment) -> None:
    """All four optimizers in both precisions, in a chart, a table and words."""
    st.markdown(prose(f"{LESSON}/drifted", **said(now)))
    _largest_b()
    run = bias.config("adam")
    known = {"seeds": len(bias.SEEDS), "steps": run.steps, "depth": run.depth, "width": run.width}
    st.caption(t(f"{LESSON}.drift.of_run", **known))
    _table()
    page.source(bias.let_drift, key="drift")


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


def _table() -> None:
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
