"""The gradient of every layer before the first step, in deep networks."""

from __future__ import annotations

import numpy as np
import streamlit as st

from experiments.why import gradient_flow
from pages.why import charts_speed as figures
from pages.why.parts import LESSON, stands, value
from pages.why.runs import named
from ui import controls, page
from ui.chart import plot
from ui.numbers import number, unbroken
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, prose, t


@st.cache_resource(max_entries=64, show_spinner=False)
def _flow(activation: str, seed: int, depth: int) -> gradient_flow.Flow:
    return gradient_flow.flow(activation, seed, depth)


def chosen() -> gradient_flow.Flow:
    return _flow(value("nonlinearity"), value("draw"), value("layers"))


def picture(now: Moment) -> None:
    """With the usual weights; at first without the curves."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="flow"):
        if stands(now, "bowl"):
            controls.choice(LESSON, "nonlinearity")
        controls.ladder(LESSON, "layers", width=320)
    _layers("usual", now.seen, 400)


def _layers(scale: str, seen: bool, height: int) -> None:
    """The gradient of every layer at one scale of the weights."""
    activation, found = value("nonlinearity"), chosen()
    words = {name: t(f"{LESSON}.flow.{name}") for name in ("layer", "norm")}
    words |= {arm: named(arm) for arm in gradient_flow.ARMS}
    ends = _room(found.gradient) if seen else (0.1, 10.0)  # one axis for all
    plain, bn = found.gradient[list(gradient_flow.SCALES).index(scale)]
    if not seen:
        plain = bn = np.full(len(plain), np.nan)
    known = {"activation": t(f"ui.options.{activation}"), "weights": _scaled(activation, scale)}
    alt = "alt" if seen else "alt_before"
    told = _told(found, scale) if seen else {}
    st.markdown(f"**{known['weights']}**")
    plot(
        figures.gradients(mode(), found.layer, plain, bn, ends, words, height),
        key=f"flow-{scale}",
        alt=t(f"{LESSON}.flow.{alt}", **known, **told),
    )


def said(now: Moment) -> dict[str, str]:
    """Growth from layer to layer, and what it comes to."""
    return _flow_in_words(chosen())


def more(now: Moment) -> None:
    """Every number, what it means for this activation, and what shortcuts change."""
    page.say(f"{LESSON}/speed_flow")
    if stands(now, "apart"):
        controls.entry(LESSON, "draw", width=140)
    activation, found = value("nonlinearity"), chosen()
    others = [scale for scale in gradient_flow.SCALES if scale != "usual"]
    for scale, column in zip(others, st.columns(len(others), gap="medium"), strict=True):
        with column:
            _layers(scale, True, 300)
    _flow_table(activation, found)
    st.markdown(prose(f"{LESSON}/flow_{activation}", **_flow_in_words(found)))
    st.markdown(t(f"{LESSON}.flow.residual"))
    page.source(gradient_flow.flow, gradient_flow.Flow, key=f"{LESSON}-flow")


def _scaled(activation: str, scale: str) -> str:
    """What the initial weights are."""
    init = t(f"{LESSON}.flow.{gradient_flow.INITS[activation]}")
    times = gradient_flow.SCALES[scale]
    return t(f"{LESSON}.flow.weights", init=init, scale={0.5: "½"}.get(times, f"{times:g}"))


def _room(values: np.ndarray) -> tuple[float, float]:
    """An axis for them: at least two powers of ten, with air."""
    low, high = np.log10(values.min()), np.log10(values.max())
    half = 0.55 * max(high - low, 2.0)
    middle = (low + high) / 2
    first, last = (float(10 ** round(end, 6)) for end in (middle - half, middle + half))
    return first, last


def _flow_table(activation: str, found: gradient_flow.Flow) -> None:
    """At each scale, of both arms: the largest gradient, and the factor from layer to layer."""
    places = [(what, n) for what in ("largest", "factor") for n in range(len(gradient_flow.ARMS))]
    heads = [Cell(t(f"{LESSON}.flow.head_weights"))] + [
        Cell(t(f"{LESSON}.flow.head_{what}", arm=named(gradient_flow.ARMS[n])))
        for what, n in places
    ]
    rows = []
    for c, scale in enumerate(gradient_flow.SCALES):
        numbers = [float(getattr(found, what)[c, n]) for what, n in places]
        cells = [
            Cell(unbroken(f"{'× ' if what == 'factor' else ''}{_two(x)}"), value=f"{x:.4g}")
            for x, (what, _) in zip(numbers, places, strict=True)
        ]
        rows.append([Cell(unbroken(_scaled(activation, scale))), *cells])
    table(heads, rows, name="flow", lesson=LESSON)


def _told(found: gradient_flow.Flow, scale: str) -> dict[str, str]:
    """Of one scale: "<arm>" the factor and "<arm>_largest" the largest gradient."""
    n = gradient_flow.numbers(found)
    return {
        f"{arm}{ending}": _two(n[f"{what}.{scale}.{arm}"])
        for arm in gradient_flow.ARMS
        for what, ending in (("factor", ""), ("largest", "_largest"))
    }


def _flow_in_words(found: gradient_flow.Flow) -> dict[str, str]:
    """The same of all scales, "<scale>_...", and what a network of this depth makes of it."""
    told = {
        f"{scale}_{name}": number
        for scale in gradient_flow.SCALES
        for name, number in _told(found, scale).items()
    }
    n = gradient_flow.numbers(found)
    own = n["largest.usual.bn"] / n["largest.usual.plain"]
    return told | {"layers": str(value("layers")), "own": _two(own)}


def _two(x: float) -> str:
    """Two digits that count: of 13783, 14000."""
    return number(float(f"{x:.2g}"), 2)
