"""Does the noise of small batches keep a network from learning its training images by heart?

To change the noise and nothing else, the gradient is always that of 256 images, while batch norm
takes its statistics from groups of g of them (`RunConfig.group`). Few training images, so that
there is something to regularize. Beside it the same network without batch norm, plain and with
dropout.

`load` reads assets/evidence/regularize.npz and trains nothing; `tools/build_evidence.py` made it.
All arms of a seed share split, initial W and the order of the images, so that differences are
taken seed by seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from bncore.batches import Examples
from bncore.config import RunConfig
from bncore.training import Stack
from experiments import evidence
from experiments.intervals import t_quantile

BATCH = 256
GROUPS = (2, 4, 8, 16, 32, 64, 256)
WHOLE = "g256"  # the batch as one group: the least noise there is

SETTINGS: dict[str, RunConfig] = {
    "digits256": RunConfig(n_train=256, batch_size=BATCH, steps=600),
    "digits1024": RunConfig(n_train=1024, batch_size=BATCH, steps=600),
    "mnist512": RunConfig(dataset="mnist", n_train=512, batch_size=BATCH, steps=400),
}
SEEDS = {"digits256": range(16), "digits1024": range(16), "mnist512": range(8)}

# What each arm changes of its setting.
ARMS: dict[str, dict[str, Any]] = {
    "plain": {"norm": "none"},
    "dropout": {"norm": "none", "keep": 0.8},
    **{f"g{g}": {"group": g} for g in GROUPS},
}

LOOKS = range(-90, 1, 10)  # accuracy is the mean over these steps, counted from the last


class Difference(NamedTuple):
    """Over n seeds: mean and its standard error."""

    mean: float
    se: float
    n: int

    @property
    def half(self) -> float:
        """How far the 95 % interval of the mean reaches to each side."""
        return t_quantile(self.n - 1) * self.se

    def told(self) -> dict[str, float]:
        """For the record."""
        return {"mean": self.mean, "se": self.se}


def difference_of(values: np.ndarray) -> Difference:
    """Of differences (n,), seed by seed."""
    return Difference(float(values.mean()), standard_error(values), len(values))


@dataclass(frozen=True, eq=False)
class Evidence:
    """Accuracy (arms, seeds) of the trained networks of one setting, in the order of `ARMS`."""

    train: np.ndarray  # on the images trained with, batch norm by its running statistics
    test: np.ndarray

    def of(self, arm: str) -> tuple[np.ndarray, np.ndarray]:
        """(train, test), each (seeds,)."""
        row = list(ARMS).index(arm)
        return self.train[row], self.test[row]

    def gain(self, arm: str, over: str = WHOLE) -> Difference:
        """In test accuracy, seed by seed."""
        return difference_of(self.of(arm)[1] - self.of(over)[1])

    def gap(self, arm: str) -> Difference:
        """Train less test accuracy."""
        return difference_of(np.subtract(*self.of(arm)))

    @property
    def best(self) -> str:
        """The group size with the highest test accuracy."""
        return max((f"g{g}" for g in GROUPS), key=lambda arm: self.of(arm)[1].mean())


def standard_error(values: np.ndarray) -> float:
    """Of the mean."""
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def load(setting: str) -> Evidence:
    """What shipped. KeyError for a setting that is not in SETTINGS."""
    return EVIDENCE.shipped[setting]


# What the evidence of all settings is shown for.


def _some_helps(found: Mapping[str, Evidence]) -> bool:
    """On the digits groups of 8 test better than the whole batch: surely, and by little."""
    gains = [found[setting].gain("g8") for setting in ("digits256", "digits1024")]
    return all(3 * gain.se < gain.mean < 0.05 for gain in gains)


def _not_everywhere(found: Mapping[str, Evidence]) -> bool:
    """On MNIST no group size comes up to the network that has no batch norm at all."""
    gains = [found["mnist512"].gain(f"g{g}", "plain") for g in GROUPS]
    return all(gain.mean < -2 * gain.se for gain in gains)


def _too_much_harms(found: Mapping[str, Evidence]) -> bool:
    """From 8 to 4 the gain shrinks; with groups of 2 not even the training images are learned."""
    shrinks = found["digits1024"].gain("g4", "g8")
    cannot = [each.of("g2")[0].mean() < 0.6 for each in found.values()]
    return shrinks.mean < -2 * shrinks.se and all(cannot)


CLAIMS: dict[str, Callable[[Mapping[str, Evidence]], bool]] = {
    "some_helps": _some_helps,
    "not_everywhere": _not_everywhere,
    "too_much_harms": _too_much_harms,
}


def measure(setting: str, arm: str, seeds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Train an arm: (train, test) accuracy, each (seeds,)."""
    config = replace(SETTINGS[setting], **ARMS[arm], probe=1, units=1)
    config = replace(config, record_every=config.steps)
    stack = Stack([replace(config, seed=seed) for seed in seeds])
    data = [Examples(one) for one in stack.configs]
    parts = (
        (np.stack([d.x for d in data]), np.stack([d.targets.argmax(axis=1) for d in data])),
        (np.stack([d.x_test for d in data]), np.stack([d.y_test for d in data])),
    )
    found = []
    for look in LOOKS:
        stack.advance(config.steps + look - stack.step)
        network = stack.network
        found.append([network.evaluate(x, y)[0] for x, y in parts])
    train, test = np.mean(found, axis=0)
    return train, test


def measure_all() -> tuple[evidence.Arrays, dict[str, Any]]:
    """Every setting: arrays, and what came out."""
    arrays: dict[str, np.ndarray] = {}
    about: dict[str, Any] = {}
    for setting in SETTINGS:
        measured = [measure(setting, arm, SEEDS[setting]) for arm in ARMS]
        train, test = (np.stack(part) for part in zip(*measured, strict=True))
        arrays |= {f"{setting}.train": train, f"{setting}.test": test}
        about[setting] = {"arms": summary(Evidence(train, test))}
    return arrays, about


def read(arrays: evidence.Arrays) -> dict[str, Evidence]:
    """By setting."""
    return {one: Evidence(**evidence.under(arrays, one)) for one in SETTINGS}


def summary(found: Evidence) -> dict[str, Any]:
    """The numbers of each arm, for the record."""
    table: dict[str, dict[str, Any]] = {}
    for arm in ARMS:
        train, test = found.of(arm)
        table[arm] = {"train": float(train.mean()), "test": float(test.mean())}
        table[arm] |= {"over_whole": found.gain(arm).told()}
        table[arm] |= {"over_plain": found.gain(arm, "plain").told()}
    return table


EVIDENCE = evidence.Evidence(
    "regularize",
    {
        setting: {"config": config.to_dict(), "seeds": list(SEEDS[setting])}
        for setting, config in SETTINGS.items()
    },
    measure_all,
    CLAIMS,
    read,
)
