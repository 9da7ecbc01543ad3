"""Two networks that differ in batch norm alone, and what every hidden layer saw meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from bncore.descent import descend
from bncore.kernels import BatchNormKernel
from bncore.shift import wasserstein1
from bncore.training import Stack
from experiments.presets import PRESETS
from experiments.replay import ARMS, PERCENTILES, SERIES, VIEWS, count
from experiments.training.gradient_shift import below_first
from figures.theme import colour
from pages.training import charts as figures
from pages.training import gradients, replay
from pages.training import runs as training
from pages.training.runs import LESSON, LIVE, View
from ui import controls, page
from ui.chart import plot
from ui.numbers import number, percent
from ui.tables import Cell, table
from ui.text import mode, prose, t

value = LESSON.value


words = LESSON.words


def option(name: str, chosen: Any) -> str:
    if isinstance(chosen, str):
        return controls.option_label(LESSON, name, chosen)
    return number(chosen)


def describe(view: View) -> str:
    chosen = {name: option(name, getattr(view.config, name)) for name in training.SETTINGS}
    return t(f"{LESSON}.of_run", **chosen | {"seed": view.config.seed})


@page.fragment(LESSON)
def experiment() -> None:
    """What decides a run, and the button that starts it."""
    with st.expander(t(f"{LESSON}.settings_title"), icon=":material/tune:", key="settings"):
        st.caption(t(f"{LESSON}.settings_note"))
        first, second, third = st.columns(3, gap="large")
        with first:
            controls.choice(LESSON, "dataset")
            controls.slider(LESSON, "depth")
            controls.ladder(LESSON, "width")
            controls.choice(LESSON, "activation")
        with second:
            controls.select(LESSON, "optimizer")
            controls.ladder(LESSON, "lr")
            controls.ladder(LESSON, "batch_size")
            controls.ladder(LESSON, "steps")
        with third:
            controls.choice(LESSON, "init")
            controls.ladder(LESSON, "init_scale")
            controls.entry(LESSON, "seed")
        train_button()


def train_button() -> None:
    view, busy = training.shown(), LIVE.going() is not None
    differs = training.changed(view)
    st.button(
        t(f"{LESSON}.train" if differs else f"{LESSON}.again"),
        type="primary",
        icon=":material/play_circle:",
        key="train-now",
        on_click=training.train,
        disabled=busy,
    )
    if differs and view is not None and not busy:
        st.info(t(f"{LESSON}.changed"), icon=":material/tune:")
    LIVE.rerun_if_pressed()


def check_place(view: View) -> None:
    """A link may ask for a time or a layer that this run does not have."""
    last, depth = len(view.replay.steps) - 1, view.config.depth
    if value("frame") > last:
        st.warning(t(f"{LESSON}.impossible_frame", got=value("frame"), last=last))
        LESSON.put(frame=0)
    if value("layer") > depth:
        st.warning(t(f"{LESSON}.impossible_layer", got=value("layer"), depth=depth))
        LESSON.put(layer=0)


def arm_name(arm: int) -> Cell:
    return Cell(t(f"{LESSON}.replay.{ARMS[arm]}"), colour=colour(ARMS[arm], mode()))


def result(view: View) -> None:
    """What came out, as computed."""
    names = ("end_accuracy", "end_loss", "reached")
    heads = [Cell(""), *(Cell(t(f"{LESSON}.{name}")) for name in names)]
    table(heads, [result_row(view, arm) for arm in (1, 0)], name="result", lesson=LESSON)


def result_row(view: View, arm: int) -> list[Cell]:
    run, end = view.replay, view.replay.ended[arm]
    accuracy, loss = run.accuracy[end, arm], run.loss[end, arm]
    last = percent(accuracy)
    if run.diverged[arm] is not None:
        last += " · " + t(f"{LESSON}.diverged", step=run.diverged[arm])
    reached = np.flatnonzero(run.accuracy[: end + 1, arm] >= 0.8)
    when = int(run.steps[reached[0]]) if len(reached) else None
    return [
        arm_name(arm),
        Cell(last, value=f"{accuracy:.4f}"),
        Cell(number(loss, 3), value=f"{loss:.4g}"),
        Cell(t(f"{LESSON}.never") if when is None else str(when), value=when),
    ]


@page.fragment(LESSON)
def show_replay(view: View) -> None:
    replay.show(view.name, view.packed)


def introduce(view: View) -> None:
    """Which run this is, and what to look for."""
    run, preset = view.config, value("preset")
    known = {"seed": run.seed, "batch_size": run.batch_size, "depth": run.depth}
    known |= dict(zip(("low", "middle", "high"), PERCENTILES, strict=True))
    st.markdown(prose(f"{LESSON}/preset_{preset}", lr=number(run.lr, 3), **known))
    if preset in PRESETS:
        st.caption(t(f"{LESSON}.chosen"))


def story(view: View) -> None:
    """The replay of a run, and what came out."""
    config = view.config
    if view.stopped is not None:
        stopped = t(f"{LESSON}.stopped", step=view.stopped, steps=config.steps)
        LIVE.say_stopped(view.stopped, stopped)
    show_replay(view)
    st.caption(f"{describe(view)}  \n{t(f'{LESSON}.same_start')}")
    result(view)
    counted = t(f"{LESSON}.counted", examples=config.examples, units=config.recorded_units)
    st.caption(f"{t(f'{LESSON}.running_note')} {counted}")


@page.fragment(LESSON)
def read_curves(view: View) -> None:
    """The same curves for reading and export; Plotly travels only to those who open them."""
    title = t(f"{LESSON}.curves_title")
    drawer = st.expander(title, icon=":material/show_chart:", key="read", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        draw_curves(view)
        draw_percentiles(view)
        st.caption(t(f"{LESSON}.table_title"))
        some_numbers(view)


def draw_curves(view: View) -> None:
    run = view.replay
    names = words("figure", "loss", "accuracy", "step", "diverged") | words("replay", *ARMS)
    ends = {arm: percent(run.accuracy[run.ended[a], a]) for a, arm in enumerate(ARMS)}
    plot(
        figures.curves(run.steps, run.loss, run.accuracy, run.ended, names, mode()),
        key="figure-curves",
        alt=t(f"{LESSON}.figure.curves_alt", **ends),
    )


def draw_percentiles(view: View) -> None:
    run, layer = view.replay, (value("layer") or view.config.depth) - 1
    known = dict(zip(("low", "middle", "high"), PERCENTILES, strict=True)) | {"layer": layer + 1}
    st.markdown("**" + t(f"{LESSON}.figure.percentiles", **known) + "**")
    shares = {f"p{p}": t(f"{LESSON}.figure.percentile", share=p) for p in PERCENTILES}
    at = VIEWS.index("u")
    plot(
        figures.percentiles(
            run.steps,
            run.percentiles[:, [SERIES.index("plain"), SERIES.index("bn_u")], layer],
            run.ended,
            (run.low[at, layer], run.high[at, layer]),
            words("figure", "step") | words("replay", *ARMS) | shares,
            mode(),
        ),
        key="figure-percentiles",
        alt=t(f"{LESSON}.figure.percentiles_alt", **known),
    )


def some_numbers(view: View) -> None:
    """About a dozen recorded steps; empty where an arm had ended."""
    run = view.replay
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


def shift(view: View) -> None:
    """How far each layer's distributions moved, and what that does and does not say."""
    found = view.shift
    names = ("w1", "w1_in_sd", "ks", "ks_late", "moved", "moved_late")
    st.header(t(f"{LESSON}.shift.title"))
    layers = view.config.depth
    less = {n: int((getattr(found, n)[1] < getattr(found, n)[0]).sum()) for n in names}
    counts = {n: t(f"{LESSON}.shift.fewer", count=c, layers=layers) for n, c in less.items()}
    page.say(f"{LESSON}/shift", times=len(found.steps), last=found.steps[-1], **counts)
    heads = [Cell(t(f"{LESSON}.columns.{name}")) for name in ("layer", "network")]
    for name in names:
        heads.append(Cell(t(f"{LESSON}.columns.{name}"), hint=t(f"{LESSON}.columns_help.{name}")))
    rows = [shift_row(view, layer, arm, names) for layer in range(layers) for arm in (1, 0)]
    table(heads, rows, name="shift", lesson=LESSON)


