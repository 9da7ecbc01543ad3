"""Deep networks under each normalizer, under DyT, and without any.

8×8 digits, so many hidden layers of 50 ReLU units without shortcuts, He's initial weights, plain
SGD. Each arm trains at its own best rate for each depth, found on validation images by networks of
other seeds (`experiments.rates`). Batch norm answers by exact statistics, those of a thousand
training images: at such depths running ones lag too far behind to be judged by.

`load` reads assets/evidence/rivals_depth.npz and trains nothing; `tools/build_evidence.py` made it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from bncore.config import RunConfig
from experiments import evidence, rates
from experiments.rivals.arms import ARMS, of_arm, start

DEPTHS = (3, 10, 20, 30)
SEEDS = range(5)
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
BASE = RunConfig(width=50, batch_size=64, steps=200, record_every=200)


@dataclass(frozen=True, eq=False)
class Evidence:
    """A arms (`ARMS`) × D depths (`DEPTHS`) × S seeds: accuracy on the test set at the end."""

    test: np.ndarray  # (A, D, S)
    rate: np.ndarray  # (A, D) the rate it trained at
    inside: np.ndarray  # (A, D) whether that is not an end of RATES
    score: np.ndarray  # (A, D, R) on validation images, mean over the seeds that pick

    def of(self, arm: str, depth: int) -> np.ndarray:
        """(S,) of one arm at one depth."""
        return self.test[ARMS.index(arm), DEPTHS.index(depth)]


def load() -> Evidence:
    """What shipped."""
    return EVIDENCE.shipped


def measure(arm: str, depth: int) -> tuple[np.ndarray, rates.Search]:
    """(S,) test accuracy at the best rate, and the search for it."""
    base, begin = of_arm(replace(BASE, depth=depth), arm), start(arm)
    found = rates.search(base, rates=RATES, start=begin, settled=True)
    runs = [replace(base, lr=found.best, seed=seed) for seed in SEEDS]
    test = [partial(rates.testing, base)]
    return rates.accuracy(runs, test, start=begin, settled=True)[0], found


def measure_all() -> tuple[evidence.Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    shape = (len(ARMS), len(DEPTHS))
    test, rate, inside = np.empty((*shape, len(SEEDS))), np.empty(shape), np.empty(shape, bool)
    score = np.empty((*shape, len(RATES)))
    for a, arm in enumerate(ARMS):
        for d, depth in enumerate(DEPTHS):
            test[a, d], found = measure(arm, depth)
            rate[a, d], inside[a, d] = found.best, found.inside
            score[a, d] = found.score.mean(axis=-1)
            print(
                f"{arm:6} depth={depth:<3} lr={found.best:<7g} {test[a, d].mean():.3f}", flush=True
            )
    arrays = {"test": test, "rate": rate, "inside": inside, "score": score}
    return arrays, {"mean": {arm: test[a].mean(axis=-1).tolist() for a, arm in enumerate(ARMS)}}


def _dyt_carries_nothing(found: Evidence) -> bool:
    """At twenty layers DyT guesses, and the network with nothing in its place does not."""
    return bool(found.of("dyt", 20).max() < 0.2 and found.of("none", 20).mean() > 0.4)


def _batch_norm_gets_furthest(found: Evidence) -> bool:
    """At twenty layers by far, of all that stand in its place."""
    others = [found.of(arm, 20).mean() for arm in ARMS if arm != "batch"]
    return bool(found.of("batch", 20).mean() > max(others) + 0.15)


CLAIMS: dict[str, Callable[[Evidence], bool]] = {
    "dyt_carries_nothing": _dyt_carries_nothing,
    "batch_norm_gets_furthest": _batch_norm_gets_furthest,
    "all_learn_at_three_layers": lambda found: bool(found.test[:, 0].mean(axis=-1).min() > 0.9),
}


def read(arrays: evidence.Arrays) -> Evidence:
    """What ships."""
    return Evidence(**arrays)


EVIDENCE = evidence.Evidence(
    "rivals_depth",
    {
        "config": BASE.to_dict(),
        "seeds": list(SEEDS),
        "depths": list(DEPTHS),
        "arms": list(ARMS),
        "rates": list(RATES),
    },
    measure_all,
    CLAIMS,
    read,
)
