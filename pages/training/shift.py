"""Shift in numbers: of distributions and of gradients, and curves to read and export."""

from __future__ import annotations

import numpy as np
import streamlit as st

from bncore.descent import descend
from bncore.kernels import BatchNormKernel
from bncore.shift import wasserstein1
from bncore.training import Stack
from experiments.replay import ARMS, PERCENTILES, SERIES, VIEWS, count
from experiments.training import gradient_shift
from figures import graph
from figures.graph import Axis, Line
from figures.theme import DASH, colour
from pages.training import LESSON, charts, runs, watch
from pages.training.runs import View
from ui import page
from ui.chart import plot
from ui.numbers import number, percent, short
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, prose, t

NUMBERS = ("relative", "late_relative", "distance", "cosine", "late_cosine")
MOVED = ("w1", "w1_in_sd", "ks", "ks_late", "moved", "moved_late")
FEW_MOVED, FEW_NUMBERS = ("w1", "ks", "ks_late", "moved_late"), ("relative", "late_relative")
PRESET = "figure1"


def view() -> View:
    """The pair that is measured here."""
    return runs.preset_view(PRESET)


def picture(now: Moment) -> None:
    """How far the distributions moved; after the answer how far the gradients did."""
    if now.seen:
        _gradients(FEW_NUMBERS, "few-gradients")
    else:
        _distributions(FEW_MOVED, "few-shift")


def said(now: Moment) -> dict[str, object]:
    """The measured gradients, by "<setting>_<arm>" and more."""
    return {**_in_words()}


def more(now: Moment) -> None:
    """Both measures in words, the curves, some numbers of the run, and the code."""
    _distributions(MOVED, "shift", hints=True)
    found = view().shift
    layers = view().config.depth
    less = {n: int((getattr(found, n)[1] < getattr(found, n)[0]).sum()) for n in MOVED}
    counts = {n: t(f"{LESSON}.shift.fewer", count=c, layers=layers) for n, c in less.items()}
    st.markdown(prose(f"{LESSON}/shift", times=len(found.steps), last=found.steps[-1], **counts))
    _gradients(NUMBERS, "gradients", hints=True)
    st.markdown(prose(f"{LESSON}/gradients", **_in_words()))
    _curves_of_gradients()
    read_curves(view())
    page.source(
        *(descend, Stack.advance, BatchNormKernel),
        *(count, wasserstein1, gradient_shift.below_first),
        key=LESSON,
    )


# --- distributions ---


def _distributions(names: tuple[str, ...], called: str, *, hints: bool = False) -> None:
    heads = [Cell(t(f"{LESSON}.columns.{name}")) for name in ("layer", "network")]
    for name in names:
        hint = t(f"{LESSON}.columns_help.{name}") if hints else ""
        heads.append(Cell(t(f"{LESSON}.columns.{name}"), hint=hint))
    layers = range(view().config.depth)
    rows = [_moved(layer, arm, names) for layer in layers for arm in (1, 0)]
    table(heads, rows, name=called, lesson=LESSON)


def _moved(layer: int, arm: int, names: tuple[str, ...]) -> list[Cell]:
    measured = [getattr(view().shift, name)[arm, layer] for name in names]
    numbers = [Cell(number(x, 3), value=f"{x:.4g}") for x in measured]
    return [Cell(str(layer + 1)), watch.arm_name(arm), *numbers]


# --- gradients ---


def _gradients(names: tuple[str, ...], called: str, *, hints: bool = False) -> None:
    """What was measured over the seeds."""
    heads = [Cell(t(f"{LESSON}.gradients.{name}")) for name in ("setting", "network", "lr")]
    for name in names:
        hint = t(f"{LESSON}.gradients.hints.{name}") if hints else ""
        heads.append(Cell(t(f"{LESSON}.gradients.{name}"), hint=hint))
    rows = [
        _row(setting, found, arm, names)
        for setting, found in gradient_shift.shipped().found.items()
        for arm in reversed(gradient_shift.ARMS)
    ]
    table(heads, rows, name=called, lesson=LESSON)


def _row(
    setting: str, found: gradient_shift.GradientShift, arm: str, names: tuple[str, ...]
) -> list[Cell]:
    measured = gradient_shift.numbers(found)
    means = [float(measured[f"{name}.{arm}"].mean()) for name in names]
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


def _curves_of_gradients() -> None:
    """Over the steps, of both networks."""
    title = t(f"{LESSON}.gradients.curves")
    drawer = page.drawer(title, icon=":material/show_chart:", key="gradients")
    if drawer is None:
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


# --- curves to read and export ---


def read_curves(shown: View) -> None:
    """Plotly travels only to those who open them."""
    title = t(f"{LESSON}.curves_title")
    drawer = page.drawer(title, icon=":material/show_chart:", key="read")
    if drawer is None:
        return
    with drawer:
        _draw_curves(shown)
        _draw_percentiles(shown)
        st.caption(t(f"{LESSON}.table_title"))
        _some_numbers(shown)


def _draw_curves(shown: View) -> None:
    run = shown.replay
    names = LESSON.words("figure", "loss", "accuracy", "step", "diverged")
    ends = {arm: percent(run.accuracy[run.ended[a], a]) for a, arm in enumerate(ARMS)}
    plot(
        charts.curves(
            *(run.steps, run.loss, run.accuracy, run.ended),
            names | LESSON.words("replay", *ARMS),
            mode(),
        ),
        key="figure-curves",
        alt=t(f"{LESSON}.figure.curves_alt", **ends),
    )


def _draw_percentiles(shown: View) -> None:
    run, layer = shown.replay, shown.config.depth - 1
    known = dict(zip(("low", "middle", "high"), PERCENTILES, strict=True)) | {"layer": layer + 1}
    st.markdown("**" + t(f"{LESSON}.figure.percentiles", **known) + "**")
    shares = {f"p{p}": t(f"{LESSON}.figure.percentile", share=p) for p in PERCENTILES}
    at = VIEWS.index("u")
    plot(
        charts.percentiles(
            run.steps,
            run.percentiles[:, [SERIES.index("plain"), SERIES.index("bn_u")], layer],
            run.ended,
            (run.low[at, layer], run.high[at, layer]),
            LESSON.words("figure", "step") | LESSON.words("replay", *ARMS) | shares,
            mode(),
        ),
        key="figure-percentiles",
        alt=t(f"{LESSON}.figure.percentiles_alt", **known),
    )


def _some_numbers(shown: View) -> None:
    """About a dozen recorded steps; empty where an arm had ended."""
    run = shown.replay
    columns = {"loss": run.loss, "accuracy": run.accuracy}
    asked = [(name, arm) for name in columns for arm in (1, 0)]
    heads = [Cell(t(f"{LESSON}.columns.step"))]
    heads += [Cell(t(f"{LESSON}.columns.{name}_{ARMS[arm]}")) for name, arm in asked]
    rows = []
    for row in np.unique(np.linspace(0, len(run.steps) - 1, 12).round().astype(int)):
        found = [columns[n][row, arm] if row <= run.ended[arm] else None for n, arm in asked]
        known = [Cell("") if x is None else Cell(f"{x:.4f}", value=f"{x:.4g}") for x in found]
        rows.append([Cell(str(run.steps[row])), *known])
    table(heads, rows, name="some-numbers", lesson=LESSON)
