"""Does batch norm in the hidden layers replace the scaling of the inputs?

Wine: 13 features between .1 and 1700, three cultivars; 13-32-32-3, ReLU, SGD, 300 steps of 32, 118
wines to learn from and 60 to be tested on. Each arm at the best of eight learning rates; picked
and judged by the same test wines, for every arm alike. The same split, initial weights and batches
for all arms of a seed. "Scaled": minus mean, divided by standard deviation, both of the training
wines.

"Batch norm on the input" normalizes every feature by the mini-batch, and by running averages in
testing. It has no γ and β of its own: the layer above can scale and shift by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bncore.batchnorm import BatchNorm
from bncore.data import Dataset, stratified_split
from experiments.evidence import Arrays, Evidence
from experiments.fit import fit, right
from experiments.why.inputs import wine

# Which inputs, batch norm in the hidden layers, and on the input.
ARMS: dict[str, tuple[str, str, bool]] = {
    "raw": ("raw", "none", False),
    "raw_hidden": ("raw", "before", False),
    "raw_input": ("raw", "none", True),
    "raw_both": ("raw", "before", True),
    "scaled": ("scaled", "none", False),
    "scaled_hidden": ("scaled", "before", False),
}
RATES = (1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.3, 1.0, 3.0)
SEEDS = range(20)
HIDDEN, STEPS, BATCH, N_TEST = (32, 32), 300, 32, 60


@dataclass(frozen=True, eq=False)
class Measured:
    """One seed: A arms, in the order of ARMS, × R learning rates."""

    accuracy: np.ndarray  # (A, R) on the test wines; a run that overflowed always says cultivar 0
    best_lr: np.ndarray  # (A,)
    at_best: np.ndarray  # (A,) accuracy at this seed's best learning rate


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """S seeds × A arms × R learning rates."""

    seeds: np.ndarray  # (S,)
    rates: np.ndarray  # (R,)
    accuracy: np.ndarray  # (S, A, R)

    @property
    def best(self) -> np.ndarray:
        """(A,) index of the learning rate that is best in the mean over the seeds."""
        return self.accuracy.mean(axis=0).argmax(axis=-1)

    @property
    def best_lr(self) -> np.ndarray:
        """(A,) that learning rate."""
        return self.rates[self.best]

    @property
    def at_best(self) -> np.ndarray:
        """(S, A) accuracy at that rate."""
        return np.take_along_axis(self.accuracy, self.best[None, :, None], axis=2)[..., 0]


def split(seed: int, inputs: str) -> Dataset:
    """The wines "raw" or "scaled", in float32; the same split for both."""
    x, y = wine().x, wine().y
    train, test = stratified_split(y, N_TEST, np.random.default_rng((seed, N_TEST)))
    if inputs == "scaled":
        x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
    x = x.astype(np.float32)
    return Dataset(x[train], y[train], x[test], y[test])


def arm(name: str, seed: int) -> np.ndarray:
    """(R,) test accuracy of one arm at each learning rate. Some .1 s."""
    inputs, norm, on_input = ARMS[name]
    data = split(seed, inputs)
    if not on_input:
        network = fit(data, HIDDEN, norm, RATES, STEPS, BATCH, seed)
        return right(network, data.x_test, data.y_test)
    first = BatchNorm(data.n_features, dtype=np.float32)
    network = fit(
        data, HIDDEN, norm, RATES, STEPS, BATCH, seed, lambda x: first.forward(x, training=True)
    )
    return right(network, first.forward(data.x_test, training=False), data.y_test)


def one_seed(seed: int) -> Measured:
    """Trains all arms at all rates, within about a second."""
    accuracy = np.array([arm(name, seed) for name in ARMS])
    best = accuracy.argmax(axis=-1)
    return Measured(accuracy, np.array(RATES)[best], accuracy.max(axis=-1))


def over_seeds() -> OverSeeds:
    """The shipped ones; trains nothing."""
    return EVIDENCE.shipped


# --- how it was made ---


def _mean(found: OverSeeds) -> dict[str, float]:
    return dict(zip(ARMS, found.at_best.mean(axis=0), strict=True))


def _hidden_is_no_replacement(found: OverSeeds) -> bool:
    """In every seed scaled inputs without batch norm are far ahead of raw ones with it."""
    names = list(ARMS)
    hidden, scaled = (found.at_best[:, names.index(n)] for n in ("raw_hidden", "scaled"))
    return bool((scaled - hidden > 0.1).all())


def _on_the_input_it_is(found: OverSeeds) -> bool:
    """Batch norm on the raw input itself is as good as scaling."""
    mean = _mean(found)
    return abs(mean["raw_input"] - mean["scaled"]) < 0.02 and mean["raw_input"] > 0.95


CLAIMS = {
    "hidden batch norm does not replace scaling": _hidden_is_no_replacement,
    "batch norm on the input does": _on_the_input_it_is,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    accuracy = np.array([one_seed(seed).accuracy for seed in SEEDS])
    found = OverSeeds(np.array(SEEDS), np.array(RATES), accuracy)
    outcome = {
        name: {
            "best_lr": float(found.best_lr[a]),
            "mean": float(found.at_best[:, a].mean()),
            "sd": float(found.at_best[:, a].std(ddof=1)),
        }
        for a, name in enumerate(ARMS)
    }
    return vars(found), {"outcome": outcome}


def read(arrays: Arrays) -> OverSeeds:
    """What ships."""
    return OverSeeds(**arrays)


EVIDENCE = Evidence(
    "input_scaling",
    {
        "settings": {"hidden": HIDDEN, "steps": STEPS, "batch_size": BATCH, "n_test": N_TEST},
        "seeds": list(SEEDS),
    },
    measure_all,
    CLAIMS,
    read,
)
