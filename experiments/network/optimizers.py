"""SGD, momentum, RMSprop and Adam on W, γ and β, from the same start, with batch norm and without.

Batch norm works with all of them, and what it gives all of them is tolerance: a several times
larger learning rate still trains. With each arm at its own best rate the difference is smaller, and
a step with batch norm takes longer (`step_cost`).
The best rate is picked on some seeds and judged on others, so that neither arm profits from luck.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from time import perf_counter
from typing import Any

import numpy as np

from bncore import optimizers
from bncore.config import RunConfig
from bncore.trace import Trace
from bncore.training import Run, train_together
from experiments import evidence
from experiments.evidence import Arrays, Evidence, under

NORMS = ("none", "before")
DECADE = (3.2, 5.6, 10, 18)
# Of the ladder of learning rates of each optimizer that has one; they are compared.
LOWEST = {
    name: method.lowest
    for name, method in optimizers.OPTIMIZERS.items()
    if method.lowest is not None
}
OPTIMIZERS = tuple(LOWEST)
STEPS, EVERY = 600, 20
WINDOW = 20  # mini-batches that the training loss is averaged over
TARGET = 0.1  # what the averaged loss must fall below
LOSS_LIMIT = 10.0  # a larger loss counts as this
CURVE_EVERY = 10
GOOD = 0.9  # test accuracy of a usable learning rate

# Per data set: every which learning rate, the seeds that pick the best, those that judge it.
GRIDS: dict[str, tuple[int, range, range]] = {
    "digits": (1, range(5), range(5, 10)),
    "mnist": (2, range(3), range(3, 6)),
}
WIDTHS = {"digits": 50, "mnist": 100}


def rates(optimizer: str, dataset: str = "digits") -> tuple[float, ...]:
    """The learning rates of the sweep, over three decades. KeyError for another optimizer."""
    decades = [LOWEST[optimizer] / DECADE[0] * d * 10**k for k in range(4) for d in DECADE]
    return tuple(float(f"{lr:.2g}") for lr in decades[:13])[:: GRIDS[dataset][0]]


def config(
    optimizer: str, lr: float, norm: str = "before", seed: int = 0, dataset: str = "digits"
) -> RunConfig:
    """One run of the sweep; the same seed gives every optimizer and both arms the same start."""
    return RunConfig(
        dataset=dataset,
        depth=3,
        width=WIDTHS[dataset],
        norm=norm,
        optimizer=optimizer,
        lr=lr,
        seed=seed,
        steps=STEPS,
        record_every=EVERY,
        probe=1,
        units=1,
    )


# --- one run ---


@dataclass(frozen=True, eq=False)
class Paths:
    """γ and β of L layers on their way, over the units of a layer: mean, least, largest."""

    step: np.ndarray  # (T,)
    gamma: np.ndarray  # (3, T, L); it starts at 1
    beta: np.ndarray  # (3, T, L); it starts at 0


def paths(trace: Trace) -> Paths:
    """Of any run with batch norm."""
    return Paths(trace.step, _spread(trace.gamma), _spread(trace.beta))


def _spread(rows: np.ndarray) -> np.ndarray:
    return np.stack([rows.mean(axis=-1), rows.min(axis=-1), rows.max(axis=-1)])


def smoothed(loss: np.ndarray) -> np.ndarray:
    """Mean of the last WINDOW mini-batches up to each step; of fewer at the beginning.

    A loss above LOSS_LIMIT counts as that: beside a huge one, the others would be lost in the sum.
    """
    sums = np.concatenate([[0.0], np.cumsum(np.minimum(loss, LOSS_LIMIT), dtype=np.float64)])
    end = np.arange(1, len(loss) + 1)
    start = np.maximum(end - WINDOW, 0)
    return (sums[end] - sums[start]) / (end - start)


def steps_to_target(loss: np.ndarray) -> float:
    """Steps until the smoothed training loss is below TARGET; NaN if that does not happen."""
    below = np.flatnonzero(smoothed(loss)[WINDOW - 1 :] < TARGET)
    return float(below[0] + WINDOW) if len(below) else float("nan")


@dataclass(frozen=True, eq=False)
class Course:
    """One run of `config`, with batch norm or without, as far as it was trained. See Sweep."""

    step: np.ndarray  # (T,) each CURVE_EVERY-th
    curve: np.ndarray  # (T,) smoothed training loss; LOSS_LIMIT after training had broken off
    steps_to: float  # to the target; NaN if it is not reached
    accuracy: float  # at the end, on the test set
    paths: Paths | None  # None without batch norm
    diverged_at: int | None


def course(trace: Trace) -> Course:
    """Reduce a run to what is shown of it, beside the shipped ones."""
    done = STEPS if trace.diverged_at is not None else len(trace.loss)
    step = np.arange(CURVE_EVERY, STEPS + 1, CURVE_EVERY)
    reached = step <= done
    return Course(
        step=step[reached],
        curve=_padded(smoothed(trace.loss))[reached],
        steps_to=steps_to_target(trace.loss),
        accuracy=float(trace.accuracy[-1]),
        paths=None if trace.config.norm == "none" else paths(trace),
        diverged_at=trace.diverged_at,
    )


# --- the sweep ---


@dataclass(frozen=True, eq=False)
class Sweep:
    """O optimizers × N of NORMS (without, with) × R learning rates × S seeds on one data set.

    A run that diverged has not reached the target, and its loss counts as LOSS_LIMIT.
    """

    rates: np.ndarray  # (O, R)
    seeds: np.ndarray  # (S,)
    steps_to: np.ndarray  # (O, N, R, S) steps to the target; NaN if it is not reached
    accuracy: np.ndarray  # (O, N, R, S) on the test set, at the end
    curve_step: np.ndarray  # (T,) of the curves below
    curve: np.ndarray  # (O, N, R, 3, T) smoothed training loss: mean, least, largest of the seeds
    path_step: np.ndarray  # (P,) of the paths below
    gamma: np.ndarray  # (O, R, 3, P, L) `paths` of the first seed, with batch norm
    beta: np.ndarray  # (O, R, 3, P, L)
    judges: np.ndarray  # (J,) seeds that had no say in which rate is best
    judged: np.ndarray  # (O, N, J) their steps to the target at the best rate; NaN if not reached

    @property
    def best(self) -> np.ndarray:
        """(O, N) index of the rate that takes the fewest steps, in the mean over the seeds.

        Rates at which a seed misses the target are out.
        """
        mean = self.steps_to.mean(axis=-1)
        return np.where(np.isnan(mean), np.inf, mean).argmin(axis=-1)

    @property
    def gain(self) -> np.ndarray:
        """(O,) steps without batch norm over steps with it, best against best, by the judges."""
        plain, bn = self.judged.mean(axis=-1).T
        return plain / bn

    @property
    def largest(self) -> np.ndarray:
        """(O, N) the largest rate that is usable, 0 if none is.

        Usable: every seed reaches the target, and ends with GOOD test accuracy. The smallest rates
        are not, since they take longer than STEPS.
        """
        usable = (~np.isnan(self.steps_to) & (self.accuracy >= GOOD)).all(axis=-1)
        return np.where(usable, self.rates[:, None], 0).max(axis=-1)


def sweep(dataset: str = "digits") -> Sweep:
    """The shipped one; trains nothing. KeyError for a data set that is not in GRIDS."""
    return EVIDENCE.shipped[dataset]


@cache
def shipped() -> tuple[str, ...]:
    """The optimizers of the shipped sweep, in its order: those that were compared by then."""
    return tuple(evidence.about(EVIDENCE.name)[next(iter(GRIDS))]["step_cost"])


@dataclass(frozen=True, eq=False)
class Cell:
    """What one learning rate did: S seeds of one optimizer in one arm. See Sweep."""

    steps_to: np.ndarray  # (S,)
    accuracy: np.ndarray  # (S,)
    curve: np.ndarray  # (3, T)
    paths: Paths | None  # of the first seed; None without batch norm


def train_cell(
    optimizer: str, lr: float, norm: str, dataset: str = "digits", seeds: range | None = None
) -> Cell:
    """Train it; digits take about half a second."""
    chosen = GRIDS[dataset][1] if seeds is None else seeds
    traces = train_together([config(optimizer, lr, norm, seed, dataset) for seed in chosen])
    curves = np.array([_padded(smoothed(t.loss)) for t in traces])
    return Cell(
        steps_to=np.array([steps_to_target(t.loss) for t in traces]),
        accuracy=np.array([t.accuracy[-1] for t in traces]),
        curve=np.stack([curves.mean(axis=0), curves.min(axis=0), curves.max(axis=0)]),
        paths=None if norm == "none" else paths(traces[0]),
    )


def _padded(curve: np.ndarray) -> np.ndarray:
    """Each CURVE_EVERY-th number, and LOSS_LIMIT where training had broken off."""
    whole = np.full(STEPS, LOSS_LIMIT)
    whole[: len(curve)] = curve
    return whole[CURVE_EVERY - 1 :: CURVE_EVERY]


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    arrays: dict[str, np.ndarray] = {}
    about: dict[str, Any] = {}
    for dataset in GRIDS:
        found = train_sweep(dataset)
        arrays |= {f"{dataset}.{name}": array for name, array in vars(found).items()}
        about[dataset] = {
            "outcome": outcome(found),
            "step_cost": {o: step_cost(o, dataset) for o in OPTIMIZERS},
        }
    return arrays, about


def read(arrays: Arrays) -> dict[str, Sweep]:
    """By data set."""
    return {one: Sweep(**under(arrays, one)) for one in GRIDS}


def step_cost(optimizer: str, dataset: str, rounds: int = 15, steps: int = 20) -> float:
    """Seconds of a step with batch norm over seconds without, on the machine where this runs.

    The arms take turns, and of each the quickest turn counts: other work only ever slows down.
    """
    lr = LOWEST[optimizer]
    runs = [
        Run(replace(config(optimizer, lr, norm, dataset=dataset), steps=10**5, record_every=10**5))
        for norm in NORMS
    ]
    turns = np.array([[_seconds(run, steps) for run in runs] for _ in range(rounds)])
    plain, bn = turns.min(axis=0)
    return float(bn / plain)


def _seconds(run: Run, steps: int) -> float:
    began = perf_counter()
    run.advance(steps)
    return perf_counter() - began


def train_sweep(dataset: str) -> Sweep:
    """All cells of a data set; the digits take a minute on one core."""
    _, seeds, judges = GRIDS[dataset]
    lrs = [rates(optimizer, dataset) for optimizer in OPTIMIZERS]
    cells = [
        [[train_cell(o, lr, norm, dataset) for lr in of_o] for norm in NORMS]
        for o, of_o in zip(OPTIMIZERS, lrs, strict=True)
    ]
    found = Sweep(
        rates=np.array(lrs),
        seeds=np.array(seeds),
        steps_to=_gather(cells, "steps_to"),
        accuracy=_gather(cells, "accuracy"),
        curve_step=np.arange(CURVE_EVERY, STEPS + 1, CURVE_EVERY),
        curve=_gather(cells, "curve"),
        judges=np.array(judges),
        judged=np.empty(0),
        **_paths_of([with_bn for _, with_bn in cells]),
    )
    return replace(found, judged=_judge(found, dataset))


def _gather(cells: list[list[list[Cell]]], name: str) -> np.ndarray:
    gathered = [[[getattr(cell, name) for cell in row] for row in arms] for arms in cells]
    return np.array(gathered, np.float32)


def _paths_of(cells: list[list[Cell]]) -> dict[str, np.ndarray]:
    every = [[cell.paths for cell in row] for row in cells]
    gamma = [[p.gamma for p in row if p is not None] for row in every]
    beta = [[p.beta for p in row if p is not None] for row in every]
    step = np.arange(0, STEPS + 1, EVERY)
    return {
        "path_step": step,
        "gamma": np.array(gamma, np.float32),
        "beta": np.array(beta, np.float32),
    }


def _judge(found: Sweep, dataset: str) -> np.ndarray:
    judged = [
        [
            train_cell(o, float(found.rates[i, found.best[i, n]]), norm, dataset, GRIDS[dataset][2])
            for n, norm in enumerate(NORMS)
        ]
        for i, o in enumerate(OPTIMIZERS)
    ]
    return np.array([[cell.steps_to for cell in arms] for arms in judged])


def outcome(found: Sweep) -> dict[str, Any]:
    """By optimizer, the arms in the order of NORMS."""
    table = {}
    for i, optimizer in enumerate(OPTIMIZERS):
        best = found.best[i]
        table[optimizer] = {
            "best_lr": found.rates[i][best].tolist(),
            "steps_to_target": found.judged[i].mean(axis=-1).tolist(),
            "steps_to_target_sd": found.judged[i].std(axis=-1, ddof=1).tolist(),
            "gain_at_best": float(found.gain[i]),
            "accuracy_at_best": [float(found.accuracy[i, n, best[n]].mean()) for n in range(2)],
            "largest_lr": found.largest[i].tolist(),
            "largest_lr_ratio": float(found.largest[i, 1] / found.largest[i, 0]),
        }
    return table


EVIDENCE = Evidence(
    "optimizers",
    {one: {"config": config("sgd", 0.1, dataset=one).to_dict()} for one in GRIDS},
    measure_all,
    read=read,
)
