"""The same network at batch sizes from 64 down to 1, under each normalizer and without any.

8×8 digits, 64-50-50-50-10, ReLU, plain SGD; every run sees the same number of images, so that a
smaller batch means more steps. Each arm trains at its own best rate for each batch size, found on
validation images by networks of other seeds (`experiments.rates`). Batch norm answers by running
statistics, as it does in use; `exact` is the same networks by the statistics of a thousand training
images, which tells apart what small batches did to the weights and what they did to the estimate.

`load` reads assets/evidence/rivals_small.npz and trains nothing; `tools/build_evidence.py` made it.
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

SIZES = (64, 16, 8, 4, 2, 1)
SEEN = 6400  # images in a run: almost five times the training set
SEEDS = range(10)
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
BASE = RunConfig(depth=3, width=50)


@dataclass(frozen=True, eq=False)
class Evidence:
    """A arms (`ARMS`) × M batch sizes (`SIZES`) × S seeds: accuracy on the test set at the end."""

    test: np.ndarray  # (A, M, S)
    exact: np.ndarray  # (M, S) batch norm by exact statistics
    rate: np.ndarray  # (A, M) the rate it trained at
    inside: np.ndarray  # (A, M) whether that is not an end of RATES
    score: np.ndarray  # (A, M, R) on validation images, mean over the seeds that pick

    def of(self, arm: str, m: int) -> np.ndarray:
        """(S,) of one arm at one size."""
        return self.test[ARMS.index(arm), SIZES.index(m)]


def load() -> Evidence:
    """What shipped."""
    return EVIDENCE.shipped


def config(m: int) -> RunConfig:
    """Of a batch size, before an arm and a rate are chosen."""
    return replace(BASE, batch_size=m, steps=SEEN // m, record_every=SEEN // m)


def measure(arm: str, m: int) -> tuple[np.ndarray, np.ndarray | None, rates.Search]:
    """(S,) test accuracy at the best rate; of batch norm also by exact statistics; the search."""
    base, begin = of_arm(config(m), arm), start(arm)
    found = rates.search(base, rates=RATES, start=begin)
    runs = [replace(base, lr=found.best, seed=seed) for seed in SEEDS]
    test = [partial(rates.testing, base)]
    own = rates.accuracy(runs, test, start=begin)[0]
    exact = rates.accuracy(runs, test, start=begin, settled=True)[0] if arm == "batch" else None
    return own, exact, found


def measure_all() -> tuple[evidence.Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    shape = (len(ARMS), len(SIZES))
    test, exact = np.empty((*shape, len(SEEDS))), np.empty((len(SIZES), len(SEEDS)))
    rate, inside, score = np.empty(shape), np.empty(shape, bool), np.empty((*shape, len(RATES)))
    for a, arm in enumerate(ARMS):
        for k, m in enumerate(SIZES):
            test[a, k], settled, found = measure(arm, m)
            rate[a, k], inside[a, k] = found.best, found.inside
            score[a, k] = found.score.mean(axis=-1)
            if settled is not None:
                exact[k] = settled
            print(f"{arm:6} m={m:<3} lr={found.best:<7g} {test[a, k].mean():.3f}", flush=True)
    arrays = {"test": test, "exact": exact, "rate": rate, "inside": inside, "score": score}
    return arrays, {"mean": {arm: test[a].mean(axis=-1).tolist() for a, arm in enumerate(ARMS)}}


def _only_batch_norm_falls(found: Evidence) -> bool:
    """From 64 to 2 batch norm loses much of what it knew, and the others next to nothing."""
    lost = {arm: float(found.of(arm, 64).mean() - found.of(arm, 2).mean()) for arm in ARMS}
    others = [lost[arm] for arm in ARMS if arm != "batch"]
    return lost["batch"] > 0.2 and max(others) < 0.05


def _alone_it_knows_nothing(found: Evidence) -> bool:
    """At one example batch norm guesses; the others learn."""
    others = [found.of(arm, 1).mean() for arm in ARMS if arm != "batch"]
    return bool(found.of("batch", 1).mean() < 0.2 and min(others) > 0.85)


CLAIMS: dict[str, Callable[[Evidence], bool]] = {
    "only_batch_norm_falls": _only_batch_norm_falls,
    "alone_it_knows_nothing": _alone_it_knows_nothing,
}


def read(arrays: evidence.Arrays) -> Evidence:
    """What ships."""
    return Evidence(**arrays)


EVIDENCE = evidence.Evidence(
    "rivals_small",
    {
        "config": config(64).to_dict(),
        "seeds": list(SEEDS),
        "sizes": list(SIZES),
        "arms": list(ARMS),
        "rates": list(RATES),
    },
    measure_all,
    CLAIMS,
    read,
)
