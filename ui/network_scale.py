"""W → αW: what batch norm forgets, and what follows for training."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import streamlit as st

import figures.network as figures
from experiments import scale
from experiments.scale import Rescaled
from figures.network import Axis, Line
from figures.theme import colour
from ui import controls, page
from ui.live import percent
from ui.network_numbers import LESSON, chart, exact, over, say, share, short, value
from ui.numbers import latex, number
from ui.tables import Cell, table
from ui.text import mode, prose, t

BROKEN = 5.0  # below this many ε, the variance of a unit no longer hides ε


@st.cache_resource(max_entries=2, show_spinner=False)
def rescaled() -> list[Rescaled]:
    """All of ALPHAS: half a second on a slow machine, the same for everyone."""
    return scale.curve()


@st.cache_resource(max_entries=1, show_spinner=False)
def decay_is_a_rate() -> tuple[float, float]:
    """How far decay and a rising rate part in their losses, and decay and a constant one."""
    found = scale.decay_as_rate()
    apart = [np.abs(found.decay - other).max() for other in (found.rising, found.constant)]
    return float(apart[0]), float(apart[1])


def scale_invariance() -> None:
    """W → αW by hand, and what follows for W in training."""
    page.say(f"{LESSON}/scale")
    page.question(LESSON, "scale", ("same", "larger", "smaller"), right="smaller")
    rescale()
    in_training()
    page.source(scale.rescale, scale.growth, scale.decay_as_rate, key="scale")


@page.fragment(LESSON)
def rescale() -> None:
    controls.ladder(LESSON, "alpha", width=560)
    here = scale.rescale(value("alpha"))
    left, right = st.columns(2, gap="large")
    with left:
        say("scale.output")
        _output()
    with right:
        say("scale.gradient")
        _gradient()
    numbers, words = st.columns([4, 7], gap="large", vertical_alignment="center")
    with numbers:
        _scale_table(here)
    with words:
        _scaled_in_words(here)


def _alphas() -> tuple[np.ndarray, Axis]:
    ticks = (0.001, 0.01, 0.1, 1, 10, 100, 1000)
    axis = Axis(t(f"{LESSON}.scale.alpha"), log=True, ends=(0.0008, 1250), ticks=ticks)
    return np.array(scale.ALPHAS), axis


def _output() -> None:
    """How far the logits move: with batch norm, without, and where ε is scaled too."""
    alphas, across = _alphas()
    rows = {
        "plain": ("plain", "dash", "plain_logits_moved"),
        "bn": ("bn", "solid", "logits_moved"),
        "exact": ("bn", "dot", "logits_moved_exact"),
    }
    found = rescaled()
    drawn, ends = [], {}
    for name, (idea, dash, of) in rows.items():
        moved = np.array([getattr(each, of) for each in found])
        moved[moved == 0] = np.nan  # α = 1: nothing moves, and 0 has no logarithm
        drawn.append(Line(t(f"{LESSON}.scale.{name}"), idea, moved, dash=dash))
        ends |= {f"{name}_low": short(moved[0]), f"{name}_high": short(moved[-1])}
    up = Axis(t(f"{LESSON}.scale.moved"), log=True, every=4)
    figure = figures.lines(mode(), alphas, drawn, across, up, chosen=value("alpha"))
    chart(figure, "output", "scale.alt_output", **ends)


def _gradient() -> None:
    """‖dW‖ against what it was, over α, beside 1/α."""
    alphas, across = _alphas()
    ratios = np.array([each.grad_ratio for each in rescaled()])
    drawn = [Line(t(f"{LESSON}.scale.law"), "plain", 1 / alphas, dash="dot")]
    for layer, dash in enumerate(("solid", "dashdot", "dash")):
        name = t(f"{LESSON}.scale.layer", layer=layer + 1)
        drawn.append(Line(name, "z", ratios[:, layer], dash=dash))
    up = Axis(t(f"{LESSON}.scale.ratio"), log=True)
    figure = figures.lines(mode(), alphas, drawn, across, up, chosen=value("alpha"))
    ends = {"low": short(ratios[0].max()), "high": short(ratios[-1].max())}
    chart(figure, "gradient", "scale.alt_gradient", **ends)


def _scale_table(here: Rescaled) -> None:
    word = f"{LESSON}.scale"
    bn, plain = (colour(idea, mode()) for idea in ("bn", "plain"))
    rows = [
        [Cell(t(f"{word}.row_logits"), colour=bn), exact(here.logits_moved)],
        [Cell(t(f"{word}.row_changed"), colour=bn), share(here.changed)],
        [Cell(t(f"{word}.row_plain"), colour=plain), exact(here.plain_logits_moved)],
        [Cell(t(f"{word}.row_plain_changed"), colour=plain), share(here.plain_changed)],
    ]
    for layer, ratio in enumerate(here.grad_ratio):
        name = t(f"{word}.row_ratio", layer=layer + 1)
        rows.append([Cell(name, colour=colour("z", mode())), exact(ratio * here.alpha, 4)])
    rows.append([Cell(t(f"{word}.row_var")), exact(float(here.var_ratio.min()))])
    heads = [Cell(t(f"{word}.head", alpha=short(here.alpha))), Cell(t(f"{word}.number"))]
    table(heads, rows, name="scale")


def _scaled_in_words(here: Rescaled) -> None:
    known = {
        "alpha": latex(here.alpha, 3),
        "moved": short(here.logits_moved),
        "plain": short(here.plain_logits_moved),
        "changed": percent(here.changed),
        "inverse": latex(1 / here.alpha, 3),
        "var": short(float(here.var_ratio.min())),
        "exact": short(here.logits_moved_exact),
    }
    which = "holds" if here.var_ratio.min() > BROKEN else "breaks"
    say("scale.one" if here.alpha == 1 else f"scale.{which}", **known)


def in_training() -> None:
    """‖W‖ grows, the effective learning rate falls, weight decay raises it."""
    page.say(f"{LESSON}/growth")
    left, right = st.columns(2, gap="large")
    with left:
        say("growth.norm")
        _growth()
    with right:
        say("growth.effective", lr=DECAYED)
        _effective()
    found = scale.over_seeds()
    st.caption(t(f"{LESSON}.growth.of_run", seeds=len(found.seeds), steps=scale.STEPS))
    numbers, words = st.columns([5, 6], gap="large", vertical_alignment="center")
    with numbers:
        _growth_table()
    with words:
        _growth_in_words()


STRENGTHS = (0.4, 0.6, 0.8, 1.0)  # of four lines of one idea, in order


def _growth() -> None:
    found = scale.over_seeds()
    drawn = [
        Line(t(f"{LESSON}.growth.lr", lr=short(lr)), "bn", *over(rows.T), strength=strength)
        for lr, rows, strength in zip(found.rates, found.growth[0], STRENGTHS, strict=True)
    ]
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.growth.axis_norm"))
    figure = figures.lines(mode(), found.step, drawn, across, up)
    ends = "; ".join(f"lr {short(lr)}: {short(d.mean[-1])}" for lr, d in _with(found.rates, drawn))
    chart(figure, "growth", "growth.alt_norm", ends=ends)


def _with(values: np.ndarray, drawn: list[Line]) -> Iterable[tuple[float, Line]]:
    return zip(values, drawn, strict=True)


DECAYED = 0.3  # the learning rate at which decays are compared


def _effective() -> None:
    found = scale.over_seeds()
    at = scale.RATES.index(DECAYED)
    drawn = [
        Line(
            t(f"{LESSON}.growth.decay", decay=short(decay)),
            "running",
            *over(rows.T),
            strength=strength,
        )
        for decay, rows, strength in zip(
            found.decays, found.effective[:, at], STRENGTHS, strict=True
        )
    ]
    across = Axis(t(f"{LESSON}.axes.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.growth.axis_effective"), log=True, ticks=(0.3, 1, 3, 10))
    figure = figures.lines(mode(), found.step, drawn, across, up, level=DECAYED)
    ends = "; ".join(f"{short(x)}: {short(d.mean[-1])}" for x, d in _with(found.decays, drawn))
    chart(figure, "effective", "growth.alt_effective", ends=ends, lr=DECAYED)


def _growth_table() -> None:
    """By learning rate, without decay: growth, the effective rate, and what holding it does."""
    word, found = f"{LESSON}.growth", scale.over_seeds()
    names = ("lr", "growth", "effective", "accuracy", "held")
    rows = []
    for r, lr in enumerate(found.rates):
        grown, rate = (x[0, r, :, -1].mean() for x in (found.growth, found.effective))
        shares = (found.accuracy[0, r].mean(), found.held_accuracy[r].mean())
        cells = [exact(float(grown)), exact(float(rate)), *(share(float(x)) for x in shares)]
        rows.append([Cell(short(lr)), *cells])
    table([Cell(t(f"{word}.head_{name}")) for name in names], rows, name="growth")


def _growth_in_words() -> None:
    found = scale.over_seeds()
    high, at = scale.RATES.index(3.0), scale.RATES.index(DECAYED)
    error = np.abs(found.predicted / found.square - 1)[0].max()
    same, apart = decay_is_a_rate()
    known = {
        "error": number(float(error), 1),
        "growth": short(found.growth[0, high, :, -1].mean()),
        "effective": short(found.effective[0, high, :, -1].mean()),
        "held": percent(float(found.held_accuracy[high].mean())),
        "free": percent(float(found.accuracy[0, high].mean())),
        "lr": DECAYED,
        "decay": short(found.decays[-1]),
        "raised": short(found.effective[-1, at, :, -1].mean()),
        "without": percent(float(found.accuracy[0, at].mean())),
        "decayed": percent(float(found.accuracy[-1, at].mean())),
        "same": number(same, 1),
        "apart": number(apart, 2),
    }
    st.markdown(prose(f"{LESSON}/grown", **known))
