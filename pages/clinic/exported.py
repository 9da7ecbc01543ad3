"""A network leaves its library: where its batch norm goes."""

from __future__ import annotations

from bncore.folding import fold, line
from experiments.clinic import exported as experiment
from pages.clinic import LESSON
from pages.clinic.common import Ward, cure, value, wards
from ui import controls
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import t


def picture(now: Moment) -> None:
    """Before and after; nothing of after until it is told."""
    how = value("export")
    found = experiment.exported(how)
    under = t(f"{LESSON}.exported.{how if now.seen else 'unknown'}")
    before = Ward(t(f"{LESSON}.exported.before"), found.before, t(f"{LESSON}.exported.in_eval"))
    after = t(f"{LESSON}.exported.after")
    wards(before, Ward(after, found.after if now.seen else None, under))
    if now.seen:
        controls.choice(LESSON, "export", wrap=True)


def said(now: Moment) -> dict[str, object]:
    """How far it is from what it was."""
    known: dict[str, object] = {
        how: percent(experiment.exported(how).after.right) for how in experiment.EXPORT
    }
    found = experiment.exported(value("export"))
    known |= {"what": t(f"{LESSON}.exported.{value('export')}")}
    known |= {"right": percent(found.after.right), "off": number(found.difference, 2)}
    return known | {"rounding": number(experiment.exported("folded").difference, 2)}


def more(now: Moment) -> None:
    """Folding as code."""
    cure(now.name, fold, line)
