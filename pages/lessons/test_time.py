"""A test image has no batch: which statistics serve it, how they are kept, and when they fail."""

from __future__ import annotations

from bncore.batchnorm import BatchNorm, batch_norm_inference
from experiments import companions
from experiments import running as experiment
from ui import page
from ui import test_time as show
from ui import test_time_running as running
from ui import test_time_use as use

LESSON = show.LESSON


@page.fragment(LESSON)
def company() -> None:
    show.one_example()
    show.by_size()
    page.source(companions.meet, batch_norm_inference, key="company")


@page.fragment(LESSON)
def averages() -> None:
    running.averages()
    page.source(experiment.follow, experiment.average, key="averages")


@page.fragment(LESSON)
def modes() -> None:
    use.wrong_mode()
    page.source(BatchNorm.forward, BatchNorm._track, key="modes")


page.say(f"{LESSON}/intro")
page.question(LESSON, "predict", ("no", "little", "yes"), right="yes")
page.say(f"{LESSON}/company")
company()
page.say(f"{LESSON}/running")
averages()
page.say(f"{LESSON}/modes")
modes()
page.say(f"{LESSON}/checks")
page.question(LESSON, "momentum", ("same", "mirrored", "default"), right="mirrored")
page.question(LESSON, "stale", ("start", "moved", "small"), right="moved")
page.question(LESSON, "world", ("robust", "refit", "plain"), right="refit")
