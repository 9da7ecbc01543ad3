"""Deep networks under each normalizer, under DyT, and without any."""

from __future__ import annotations

from bncore import normalizers
from experiments import rates
from experiments.rivals import depth as experiment
from pages.rivals import LESSON, arms
from ui import drag, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import t

_component = drag.component("depths", "bars.css")


def picture(now: Moment) -> None:
    """The bars at the least depth; after the answer they go to the one that is set."""
    depths, found = LESSON.options("depth"), experiment.load()
    known = {"seeds": len(experiment.SEEDS)}
    drag.mount(
        _component,
        LESSON,
        ("depth",),
        key="drag-depth",
        words=LESSON.words("small", "accuracy", "says", "bands", **known),
        arms=arms.bars(found, depths if now.seen else depths[:1]),
        told=now.seen,
    )


def said(now: Moment) -> dict[str, object]:
    """At the depth that is set, and for the question at its own."""
    found, depth, asked = experiment.load(), LESSON.value("depth"), LESSON.default("depth")
    shares = {arm: percent(float(found.of(arm, depth).mean())) for arm in arms.IDEAS}
    then = {f"{arm}_asked": percent(float(found.of(arm, asked).mean())) for arm in arms.IDEAS}
    alpha = number(normalizers.ALPHA)
    return shares | then | {"depth": depth, "asked": asked, "alpha": alpha}


def more(now: Moment) -> None:
    """All arms at all depths, their rates, and what DyT is."""
    found, depths = experiment.load(), LESSON.options("depth")
    heads = [Cell("")] + [Cell(t(f"{LESSON}.dyt.depth", depth=d)) for d in depths]
    table(heads, [*arms.accuracies(found, depths)], name="depths", lesson=LESSON)
    table(heads, [*arms.rates(found)], name="depth-rates", lesson=LESSON)
    known = {"seeds": len(experiment.SEEDS), "pickers": len(rates.PICKERS)}
    known |= {"rates": len(experiment.RATES), "steps": experiment.BASE.steps}
    page.say(f"{LESSON}/dyt", **known, alpha=number(normalizers.ALPHA))
    page.source(normalizers.dyt_forward, normalizers.dyt_backward, key=f"{LESSON}-{now.name}")
