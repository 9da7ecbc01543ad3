"""How large batch norm's noise is beside dropout's, over batch sizes and keep probabilities.

In the first layer of a trained network, whose z does not change with the company: two images stand
in the same mini-batches of m, drawn again and again. What moves is their z_norm, t in the company
of all images; dropout at the same place multiplies t by 0 or by 1/keep, so that it spreads by
|t| sqrt((1 - keep)/keep). Spreads are standard deviations, rms over units and images. Every seed is
another network: other split, other weights, other images.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from bncore.data import load
from bncore.layers import Drop
from bncore.model import deviation
from bncore.training import Run
from experiments.trained import REGIMES

M = (4, 8, 16, 32, 64, 128)
KEEP = (0.5, 0.8, 0.9, 0.95)
USUAL = 0.8  # the ratios of the others follow from its own: see `over_keep`
PAIRS, DRAWS = 8, 400


@dataclass(frozen=True, eq=False)
class Beside:
    """One network: batch norm in batches of M, and dropout that keeps `USUAL`."""

    bn: np.ndarray  # (M,) spread of z_norm
    shared: np.ndarray  # (M,) |correlation| of the two images, mean over units and pairs
    dropout: float  # spread
    shared_dropout: float

    @property
    def ratio(self) -> np.ndarray:
        """(M,) dropout over batch norm."""
        return self.dropout / self.bn


@lru_cache(maxsize=16)
def one_seed(seed: int) -> Beside:
    """Trains one network, in half a second, and draws its batches."""
    run = Run(replace(REGIMES["slow"], seed=seed))
    run.advance(run.config.steps)
    x = load(run.config.dataset, seed, run.config.dtype).x_train
    return beside(x.astype(float) @ run.network.W[0].astype(float), seed, run.network.eps)


def beside(z: np.ndarray, seed: int, eps: float = 1e-5) -> Beside:
    """Of the pre-activations z (N, n) of all N images."""
    rng = np.random.default_rng(seed)
    pairs = np.array([rng.choice(len(z), 2, replace=False) for _ in range(PAIRS)])
    t = _normed(z[None], eps)[0][pairs]  # (P, 2, n)
    spreads, together = [], []
    for m in M:
        found = [_in_batches(z, pair, m, rng, eps) for pair in pairs]
        spreads.append(np.sqrt(np.mean([values.var(axis=0) for values in found])))
        together.append(np.mean([_together(values) for values in found]))
    drop = Drop(USUAL, (DRAWS, t[0].size), np.dtype(float))
    drop.draw([rng])
    dropped = [drop.factors.reshape(DRAWS, *one.shape) * one for one in t]
    return Beside(
        bn=np.array(spreads),
        shared=np.array(together),
        dropout=float(np.sqrt(np.mean(t**2)) * law(USUAL)),
        shared_dropout=float(np.mean([_together(values) for values in dropped])),
    )


def _in_batches(
    z: np.ndarray, pair: np.ndarray, m: int, rng: np.random.Generator, eps: float
) -> np.ndarray:
    """(D, 2, n) z_norm of the pair in D batches of m, which are theirs and m - 2 others'."""
    batches = rng.integers(0, len(z), (DRAWS, m))
    batches[:, :2] = pair
    return _normed(z[batches], eps)[:, :2]


def _normed(z: np.ndarray, eps: float) -> np.ndarray:
    """Batches z (D, m, n), each by its own statistics."""
    centred = z - z.mean(axis=1, keepdims=True)
    return centred / deviation(centred.var(axis=1, keepdims=True), eps)


def _together(values: np.ndarray) -> float:
    """|Correlation| of both images (D, 2, n), mean over the units that move at all."""
    one, other = np.moveaxis(values - values.mean(axis=0), 1, 0)
    size = np.sqrt((one**2).mean(axis=0) * (other**2).mean(axis=0))
    moving = size > 1e-12
    return float(np.abs((one * other).mean(axis=0)[moving] / size[moving]).mean())


def law(keep: float) -> float:
    """Standard deviation of dropout's factor, 0 or 1/keep."""
    return float(np.sqrt((1 - keep) / keep))


def over_keep(ratio: np.ndarray | float, keep: float) -> np.ndarray | float:
    """What the ratio of spreads at `USUAL` comes to with another share kept: exact, by `law`."""
    return ratio * law(keep) / law(USUAL)


def as_keep(ratio: np.ndarray) -> np.ndarray:
    """The share that dropout keeps where it is as noisy as batch norm, from the ratio at `USUAL`.

    >>> float(as_keep(np.array(1.0)))
    0.8
    """
    return 1 / (1 + (law(USUAL) / ratio) ** 2)
