"""Images × channels, a map of pixels in each cell: what instance norm shares, and batch norm."""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.rivals import cells as experiment
from pages.rivals import LESSON, board
from ui import controls, drag, page
from ui.numbers import short
from ui.scenes import Moment
from ui.text import t

MARKED = ("one", "channel", "image")


def picture(now: Moment) -> None:
    """Before an answer the maps alone, with the one that is asked about."""
    x, digits, z = experiment.maps()
    known: dict[str, object] = {"images": len(z), "channels": z.shape[1]}
    alt = t(f"{LESSON}.maps.{'alt' if now.seen else 'alt_before'}", **known)
    shown = board.words((), alt) | LESSON.words("maps", "corner", "z_norm")
    shown["guess"] = now.mark(*MARKED)
    shown |= {f"set_{over}": t(f"{LESSON}.maps.set_{over}") for over in experiment.OVER_MAPS}
    drag.mount(
        board.component,
        LESSON,
        ("over_maps", "image", "channel"),
        key="board-maps",
        words=shown,
        axes={"row": "image", "column": "channel", "way": "over_maps"},
        rows=board.sides(x, digits),
        columns=[str(channel + 1) for channel in range(z.shape[1])],
        cells=_cells(z),
        z=z.mean(axis=(2, 3)).round(4).ravel().tolist(),
        ways=_ways(z) if now.seen else None,
        guess=_guess(now, z.shape),
        locked=not now.seen,
        look={"cell": "84px", "gutter": "96px", "gutter-narrow": "30px", "told": "6rem", "top": "2.6rem"},
    )


def _cells(z: np.ndarray) -> list[list[dict[str, Any]]]:
    ink = board.shares(z)
    return [
        [{"pixels": {"side": z.shape[-1], "shares": each.ravel().tolist()}} for each in row]
        for row in ink
    ]


def _ways(z: np.ndarray) -> list[dict[str, Any]]:
    return [
        board.way(
            over, experiment.normalized(z, over), controls.option_label(LESSON, "over_maps", over)
        )
        for over in experiment.OVER_MAPS
    ]


def _guess(now: Moment, shape: tuple[int, ...]) -> dict[str, Any] | None:
    if not (now.seen and now.guess):
        return None
    row, column = np.indices(shape[:2])
    at = LESSON.default("image") - 1, LESSON.default("channel") - 1
    in_row, in_column = row == at[0], column == at[1]
    chosen = {"one": in_row & in_column, "channel": in_column, "image": in_row}[now.guess]
    return {"cells": np.flatnonzero(chosen).tolist()}


def said(now: Moment) -> dict[str, object]:
    """How many numbers share, by each."""
    _, _, z = experiment.maps()
    counts = {over: experiment.normalized(z, over).count for over in experiment.OVER_MAPS}
    pixels = z.shape[2] * z.shape[3]
    return {"images": len(z), "channels": z.shape[1], "pixels": pixels} | counts


def more(now: Moment) -> None:
    """Whence the maps, and the code."""
    page.say(f"{LESSON}/maps", groups=experiment.CHANNEL_GROUPS, eps=short(experiment.EPS))
    page.source(experiment.maps, experiment.normalized, key=f"{LESSON}-{now.name}")
