"""Only γ and β are trained, beside only the last layer, beside everything."""

from __future__ import annotations

from experiments.conv import affine as experiment
from pages.conv import LESSON, runs
from ui import page
from ui.scenes import Moment

BEFORE = ("all",)
HEIGHTS = {"chance": 0.1, "some": 0.5, "most": 0.88}
MARKED = tuple(HEIGHTS)


def picture(now: Moment) -> None:
    """Accuracy of three networks that differ in what is trained; at first with all of it."""
    found = experiment.load()
    runs.curves(now, "affine", experiment.ARMS, found, before=BEFORE, marks=HEIGHTS)


def said(now: Moment) -> dict[str, object]:
    counts = {f"{arm}_count": count for arm, count in experiment.counts().items()}
    return runs.known(experiment.load(), experiment.ARMS) | counts


def more(now: Moment) -> None:
    """In numbers, what was trained, and the code."""
    found, run = experiment.load(), experiment.CONFIG
    runs.results("affine", experiment.ARMS, found)
    known = {"layers": run.depth, "width": run.width, "m": run.batch_size, "steps": run.steps}
    runs.scope("affine", **known, seeds=len(found.seeds))
    page.say(f"{LESSON}/affine")
    page.source(experiment.Partly, key=f"{LESSON}-affine")
