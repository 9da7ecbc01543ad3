"""What is done to a network × what stands in the place of batch norm: does the answer stay?"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.rivals import only as experiment
from experiments.rivals.arms import ARMS
from pages.rivals import LESSON, board
from ui import controls, drag, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import t

#: what the arms have in common, for the reasons
KINDS = {
    "batch": "batch",
    "layer": "own",
    "group": "own",
    "rms": "own",
    "dyt": "bare",
    "none": "bare",
}
UNKNOWN = "?"


def picture(now: Moment) -> None:
    """Before an answer the board is empty."""
    arms, deeds = LESSON.options("arm"), LESSON.options("deed")
    alt = t(f"{LESSON}.only.{'alt' if now.seen else 'alt_before'}")
    drag.mount(
        board.component,
        LESSON,
        ("deed", "arm"),
        key="board-only",
        words={"alt": alt, "corner": ""},
        axes={"row": "deed", "column": "arm"},
        rows=[{"text": t(f"{LESSON}.only.row_{deed}", **_given())} for deed in deeds],
        columns=[controls.option_label(LESSON, "arm", arm) for arm in arms],
        cells=[[_cell(now, deed, arm) for arm in arms] for deed in deeds],
        tells=[_tells(deed, arm) for deed in deeds for arm in arms] if now.seen else None,
        locked=not now.seen,
        look={"cell": "62px", "gutter": "150px", "gutter-narrow": "92px", "told": "6.5rem"},
    )


def _given() -> dict[str, object]:
    return {"factor": number(experiment.FACTOR), "m": experiment.M}


def _cell(now: Moment, deed: str, arm: str) -> dict[str, Any]:
    if not now.seen:
        return {"text": UNKNOWN, "look": "asked"}
    found = experiment.load()
    if deed == "kept":
        kept = int(found.running[ARMS.index(arm)])
        look = "moves" if kept else "stays"
        return {"text": str(kept), "look": look, "share": float(bool(kept)) / 2}
    if found.stays(arm, deed):
        return {"text": "0", "look": "stays"}
    moved = found.of("moved", arm, deed)
    share = round(float(np.sqrt(min(moved, 1.0))), 3)
    return {"text": percent(moved, 0), "look": "moves", "share": share}


def _tells(deed: str, arm: str) -> list[dict[str, str]]:
    """What is read off: what was done to whom, what came of it, and why."""
    found, name = experiment.load(), controls.option_label(LESSON, "arm", arm)
    done = t(f"{LESSON}.only.row_{deed}", **_given())
    lines = [{"text": f"{name}: {done}"}]
    why = t(f"{LESSON}.only.why_{deed}_{KINDS[arm]}", **_given())
    if deed == "kept":
        return [*lines, {"text": why}]
    stays = found.stays(arm, deed)
    known = {
        "moved": _moved(found.of("moved", arm, deed)),
        "changed": percent(found.of("changed", arm, deed)),
    }
    said = t(f"{LESSON}.only.{'stays' if stays else 'moves'}", **known)
    return [*lines, {"text": said, "idea": "z_norm" if stays else "error"}, {"text": why}]


def _moved(share: float) -> str:
    return percent(share, 0) if share >= experiment.STAYS else number(share, 2)


def said(now: Moment) -> dict[str, object]:
    """Of the question: one unit's weights, under batch norm and under layer norm."""
    found = experiment.load()
    return _given() | {
        "layer": percent(found.of("moved", "layer", "unit"), 0),
        "batch": number(found.of("moved", "batch", "unit"), 2),
        "none": percent(found.of("moved", "none", "unit"), 0),
        "companions": percent(found.of("moved", "batch", "companions"), 0),
        "changed": percent(found.of("changed", "batch", "companions")),
        "kept": int(found.running[ARMS.index("batch")]),
    }


def more(now: Moment) -> None:
    """Both measures of everything, and how they were measured."""
    found, arms = experiment.load(), LESSON.options("arm")
    heads = [Cell("")] + [Cell(controls.option_label(LESSON, "arm", arm)) for arm in arms]
    rows = []
    for deed in experiment.DEEDS:
        for name in ("moved", "changed"):
            label = Cell(t(f"{LESSON}.only.{name}_of", deed=t(f"{LESSON}.only.short_{deed}")))
            values = [found.of(name, arm, deed) for arm in arms]
            rows.append([label, *(Cell(_moved(x), value=f"{x:.4g}") for x in values)])
    table(heads, rows, name="only", lesson=LESSON)
    config = experiment.CONFIG
    known = {"seeds": len(experiment.SEEDS), "steps": config.steps, "lr": number(config.lr)}
    known |= {"least": percent(float(found.accuracy.min())), "units": len(experiment.UNITS)}
    page.say(f"{LESSON}/only", **known, **_given())
    page.source(experiment.deed, experiment.measure, key=f"{LESSON}-{now.name}")
