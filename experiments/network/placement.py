"""Batch norm before the activation, after it, or not at all, with sigmoid, tanh and ReLU.

The paper argues for "before": z = xW + b is more nearly symmetric than what a ReLU leaves of it.
The lecture says the same. Here the three are trained side by side on the same start and batches.
Each is compared at the rate that is best for it on a validation split (`experiments.rates`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.trace import Trace
from bncore.training import train_together
from experiments.evidence import Arrays, Evidence, under
from experiments.rates import PICKERS, Search, search

ACTIVATIONS = ("sigmoid", "tanh", "relu")
NORMS = ("none", "before", "after")
RATES = (0.03, 0.1, 0.3, 1.0, 3.0)
SEEDS = {"digits": range(5), "mnist": range(3)}
WIDTHS = {"digits": 50, "mnist": 100}
INITS = {"sigmoid": "xavier", "tanh": "xavier", "relu": "he"}
STEPS, EVERY = 600, 20
LOOKS = (0, -EVERY, -2 * EVERY)  # the records whose mean is the accuracy at the end
FLAT = {"sigmoid": 4.0, "tanh": 2.0}  # beyond ±this the slope is less than 7 % of the steepest


def config(
    activation: str, norm: str, lr: float = 0.3, seed: int = 0, dataset: str = "digits"
) -> RunConfig:
    """One run; the same seed gives all three placements the same W and batches.

    As everywhere, hidden layers with batch norm have no b of their own. After the activation
    batch norm does not cancel b; there β of one layer acts as b of the next.
    """
    return RunConfig(
        dataset=dataset,
        depth=3,
        width=WIDTHS[dataset],
        activation=activation,
        init=INITS[activation],
        norm=norm,
        lr=lr,
        seed=seed,
        steps=STEPS,
        record_every=EVERY,
        probe=1,
        units=1,
    )


def flat_share(trace: Trace) -> np.ndarray:
    """(T, L) share of the recorded units and images for which the activation is in a flat part.

    Of any run; record many units for a fair share. KeyError for ReLU.
    """
    return (np.abs(trace.u) > FLAT[trace.config.activation]).mean(axis=(2, 3))


@dataclass(frozen=True, eq=False)
class Course:
    """One run of `config`, as far as it was trained."""

    curve: np.ndarray  # (T,) accuracy on the test set, up to the last record
    accuracy: float  # the last of them
    diverged_at: int | None


def course(trace: Trace) -> Course:
    """Reduce a run to what is shown of it, beside the shipped ones."""
    return Course(trace.accuracy, float(trace.accuracy[-1]), trace.diverged_at)


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """A activations × N placements × R learning rates × S seeds, T recorded steps each.

    A run that diverged keeps its last accuracy. P other seeds picked the rates.
    """

    rates: np.ndarray  # (R,)
    seeds: np.ndarray  # (S,)
    step: np.ndarray  # (T,)
    accuracy: np.ndarray  # (A, N, R, S, T) on the test set
    loss: np.ndarray  # (A, N, R, S) mean of the last 50 mini-batches; infinite if diverged
    with_b: np.ndarray  # (A, R, S) accuracy at the end, batch norm after, and b kept as well
    score: np.ndarray  # (A, N, R, P) accuracy at the end on validation images

    @property
    def final(self) -> np.ndarray:
        """(A, N, R, S) at the end: the mean of the last three records."""
        return self.accuracy[..., -len(LOOKS) :].mean(axis=-1)

    @property
    def best(self) -> np.ndarray:
        """(A, N) index of the learning rate that is best on validation images, by other seeds."""
        return self.score.mean(axis=-1).argmax(axis=-1)

    @property
    def at_best(self) -> np.ndarray:
        """(A, N, S) `final` at that rate."""
        return np.take_along_axis(self.final, self.best[..., None, None], axis=2)[:, :, 0]


def searched(activation: str, norm: str, dataset: str = "digits") -> Search:
    """Train one arm at all rates with the seeds that pick."""
    return search(config(activation, norm, dataset=dataset), LOOKS, RATES)


def over_seeds(dataset: str = "digits") -> OverSeeds:
    """The shipped runs; trains nothing. KeyError for a data set that is not in SEEDS."""
    return EVIDENCE.shipped[dataset]


def train_cell(
    activation: str, norm: str, lr: float, dataset: str = "digits", keep_bias: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Train the seeds of one cell: accuracy (S, T) and final loss (S,)."""
    configs = [config(activation, norm, lr, seed, dataset) for seed in SEEDS[dataset]]
    settings = [one.to_dict() | {"keep_bias": keep_bias} for one in configs]
    traces = train_together([RunConfig(**one) for one in settings])
    return np.array([_accuracy(t) for t in traces]), np.array([_loss(t) for t in traces])


