"""running_var is NaN: one bad batch, and an average that never forgets it."""

from __future__ import annotations

import html

import numpy as np

from experiments.clinic import running_nan as experiment
from experiments.clinic.running_nan import Poisoned
from figures.theme import colour
from pages.clinic import LESSON
from pages.clinic.common import STYLE, UNKNOWN, Ward, cure, value, wards
from ui import controls, page, text
from ui.numbers import number, percent
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
    rows = []
    for name, values in (("batch", found.batch_var), ("running", found.running_var)):
        known = len(values) if name == "batch" else last
        cells = "".join(
            _cell(float(x)) if i < known else f"<td>{UNKNOWN}</td>" for i, x in enumerate(values)
        )
        head = html.escape(t(f"{LESSON}.running_nan.{name}"))
        rows.append(f'<tr><th scope="row">{head}</th>{cells}</tr>')
    label = html.escape(t(f"{LESSON}.tables.strip", first=found.steps[0], last=found.steps[-1]))
    hue = colour("error", text.mode())
    page.at_once(
        f'<div class="strip" style="--hue: {hue}"><table aria-label="{label}">'
        f"<tbody>{''.join(rows)}</tbody></table></div>",
        STYLE,
    )


def _cell(x: float) -> str:
    look = "" if np.isfinite(x) else ' class="bad"'
    return f"<td{look}>{number(x, 2).removeprefix('0')}</td>"


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
