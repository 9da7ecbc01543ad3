"""A bias in front of batch norm does nothing."""

from __future__ import annotations

from experiments.clinic import bias as experiment
from pages.clinic import LESSON
from pages.clinic.common import Fact, cure, facts, numbers, value
from ui import controls
from ui.scenes import Moment
from ui.text import t


def picture(now: Moment) -> None:
    """One unit on some images, before and behind batch norm, under a bias."""
    b = value("b")
    found, plain = experiment.biased(b), experiment.biased(0)
    behind = found.z_tilde if now.seen else [None] * experiment.SHOWN
    moved = abs(found.z_tilde - plain.z_tilde).max()
    numbers(
        [
            (t(f"{LESSON}.bias.z"), plain.z),
            (t(f"{LESSON}.bias.with"), found.z),
            (t(f"{LESSON}.bias.z_tilde_0"), plain.z_tilde),
            (t(f"{LESSON}.bias.z_tilde"), behind),
        ],
        t(f"{LESSON}.tables.bias"),
        3,
    )
    facts(
        Fact(t(f"{LESSON}.bias.moved"), round(float(moved), 9) if now.seen else None),
        Fact(t(f"{LESSON}.bias.db"), round(found.db, 9) if now.seen else None),
    )
    if now.seen:
        controls.ladder(LESSON, "b")


def said(now: Moment) -> dict[str, object]:
    """Nothing but which bias."""
    return {"b": value("b")}


def more(now: Moment) -> None:
    """How to leave it out."""
    cure(now.name, experiment.biased)
