"""Is batch norm necessary? A number before each branch that begins at 0, and no batch norm."""

from __future__ import annotations

import numpy as np

from experiments.conv import branch as experiment
from pages.conv import LESSON, runs
from ui import page
from ui.numbers import number, percent
from ui.scenes import Moment

BEFORE = ("bn", "plain")
HEIGHTS = {"chance": 0.1, "nearly": 0.85, "level": 0.98}
MARKED = tuple(HEIGHTS)


def picture(now: Moment) -> None:
    """Accuracy of three residual networks of 32 layers; at first of the two that are known."""
    found = experiment.load()
    runs.curves(now, "necessary", experiment.ARMS, found, before=BEFORE, marks=HEIGHTS)


def said(now: Moment) -> dict[str, object]:
    """Where the three ended, and how far their seeds reach."""
    found = experiment.load()
    ends = {
        f"{arm}_{name}": percent(float(end(found.last[a])), 0)
        for a, arm in enumerate(experiment.ARMS)
        for name, end in (("low", np.min), ("high", np.max))
    }
    assert found.usable is not None
    rates = {
        f"{arm}_rate": number(float(found.usable[a]), 2) for a, arm in enumerate(experiment.ARMS)
    }
    return runs.known(found, experiment.ARMS) | ends | rates


def more(now: Moment) -> None:
    """In numbers, what was trained, and the code."""
    found, run = experiment.load(), experiment.CONFIG
    runs.results("necessary", experiment.ARMS, found)
    known = {"layers": run.depth, "width": run.width, "m": run.batch_size, "steps": run.steps}
    runs.scope("necessary", **known, seeds=len(found.seeds))
    page.say(f"{LESSON}/necessary")
    page.source(experiment.residual, key=f"{LESSON}-necessary")
