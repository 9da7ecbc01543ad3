"""Does batch norm in the hidden layers replace the scaling of the inputs?

Wine: 13 features between .1 and 1700, three cultivars; 13-32-32-3, ReLU, 300 steps of 32, 118 wines
to learn from and 60 to be tested on. With SGD, and beside it with Adam, which divides each gradient
by its own size and so makes up for much of what scales do. Each arm at the best of several learning
rates: found by other seeds, and on N_VALID wines put aside from those to learn from. The same
split, initial weights and batches for all arms of a seed. "Scaled": minus mean, divided by standard
deviation, both of the training wines.

"Batch norm on the input" normalizes every feature by the mini-batch, and by running averages in
testing. It has no γ and β of its own: the layer above can scale and shift by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from bncore.batchnorm import BatchNorm
from bncore.data import Dataset, stratified_split
from experiments.evidence import Arrays, Evidence, under
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
RATES: dict[str, tuple[float, ...]] = {
    "sgd": (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.3, 1.0, 3.0, 10.0),
    "adam": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 0.03, 0.1, 0.3, 1.0),
}
SEEDS, PICKERS = range(20), range(100, 120)
HIDDEN, STEPS, BATCH, N_TEST, N_VALID = (32, 32), 300, 32, 60, 38


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """S seeds × A arms × R learning rates, with one optimizer."""

    seeds: np.ndarray  # (S,)
    rates: np.ndarray  # (R,)
    accuracy: np.ndarray  # (S, A, R) on the test wines; a run that overflowed says cultivar 0
    validated: np.ndarray  # (P, A, R) of the seeds that pick, on the wines that they put aside

    @property
    def best(self) -> np.ndarray:
        """(A,) index of the learning rate that is best in the mean over the seeds that pick."""
        return self.validated.mean(axis=0).argmax(axis=-1)

    @property
    def best_lr(self) -> np.ndarray:
        """(A,) that learning rate."""
        return self.rates[self.best]

    @property
    def at_best(self) -> np.ndarray:
        """(S, A) accuracy at that rate."""
        return np.take_along_axis(self.accuracy, self.best[None, :, None], axis=2)[..., 0]


def split(seed: int, inputs: str, validate: bool = False) -> Dataset:
    """The wines "raw" or "scaled", in float32; the same split for both.

    To validate, the test wines are left alone, and a part of those to learn from takes their place.
    """
    x, y = wine().x, wine().y
    train, test = stratified_split(y, N_TEST, np.random.default_rng((seed, N_TEST)))
    if validate:
        train, test = train[N_VALID:], train[:N_VALID]
    if inputs == "scaled":
        x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
    x = x.astype(np.float32)
    return Dataset(x[train], y[train], x[test], y[test])


def arm(name: str, seed: int, optimizer: str = "sgd", validate: bool = False) -> np.ndarray:
    """(R,) test accuracy of one arm at each learning rate. Some .1 s."""
    inputs, norm, on_input = ARMS[name]
    data, rates = split(seed, inputs, validate), RATES[optimizer]
    run = partial(fit, data, HIDDEN, norm, rates, STEPS, BATCH, seed, optimizer=optimizer)
    if not on_input:
        return right(run(), data.x_test, data.y_test)
    first = BatchNorm(data.n_features, dtype=np.float32)
    network = run(lambda x: first.forward(x, training=True))
    return right(network, first.forward(data.x_test, training=False), data.y_test)


def one_seed(seed: int, optimizer: str = "sgd", validate: bool = False) -> np.ndarray:
    """(A, R) accuracy of all arms at all rates. Trains within about a second."""
    return np.array([arm(name, seed, optimizer, validate) for name in ARMS])


def over_seeds(optimizer: str = "sgd") -> OverSeeds:
    """The shipped ones; trains nothing."""
    return EVIDENCE.shipped[optimizer]


# --- how it was made ---


Found = Mapping[str, OverSeeds]  # by optimizer


def at_best(found: OverSeeds, name: str) -> np.ndarray:
    """(S,) of one arm."""
    return found.at_best[:, list(ARMS).index(name)]


def _hidden_is_no_replacement(found: Found) -> bool:
    """With SGD scaled inputs without batch norm are far ahead of raw ones with it, every time."""
    sgd = found["sgd"]
    return bool((at_best(sgd, "scaled") - at_best(sgd, "raw_hidden") > 0.1).all())


def _nor_is_it_with_adam(found: Found) -> bool:
    """With Adam it is nearer, and still behind: in the mean, by more than twice its error."""
    adam = found["adam"]
    lost = at_best(adam, "scaled") - at_best(adam, "raw_hidden")
    error = lost.std(ddof=1) / np.sqrt(len(lost))
    return bool(2 * error < lost.mean() < 0.1)


def _on_the_input_it_is(found: Found) -> bool:
    """Batch norm on the raw input itself is as good as scaling."""
    means = [
        at_best(each, name).mean() for each in found.values() for name in ("raw_input", "scaled")
    ]
    return max(means) - min(means) < 0.02 and min(means) > 0.95


CLAIMS = {
    "hidden batch norm does not replace scaling": _hidden_is_no_replacement,
    "nor does it with Adam": _nor_is_it_with_adam,
    "batch norm on the input does": _on_the_input_it_is,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    found = {optimizer: train_all(optimizer) for optimizer in RATES}
    arrays = {
        f"{optimizer}.{name}": array
        for optimizer, each in found.items()
        for name, array in vars(each).items()
    }
    return arrays, {"outcome": {optimizer: _outcome(each) for optimizer, each in found.items()}}


def train_all(optimizer: str) -> OverSeeds:
    """All seeds, those that pick and those that are shown."""
    accuracy = np.array([one_seed(seed, optimizer) for seed in SEEDS])
    validated = np.array([one_seed(seed, optimizer, True) for seed in PICKERS])
    return OverSeeds(np.array(SEEDS), np.array(RATES[optimizer]), accuracy, validated)


def _outcome(found: OverSeeds) -> dict[str, Any]:
    return {
        name: {
            "best_lr": float(found.best_lr[a]),
            "mean": float(found.at_best[:, a].mean()),
            "sd": float(found.at_best[:, a].std(ddof=1)),
        }
        for a, name in enumerate(ARMS)
    }


def read(arrays: Arrays) -> dict[str, OverSeeds]:
    """By optimizer."""
    return {optimizer: OverSeeds(**under(arrays, optimizer)) for optimizer in RATES}


EVIDENCE = Evidence(
    "input_scaling",
    {
        "settings": {
            "hidden": HIDDEN,
            "steps": STEPS,
            "batch_size": BATCH,
            "n_test": N_TEST,
            "n_valid": N_VALID,
        },
        "seeds": list(SEEDS),
    },
    measure_all,
    CLAIMS,
    read,
)
