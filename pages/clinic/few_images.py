"""Worse after fine-tuning on few images: what to freeze."""

from __future__ import annotations

import streamlit as st

from experiments.clinic import few_images as experiment
from experiments.clinic.few_images import ThroughFrozen, Tuned
from experiments.intervals import half_widths
from pages.clinic import LESSON
from pages.clinic.common import Ward, cure, value, wards
from ui import controls
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import t

PLACE = ("freeze", "few", "light")


def picture(now: Moment) -> None:
    """The network before and after it was tuned; once it is told, with more or less frozen."""
    found = tuned()
    known = {"m": value("few"), "steps": experiment.STEPS, "images": experiment.IMAGES}
    after = t(f"{LESSON}.few_images.{value('freeze')}")
    wards(
        Ward(t(f"{LESSON}.few_images.before"), found.before),
        Ward(t(f"{LESSON}.few_images.after"), found.after, f"{after}, m = {known['m']}"),
    )
    if now.seen:
        controls.choice(LESSON, "freeze")
        with st.container(horizontal=True, vertical_alignment="bottom", key="tuned"):
            controls.choice(LESSON, "few")
            controls.choice(LESSON, "light")


def tuned() -> Tuned:
    """As the controls say."""
    return experiment.tuned(*map(value, PLACE))


def over_seeds() -> None:
    """What each way comes to, with other images and other batches."""
    heads = [Cell(""), *(Cell(f"m = {m}") for m in experiment.SIZES)]
    rows = []
    for freeze, by_m in zip(experiment.FREEZE, experiment.over_seeds(value("light")), strict=True):
        cells = [
            Cell(f"{percent(float(mean))} ± {100 * half:.1f}", value=f"{mean:.4f}")
            for mean, half in zip(by_m.mean(axis=-1), half_widths(by_m.T), strict=True)
        ]
        rows.append([Cell(t(f"{LESSON}.few_images.{freeze}")), *cells])
    table(heads, rows, name="few", lesson=LESSON)


def said(now: Moment) -> dict[str, object]:
    """Before and after; what the arms come to that were asked about."""
    found, m = tuned(), LESSON.default("few", now.name)
    known: dict[str, object] = {"images": experiment.IMAGES, "steps": experiment.STEPS}
    known |= {"before": percent(found.before.right), "after": percent(found.after.right)}
    for freeze in experiment.FREEZE:
        known[freeze] = percent(experiment.tuned(freeze, m).after.right)
    known["frozen"] = t(f"{LESSON}.few_images.{value('freeze')}")
    return known | {"light": t(f"{LESSON}.few_images.{value('light')}")}


def more(now: Moment) -> None:
    """When to freeze and when not, and how."""
    over_seeds()
    known = {"lr": number(experiment.LR), "seeds": len(experiment.SEEDS)}
    st.caption(t(f"{LESSON}.few_images.of_run", **known, **said(now)))
    cure(now.name, ThroughFrozen, experiment.tune)
