"""Six networks at mini-batches from 64 down to 1: which of them falls."""

from __future__ import annotations

from experiments import rates
from experiments.rivals import small as experiment
from pages.rivals import LESSON, arms
from ui import drag, page
from ui.numbers import percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import t

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
        arms=arms.bars(experiment.load(), sizes if now.seen else sizes[:1]),
        told=now.seen,
    )


def said(now: Moment) -> dict[str, object]:
    """At the m that is set, and for the question at m = 2."""
    found, m = experiment.load(), LESSON.value("m")
    asked = LESSON.default("m")
    others = {arm: float(found.of(arm, m).mean()) for arm in arms.IDEAS if arm != "batch"}
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
    accuracies = [*arms.accuracies(found, sizes)]
    exact = [float(x) for x in found.exact.mean(axis=-1)]
    accuracies.insert(1, arms.line(t(f"{LESSON}.small.exact"), "bn", exact))
    table(heads, accuracies, name="accuracy", lesson=LESSON)
    table(heads, [*arms.rates(found)], name="rates", lesson=LESSON)
    known = {"seeds": len(experiment.SEEDS), "pickers": len(rates.PICKERS)}
    known |= {"rates": len(experiment.RATES), "images": experiment.SEEN, "large": sizes[0]}
    known["steps"] = experiment.config(sizes[0]).steps
    page.say(f"{LESSON}/small", **known)
    page.source(experiment.measure, rates.search, key=f"{LESSON}-{now.name}")
