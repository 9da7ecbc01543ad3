"""The part on speed: is it the calmer distributions, the better start, the smoother loss, the rate?

One experiment at a time, as one part of the lesson at a time: a link opens it, and nothing of the
others is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from bncore.layers import Jolt
from experiments.intervals import mean as mean_of
from experiments.why import gradient_flow, noisy, once, smoothness, tolerance
from figures import graph
from figures.graph import Axis, Line
from figures.theme import colour
from pages.why.live import Live
from pages.why.parts import LESSON, value
from ui import controls, page
from ui.chart import plot
from ui.numbers import number, percent, unbroken
from ui.tables import Cell, table
from ui.text import mode, prose, t

TESTS = ("noisy", "once", "smooth", "rates", "flow", "loses")
LIVES = {name: Live(name) for name in ("noisy", "once", "smooth", "rates")}
# Between which the factor and the offset of noisy batch norm are drawn.
JOLTS = {
    "least": "1",
    "factor": number(noisy.FACTOR),
    "offset": number(noisy.OFFSET),
}
# How far along the gradient is tried, in learning rates.
ETAS = {"nearest": number(smoothness.ETAS[0]), "farthest": number(smoothness.ETAS[-1])}
# How an arm is drawn: its idea, its dash.
LOOKS = {
    "bn": ("bn", "solid"),
    "noisy_bn": ("error", "dashdot"),
    "once": ("z_norm", "longdash"),
    "plain": ("plain", "dash"),
    "noisy_plain": ("error", "dot"),
}
SOURCES: dict[str, tuple[Any, ...]] = {
    "noisy": (Jolt, noisy.train_all),
    "once": (once.normalized_once, once.train_all),
    "smooth": (smoothness.Tries, smoothness.train_all),
    "rates": (tolerance.config, tolerance.train_all),
    "flow": (gradient_flow.flow, gradient_flow.Flow),
    "loses": (),
}


def show() -> None:
    """Draw this part."""
    for live in LIVES.values():
        live.settle()
    page.say(f"{LESSON}/speed")
    page.question(LESSON, "shift", ("slow", "fast", "never"), right="fast")
    experiment()


@page.fragment(LESSON)
def experiment() -> None:
    """The one that is chosen, and the way to the next."""
    test = controls.choice(LESSON, "test", wrap=True)
    page.say(f"{LESSON}/speed_{test}", **JOLTS, **ETAS)
    _section(test)()
    _onward(test)
    if SOURCES[test]:
        page.source(*SOURCES[test], key=f"{LESSON}-{test}")


def _section(test: str) -> Callable[[], None]:
    from pages.why import rates as why_rates  # its charts are not needed for the others

    own = {"noisy": noisy_bn, "once": normalized_once, "smooth": along_the_gradient}
    return own.get(test) or getattr(why_rates, test)


def _onward(test: str) -> None:
    if test == TESTS[-1]:
        page.question(LESSON, "cause", ("shift", "start", "proved"), right="start")
        return
    following = TESTS[TESTS.index(test) + 1]
    name = t(f"{LESSON}.controls.test.options.{following}")
    st.button(
        t(f"{LESSON}.speed.next", test=name),
        icon=":material/arrow_forward:",
        key="next-test",
        on_click=lambda: st.session_state.update({f"{LESSON}.test": following}),
    )


# --- what the experiments have in common ---


def setting(test: str) -> str:
    """The network, the seed of a live run, and its button; what is chosen."""
    chosen, live, seed = controls.choice(LESSON, test, wrap=True), LIVES[test], value("draw")
    run = {"noisy": noisy, "once": once, "smooth": smoothness}[test].one_seed
    start(live, (chosen, seed), partial(run, seed, chosen))
    return chosen


def start(live: Live, key: tuple, train: Callable[[Any, Any], Any]) -> None:
    """The seed, the button, and the bar while it goes on."""
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"live-{live.name}"):
        controls.entry(LESSON, "draw", width=140)
        live.button(key, train)
    live.say_trouble()
    live.watch()


def own_run(test: str, chosen: str) -> Any:
    """The visitor's, of this network and seed; a notice where it was stopped."""
    found = LIVES[test].found((chosen, value("draw")))
    if found is not None and not found.complete:
        step = int(found.step[-1])
        LIVES[test].say_stopped(step, t(f"{LESSON}.live.stopped", step=step))
    return found


def named(arm: str) -> str:
    return t(f"{LESSON}.networks.{arm}")


