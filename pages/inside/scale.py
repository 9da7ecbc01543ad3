"""W → αW: batch norm forgets the scale of W, and the gradient feels it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from experiments.network import scale
from experiments.network.scale import Rescaled
from figures.theme import colour
from pages.inside import LESSON
from pages.inside.numbers import say, value
from ui import drag, page
from ui.numbers import latex, percent, short
from ui.scenes import Moment
from ui.tables import Cell, exact, share, table
from ui.text import mode, t

BY = 10.0  # what W is multiplied by in the question
MARKED = {"same": 1.0, "larger": BY, "smaller": 1 / BY}  # what becomes of the gradient
BROKEN = 2.0  # below this many ε, the variance of a unit no longer hides ε

_component = drag.component("rescaled")


@st.cache_resource(max_entries=2, show_spinner=False)
def rescaled() -> list[Rescaled]:
    """All of ALPHAS: half a second on a slow machine, the same for everyone."""
    return scale.curve()


def picture(now: Moment) -> None:
    """What α does to the output and to the gradient; before the answer what it does to z_norm."""
    with st.container(key="scale-picture"):
        if now.seen:
            _picture(now)
        else:
            st.markdown(f"$$\n{t(f'{LESSON}.formulas.scale.formula')}\n$$")


def said(now: Moment) -> dict[str, object]:
    here = scale.rescale(value("alpha"))
    ratio = float(here.grad_ratio[0])
    return {"alpha": short(here.alpha), "moved": short(here.logits_moved), "ratio": short(ratio)}


def more(now: Moment) -> None:
    """Why it is so, up to ε; where it breaks; the table and the source."""
    here = scale.rescale(value("alpha"))
    page.say(f"{LESSON}/scale")
    _scaled_in_words(here)
    _scale_table(here)
    page.source(scale.rescale, key="scale")


def _picture(now: Moment) -> None:
    """Both pictures over α, with the marker that moves while α is dragged."""
    drag.mount(
        _component,
        LESSON,
        ("alpha",),
        key="drag-alpha",
        words={},
        alphas=scale.ALPHAS,
        written=[short(alpha) for alpha in scale.ALPHAS],
        spoken=[_spoken(each) for each in rescaled()],
        panels=[_output(), _gradient()],
        guess={
            "panel": 1,
            "alpha": BY,
            "value": MARKED.get(now.guess or ""),
            "text": now.mark(*MARKED),
        },
    )


def _spoken(there: Rescaled) -> str:
    known = {
        "alpha": short(there.alpha),
        "bn": short(there.logits_moved),
        "plain": short(there.plain_logits_moved),
        "ratio": short(float(there.grad_ratio[0])),
    }
    return t(f"{LESSON}.scale.spoken", **known)


def _line(name: str, idea: str, dash: str, values: np.ndarray) -> dict[str, Any]:
    """A line over ALPHAS, and how its numbers are written. None: 0 has no logarithm."""
    numbers = [float(x) for x in values]
    return {
        "name": name,
        "idea": idea,
        "dash": dash,
        "values": [x or None for x in numbers],
        "texts": [short(x) for x in numbers],
    }


def _panel(name: str, axis: str, lines: list[dict[str, Any]], **ends: str) -> dict[str, Any]:
    word = f"{LESSON}.scale"
    says = t(f"{word}.alt_{name}", **ends)
    return {"title": t(f"{word}.{name}"), "axis": t(f"{word}.{axis}"), "says": says, "lines": lines}


def _output() -> dict[str, Any]:
    """How far the logits move: with batch norm, without, and where ε is scaled too."""
    rows = {
        "plain": ("plain", "dash", "plain_logits_moved"),
        "bn": ("bn", "solid", "logits_moved"),
        "exact": ("bn", "dot", "logits_moved_exact"),
    }
    lines, ends = [], dict[str, str]()
    for name, (idea, dash, of) in rows.items():
        moved = np.array([getattr(each, of) for each in rescaled()])
        lines.append(_line(t(f"{LESSON}.scale.{name}"), idea, dash, moved))
        ends |= {f"{name}_low": short(moved[0]), f"{name}_high": short(moved[-1])}
    return _panel("output", "moved", lines, **ends)


def _gradient() -> dict[str, Any]:
    """‖dW‖ against what it was, over α, beside 1/α."""
    ratios = np.array([each.grad_ratio for each in rescaled()])
    lines = [_line(t(f"{LESSON}.scale.law"), "plain", "dot", 1 / np.array(scale.ALPHAS))]
    for layer, dash in enumerate(("solid", "dashdot", "dash")):
        name = t(f"{LESSON}.scale.layer", layer=layer + 1)
        lines.append(_line(name, "z", dash, ratios[:, layer]))
    ends = {"low": short(ratios[0].max()), "high": short(ratios[-1].max())}
    return _panel("gradient", "ratio", lines, **ends)


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
    table(heads, rows, name="scale", lesson=LESSON)


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