def _accuracy(trace: Trace) -> np.ndarray:
    records = len(trace.config.record_steps)
    return np.pad(trace.accuracy, (0, records - len(trace.accuracy)), mode="edge")


def _loss(trace: Trace) -> float:
    return float(trace.loss[-50:].mean()) if trace.diverged_at is None else float("inf")


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    arrays: dict[str, np.ndarray] = {}
    about: dict[str, Any] = {}
    for dataset in SEEDS:
        found = train_all(dataset)
        arrays |= {f"{dataset}.{name}": array for name, array in vars(found).items()}
        about[dataset] = {"outcome": outcome(found)}
    return arrays, about


def read(arrays: Arrays) -> dict[str, OverSeeds]:
    """By data set."""
    return {one: OverSeeds(**under(arrays, one)) for one in SEEDS}


def train_all(dataset: str) -> OverSeeds:
    """All cells of a data set."""
    cells = [
        [[train_cell(a, norm, lr, dataset) for lr in RATES] for norm in NORMS] for a in ACTIVATIONS
    ]
    with_b = [
        [train_cell(a, "after", lr, dataset, keep_bias=True)[0][:, -len(LOOKS) :] for lr in RATES]
        for a in ACTIVATIONS
    ]
    score = [[searched(a, norm, dataset).score for norm in NORMS] for a in ACTIVATIONS]
    return OverSeeds(
        rates=np.array(RATES),
        seeds=np.array(SEEDS[dataset]),
        step=np.arange(0, STEPS + 1, EVERY),
        accuracy=np.array([[[c[0] for c in row] for row in arms] for arms in cells], np.float32),
        loss=np.array([[[c[1] for c in row] for row in arms] for arms in cells], np.float32),
        with_b=np.array(with_b, np.float32).mean(axis=-1),
        score=np.array(score, np.float32),
    )


def outcome(found: OverSeeds) -> dict[str, Any]:
    """By activation and placement: test accuracy over seeds, by rate and at the best one.

    And the mean accuracy on validation images by which that one is best.
    """
    table: dict[str, Any] = {}
    for a, activation in enumerate(ACTIVATIONS):
        for n, norm in enumerate(NORMS):
            final, best = found.final[a, n], found.at_best[a, n]
            table[f"{activation}.{norm}"] = {
                "mean": final.mean(axis=-1).tolist(),
                "sd": final.std(axis=-1, ddof=1).tolist(),
                "validated": found.score[a, n].mean(axis=-1).tolist(),
                "best_lr": float(found.rates[found.best[a, n]]),
                "at_best": {"mean": float(best.mean()), "sd": float(best.std(ddof=1))},
            }
        table[f"{activation}.after_with_b"] = {"mean": found.with_b[a].mean(axis=-1).tolist()}
    return table


EVIDENCE = Evidence(
    "placement",
    {
        one: {
            "config": config("relu", "before", dataset=one).to_dict(),
            "rates": list(RATES),
            "chosen_by": list(PICKERS),
        }
        for one in SEEDS
    },
    measure_all,
    read=read,
)