def shift_row(view: View, layer: int, arm: int, names: tuple[str, ...]) -> list[Cell]:
    measured = [getattr(view.shift, name)[arm, layer] for name in names]
    numbers = [Cell(number(x, 3), value=f"{x:.4g}") for x in measured]
    return [Cell(str(layer + 1)), arm_name(arm), *numbers]


training.follow_link()
training.settle()
replay.opened()
page.say(f"{LESSON}/intro")
ask, choose = st.columns([6, 5], gap="medium")
with ask:
    page.question(LESSON, "predict", ("higher", "steps", "gaussian", "still"), right="steps")
training.wait_for_own()
with choose:
    controls.choice(LESSON, "preset", on_change=training.pick, wrap=True)
    about = st.container()
experiment()
LIVE.say_trouble()
LIVE.watch()
now = training.shown()
if now is None:
    st.info(t(f"{LESSON}.waiting"))
else:
    check_place(now)
    with about:
        introduce(now)
    story(now)
    read_curves(now)
    shift(now)
gradients.show()
page.question(LESSON, "cause", ("yes", "no", "never"), right="no")
page.question(LESSON, "scored", ("batch", "running", "none"), right="running")
page.question(LESSON, "safe", ("any", "wider", "depth"), right="wider")
page.source(descend, Stack.advance, BatchNormKernel, count, wasserstein1, below_first, key=LESSON)
