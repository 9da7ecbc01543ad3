"""Which learning rate is best, found where the test images have no say.

Two arms at one learning rate compare how well that rate suits each. So each trains at its own, and
that is found twice over on other ground than it is judged on: by networks of other seeds
(`PICKERS`, which no measurement uses), and on a validation split: training images that those
networks do not train with. Whoever picks the highest of several test accuracies has measured luck
too, and called it a result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bncore import data
from bncore.config import RunConfig
from bncore.network import Network
from experiments.descent import descend, initial, settle
from experiments.side_by_side import KNOWN

PICKERS = range(100, 103)  # seeds
HALF_DECADES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
HELD_OUT = 5  # one training image in so many, where a config trains with all of them


Start = Callable[[Sequence[RunConfig]], Network]  # the runs before their first step


@dataclass(frozen=True, eq=False)
class Search:
    """What the rates of a grid came to, by the seeds that pick: the higher the better."""

    rates: np.ndarray  # (R,)
    score: np.ndarray  # (R, S) accuracy on validation images

    @property
    def best(self) -> float:
        """The rate that is best in the mean over the seeds; of equal ones the lowest."""
        return float(self.rates[self.score.mean(axis=-1).argmax()])

    @property
    def highest(self) -> float:
        """Its score: what to compare arms by before anything is tested."""
        return float(self.score.mean(axis=-1).max())

    @property
    def inside(self) -> bool:
        """The best is not at an end of the grid, where a better one may lie beyond."""
        return bool(self.rates[0] < self.best < self.rates[-1])


def search(
    config: RunConfig,
    looks: Sequence[int] = (0,),
    rates: Sequence[float] = HALF_DECADES,
    seeds: Sequence[int] = PICKERS,
    start: Start = initial,
    settled: bool = False,
) -> Search:
    """Train a config at all rates with the seeds that pick; all else as in `accuracy`."""
    held = held_out(config)
    configs = [replace(held, lr=lr, seed=seed) for lr in rates for seed in seeds]
    score = accuracy(configs, [partial(validation, held)], looks, start, settled)[0]
    return Search(np.array(rates), score.reshape(len(rates), len(seeds)))


Images = tuple[np.ndarray, np.ndarray]  # x (N, inputs) and labels (N,)


def accuracy(
    configs: Sequence[RunConfig],
    parts: Sequence[Callable[[int], Images]],
    looks: Sequence[int] = (0,),
    start: Start = initial,
    settled: bool = False,
) -> np.ndarray:
    """(parts, runs): of runs trained side by side, on images by the seed of the run.

    The mean over so many looks, steps counted from the last one (0, -10, ...), since the accuracy
    of one step goes up and down. A run that overflowed guesses. `start` gives the networks before
    their first step; those that the configs say, if none is given. `settled`: batch norm predicts
    by exact statistics, as arms of `side_by_side` do, and not by its running ones.
    """
    config = replace(configs[0], record_every=configs[0].steps, probe=1, units=1)
    configs = [replace(config, lr=one.lr, seed=one.seed) for one in configs]
    images = [_stacked([part(one.seed) for one in configs]) for part in parts]
    known = np.stack([training(one, one.seed)[0][:KNOWN] for one in configs]) if settled else None
    network, asked, found = start(configs), {config.steps + look for look in looks}, []

    def look(step: int) -> None:
        if step not in asked:
            return
        twin = network.copy()
        if known is not None:
            settle(twin, known)
        found.append([_right(twin, *each) for each in images])

    for step, _ in enumerate(descend(configs, network)):
        look(step)
    look(config.steps)
    return np.mean(found, axis=0)


def _stacked(images: Sequence[Images]) -> Images:
    x, y = zip(*images, strict=True)
    return np.stack(x), np.stack(y)


def _right(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return network.evaluate(x, y)[0]


# --- images ---


def held_out(config: RunConfig) -> RunConfig:
    """The same on fewer images, if it would leave none to validate on."""
    everything = data.DATASETS[config.dataset].n_train
    if config.images < everything:
        return config
    few = everything - everything // HELD_OUT
    return replace(config, n_train=few, batch_size=min(config.batch_size, few))


def validation(config: RunConfig, seed: int) -> Images:
    """The training images of this seed's split that the config does not train with."""
    split = data.load(config.dataset, seed, config.dtype)
    rest = np.ones(len(split.y_train), bool)
    rest[data.shares(split.y_train, config.n_train)] = False
    return split.x_train[rest], split.y_train[rest]


def training(config: RunConfig, seed: int) -> Images:
    """Those it trains with."""
    split = data.load(config.dataset, seed, config.dtype)
    rows = data.shares(split.y_train, config.images)
    return split.x_train[rows], split.y_train[rows]


def testing(config: RunConfig, seed: int) -> Images:
    """The test images of this seed's split."""
    split = data.load(config.dataset, seed, config.dtype)
    return split.x_test, split.y_test
