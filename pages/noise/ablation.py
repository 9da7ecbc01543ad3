"""Whether a network leans on single units: what is left of it when some of them are fixed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import streamlit as st

from experiments.intervals import half_widths
from experiments.noise import ablation as experiment
from experiments.noise.ablation import Evidence, Layers
from experiments.noise.regularize import Difference
from figures.theme import colour
from pages.noise import LESSON
from pages.noise import charts as figures
from ui import controls, page
from ui.chart import plot
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, prose, t

# Arms of the ablation that are shown, and how they are drawn: idea, dash.
LOOKS = {
    "plain": ("plain", "dash"),
    "bn_all": ("bn", "solid"),
    "g256": ("bn", "solid"),
    "g32": ("bn", "solid"),
    "g8": ("bn", "longdash"),
    "dropout8": ("dropout", "dashdot"),
    "both8": ("z_tilde", "dot"),
}
CURVES = ("plain", "g256", "g8", "dropout8", "both8")  # more would hide each other
OFF = 0.4  # the share of units off that is put into words


def cost(drop: Difference) -> str:
    """1.19 ± 0.07, in percentage points."""
    return f"{100 * drop.mean:.2f} ± {100 * drop.half:.2f}".replace("-", "−")


def picture(now: Moment) -> None:
    """What single units are worth."""
    single_units(experiment.load(), controls.choice(LESSON, "way", wrap=True))


def said(now: Moment) -> dict[str, object]:
    """What the costliest unit costs, of three networks."""
    found, way = experiment.load(), LESSON.value("way")
    return {arm: percent(found.worst(arm, way).mean) for arm in CURVES}


def more(now: Moment) -> None:
    """Many units at once, the numbers, and how they were measured."""
    found, way = experiment.load(), LESSON.value("way")
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        many_units(found, way)
    with right:
        st.markdown(lean_verdict(found, way))
    ablation_table(found, way)
    known = {"seeds": found.intact.shape[1], "units": found.single.shape[-1]}
    run = experiment.BASE
    known |= {"steps": run.steps, "depth": run.depth, "width": run.width, "m": run.batch_size}
    known |= {"lr": number(run.lr)}
    st.caption(t(f"{LESSON}.ablation.of_run", **known))
    page.source(Layers.accuracy, key=f"{LESSON}-{now.name}")


def arm_names(arms: Iterable[str]) -> list[str]:
    return [t(f"{LESSON}.ablation.{arm}") for arm in arms]


def single_units(found: Evidence, way: str) -> None:
    """The cost of every unit of every network."""
    words = {name: t(f"{LESSON}.ablation.{name}") for name in ("units", "worst", "mean")}
    words["axis"] = t(f"{LESSON}.ablation.axis_drop")
    ideas = [idea for idea, _ in LOOKS.values()]
    drops = [found.drop(arm, way) for arm in LOOKS]
    worst = {arm: percent(found.worst(arm, way).mean) for arm in CURVES}
    plot(
        figures.ablated(mode(), arm_names(LOOKS), ideas, drops, words),
        key="single-units",
        alt=t(f"{LESSON}.ablation.alt_single", **worst),
    )


def many_units(found: Evidence, way: str) -> None:
    """Accuracy with more and more units fixed."""
    words = {"axis": t(f"{LESSON}.ablation.axis_share"), "measure": t(f"{LESSON}.ablation.left")}
    ideas, dashes = zip(*(LOOKS[arm] for arm in CURVES), strict=True)
    left = {arm: percent(accuracy_left(found, arm, way)) for arm in CURVES}
    plot(
        figures.switched_off(
            mode(),
            experiment.SHARES,
            arm_names(CURVES),
            ideas,
            dashes,
            [seed_band(many(found, arm, way)) for arm in CURVES],
            words,
        ),
        key="many-units",
        alt=t(f"{LESSON}.ablation.alt_many", off=percent(OFF, 0), **left),
    )


def many(found: Evidence, arm: str, way: str) -> np.ndarray:
    """(S, K) accuracy with the shares of all units fixed."""
    return found.many[experiment.WAYS.index(way), list(experiment.ARMS).index(arm)]


def accuracy_left(found: Evidence, arm: str, way: str) -> float:
    """With the share OFF of all units fixed."""
    return float(many(found, arm, way)[:, experiment.SHARES.index(OFF)].mean())


def seed_band(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (K,) of values (S, K), and the ends of its 95 % interval."""
    mean, half = values.mean(axis=0), half_widths(values)
    return mean, mean - half, mean + half


def ablation_table(found: Evidence, way: str) -> None:
    """Every arm: intact, the mean unit, the unit that costs most."""
    word = f"{LESSON}.ablation"
    heads = [Cell("")] + [Cell(t(f"{word}.head_{name}")) for name in ("intact", "mean", "worst")]
    rows = []
    for arm, (idea, _) in LOOKS.items():
        intact = float(found.intact[list(experiment.ARMS).index(arm)].mean())
        drops = (found.mean(arm, way), found.worst(arm, way))
        rows.append(
            [
                Cell(t(f"{word}.{arm}"), colour=colour(idea, mode())),
                Cell(percent(intact), value=f"{intact:.4f}"),
                *(Cell(cost(drop), value=f"{drop.mean:.4g}") for drop in drops),
            ]
        )
    table(heads, rows, name="ablation", lesson=LESSON)


def lean_verdict(found: Evidence, way: str) -> str:
    """What the experiment claims, with the numbers of both ways and of the one chosen."""
    zero = {f"{arm}_zero": percent(found.worst(arm, "zero").mean) for arm in experiment.ARMS}
    worst = {arm: percent(found.worst(arm, way).mean) for arm in experiment.ARMS}
    known = zero | worst | {"plain_mean": percent(found.worst("plain", "mean").mean)}
    known |= {f"{arm}_left": percent(accuracy_left(found, arm, way)) for arm in CURVES}
    few, many = (experiment.ARMS[arm]["group"] for arm in ("g8", "g256"))
    return prose(f"{LESSON}/ablated", off=percent(OFF, 0), few=few, many=many, **known)
