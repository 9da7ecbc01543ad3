"""W → αW: what batch norm forgets, and what follows for training."""

from __future__ import annotations

import numpy as np
import streamlit as st

import figures.network as figures
from experiments import scale
from experiments.scale import Rescaled
from figures.network import Axis, Line
from figures.theme import colour
from ui import controls, network_growth, page
from ui.live import percent
from ui.network_numbers import LESSON, chart, exact, say, share, short, value
from ui.numbers import latex
from ui.tables import Cell, table
from ui.text import mode, t

BROKEN = 5.0  # below this many ε, the variance of a unit no longer hides ε


@st.cache_resource(max_entries=2, show_spinner=False)
def rescaled() -> list[Rescaled]:
    """All of ALPHAS: half a second on a slow machine, the same for everyone."""
    return scale.curve()


def scale_invariance() -> None:
    """W → αW by hand, and what follows for W in training."""
    page.say(f"{LESSON}/scale")
    page.question(LESSON, "scale", ("same", "larger", "smaller"), right="smaller")
    rescale()
    network_growth.in_training()
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
