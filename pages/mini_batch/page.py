"""One mini-batch of one unit through the four steps of batch norm: the story, in order."""

from __future__ import annotations

from bncore.batchnorm import batch_norm_forward, center
from bncore.variants import VARIANTS
from experiments.mini_batch import batch as experiment
from pages.mini_batch import LESSON
from pages.mini_batch import batch as numbers
from pages.mini_batch import broken as mistakes
from pages.mini_batch import eps as epsilon
from pages.mini_batch import steps as four
from pages.mini_batch import why as scale_and_shift
from pages.mini_batch.stage import stage
from ui import page

value = LESSON.value


@page.fragment(LESSON)
def lesson() -> None:
    """What follows γ and β, which are dragged most: the rest of the page stands still meanwhile."""
    numbers.rerun_if_batch_changed()
    batch = numbers.choose_batch()
    steps = experiment.walk(batch.z, value("gamma"), value("beta"), value("eps"))
    stage(batch.z)
    four.limits(batch.z)
    four.give_back(steps)

    page.say("mini_batch/steps")
    four.formulas(steps)
    four.table(batch, steps)
    page.source(batch_norm_forward, center, key="forward")

    page.say("mini_batch/why")
    scale_and_shift.why(steps)


@page.fragment(LESSON)
def eps(batch: experiment.Batch) -> None:
    numbers.rerun_if_batch_changed()
    page.say("mini_batch/eps")
    epsilon.eps(batch)


@page.fragment(LESSON)
def broken(batch: experiment.Batch) -> None:
    page.say("mini_batch/broken")
    mistakes.broken(batch)
    page.source(VARIANTS[value("broken")], key="broken")


page.say("mini_batch/intro")
page.question(LESSON, "shape", ("bell", "same", "unit"), right="same", horizontal=True)
numbers.note_batch()
lesson()
eps(numbers.current_batch())
broken(numbers.current_batch())
page.say("mini_batch/checks")
page.question(LESSON, "units", ("same", "wide", "moved"), right="same")
page.question(LESSON, "sd", ("gamma", "less", "more"), right="less")
page.question(LESSON, "single", ("beta", "scaled", "nan"), right="beta")
