"""The same weights in another library: which default changes the answers."""

from __future__ import annotations

from experiments.clinic import frameworks as experiment
from pages.clinic import LESSON
from pages.clinic.common import Ward, cure, value, wards
from ui import controls
from ui.numbers import number
from ui.scenes import Moment
from ui.text import t


def picture(now: Moment) -> None:
    """As trained, and with one setting taken over as it is written elsewhere."""
    moved = value("moved")
    found = experiment.ported(moved)
    name = t(f"{LESSON}.frameworks.{moved}") if now.seen else "Keras"
    wards(Ward("PyTorch", found.pytorch), Ward(name, found.other if now.seen else None))
    if now.seen:
        controls.choice(LESSON, "moved", wrap=True)


def said(now: Moment) -> dict[str, object]:
    """How far the logits are apart, and how many answers."""
    known: dict[str, object] = {"images": len(experiment.ported("eps").other.said)}
    for moved in experiment.MOVED:
        found = experiment.ported(moved)
        known[moved], known[f"{moved}_many"] = number(found.difference, 2), found.answered_otherwise
    here = value("moved")
    known |= {"difference": known[here], "many": known[f"{here}_many"]}
    return known | {"what": t(f"{LESSON}.frameworks.{here}")}


def more(now: Moment) -> None:
    """How to take weights over."""
    cure(now.name, experiment.ported)
