"""A test image has no batch: which statistics serve it, how they are kept, and when they fail."""

from __future__ import annotations

from bncore.batchnorm import BatchNorm, batch_norm_inference
from bncore.conventions import Convention
from bncore.folding import fold, line
from experiments.at_test_time import companions, dimming
from experiments.at_test_time import running as experiment
from experiments.at_test_time import shifts as experiment_shifts
from pages.at_test_time import LESSON, conventions, running, shifts, use
from pages.at_test_time import company as show
from ui import page


@page.fragment(LESSON)
def company() -> None:
    show.one_example()
    show.by_size()
    page.source(companions.meet, batch_norm_inference, key="company")


@page.fragment(LESSON)
def averages() -> None:
    running.averages()
    running.late_or_stale()
    running.at_best()
    page.source(experiment.follow, experiment.average, experiment.parts, key="averages")


@page.fragment(LESSON)
def rules() -> None:
    conventions.rule()
    page.source(BatchNorm._track, Convention, key="rules")


@page.fragment(LESSON)
def modes() -> None:
    use.wrong_mode()
    page.source(BatchNorm.forward, companions.running_after, key="modes")


@page.fragment(LESSON)
def folding() -> None:
    use.fold_away()
    page.source(fold, line, key="folding")


@page.fragment(LESSON)
def world() -> None:
    use.darken()
    page.source(dimming.sweep, dimming.exactness, key="world")


@page.fragment(LESSON)
def other_shifts() -> None:
    shifts.a_dozen()
    page.source(experiment_shifts.cost, experiment_shifts.validated, key="shifts")


page.say(f"{LESSON}/intro")
page.question(LESSON, "predict", ("no", "little", "yes"), right="yes", horizontal=True)
page.say(f"{LESSON}/company")
company()
page.say(f"{LESSON}/running")
averages()
page.say(f"{LESSON}/conventions")
rules()
page.say(f"{LESSON}/modes")
modes()
page.say(f"{LESSON}/folding")
folding()
page.say(f"{LESSON}/world")
world()
other_shifts()
page.say(f"{LESSON}/checks")
page.question(LESSON, "momentum", ("same", "mirrored", "default"), right="mirrored")
page.question(LESSON, "stale", ("start", "moved", "small"), right="moved")
page.question(LESSON, "world", ("robust", "refit", "plain"), right="refit")
