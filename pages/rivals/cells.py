"""Examples × units: point at a cell, and what it is normalized with lights up."""

from __future__ import annotations

from typing import Any

import numpy as np

from bncore import normalizers
from experiments.rivals import cells as experiment
from pages.rivals import LESSON, board
from ui import controls, drag, page
from ui.numbers import short
from ui.scenes import Moment
from ui.tables import Cell, exact, table
from ui.text import t

MARKED = ("row", "column", "all")


def picture(now: Moment) -> None:
    """Before an answer z alone, with the cell that is asked about."""
    x, digits, z = experiment.batch()
    known: dict[str, object] = {"images": len(z), "units": z.shape[1]}
    alt = t(f"{LESSON}.board.{'alt' if now.seen else 'alt_before'}", **known)
    drag.mount(
        board.component,
        LESSON,
        ("over", "example", "unit"),
        key="board-cells",
        words=board.words(experiment.OVER, alt) | {"guess": now.mark(*MARKED)},
        axes={"row": "example", "column": "unit", "way": "over"},
        rows=board.sides(x, digits),
        columns=[str(unit + 1) for unit in range(z.shape[1])],
        cells=_cells(z),
        z=z.round(4).ravel().tolist(),
        ways=_ways(z) if now.seen else None,
        guess=_guess(now, z.shape),
        locked=not now.seen,
        look={"cell": "34px", "gutter": "96px", "gutter-narrow": "30px", "told": "7.2rem", "top": "2.6rem"},
        tight=True,
    )


def _cells(z: np.ndarray) -> list[list[dict[str, Any]]]:
    texts = [[f"{value:.1f}".replace("-0.0", "0.0") for value in row] for row in z]
    return [
        [{"share": float(share), "text": text} for share, text in zip(*both, strict=True)]
        for both in zip(board.shares(z), texts, strict=True)
    ]


def _ways(z: np.ndarray) -> list[dict[str, Any]]:
    return [
        board.way(over, experiment.normalized(z, over), controls.option_label(LESSON, "over", over))
        for over in experiment.OVER
    ]


def asked() -> tuple[int, int]:
    """The cell of the question, from 0."""
    return LESSON.default("example") - 1, LESSON.default("unit") - 1


def _guess(now: Moment, shape: tuple[int, ...]) -> dict[str, Any] | None:
    """The cells that the reader expected to share."""
    if not (now.seen and now.guess):
        return None
    row, column = np.indices(shape[:2])
    at = asked()
    chosen = {"row": row == at[0], "column": column == at[1], "all": row >= 0}[now.guess]
    return {"cells": np.flatnonzero(chosen).tolist()}


def said(now: Moment) -> dict[str, object]:
    """Of the cell that was asked about, by batch norm and by layer norm."""
    _, _, z = experiment.batch()
    row, column = asked()
    found = {over: experiment.normalized(z, over) for over in ("batch", "layer")}
    return {
        "example": row + 1,
        "unit": column + 1,
        "images": len(z),
        "units": z.shape[1],
        "z": short(float(z[row, column].round(2))),
        **{over: short(float(one.z_norm[row, column].round(2))) for over, one in found.items()},
    }


def more(now: Moment) -> None:
    """What each makes of the cell that is chosen, where each is used, and the code."""
    _, _, z = experiment.batch()
    at = LESSON.value("example") - 1, LESSON.value("unit") - 1
    heads = [
        Cell(t(f"{LESSON}.board.head_{name}")) for name in ("way", "count", "mean", "sd", "z_norm")
    ]
    rows = []
    for over in experiment.OVER:
        found = experiment.normalized(z, over)
        label = Cell(controls.option_label(LESSON, "over", over))
        numbers = (found.mean[at], found.std[at], found.z_norm[at])
        rows.append([label, Cell(str(found.count)), *(exact(float(x)) for x in numbers)])
    table(heads, rows, name="ways", lesson=LESSON)
    page.say(f"{LESSON}/where", groups=experiment.GROUPS)
    page.source(
        normalizers.layer_norm_forward,
        normalizers.norm_backward,
        normalizers.standardize,
        normalizers.standardize_back,
        key=f"{LESSON}-{now.name}",
    )
