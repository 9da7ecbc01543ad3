"""Learning rate × depth: where a network still trains, plain, normalized once, and with batch norm.

The 8×8 digits, 50 ReLU units in each layer, He's initial weights, 300 steps. "once" is the control
of `experiments.why.once`: the start of batch norm without batch norm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncore.config import RunConfig
from experiments.evidence import Arrays, Evidence
from experiments.reporting import Progress, ShouldStop
from experiments.side_by_side import Arm, Curves, every, train
from experiments.why.once import ARMS as ARMS  # the same, and others find them here
from experiments.why.once import starts

RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
DEPTHS = (1, 2, 4, 8, 16, 24)
SEEDS = range(5)
STEPS = 300
GOOD = 0.9  # test accuracy of a usable learning rate
EVERY = 10  # steps from one look to the next, in a cell


@dataclass(frozen=True, eq=False)
class Tolerance:
    """A arms × D depths × R learning rates × S seeds. A run that broke down guesses: about .1."""

    depths: np.ndarray  # (D,)
    rates: np.ndarray  # (R,)
    seeds: np.ndarray  # (S,)
    accuracy: np.ndarray  # (A, D, R, S) on the test set at the end, exact statistics

    @property
    def largest(self) -> np.ndarray:
        """(A, D, S) the largest rate with GOOD accuracy; NaN if there is none."""
        good = np.where(self.accuracy >= GOOD, self.rates[:, None], -np.inf).max(axis=2)
        return np.where(good > 0, good, np.nan)


@dataclass(frozen=True, eq=False)
class Cell:
    """One depth, learning rate and seed, watched: A arms, T looks. Fewer T where it was stopped."""

    config: RunConfig  # of the arm "bn"
    step: np.ndarray  # (T,) 0, EVERY, ...
    accuracy: np.ndarray  # (A, T) on the test set
    loss: np.ndarray  # (A, T - 1) mean over the mini-batches since the look before; may be infinite
    complete: bool


def config(depth: int, lr: float, seed: int = 0) -> RunConfig:
    """Of the arm "bn"."""
    return RunConfig(depth=depth, width=50, lr=lr, steps=STEPS, seed=seed)


def cell(
    depth: int,
    lr: float,
    seed: int = 0,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Cell:
    """Train the three arms side by side; less than 2 s up to depth 16.

    `progress(done, of)` and `should_stop()` are called about a hundred times; stopped, it returns
    what it has.
    """
    configs = [config(depth, lr, seed)]
    arms = [Arm(configs, network) for network in starts(configs).values()]

    def found(curves: Curves) -> Cell:
        of_seed = curves.accuracy[:, 0], curves.loss[:, 0]
        return Cell(configs[0], curves.step, *of_seed, curves.complete)

    return found(train(arms, every(EVERY, STEPS), progress, should_stop, so_far=found))


def one_seed(seed: int, depths: tuple[int, ...] = (8,)) -> Tolerance:
    """All rates at these depths, S = 1."""
    return train_all((seed,), depths)


def train_all(seeds: Iterable[int], depths: Sequence[int] = DEPTHS) -> Tolerance:
    """All rates and these seeds, side by side for each depth."""
    seeds = tuple(seeds)
    accuracy = np.stack([_column(depth, seeds) for depth in depths], axis=1)
    return Tolerance(np.array(depths), np.array(RATES), np.array(seeds), accuracy)


def _column(depth: int, seeds: tuple[int, ...]) -> np.ndarray:
    """(A, R, S) at the end."""
    configs = [config(depth, lr, seed) for lr in RATES for seed in seeds]
    found = []
    for network in starts(configs).values():
        curves = train([Arm(configs, network)], (STEPS,))
        found.append(curves.accuracy[0, :, 0].reshape(len(RATES), len(seeds)))
    return np.stack(found)


def load() -> Tolerance:
    """What shipped; trains nothing."""
    return EVIDENCE.shipped


def numbers(found: Tolerance, depth: int = 8) -> dict[str, np.ndarray]:
    """(S,) each: "largest.<arm>" usable rate, "best.<arm>" accuracy at the best rate."""
    d = list(found.depths).index(depth)
    largest, best = found.largest[:, d], found.accuracy[:, d].max(axis=1)
    return {f"largest.{arm}": largest[a] for a, arm in enumerate(ARMS)} | {
        f"best.{arm}": best[a] for a, arm in enumerate(ARMS)
    }


# What it is shown for.


def _tolerates(found: Tolerance) -> bool:
    """With 4 and 8 layers batch norm trains at 10 times the rate that the plain network bears."""
    times = [
        n["largest.bn"] / n["largest.plain"] for n in (numbers(found, depth) for depth in (4, 8))
    ]
    return bool((np.array(times) > 9).all())


def _the_start_is_not_it(found: Tolerance) -> bool:
    """With 8 layers a network normalized once bears little more than the plain one."""
    n = numbers(found, 8)
    little = n["largest.once"] < 3.5 * n["largest.plain"]
    return bool((little & (n["largest.bn"] > 3 * n["largest.once"])).all())


def _has_limits(found: Tolerance) -> bool:
    """At 10 batch norm fails at any depth; and it is behind with 16 layers at .01."""
    mean = dict(zip(ARMS, found.accuracy.mean(axis=-1), strict=True))
    deep = DEPTHS.index(16)
    behind = mean["plain"][deep, 0] - mean["bn"][deep, 0]
    return bool((mean["bn"][:, RATES.index(10.0)] < 0.3).all() and behind > 0.05)


CLAIMS: dict[str, Callable[[Tolerance], bool]] = {
    "tolerates": _tolerates,
    "the_start_is_not_it": _the_start_is_not_it,
    "has_limits": _has_limits,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    found = train_all(SEEDS)
    outcome = {arm: found.accuracy[a].mean(axis=-1).tolist() for a, arm in enumerate(ARMS)}
    return vars(found), {"outcome": outcome}


def read(arrays: Arrays) -> Tolerance:
    """What ships."""
    return Tolerance(**arrays)


EVIDENCE = Evidence(
    "tolerance",
    {"config": config(8, 0.1).to_dict(), "seeds": list(SEEDS)},
    measure_all,
    CLAIMS,
    read,
)
