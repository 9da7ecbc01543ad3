"""The board of cells that one points at: what its scenes share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.rivals.cells import Cells
from figures.digits import data_uri
from pages.rivals import LESSON
from ui import drag
from ui.text import mode, t

component = drag.component("cells")

#: what the lines that are read off a cell are made of
LINES = ("mean", "mean_long", "sd", "root", "z_norm", "divided", "untouched")


def shares(values: np.ndarray) -> np.ndarray:
    """From 0 for the lowest to 1 for the highest."""
    low, high = values.min(), values.max()
    return ((values - low) / (high - low)).round(3)


def sides(x: np.ndarray, labels: np.ndarray) -> list[dict[str, str]]:
    """What stands at the left of the rows: images x (m, 64), small."""
    return [
        {
            "image": data_uri(one.reshape(1, 8, 8), 1, mode())[0],
            "text": t(f"{LESSON}.board.digit", row=row + 1, digit=int(digit)),
        }
        for row, (one, digit) in enumerate(zip(x, labels, strict=True))
    ]


def way(name: str, found: Cells, said: str) -> dict[str, Any]:
    """What the board shows of one way to normalize; of a map its mean over the pixels."""
    z_norm = found.z_norm.reshape(*found.sets.shape, -1).mean(axis=-1)
    flat = {"mean": found.mean, "sd": found.std, "z_norm": z_norm}
    return {
        "id": name,
        "name": said,
        "count": found.count,
        "sets": found.sets.ravel().tolist(),
        **{key: value.round(4).ravel().tolist() for key, value in flat.items()},
    }


def words(names: Sequence[str], alt: str) -> dict[str, str]:
    """Of a board with these ways."""
    known = LESSON.words("board", *LINES, "corner", "choice")
    return known | {f"set_{name}": t(f"{LESSON}.board.set_{name}") for name in names} | {"alt": alt}
