"""Six networks at mini-batches from 64 down to 1: which of them falls."""

from __future__ import annotations

import numpy as np

from experiments import rates
from experiments.intervals import interval
from experiments.rivals import small as experiment
from experiments.rivals.arms import ARMS
from figures.theme import colour
from pages.rivals import LESSON
from ui import controls, drag, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

#: purple shares with companions, teal with itself, grey with nobody
IDEAS = {
    "batch": "bn",
    "layer": "after",
    "group": "after",
    "rms": "after",
    "dyt": "plain",
    "none": "plain",
}

_component = drag.component("arms", "bars.css")


def picture(now: Moment) -> None:
    """The bars at m = 64; after the answer they go to the m that is set."""
    sizes = LESSON.options("m")
    known = {"seeds": len(experiment.SEEDS)}
    drag.mount(
        _component,
        LESSON,
        ("m",),
        key="drag-small",
        words=LESSON.words("small", "accuracy", "says", "bands", **known),
        arms=[
            {
                "name": controls.option_label(LESSON, "arm", arm),
                "idea": idea,
                "shares": [
                    ends(experiment.load().of(arm, m)) for m in (sizes if now.seen else sizes[:1])
                ],
            }
            for arm, idea in IDEAS.items()
        ],
        told=now.seen,
    )


def ends(accuracy: np.ndarray) -> list[float]:
    """Mean, and the ends of its 95 % interval, within what an accuracy can be."""
    low, high = interval(accuracy)
    found = (accuracy.mean(), max(low, 0.0), min(high, 1.0))
    return [round(float(share), 4) for share in found]


def said(now: Moment) -> dict[str, object]:
    """At the m that is set, and for the question at m = 2."""
    found, m = experiment.load(), LESSON.value("m")
    asked = LESSON.default("m")
    others = {arm: float(found.of(arm, m).mean()) for arm in IDEAS if arm != "batch"}
    then = [float(found.of(arm, asked).mean()) for arm in others]
    return {
        "m": m,
        "batch": percent(float(found.of("batch", m).mean())),
        "low": percent(min(others.values())),
        "high": percent(max(others.values())),
        "asked": percent(float(found.of("batch", asked).mean())),
        "large": percent(float(found.of("batch", experiment.SIZES[0]).mean())),
        "least": percent(min(then)),
        "images": experiment.SEEN,
    }


def more(now: Moment) -> None:
    """All arms at all sizes, their rates, and how they were found."""
    found, sizes = experiment.load(), LESSON.options("m")
    heads = [Cell("")] + [Cell(f"m = {m}") for m in sizes]
    accuracies, chosen = [], []
    for arm, idea in IDEAS.items():
        name = Cell(controls.option_label(LESSON, "arm", arm), colour=colour(idea, mode()))
        shares = [float(found.of(arm, m).mean()) for m in sizes]
        accuracies.append([name, *(Cell(percent(x), value=f"{x:.4f}") for x in shares)])
        row = found.rate[ARMS.index(arm)]
        chosen.append([name, *(Cell(number(float(x)), value=f"{x:g}") for x in row)])
    exact = [float(x) for x in found.exact.mean(axis=-1)]
    name = Cell(t(f"{LESSON}.small.exact"), colour=colour("bn", mode()))
    accuracies.insert(1, [name, *(Cell(percent(x), value=f"{x:.4f}") for x in exact)])
    table(heads, accuracies, name="accuracy", lesson=LESSON)
    table(heads, chosen, name="rates", lesson=LESSON)
    known = {"seeds": len(experiment.SEEDS), "pickers": len(rates.PICKERS)}
    known |= {"rates": len(experiment.RATES), "images": experiment.SEEN, "large": sizes[0]}
    known["steps"] = experiment.config(sizes[0]).steps
    page.say(f"{LESSON}/small", **known)
    page.source(experiment.measure, rates.search, key=f"{LESSON}-{now.name}")
