"""Two networks that differ in batch norm alone, trained side by side.

The arms share data, initial W, the images recorded and the order of the batches; `bn` is the run
of a config, `plain` that of `config.twin()`.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from bncore.config import RunConfig
from bncore.data import DATASETS
from bncore.errors import InputError
from bncore.trace import PER_RECORD, PER_STEP, Trace
from bncore.training import Run

STRIDE = 4  # steps that one arm trains before it is the other's turn
MOST_RECORDS = 200


def recording(steps: int) -> int:
    """The `record_every` that gives 100 to 200 recorded steps; fewer only if there are fewer."""
    return -(-steps // (MOST_RECORDS - 1))


def seconds(config: RunConfig) -> float:
    """Roughly how long a pair trains alone on one slow core: calls, then multiplications."""
    shape = DATASETS[config.dataset].image_shape or (2,)
    sizes = [math.prod(shape), *[config.width] * config.depth]
    weights = sum(a * b for a, b in itertools.pairwise(sizes))
    step = 1e-4 * (config.depth + 1) + 1.1e-10 * config.batch_size * weights
    return 2 * config.steps * step


class Accuracies(NamedTuple):
    """Of the latest record of each arm, on the test set; None before there is one."""

    bn: float | None
    plain: float | None


@dataclass(frozen=True, eq=False)
class Pair:
    """The traces of both arms, as far as they were trained."""

    bn: Trace
    plain: Trace

    @property
    def config(self) -> RunConfig:
        """Of the arm with batch norm; the other's is its twin."""
        return self.bn.config

    @property
    def complete(self) -> bool:
        """Each arm did all its steps, or diverged."""
        return self.bn.complete and self.plain.complete

    @property
    def steps(self) -> int:
        """How many steps the arm that came further has done."""
        return max(len(self.bn.loss), len(self.plain.loss))

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        names = PER_RECORD + PER_STEP
        return sum(getattr(arm, name).nbytes for arm in (self.bn, self.plain) for name in names)

    def upto(self, step: int) -> Pair:
        """What was recorded up to `step`, as if both arms had been stopped there."""
        return Pair(self.bn.upto(step), self.plain.upto(step))

    def save(self, path: str | PathLike[str]) -> None:
        """Write both arms as one .npz without pickles.

        z is stored as its distance from the mean in standard deviations, in float16: half the
        size, an error of at most 1/2000 of that distance, and no overflow however large z has
        become. Everything else is stored as it is.
        """
        arrays: dict[str, Any] = {}
        for name, arm in (("bn", self.bn), ("plain", self.plain)):
            arrays |= {f"{name}.{key}": value for key, value in _pack(arm).items()}
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Pair:
        """A pair that `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return cls(_unpack(file, "bn"), _unpack(file, "plain"))


class PairRun:
    """A pair in training: `run.advance(n)`, then `run.pair()`.

    Raises InputError "config" if `config` has no batch norm: there would be nothing to compare.
    """

    def __init__(self, config: RunConfig) -> None:
        if config.norm == "none":
            fields = {"field": "norm", "expected": ("before", "after"), "got": "none"}
            raise InputError("config", fields)
        self.config = config
        self.bn, self.plain = Run(config), Run(config.twin())

    @property
    def step(self) -> int:
        """Steps done; an arm that diverged has done fewer."""
        return max(self.bn.step, self.plain.step)

    @property
    def done(self) -> bool:
        """Each arm has done all its steps, or diverged."""
        return self.bn.done and self.plain.done

    @property
    def accuracies(self) -> Accuracies:
        """The latest on the test set, as (bn, plain)."""
        return Accuracies(_known(self.bn.accuracy), _known(self.plain.accuracy))

    def advance(self, n: int) -> None:
        """Train n more steps, the arms in turn; one that diverged stops, the other goes on."""
        stop = min(self.step + n, self.config.steps)
        while not self.done and self.step < stop:
            target = min(self.step + STRIDE, stop)
            for arm in (self.bn, self.plain):
                arm.advance(target - arm.step)

    def pair(self) -> Pair:
        """What has been recorded so far."""
        return Pair(self.bn.trace(), self.plain.trace())

    def upto(self, step: int) -> Pair:
        """What had been recorded at an earlier step."""
        return self.pair().upto(step)


@dataclass(frozen=True, eq=False)
class Kept:
    """What a section keeps of a pair: of each arm, by norm."""

    config: RunConfig  # of the arm with batch norm
    arms: dict[str, Any]
    stopped: int | None  # the step at which it was stopped


def kept(keep: Callable[[Trace], Any], pair: Pair) -> Kept:
    """Reduce both arms alike."""
    arms = {"none": keep(pair.plain), pair.config.norm: keep(pair.bn)}
    return Kept(pair.config, arms, None if pair.complete else pair.steps)


def train_pair(config: RunConfig) -> Pair:
    """Train both arms from beginning to end."""
    run = PairRun(config)
    run.advance(config.steps)
    return run.pair()


def _known(accuracy: float) -> float | None:
    return float(accuracy) if np.isfinite(accuracy) else None


def _pack(trace: Trace) -> dict[str, Any]:
    """One arm's arrays; what is not an array stands in `about` as JSON."""
    about = {
        "config": trace.config.to_dict(),
        "w0_digest": trace.w0_digest,
        "diverged_at": trace.diverged_at,
        "complete": trace.complete,
    }
    arrays = {name: getattr(trace, name) for name in PER_RECORD + PER_STEP if name != "z"}
    mean, sd = _mean_and_sd(trace.mean, trace.var)
    z_norm = ((trace.z - mean) / sd).astype(np.float16)
    return {"about": np.array(json.dumps(about)), "z_norm": z_norm, **arrays}


def _unpack(file: Mapping[str, np.ndarray], arm: str) -> Trace:
    about = json.loads(str(file[f"{arm}.about"]))
    config = RunConfig(**about.pop("config"))
    arrays: dict[str, Any] = {
        name: file[f"{arm}.{name}"] for name in PER_RECORD + PER_STEP if name != "z"
    }
    mean, sd = _mean_and_sd(arrays["mean"], arrays["var"])
    dtype = np.dtype(config.dtype).type
    z = file[f"{arm}.z_norm"].astype(dtype)
    z *= sd.astype(dtype)
    z += mean.astype(dtype)
    return Trace(config=config, z=z, **arrays, **about)


def _mean_and_sd(mean: np.ndarray, var: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ready to be used on z (T, L, P, K); a constant unit gets 1 for its standard deviation."""
    sd = np.sqrt(var)
    return mean[:, :, None], np.where(sd > 0, sd, 1)[:, :, None]
