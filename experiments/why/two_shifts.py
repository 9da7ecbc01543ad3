"""Two shifts that share a name: of what a network is given, and of what a layer inside is given.

The pair that ships as "figure1" (MNIST, three sigmoid layers), and the mini-batches it was trained
on. Covariate shift: training draws from one world to its end, and the test is from another, here a
darker one. Internal: the same images all the time, but the layers below have changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from bncore.batches import Examples
from experiments import presets
from experiments.at_test_time.dimming import dimmed

PRESET, UNIT = "figure1", 0
DARK = 0.3  # times each pixel
PERCENTILES = (15, 50, 85)


@dataclass(frozen=True, eq=False)
class Shifts:
    """T recorded steps; percentiles 15, 50 and 85."""

    steps: np.ndarray  # (T,)
    inputs: np.ndarray  # (T − 1, 3) ink of an image, over the mini-batches since the last record
    dark: np.ndarray  # (3,) the same of the test images, dimmed
    plain: np.ndarray  # (T, 3) what enters the unit's activation, over the same 128 images
    bn: np.ndarray  # (T, 3) likewise in the network with batch norm


@cache
def measured() -> Shifts:
    """Reads a shipped pair; trains nothing. The unit is the first of the last hidden layer."""
    pair = presets.load(PRESET)
    examples, steps = Examples(pair.config), pair.bn.step
    given = [
        np.concatenate([_ink(examples.x[examples.order.next()]) for _ in range(since)])
        for since in np.diff(steps)
    ]
    plain, bn = (
        np.percentile(arm.u[:, -1, :, UNIT].astype(np.float64), PERCENTILES, axis=1).T
        for arm in (pair.plain, pair.bn)
    )
    return Shifts(
        steps=steps,
        inputs=np.array([np.percentile(ink, PERCENTILES) for ink in given]),
        dark=np.percentile(_ink(dimmed(examples.x_test, DARK)), PERCENTILES),
        plain=plain,
        bn=bn,
    )


def _ink(x: np.ndarray) -> np.ndarray:
    """(m,) mean of the pixels of each image."""
    return x.mean(axis=1, dtype=np.float64)
