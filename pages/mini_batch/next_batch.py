"""The next mini-batch: another μ and σ², so another z_norm for the one example that stays."""

from __future__ import annotations

from typing import Any

import streamlit as st

from experiments.mini_batch import batch as experiment
from figures.theme import palette
from pages.mini_batch import LESSON
from pages.mini_batch.common import small_table, value
from ui import page, text
from ui.components import COMMIT, Component, settings
from ui.numbers import number
from ui.scenes import Moment
from ui.text import t

KEY, ROWS = "batches", 5  # so many of the last ones are shown
ENDS = (-9.0, 9.0)  # of the axis: has room for every z of the unit
MARKED = ("same", "learned")  # what it was in the mini-batch before
WORDS = ("press", "batch", "kept", "stays", "alt")

_component = Component(
    "batches",
    {"commit": COMMIT},
    html=("batches/index.html",),
    css=("controls.css", "drag/style.css", "batches/style.css"),
    js="batches/index.js",
    asks=".press",
)


def picture(now: Moment) -> None:
    """One mini-batch; then the next ones above it, with the one example that is in all of them."""
    last = value("seed")
    seeds = range(max(0, last - ROWS + 1), last + 1) if now.seen else [max(0, last - 1)]
    tokens = {name: f"{{{name}}}" for name in ("number", "z", "z_norm")}
    _component(
        key=KEY,
        data={
            "tracks": {},
            "batches": [_batch(seed) for seed in seeds],
            "rows": ROWS,
            "ends": ENDS,
            "next": LESSON.control("seed").write(min(last + 1, LESSON.control("seed").high)),
            "closed": not now.seen,
            "from": 1 if now.seen and not now.whole else 0,
            "seen": st.session_state.get(f"{KEY}.seen"),
            "words": {word: t(f"{LESSON}.batches.{word}", **tokens) for word in WORDS}
            | {"guess": now.mark(*MARKED)},
            "palette": palette(text.mode()),
        },
        on_commit=_commit,
    )


def said(now: Moment) -> dict[str, object]:
    found = _batch(value("seed"))
    return {name: number(found[name], 3) for name in ("mean", "sd", "z_norm")}


def more(now: Moment) -> None:
    last = value("seed")
    rows = {}
    for seed in range(max(0, last - ROWS + 1), last + 1):
        found = _batch(seed)
        name = t(f"{LESSON}.batches.batch", number=seed + 1)  # as the picture counts
        rows[name] = [found["mean"], found["sd"] ** 2, found["z"][0], found["z_norm"]]
    heads = ("μ", "σ²", t(f"{LESSON}.columns.z"), t(f"{LESSON}.columns.z_norm"))
    small_table(heads, rows, "batches")
    page.source(experiment.in_company, key="batches")


def _batch(seed: int) -> dict[str, Any]:
    steps = experiment.walk(experiment.in_company(seed), 1.0, 0.0, value("eps"))
    return {
        "seed": seed,
        "z": steps.z.tolist(),
        "mean": steps.mean,
        "sd": float(steps.z.std()),
        "z_norm": float(steps.z_norm[0]),
    }


def _commit(sent: dict[str, Any]) -> None:
    """The button was pressed: the seed that comes next."""
    st.session_state[f"{KEY}.seen"] = {"mount": sent["mount"], "n": sent["n"]}
    LESSON.put(**settings(LESSON, ("seed",), sent["set"]))
