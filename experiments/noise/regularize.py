"""Does the noise of small batches keep a network from learning its training images by heart?

To change the noise and nothing else, the gradient is always that of 256 images, while batch norm
takes its statistics from groups of g of them (`RunConfig.group`). Few training images, so that
there is something to regularize. Beside it the same network without batch norm, plain and with
dropout. Each arm trains at the learning rate that is best for it, as `experiments.rates` finds it;
and so does a group size that is called the best.

`load` reads assets/evidence/regularize.npz and trains nothing; `tools/build_evidence.py` made it.
All arms of a seed share split, initial W and the order of the images, so that differences are
taken seed by seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from bncore.config import RunConfig
from experiments import evidence, rates
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

RATES = rates.HALF_DECADES
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
    score: np.ndarray  # (arms, R, P) validation accuracy at each of RATES, of the seeds that pick

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

    def search(self, arm: str) -> rates.Search:
        """Which rate was found for it, and how good it was where that was found."""
        return rates.Search(np.array(RATES), self.score[list(ARMS).index(arm)])

    def rate(self, arm: str) -> float:
        """At which it trained."""
        return self.search(arm).best

    @property
    def best(self) -> str:
        """The group size with the highest validation accuracy."""
        return max((f"g{g}" for g in GROUPS), key=lambda arm: self.search(arm).highest)


def standard_error(values: np.ndarray) -> float:
    """Of the mean."""
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def load(setting: str) -> Evidence:
    """What shipped. KeyError for a setting that is not in SETTINGS."""
    return EVIDENCE.shipped[setting]


# What the evidence of all settings is shown for.


def _some_helps(found: Mapping[str, Evidence]) -> bool:
    """On the digits groups of 8 test better than the whole batch and than no batch norm.

    Surely, and by little.
    """
    gains = [
        found[setting].gain("g8", over)
        for setting in ("digits256", "digits1024")
        for over in (WHOLE, "plain")
    ]
    return all(gain.half < gain.mean < 0.02 for gain in gains)


def _not_everywhere(found: Mapping[str, Evidence]) -> bool:
    """On MNIST no group size is surely ahead of the network that has no batch norm at all."""
    gains = [found["mnist512"].gain(f"g{g}", "plain") for g in GROUPS]
    return all(gain.mean <= gain.half for gain in gains)


def _little_data_is_no_loss(found: Mapping[str, Evidence]) -> bool:
    """On 512 images of MNIST batch norm over whole batches is level with no batch norm."""
    gain = found["mnist512"].gain(WHOLE, "plain")
    return abs(gain.mean) < min(gain.half, 0.02)


def _too_much_harms(found: Mapping[str, Evidence]) -> bool:
    """From 8 to 4 the gain shrinks; with groups of 2 not even the training images are learned."""
    shrinks = found["digits1024"].gain("g4", "g8")
    cannot = [each.of("g2")[0].mean() < 0.6 for each in found.values()]
    return shrinks.mean < -2 * shrinks.se and all(cannot)


CLAIMS: dict[str, Callable[[Mapping[str, Evidence]], bool]] = {
    "some_helps": _some_helps,
    "not_everywhere": _not_everywhere,
    "little_data_is_no_loss": _little_data_is_no_loss,
    "too_much_harms": _too_much_harms,
}


def config(setting: str, arm: str) -> RunConfig:
    """Of the setting, as the arm changes it."""
    return replace(SETTINGS[setting], **ARMS[arm])


def search(setting: str, arm: str) -> rates.Search:
    """All of RATES, on validation images and by the seeds that pick."""
    return rates.search(config(setting, arm), LOOKS, RATES)


def measure(
    setting: str, arm: str, seeds: Sequence[int], lr: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Train an arm, at the rate that ships if none is given: (train, test) accuracy, (seeds,)."""
    rate = load(setting).rate(arm) if lr is None else lr
    run = replace(config(setting, arm), lr=rate)
    parts = [partial(rates.training, run), partial(rates.testing, run)]
    train, test = rates.accuracy([replace(run, seed=seed) for seed in seeds], parts, LOOKS)
    return train, test


def measure_all() -> tuple[evidence.Arrays, dict[str, Any]]:
    """Every setting: arrays, and what came out."""
    arrays: dict[str, np.ndarray] = {}
    about: dict[str, Any] = {}
    for setting in SETTINGS:
        found = train_all(setting)
        arrays |= {f"{setting}.{name}": array for name, array in vars(found).items()}
        about[setting] = {"arms": summary(found)}
    return arrays, about


def train_all(setting: str) -> Evidence:
    """All arms: which rate is best, and what comes out at it."""
    score, measured = [], []
    for arm in ARMS:
        found = search(setting, arm)
        score.append(found.score)
        measured.append(measure(setting, arm, SEEDS[setting], found.best))
    train, test = (np.stack(part) for part in zip(*measured, strict=True))
    return Evidence(train, test, np.stack(score))


def read(arrays: evidence.Arrays) -> dict[str, Evidence]:
    """By setting."""
    return {one: Evidence(**evidence.under(arrays, one)) for one in SETTINGS}


def summary(found: Evidence) -> dict[str, Any]:
    """The numbers of each arm, for the record."""
    table: dict[str, dict[str, Any]] = {}
    for arm in ARMS:
        train, test = found.of(arm)
        table[arm] = {"train": float(train.mean()), "test": float(test.mean())}
        table[arm] |= {"lr": found.rate(arm)}
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
