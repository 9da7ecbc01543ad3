"""Does noise keep a network from leaning on single units? Units are switched off, one at a time.

Networks are trained with and without batch norm, its noise and dropout. Then, at rest, one hidden
unit is fixed for all test images, and the accuracy that this costs says how much the others
leaned on it. It is fixed in one of two ways:

- at "zero": what the unit knew is gone, and so is its mean, on which the next layer stands;
- at its "mean" over the training images: only what it knew is gone.

The gradient is always that of 256 images (but for "all"), and batch norm takes its statistics from
groups of g of them, so that its noise is all that differs between g256 and g4. In "bn_all" each
batch is the whole training set: batch norm without any noise; "plain_all" is its twin.

`load` reads assets/evidence/ablation.npz and trains nothing; `tools/build_evidence.py` made it.
Source of the question: Morcos et al. 2018, arXiv 1803.06959.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from bncore.config import RunConfig
from bncore.data import load as load_data
from bncore.folding import fold
from bncore.training import Stack
from experiments import evidence
from experiments.noise.regularize import Difference, difference_of

SEEDS = range(12)
BASE = RunConfig(depth=3, width=50, batch_size=256, steps=1000)
EVERYTHING = 1347  # training images

# What each arm changes of BASE.
ARMS: dict[str, dict[str, Any]] = {
    "plain": {"norm": "none"},
    **{f"g{g}": {"group": g} for g in (256, 32, 8, 4)},
    "dropout8": {"norm": "none", "keep": 0.8},
    "dropout5": {"norm": "none", "keep": 0.5},
    "both8": {"keep": 0.8},
    "both5": {"keep": 0.5},
    "plain_all": {"norm": "none", "batch_size": EVERYTHING},
    "bn_all": {"batch_size": EVERYTHING},
}
WAYS = ("zero", "mean")
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
DRAWS = 20  # choices of units for each share


@dataclass(frozen=True, eq=False)
class Evidence:
    """Test accuracy by way (`WAYS`) and arm (`ARMS`), in their order; S seeds."""

    intact: np.ndarray  # (arms, S)
    single: np.ndarray  # (ways, arms, S, L · n) with that unit fixed, layer by layer
    many: np.ndarray  # (ways, arms, S, K) with the share SHARES of all units, mean of DRAWS choices

    def drop(self, arm: str, way: str) -> np.ndarray:
        """(S, L · n): accuracy lost with each unit."""
        row = list(ARMS).index(arm)
        return self.intact[row, :, None] - self.single[WAYS.index(way), row]

    def worst(self, arm: str, way: str, over: str | None = None) -> Difference:
        """The drop of the unit that costs most; if `over` is given less that of this arm."""
        values = self.drop(arm, way).max(axis=1)
        if over is not None:
            values = values - self.drop(over, way).max(axis=1)
        return difference_of(values)

    def mean(self, arm: str, way: str) -> Difference:
        """The drop averaged over all units."""
        values = self.drop(arm, way).mean(axis=1)
        return difference_of(values)


def load() -> Evidence:
    """What shipped."""
    return EVIDENCE.shipped


# What it is shown for.


def _it_is_mostly_the_mean(found: Evidence) -> bool:
    """Without batch norm a unit fixed at 0 may cost a lot, and far less at its mean."""
    return found.worst("plain", "zero").mean > 4 * found.worst("plain", "mean").mean


def _normalizing_takes_that_away(found: Evidence) -> bool:
    """Fixed at 0, units cost far less with batch norm, be it without noise; at the mean not so."""
    zero, mean = (found.worst("bn_all", way, "plain_all") for way in WAYS)
    less = -zero.mean > max(3 * zero.se, 0.5 * found.worst("plain_all", "zero").mean)
    return less and -mean.mean < 0.5 * found.worst("plain_all", "mean").mean


def _noise_spreads(found: Evidence) -> bool:
    """Either way the costliest unit costs less where groups of 8 made the noise."""
    changes = [found.worst("g8", way, "g256") for way in WAYS]
    return all(change.mean < -3 * change.se for change in changes)


def _dropout_does_more(found: Evidence) -> bool:
    """It costs still less with dropout, which loses far less when four in ten units are off."""
    single = [found.worst("dropout8", way, "g8") for way in WAYS]
    many = found.many[..., SHARES.index(0.4)].mean(axis=-1)  # (ways, arms)
    more = many[:, list(ARMS).index("dropout8")] - many[:, list(ARMS).index("g8")]
    return all(one.mean < -2 * one.se for one in single) and bool((more > 0.08).all())


CLAIMS: dict[str, Callable[[Evidence], bool]] = {
    "it_is_mostly_the_mean": _it_is_mostly_the_mean,
    "normalizing_takes_that_away": _normalizing_takes_that_away,
    "noise_spreads": _noise_spreads,
    "dropout_does_more": _dropout_does_more,
}


class Layers(NamedTuple):
    """A trained network with batch norm folded into its weights (`bncore.folding`)."""

    W: list[np.ndarray]
    b: list[np.ndarray]

    def means(self, x: np.ndarray) -> np.ndarray:
        """(L, n): what each hidden unit puts out on average over x (N, inputs)."""
        found, a = [], x
        for W, b in zip(self.W[:-1], self.b[:-1], strict=True):
            a = np.maximum(a @ W + b, 0)
            found.append(a.mean(axis=0))
        return np.stack(found)

    def accuracy(
        self, x: np.ndarray, y: np.ndarray, kept: np.ndarray, instead: np.ndarray
    ) -> np.ndarray:
        """(K,): on x with labels y, with kept (K, L, n) 1, or 0 where `instead` (L, n) counts."""
        fixed = (1 - kept) * instead
        a = x
        for layer, (W, b) in enumerate(zip(self.W[:-1], self.b[:-1], strict=True)):
            a = np.maximum(a @ W + b, 0) * kept[:, None, layer] + fixed[:, None, layer]
        return ((a @ self.W[-1] + self.b[-1]).argmax(axis=-1) == y).mean(axis=-1)


def train(arm: str, seeds: Sequence[int]) -> list[Layers]:
    """One network for each seed."""
    config = replace(BASE, **ARMS[arm], record_every=BASE.steps, probe=1, units=1)
    stack = Stack([replace(config, seed=seed) for seed in seeds])
    stack.advance(config.steps)
    folded = fold(stack.network)
    return [
        Layers([W[r] for W in folded.W], [b[r] for b in folded.b if b is not None])
        for r in range(len(seeds))
    ]


def all_but_one(layers: int, n: int) -> np.ndarray:
    """(L · n, L, n): 0 for one unit each, else 1."""
    return 1 - np.eye(layers * n, dtype=np.float32).reshape(-1, layers, n)


def all_but_some(layers: int, n: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """(DRAWS, L, n): 0 for that share of all units, whichever they are, else 1."""
    order = rng.random((DRAWS, layers * n)).argsort(axis=1)
    return (order >= round(share * layers * n)).astype(np.float32).reshape(-1, layers, n)


def ablate(network: Layers, seed: int) -> tuple[float, np.ndarray, np.ndarray]:
    """(intact, single (ways, L · n), many (ways, K)) on the test set of that seed."""
    data, shape = load_data(BASE.dataset, seed), (BASE.depth, BASE.width)
    mean = network.means(data.x_train)
    single, many = [], []
    for instead in (np.zeros_like(mean), mean):

        def accuracy(kept: np.ndarray, instead: np.ndarray = instead) -> np.ndarray:
            return network.accuracy(data.x_test, data.y_test, kept, instead)

        rng = np.random.default_rng(seed)
        single.append(accuracy(all_but_one(*shape)))
        many.append([accuracy(all_but_some(*shape, share, rng)).mean() for share in SHARES])
    return float(many[0][0]), np.array(single), np.array(many)


def measure(arm: str, seeds: Sequence[int]) -> tuple[np.ndarray, ...]:
    """Train an arm and ablate it: (S,), (ways, S, L · n), (ways, S, K)."""
    found = [ablate(net, seed) for net, seed in zip(train(arm, seeds), seeds, strict=True)]
    intact, single, many = (np.array(column) for column in zip(*found, strict=True))
    return intact, single.swapaxes(0, 1), many.swapaxes(0, 1)


def measure_all() -> tuple[evidence.Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    measured = [measure(arm, SEEDS) for arm in ARMS]
    intact, single, many = (np.array(column) for column in zip(*measured, strict=True))
    found = Evidence(intact, single.swapaxes(0, 1), many.swapaxes(0, 1))
    return vars(found), {"arms": {arm: summary(found, arm) for arm in ARMS}}


def read(arrays: evidence.Arrays) -> Evidence:
    """What ships."""
    return Evidence(**arrays)


def summary(found: Evidence, arm: str) -> dict[str, Any]:
    """The numbers of one arm, for the record."""
    row = list(ARMS).index(arm)
    by_way = {
        way: {
            "mean": found.mean(arm, way).told(),
            "worst": found.worst(arm, way).told(),
            "many": found.many[i, row].mean(axis=0).tolist(),
        }
        for i, way in enumerate(WAYS)
    }
    return {"intact": float(found.intact[row].mean())} | by_way


EVIDENCE = evidence.Evidence(
    "ablation",
    {"config": BASE.to_dict(), "seeds": list(SEEDS), "shares": list(SHARES)},
    measure_all,
    CLAIMS,
    read,
)
