"""Deep networks under each normalizer, under DyT, and without any."""

from __future__ import annotations

from bncore import normalizers
from experiments import rates
from experiments.rivals import depth as experiment
from experiments.rivals.arms import ARMS
from figures.theme import colour
from pages.rivals import LESSON
from pages.rivals.small import IDEAS, ends
from ui import controls, drag, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

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
        arms=[
            {
                "name": controls.option_label(LESSON, "arm", arm),
                "idea": idea,
                "shares": [ends(found.of(arm, d)) for d in (depths if now.seen else depths[:1])],
            }
            for arm, idea in IDEAS.items()
        ],
        told=now.seen,
    )


def said(now: Moment) -> dict[str, object]:
    """At the depth that is set, and for the question at its own."""
    found, depth, asked = experiment.load(), LESSON.value("depth"), LESSON.default("depth")
    shares = {arm: percent(float(found.of(arm, depth).mean())) for arm in IDEAS}
    then = {f"{arm}_asked": percent(float(found.of(arm, asked).mean())) for arm in IDEAS}
    alpha = number(normalizers.ALPHA)
    return shares | then | {"depth": depth, "asked": asked, "alpha": alpha}


def more(now: Moment) -> None:
    """All arms at all depths, their rates, and what DyT is."""
    found, depths = experiment.load(), LESSON.options("depth")
    heads = [Cell("")] + [Cell(t(f"{LESSON}.dyt.depth", depth=d)) for d in depths]
    accuracies, chosen = [], []
    for arm, idea in IDEAS.items():
        name = Cell(controls.option_label(LESSON, "arm", arm), colour=colour(idea, mode()))
        shares = [float(found.of(arm, d).mean()) for d in depths]
        accuracies.append([name, *(Cell(percent(x), value=f"{x:.4f}") for x in shares)])
        row = found.rate[ARMS.index(arm)]
        chosen.append([name, *(Cell(number(float(x)), value=f"{x:g}") for x in row)])
    table(heads, accuracies, name="depths", lesson=LESSON)
    table(heads, chosen, name="depth-rates", lesson=LESSON)
    known = {"seeds": len(experiment.SEEDS), "pickers": len(rates.PICKERS)}
    known |= {"rates": len(experiment.RATES), "steps": experiment.BASE.steps}
    page.say(f"{LESSON}/dyt", **known, alpha=number(normalizers.ALPHA))
    page.source(normalizers.dyt_forward, normalizers.dyt_backward, key=f"{LESSON}-{now.name}")
