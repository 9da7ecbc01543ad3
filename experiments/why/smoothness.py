"""How far a gradient can be trusted: the loss and the gradient a little further along it.

At θ with gradient g of the next mini-batch, θ − ηg is tried on the same mini-batch for several η
around the learning rate; training itself then takes its usual step. Two things are kept: the range
of the loss over these η, and how far the gradient there is from g, relative to g. Small numbers:
what the gradient promised holds for a long step.

Source: Santurkar et al. 2018, arXiv 1805.11604, section 3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncore.batches import Feed
from bncore.config import RunConfig
from bncore.network import Network
from experiments.evidence import Arrays, Evidence, under
from experiments.reporting import Progress, ShouldStop
from experiments.side_by_side import Arm, Curves, by_setting, every, outcome, packed, train

ARMS = ("plain", "bn")
ETAS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)  # in learning rates
EVERY = 10  # steps from one look to the next
SEEDS = range(5)

# Of the arm "bn". In "slow" both arms train well; in "sigmoid" the plain one learns nothing.
SETTINGS: dict[str, RunConfig] = {
    "relu": RunConfig(depth=5, width=50, lr=0.2, steps=300),
    "slow": RunConfig(depth=5, width=50, lr=0.03, steps=300),
    "sigmoid": RunConfig(depth=3, width=50, activation="sigmoid", init="xavier", lr=0.5, steps=300),
}


@dataclass(frozen=True, eq=False)
class Smoothness:
    """A arms in the order of ARMS × S seeds, T looks, E of ETAS. Fewer T where it was stopped."""

    seeds: np.ndarray  # (S,)
    step: np.ndarray  # (T,) 0, EVERY, ...
    eta: np.ndarray  # (E,) ETAS times the learning rate
    here: np.ndarray  # (A, S, T) the loss at θ
    along: np.ndarray  # (A, S, T, E) the loss at θ − ηg
    change: np.ndarray  # (A, S, T, E) |g(θ − ηg) − g(θ)| / |g(θ)|
    accuracy: np.ndarray  # (A, S, T) on the test set
    complete: bool

    @property
    def loss_range(self) -> np.ndarray:
        """(A, S, T) largest less least of `along`."""
        return self.along.max(axis=-1) - self.along.min(axis=-1)

    @property
    def largest_change(self) -> np.ndarray:
        """(A, S, T) over η."""
        return self.change.max(axis=-1)


def one_seed(
    seed: int,
    setting: str = "relu",
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Smoothness:
    """Train both arms, S = 1, in about a second; they share split, initial W and batches.

    `progress(done, of)` and `should_stop()` are called about a hundred times; stopped, it returns
    what it has.
    """
    return train_all((seed,), setting, progress, should_stop)


def train_all(
    seeds: Sequence[int],
    setting: str,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Smoothness:
    """The same with several seeds at once."""
    configs = [replace(SETTINGS[setting], seed=seed) for seed in seeds]
    tries = [Tries(configs) for _ in ARMS]
    arms = [
        Arm(each, looked=one.look)
        for each, one in zip(([c.twin() for c in configs], configs), tries, strict=True)
    ]
    names = ("here", "along", "change")

    def found(curves: Curves) -> Smoothness:
        measured = {name: np.array([getattr(one, name) for one in tries]) for name in names}
        return Smoothness(
            seeds=np.array(seeds),
            step=curves.step,
            eta=np.array(ETAS) * configs[0].lr,
            **{name: values.swapaxes(1, 2) for name, values in measured.items()},
            accuracy=curves.accuracy,
            complete=curves.complete,
        )

    looks = every(EVERY, configs[0].steps)
    return found(train(arms, looks, progress, should_stop, so_far=found))


class Tries:
    """Along the gradient at each look: a list entry each, with S seeds in front."""

    def __init__(self, configs: Sequence[RunConfig]) -> None:
        self.lr, self.feed = configs[0].lr, Feed(configs, (len(configs),))
        self.twin: Network | None = None
        self.drawn = self.looks = 0
        self.here: list[np.ndarray] = []  # (S,)
        self.along: list[np.ndarray] = []  # (S, E)
        self.change: list[np.ndarray] = []  # (S, E)

    def look(self, network: Network) -> None:
        """On the mini-batch that comes next, with a twin of the network."""
        if self.twin is None:
            self.twin = network.copy()
        self.twin.params[...] = network.params
        for _ in range(1 if self.looks == 0 else EVERY):
            self.feed.next()
        self.looks += 1
        with np.errstate(all="ignore"):
            self._try(self.twin)

    def _try(self, twin: Network) -> None:
        x, targets = self.feed.x, self.feed.targets
        self.here.append(twin.gradient(x, targets).copy())
        theta, g = twin.params.copy(), twin.grads.copy()
        along, change = [], []
        for times in ETAS:
            twin.params[...] = theta - times * self.lr * g
            along.append(twin.gradient(x, targets))
            change.append(_norm(twin.grads - g) / _norm(g))
        self.along.append(np.stack(along, axis=-1))
        self.change.append(np.stack(change, axis=-1))


def _norm(g: np.ndarray) -> np.ndarray:
    return np.linalg.norm(g.astype(np.float64), axis=-1)


def load(setting: str = "relu") -> Smoothness:
    """What shipped; trains nothing. KeyError for a setting that is not in SETTINGS."""
    return EVIDENCE.shipped[setting]


def numbers(found: Smoothness) -> dict[str, np.ndarray]:
    """(S,) each: "loss_range.<arm>", "change.<arm>", medians over the looks."""
    measures = {"loss_range": found.loss_range, "change": found.largest_change}
    return {
        f"{name}.{arm}": np.median(values[a], axis=-1)
        for name, values in measures.items()
        for a, arm in enumerate(ARMS)
    }


# What it is shown for.


def _smoother(found: Mapping[str, Smoothness]) -> bool:
    """With ReLU, at either rate: loss and gradient change at most a third as much."""
    for setting in ("relu", "slow"):
        n = numbers(found[setting])
        if not (n["loss_range.plain"] > 3 * n["loss_range.bn"]).all():
            return False
        if not (n["change.plain"] > 3 * n["change.bn"]).all():
            return False
    return True


def _a_plateau_is_smooth_too(found: Mapping[str, Smoothness]) -> bool:
    """A sigmoid network that learns nothing is no rougher: smooth is not the same as fast."""
    n, accuracy = numbers(found["sigmoid"]), found["sigmoid"].accuracy
    as_smooth = [
        bool((n[f"{name}.plain"] < 1.5 * n[f"{name}.bn"]).all())
        for name in ("loss_range", "change")
    ]
    learns_nothing = (accuracy[0, :, -1] < 0.35).all() and (accuracy[1, :, -1] > 0.9).all()
    return bool(all(as_smooth) and learns_nothing)


CLAIMS: dict[str, Callable[[Mapping[str, Smoothness]], bool]] = {
    "smoother": _smoother,
    "a_plateau_is_smooth_too": _a_plateau_is_smooth_too,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Every setting: arrays, and what came out."""
    found = {setting: train_all(SEEDS, setting) for setting in SETTINGS}
    return packed(found), outcome(found, numbers)


def read(arrays: Arrays) -> dict[str, Smoothness]:
    """By setting."""
    return {one: Smoothness(**under(arrays, one), complete=True) for one in SETTINGS}


EVIDENCE = Evidence("smoothness", by_setting(SETTINGS, SEEDS), measure_all, CLAIMS, read)
