"""running_var is NaN: one bad batch, and an average that never forgets it."""

from __future__ import annotations

import numpy as np

from experiments.clinic import running_nan as experiment
from experiments.clinic.running_nan import Poisoned
from pages.clinic import LESSON
from pages.clinic.common import Ward, cure, numbers, value, wards
from ui import controls
from ui.numbers import percent
from ui.scenes import Moment
from ui.text import t


def picture(now: Moment) -> None:
    """The last batches and the average after each; then what the network answers by it."""
    found = experiment.poisoned(value("poison"))
    strip(found, now.seen)
    wards(
        Ward("`train()`", found.train if now.seen else experiment.poisoned("none").train),
        Ward("`eval()`", found.evaluated if now.seen else None),
    )
    if now.seen:
        controls.choice(LESSON, "poison", wrap=True)


def strip(found: Poisoned, told: bool) -> None:
    """Each batch's variance and the running variance after it; nothing of what comes is told."""
    bad = np.flatnonzero(~np.isfinite(found.batch_var))
    last = len(found.steps) if told or not len(bad) else int(bad[0])
    known = {"batch": len(found.steps), "running": last}
    rows = [
        (t(f"{LESSON}.running_nan.{name}"), [*values[: known[name]], *hidden(values, known[name])])
        for name, values in (("batch", found.batch_var), ("running", found.running_var))
    ]
    ends = {"first": found.steps[0], "last": found.steps[-1]}
    numbers(rows, t(f"{LESSON}.tables.strip", **ends))


def hidden(values: np.ndarray, known: int) -> list[None]:
    """What is not told of the values behind the first `known`."""
    return [None] * (len(values) - known)


def said(now: Moment) -> dict[str, object]:
    """What is left of the bad batch."""
    found = experiment.poisoned(value("poison"))
    return {
        "what": t(f"{LESSON}.running_nan.{value('poison')}", **_known(found)),
        **_known(found),
    }


def _known(found: Poisoned) -> dict[str, object]:
    names = {"train": found.train, "eval": found.evaluated}
    return {"at": experiment.AT} | {name: percent(each.right) for name, each in names.items()}


def more(now: Moment) -> None:
    """How it is found, mended and kept out."""
    cure(now.name, experiment.bad, experiment.poisoned)