def curves(
    key: str,
    arms: Sequence[str],
    step: np.ndarray,
    shipped: np.ndarray,
    own: np.ndarray | None,
    up: Axis,
    write: Callable[[float], str],
) -> None:
    """Arms (A, S, T) over steps (T,): the mean in the band of the seeds, or the own run (A, T')."""
    lines = []
    for a, arm in enumerate(arms):
        low, high = shipped[a].min(axis=0), shipped[a].max(axis=0)
        middle = shipped[a].mean(axis=0)
        if own is not None:
            middle = np.full(len(step), np.nan)
            middle[: own.shape[-1]] = own[a]
        idea, dash = LOOKS[arm]
        lines.append(Line(named(arm), idea, middle, low, high, dash))
    across = Axis(t(f"{LESSON}.speed.step"), ends=(0, float(step[-1])))
    last = {arm: write(float(shipped[a, :, -1].mean())) for a, arm in enumerate(arms)}
    ends = "; ".join(f"{named(arm)}: {end}" for arm, end in last.items())
    plot(
        graph.lines(mode(), step, lines, across, up, height=360),
        key=key,
        alt=t(f"{LESSON}.speed.alt", measure=up.title, ends=ends),
    )


def accuracy(test: str, arms: Sequence[str], found: Any, own: Any) -> None:
    """Test accuracy over the steps."""
    up = Axis(t(f"{LESSON}.speed.accuracy"), share=True, ends=(0, 1))
    mine = None if own is None else own.accuracy[:, 0]
    curves(f"{test}-accuracy", arms, found.step, found.accuracy, mine, up, percent)


def bands(found: Any, own: Any) -> None:
    """What line and band are."""
    which = "seeds" if own is None else "own"
    st.caption(t(f"{LESSON}.speed.{which}", seeds=len(found.seeds), seed=value("draw")))


Number = tuple[str, Callable[[float], str], np.ndarray, np.ndarray | None]


def results(name: str, arms: Sequence[str], numbers: Sequence[Number]) -> None:
    """A row for each arm: for each number (label, writing, (A, S), own (A,)) mean and own run."""
    heads, mine = [Cell("")], any(own is not None for *_, own in numbers)
    for label, *_ in numbers:
        heads.append(Cell(label))
        heads += [Cell(t(f"{LESSON}.speed.yours", seed=value("draw")))] if mine else []
    rows = []
    for a, arm in enumerate(arms):
        cells = [Cell(named(arm), colour=colour(LOOKS[arm][0], mode()))]
        for _, write, seeds, own in numbers:
            mean = float(seeds[a].mean())
            cells.append(Cell(unbroken(write(mean)), value=f"{mean:.4g}"))
            cells += [_own_cell(write, own, a)] if mine else []
        rows.append(cells)
    table(heads, rows, name=name, lesson=LESSON)


def _own_cell(write: Callable[[float], str], own: np.ndarray | None, a: int) -> Cell:
    """A dash where there is nothing, or nothing yet."""
    if own is None or np.isnan(own[a]):
        return Cell("–")
    return Cell(unbroken(write(float(own[a]))), value=f"{own[a]:.4g}")


def short(x: float) -> str:
    return number(x, 3)


# --- 1: noise after batch norm ---


def noisy_bn() -> None:
    """Accuracy and shift of four arms."""
    chosen = setting("noisy")
    found, own = noisy.load(chosen), own_run("noisy", chosen)
    left, right = st.columns(2, gap="large")
    with left:
        accuracy("noisy", noisy.ARMS, found, own)
    with right:
        up = Axis(t(f"{LESSON}.speed.shift", steps=noisy.EVERY), log=True)
        mine = None if own is None else own.shift[:, 0]
        curves("noisy-shift", noisy.ARMS, found.step[1:], found.shift, mine, up, short)
    bands(found, own)
    numbers, words = st.columns([5, 6], gap="large", vertical_alignment="center")
    by_arm = noisy.numbers(found)
    with numbers:
        own_numbers = None if own is None else noisy.numbers(own)
        results(
            "noisy",
            noisy.ARMS,
            [
                (
                    t(f"{LESSON}.speed.{name}", steps=noisy.EVERY),
                    write,
                    *_by_arm(name, noisy.ARMS, by_arm, own_numbers),
                )
                for name, write in (("accuracy", percent), ("shift", short), ("late_ks", short))
            ],
        )
    with words:
        mean = {key: float(values.mean()) for key, values in by_arm.items()}
        known = {arm: percent(mean[f"accuracy.{arm}"]) for arm in noisy.ARMS}
        ratio = {
            "ratio": mean["shift.noisy_bn"] / mean["shift.plain"],
            "ks_ratio": mean["late_ks.noisy_bn"] / mean["late_ks.plain"],
        }
        known |= {name: number(x, 2) for name, x in ratio.items()}
        st.markdown(prose(f"{LESSON}/noisy_{chosen}", **known))


