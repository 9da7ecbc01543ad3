"""The other internal covariate shift: what a layer's gradient makes of the step below it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from experiments.training import gradient_shift
from figures import graph
from figures.graph import Axis, Line
from figures.theme import DASH, colour
from pages.training.runs import LESSON
from ui import page
from ui.chart import plot
from ui.numbers import number, short
from ui.tables import Cell, table
from ui.text import mode, t

NUMBERS = ("relative", "late_relative", "distance", "cosine", "late_cosine")


def show() -> None:
    """What was measured over the seeds; the curves for those who open them."""
    shipped = gradient_shift.shipped().found
    st.header(t(f"{LESSON}.gradients.title"))
    page.say(f"{LESSON}/gradients", **_in_words())
    heads = ["setting", "network", "lr", *NUMBERS]
    labels = [
        Cell(t(f"{LESSON}.gradients.{name}"), hint=t(f"{LESSON}.gradients.hints.{name}"))
        if name in NUMBERS
        else Cell(t(f"{LESSON}.gradients.{name}"))
        for name in heads
    ]
    rows = [
        _row(setting, found, arm)
        for setting, found in shipped.items()
        for arm in reversed(gradient_shift.ARMS)
    ]
    table(labels, rows, name="gradients", lesson=LESSON)
    curves()


def _row(setting: str, found: gradient_shift.GradientShift, arm: str) -> list[Cell]:
    measured = gradient_shift.numbers(found)
    means = [float(measured[f"{name}.{arm}"].mean()) for name in NUMBERS]
    rate = float(found.rates[gradient_shift.ARMS.index(arm)])
    return [
        Cell(_named(setting)),
        Cell(t(f"{LESSON}.replay.{arm}"), colour=colour(arm, mode())),
        Cell(short(rate), value=f"{rate:.4g}"),
        *(Cell(number(mean, 2), value=f"{mean:.4g}") for mean in means),
    ]


def _named(setting: str) -> str:
    layers = gradient_shift.SETTINGS[setting].depth
    return t(f"{LESSON}.gradients.settings.{setting}", layers=layers)


def _in_words() -> dict[str, str]:
    """By "<setting>_<arm>" the relative distance; with "_late", "_lr" and so on the rest."""
    known = {}
    for setting, found in gradient_shift.shipped().found.items():
        known[f"{setting}_layers"] = str(gradient_shift.SETTINGS[setting].depth)
        measured = gradient_shift.numbers(found)
        for a, arm in enumerate(gradient_shift.ARMS):
            head = f"{setting}_{arm}"
            known[head] = number(float(measured[f"relative.{arm}"].mean()), 2)
            rest = {"late": "late_relative", "distance": "distance", "cosine": "cosine"}
            for name, of in rest.items():
                known[f"{head}_{name}"] = number(float(measured[f"{of}.{arm}"].mean()), 2)
            known[f"{head}_lr"] = short(float(found.rates[a]))
    return known | {"seeds": str(len(gradient_shift.SEEDS))}


@page.fragment(LESSON)
def curves() -> None:
    """Over the steps, of both networks."""
    title = t(f"{LESSON}.gradients.curves")
    drawer = st.expander(title, icon=":material/show_chart:", key="gradients", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        shipped = gradient_shift.shipped().found
        for column, (setting, found) in zip(st.columns(2), shipped.items(), strict=True):
            with column:
                st.markdown(f"**{_named(setting)}**")
                _curve(setting, found)
        st.caption(t(f"{LESSON}.gradients.bands", seeds=len(gradient_shift.SEEDS)))


def _curve(setting: str, found: gradient_shift.GradientShift) -> None:
    of = found.relative[..., gradient_shift.LAST].astype(float)
    lines = [
        Line(
            t(f"{LESSON}.replay.{arm}"),
            arm,
            of[a].mean(axis=0),
            of[a].min(axis=0),
            of[a].max(axis=0),
            DASH[arm],
        )
        for a, arm in enumerate(gradient_shift.ARMS)
    ]
    across = Axis(t(f"{LESSON}.figure.step"), ends=(0, float(found.step[-1])))
    up = Axis(t(f"{LESSON}.gradients.relative"), ends=(0, float(np.ceil(of.max() * 5) / 5)))
    ends = {arm: number(float(of[a, :, -1].mean()), 2) for a, arm in enumerate(gradient_shift.ARMS)}
    first = {
        f"{arm}_first": number(float(of[a, :, 0].mean()), 2)
        for a, arm in enumerate(gradient_shift.ARMS)
    }
    plot(
        graph.lines(mode(), found.step, lines, across, up),
        key=f"gradients-{setting}",
        alt=t(f"{LESSON}.gradients.alt", **ends, **first),
    )
