"""The last sections of the lesson on train and test: the network put to use."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from bncore.folding import line
from experiments.at_test_time import companions, dimming, folding
from experiments.at_test_time.companions import Modes
from experiments.at_test_time.dimming import Exactness, Sweep
from experiments.at_test_time.folding import Folded
from experiments.trained import trained
from figures import daylight
from figures.theme import colour
from pages.at_test_time.company import (
    LESSON,
    accurate,
    answered,
    chart,
    picture,
    pictures,
    value,
    words,
)
from ui import controls, page, text
from ui.numbers import latex, number, percent
from ui.tables import Cell, table
from ui.text import prose, t

SIZES = (1, 2, 8, 64)
SHOWN = 18  # images whose answers are shown one by one


@st.cache_resource(show_spinner=False)
def modes() -> Modes:
    return companions.modes(SIZES)


@st.cache_resource(show_spinner=False)
def folded() -> Folded:
    return folding.compare()


@st.cache_resource(max_entries=16, show_spinner=False)
def sweep(k: int) -> Sweep:
    return dimming.sweep(k)


@st.cache_resource(max_entries=16, show_spinner=False)
def exactness(a: float) -> Exactness:
    return dimming.exactness(a)


# --- train() and eval() ---


def wrong_mode() -> None:
    """The same images by the same network, in the right mode and in the wrong one."""
    mode = controls.choice(LESSON, "mode", wrap=True)
    net, found = trained(), modes()
    m = companions_of(mode)
    said, labels = companions.answers(m), net.data.y_test
    answered(net.data.x_test[:SHOWN], said[:SHOWN], labels[:SHOWN], f"{LESSON}.modes.alt")
    share = found.train[list(found.sizes).index(m)] if m else found.eval
    known = {"share": percent(share), "eval": percent(found.eval)}
    st.markdown(t(f"{LESSON}.modes.{mode}", **known))
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        _table(found)
    with right:
        st.markdown(t(f"{LESSON}.modes.say", momentum=net.config.momentum))


def companions_of(mode: str) -> int:
    """The batch size of a mode; 0 in eval(), where it does not matter."""
    return {"eval": 0, "train_1": 1, "train_64": 64}[mode]


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


# --- folding ---


def fold_away() -> None:
    """The folded weights of one unit in numbers, and both networks beside each other."""
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        st.markdown(prose(f"{LESSON}/fold_numbers", **_line_of_unit()))
    with right:
        found = folded()
        _both(found)
        known = {"error": number(found.max_error, 2), "largest": number(found.max_logit, 3)}
        known["agree"] = percent(found.agree)
        st.markdown(t(f"{LESSON}.folding.say", **known))
        time_it()


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


# --- when the world changes ---

SAMPLES = 8


def darken() -> None:
    """Dimmed digits, and three ways to meet them."""
    left, right = st.columns(2, gap="medium")
    with left:
        controls.ladder(LESSON, "dim")
    with right:
        controls.ladder(LESSON, "k")
    a, k = value("dim"), value("k")
    here, five = sweep(k), dimming.over_seeds()
    left, right = st.columns([5, 4], gap="large", vertical_alignment="center")
    with left:
        _over_light(five, a, k)
    with right:
        _dimmed(a)
        _arms(here, five, a, k)
    known = {"a": number(a), "eps": latex(trained().network.eps)}
    found = exactness(a)
    for name in ("logits", "logits_rounding", "frozen_logits"):
        known[name] = number(getattr(found, name), 2)
    known["changed"] = percent(found.changed)
    page.say(f"{LESSON}/exact", **known)


def _dimmed(a: float) -> None:
    x = trained().data.x_test[:SAMPLES]
    shown = [
        picture(each, columns=SAMPLES, scale=5, alt=t(f"{LESSON}.world.alt_{name}", a=number(a)))
        for name, each in (("bright", x), ("dim", dimming.dimmed(x, a)))
    ]
    pictures(*shown)


def _at(grid: np.ndarray, wanted: float) -> int:
    return int(np.abs(grid - wanted).argmin())


def _ends(shares: np.ndarray) -> str:
    """From the lowest to the highest."""
    return f"{100 * shares.min():.1f}–{percent(shares.max())}"


def _over_light(five: dimming.OverSeeds, a: float, k: int) -> None:
    names = ("plain", "frozen", "axis", "accuracy")
    labels = words("world", *names) | {"reestimated": t(f"{LESSON}.world.reestimated", k=k)}
    arms = (five.plain, five.frozen, five.reestimated[:, _at(five.k, k)])
    figure = daylight.world(text.mode(), five.a, *arms, a, labels)
    ends = [_ends(arm[:, _at(five.a, a)]) for arm in arms]
    known = dict(zip(("plain", "frozen", "reestimated"), ends, strict=True))
    chart(figure, "world", a=number(a), k=k, networks=len(five.seeds), **known)
    st.caption(t(f"{LESSON}.world.bands", networks=len(five.seeds)))


def _arms(here: Sweep, five: dimming.OverSeeds, a: float, k: int) -> None:
    """This page's network, and the range over the others."""
    word, mode = f"{LESSON}.world", text.mode()
    over = {
        "plain": five.plain,
        "frozen": five.frozen,
        "reestimated": five.reestimated[:, _at(five.k, k)],
    }
    hues = {"plain": "plain", "frozen": "running", "reestimated": "bn"}
    rows = []
    for name, all_five in over.items():
        column = all_five[:, _at(five.a, a)]
        rows.append(
            [
                Cell(t(f"{word}.{name}", k=k), colour=colour(hues[name], mode)),
                accurate(float(getattr(here, name)[_at(here.a, a)])),
                Cell(_ends(column), value=f"{column.min():.4f} {column.max():.4f}"),
            ]
        )
    heads = ("light", "this", "five")
    known = {"a": number(a), "networks": len(five.seeds)}
    table(
        [Cell(t(f"{word}.head_{head}", **known)) for head in heads],
        rows,
        name="world",
        lesson=LESSON,
    )
