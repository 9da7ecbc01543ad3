"""Whose mean, whose spread: a small batch of real pre-activations, and every normalizer on it.

Eight digits in the first hidden layer of a network that is trained here: 64-12-12-10 with batch
norm, so small that each cell of examples × units has room to be pointed at. `normalized` says of
each cell which set it is normalized with, and what comes out. `maps` is the same of four digits
behind six 3 × 3 filters, a set being whole maps then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from bncore.data import load
from bncore.model import Model
from bncore.normalizers import (
    NormCache,
    batch_norm_over_maps_forward,
    group_norm_forward,
    instance_norm_forward,
    layer_norm_forward,
    rms_norm_forward,
)

EXAMPLES, UNITS, GROUPS = 8, 12, 3
IMAGES, CHANNELS, CHANNEL_GROUPS = 4, 6, 3
STEPS = 300
EPS = 1e-5
OVER = ("batch", "layer", "group", "rms", "none")
OVER_MAPS = ("batch", "layer", "group", "instance")


@dataclass(frozen=True, eq=False)
class Cells:
    """z of a batch, and of one normalizer what each cell (m, n) is normalized with."""

    z: np.ndarray  # (m, n), or (m, channels, height, width)
    sets: np.ndarray  # (m, n) the number of its set; all differ where nothing is shared
    mean: np.ndarray  # (m, n) of its set; 0 where none is taken away
    std: np.ndarray  # (m, n) √(σ² + ε); 1 where nothing is divided
    z_norm: np.ndarray  # like z
    count: int  # numbers in a set


@cache
def network() -> Model:
    """The small network, trained in a tenth of a second, and always the same on one machine."""
    data = load("digits")
    return Model.fit(
        data.x_train, data.y_train, hidden=(UNITS, UNITS), steps=STEPS, seed=0, dtype=np.float64
    )


@cache
def batch() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Test images (8, 64), their digits, and their z (8, 12) in the first hidden layer."""
    data = load("digits")
    x = data.x_test[:EXAMPLES].astype(np.float64)
    return x, data.y_test[:EXAMPLES], network().forward(x).z[0]


#: blurs, edges and corners, as one finds them in a trained first layer too
FILTERS = np.array(
    [
        [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
        [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
        [[2, 1, 0], [1, 0, -1], [0, -1, -2]],
        [[0, 1, 2], [-1, 0, 1], [-2, -1, 0]],
    ],
    float,
) / np.array([16, 8, 8, 4, 8, 8]).reshape(-1, 1, 1)


@cache
def maps() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images (4, 64), their digits, and their maps (4, 6, 8, 8) behind six filters, padded."""
    x, y, _ = batch()
    padded = np.pad(x[:IMAGES].reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return x[:IMAGES], y[:IMAGES], np.einsum("mhwij,cij->mchw", windows, FILTERS)


def normalized(z: np.ndarray, over: str, groups: int = GROUPS) -> Cells:
    """What a normalizer makes of z (m, n) or (m, channels, height, width), γ = 1 and β = 0."""
    m, n = z.shape[:2]
    row, column = np.indices((m, n))
    if over == "none":
        ones = np.ones((m, n))
        return Cells(z, row * n + column, 0 * ones, ones, z, 1)
    one, zero = np.ones(n), np.zeros(n)
    cache: NormCache
    if over == "group":
        _, cache = group_norm_forward(z, one, zero, groups, EPS)
    else:
        function = {
            "batch": batch_norm_over_maps_forward,
            "layer": layer_norm_forward,
            "instance": instance_norm_forward,
            "rms": rms_norm_forward,
        }[over]
        _, cache = function(z, one, zero, EPS)
    sets = {
        "batch": column,
        "group": row * groups + column // (n // groups),
        "instance": row * n + column,
    }.get(over, row)
    mean, std = (_of_each(part, m, n) for part in (cache.cells.mean, cache.cells.std))
    count = z.size // cache.cells.mean.size
    return Cells(z, sets, mean, std, cache.z_norm, count)


def _of_each(of_sets: np.ndarray, m: int, n: int) -> np.ndarray:
    """Statistics (·, groups, 1) for each cell (m, n)."""
    spread = np.broadcast_to(of_sets, (m, *of_sets.shape[1:]))[..., 0]  # (m, groups)
    return np.repeat(spread, n // spread.shape[1], axis=1)
