"""What the start page shows: three shipped pairs, reduced to one hidden unit and the accuracy.

Nothing is picked: of every pair it is the first unit of the last hidden layer, and all images that
were recorded. A dot of the picture is one image, and its place is the value that the unit passes to
its activation.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncore.batches import Examples
from bncore.data import DATASETS
from experiments import presets
from experiments.pair import Pair

#: presets of `experiments.presets` that the start page offers; the first is the one it opens with
RUNS = ("figure1", "plain_dead", "bn_loses")
ARMS = ("bn", "plain")
LAYER, UNIT = -1, 0
LEVELS = 4095  # of a value between the axis' ends, as it is sent


@dataclass(frozen=True, eq=False)
class Hero:
    """T recorded steps of both arms (`ARMS`), P images."""

    steps: np.ndarray  # (T,) updates done
    values: np.ndarray  # (2, T, P) what the unit passes to its activation
    accuracy: np.ndarray  # (2, T) on the test set
    images: np.ndarray  # (P, side, side) ink from 0 to 1
    low: float  # the ends of an axis that holds all values of both arms
    high: float

    @property
    def spread(self) -> np.ndarray:
        """(2, T) standard deviation over the images."""
        return self.values.std(axis=2, dtype=np.float64)

    def reached(self, share: float) -> list[int | None]:
        """For each arm the first recorded step with that accuracy, if there is one."""
        found = [np.flatnonzero(accuracy >= share) for accuracy in self.accuracy]
        return [int(self.steps[rows[0]]) if len(rows) else None for rows in found]

    @property
    def differs(self) -> int:
        """The record at which the two accuracies are farthest apart."""
        return int(np.abs(self.accuracy[0] - self.accuracy[1]).argmax())

    def to_bytes(self) -> bytes:
        """For the browser: a line of JSON, `values` as levels of the axis (uint16), the images.

        The levels come as differences from one record to the next, low bytes first; ink in 16
        steps from 0 to 255. All of it is zlib-compressed.
        """
        head: dict[str, Any] = {
            "steps": self.steps.tolist(),
            "accuracy": np.round(self.accuracy, 4).tolist(),
            "spread": [[float(f"{sd:.3g}") for sd in arm] for arm in self.spread],
            "differs": self.differs,
            "low": self.low,
            "high": self.high,
            "images": len(self.images),
            "side": self.images.shape[1],
            "levels": LEVELS,
        }
        share = (self.values.astype(np.float64) - self.low) / (self.high - self.low)
        levels = np.round(np.clip(share, 0, 1) * LEVELS).astype(np.int64)
        change = np.diff(levels, axis=1, prepend=0) % 65536
        planes = [(change & 255), change >> 8, np.round(15 * self.images) * 17]
        body = b"".join(plane.astype(np.uint8).tobytes() for plane in planes)
        return zlib.compress(json.dumps(head).encode() + b"\n" + body, 9)


def hero(name: str) -> Hero:
    """One of `RUNS` from its shipped trace; trains nothing. ValueError if an arm ended early."""
    return reduce(presets.load(name))


def reduce(pair: Pair) -> Hero:
    """One unit of a pair whose arms were both trained to the end."""
    arms = [getattr(pair, arm) for arm in ARMS]
    if any(arm.diverged_at is not None or not arm.complete for arm in arms):
        raise ValueError("Both networks must have been trained to the end.")
    shape = DATASETS[pair.config.dataset].image_shape
    if shape is None:
        raise ValueError("The runs must have been trained on images.")
    values = np.stack([arm.u[:, LAYER, :, UNIT] for arm in arms])
    return Hero(
        steps=pair.bn.step,
        values=values,
        accuracy=np.stack([arm.accuracy for arm in arms]),
        images=Examples(pair.config).probe.reshape(-1, *shape),
        low=float(np.floor(2 * values.min()) / 2),
        high=float(np.ceil(2 * values.max()) / 2),
    )