def _by_arm(name: str, arms: Sequence[str], seeds: dict, own: dict | None) -> tuple:
    """(A, S) of the seeds, and (A,) of the own run."""
    found = np.stack([seeds[f"{name}.{arm}"] for arm in arms])
    return found, None if own is None else np.array([own[f"{name}.{arm}"][0] for arm in arms])


# --- 2: once, and never again ---


def normalized_once() -> None:
    """Accuracy of three arms, and what the start of each looks like."""
    chosen = setting("once")
    found, own = once.load(chosen), own_run("once", chosen)
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        accuracy("once", once.ARMS, found, own)
        bands(found, own)
    with right:
        results(
            "once",
            once.ARMS,
            [
                (
                    t(f"{LESSON}.once.spread"),
                    short,
                    found.spread[..., -1],
                    None if own is None else own.spread[:, 0, -1],
                ),
                (
                    t(f"{LESSON}.speed.accuracy"),
                    percent,
                    found.accuracy[..., -1],
                    None if own is None else own.accuracy[:, 0, -1],
                ),
            ],
        )
        mean = {key: float(values.mean()) for key, values in once.numbers(found).items()}
        known = {arm: percent(mean[f"accuracy.{arm}"]) for arm in once.ARMS}
        shares = {"share": percent(mean["share"], 0), "whole": percent(mean["share_whole"], 0)}
        st.markdown(t(f"{LESSON}.once.so", steps=int(found.step[-1]), **shares, **known))
        ahead = mean["accuracy.bn"] - mean["accuracy.once"]
        which = "bn_ahead" if ahead > 0 else "once_ahead"
        st.markdown(t(f"{LESSON}.once.{which}", ahead=f"{100 * abs(ahead):.1f}"))
        plain, repaired, bn = found.steps_to()
        if np.isnan(plain).all() and repaired.mean() > bn.mean():
            known = {"once": f"{repaired.mean():.0f}", "bn": f"{bn.mean():.0f}"}
            known |= {"slower": number(mean_of(repaired / bn, "factor"), 2)}
            st.markdown(t(f"{LESSON}.once.when", level=percent(once.GOOD, 0), **known))
    st.caption(t(f"{LESSON}.once.chosen"))


# --- 3: a little further along the gradient ---


def along_the_gradient() -> None:
    """The range of the loss and the change of the gradient, plain and with batch norm."""
    chosen = setting("smooth")
    found, own = smoothness.load(chosen), own_run("smooth", chosen)
    arms = smoothness.ARMS
    left, right = st.columns(2, gap="large")
    for column, name, measure in (
        (left, "range", "loss_range"),
        (right, "change", "largest_change"),
    ):
        with column:
            up = Axis(t(f"{LESSON}.smooth.{name}"), log=True)
            mine = None if own is None else getattr(own, measure)[:, 0]
            shipped = getattr(found, measure)
            curves(f"smooth-{name}", arms, found.step, shipped, mine, up, short)
    bands(found, own)
    numbers, words = st.columns([5, 6], gap="large", vertical_alignment="center")
    by_arm = smoothness.numbers(found)
    with numbers:
        ours = None if own is None else smoothness.numbers(own)
        rows = [
            (t(f"{LESSON}.smooth.median_{name}"), short, *_by_arm(name, arms, by_arm, ours))
            for name in ("loss_range", "change")
        ]
        final = None if own is None else own.accuracy[:, 0, -1]
        end = (t(f"{LESSON}.speed.accuracy"), percent, found.accuracy[..., -1], final)
        results("smooth", arms, [*rows, end])
    with words:
        mean = {key: float(values.mean()) for key, values in by_arm.items()}
        known = {
            name: number(mean[f"{measure}.plain"] / mean[f"{measure}.bn"], 2)
            for name, measure in (("range_ratio", "loss_range"), ("change_ratio", "change"))
        }
        known |= {
            arm: percent(float(found.accuracy[a, :, -1].mean())) for a, arm in enumerate(arms)
        }
        st.markdown(prose(f"{LESSON}/smooth_{chosen}", **known))
