"""Where a run's records go while it trains: preallocated, copied raw, summarized when read."""

from __future__ import annotations

from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.model import locked
from bncore.network import Network


class Recorder:
    """Arrays by the names of `Trace`, first axis the recorded steps, then the runs of a stack."""

    def __init__(self, config: RunConfig, runs: tuple[int, ...]) -> None:
        self.runs = runs
        self.count = 0
        self.summarized = 0
        size = (len(config.record_steps), *runs)
        self.all = {name: np.empty((*size, *s), t) for name, (s, t) in _columns(config).items()}
        if config.norm == "none":
            self.all["gamma"][...] = 1
            self.all["beta"][...] = 0

    def keep_z(self, network: Network) -> None:
        """Begin a record with the pre-activations of the network's last forward pass."""
        network.copy_z(self.all["z"][self.count])

    def keep(
        self, step: int, network: Network, accuracy: np.ndarray, test_loss: np.ndarray
    ) -> None:
        """Complete the record begun by `keep_z`."""
        now = {name: array[self.count, ...] for name, array in self.all.items()}
        now["step"][...] = step
        now["accuracy"][...] = accuracy
        now["test_loss"][...] = test_loss
        for name in ("gamma", "beta", "running_mean", "running_var"):
            for layer, row in enumerate(getattr(network, name)):
                now[name][..., layer, :] = row[..., 0, :]
        for name, matrices in (("grad_norm", network.dW), ("w_norm", network.W)):
            for layer, W in enumerate(matrices):
                now[name][..., layer] = np.sqrt(np.square(W, dtype=np.float64).sum((-2, -1)))
        self.count += 1

    @property
    def accuracy(self) -> np.ndarray:
        """Of the last record, one number per run; NaN before the first."""
        if self.count == 0:
            return np.full(self.runs, np.nan)
        return self.all["accuracy"][self.count - 1, ...]

    def of_run(self, r: int) -> dict[str, np.ndarray]:
        """All records so far of one run, as read-only views, up to the first that overflowed."""
        self._summarize()
        run = (slice(self.count), r) if self.runs else slice(self.count)
        arrays = {name: locked(array[run]) for name, array in self.all.items()}
        kept = _finite_records(arrays)
        return {name: array[:kept] for name, array in arrays.items()}

    def first_overflow(self, r: int) -> int | None:
        """The step of the first record with anything not finite in it."""
        kept = len(self.of_run(r)["step"])
        return int(self.all["step"][kept].flat[0]) if kept < self.count else None

    def _summarize(self) -> None:
        """mean and var of the z recorded since the last call."""
        with np.errstate(all="ignore"):
            for t in range(self.summarized, self.count):
                z = self.all["z"][t].astype(np.float64)
                self.all["mean"][t] = z.mean(axis=-2)
                self.all["var"][t] = z.var(axis=-2)
        self.summarized = self.count


def _columns(config: RunConfig) -> dict[str, tuple[tuple[int, ...], Any]]:
    """Shape and dtype of each array for one record of one run."""
    L, K, width, dtype = config.depth, config.recorded_units, config.width, config.dtype
    statistics = width if config.norm != "none" else 0
    return {
        "step": ((), np.int64),
        "accuracy": ((), np.float64),
        "test_loss": ((), np.float64),
        "z": ((L, config.examples, K), dtype),
        "mean": ((L, K), np.float64),
        "var": ((L, K), np.float64),
        "gamma": ((L, width), dtype),
        "beta": ((L, width), dtype),
        "running_mean": ((L, statistics), dtype),
        "running_var": ((L, statistics), dtype),
        "grad_norm": ((L + 1,), np.float64),
        "w_norm": ((L + 1,), np.float64),
    }


def _finite_records(arrays: dict[str, np.ndarray]) -> int:
    """How many records stand before the first with anything NaN or infinite in it."""
    names = [n for n in arrays if n not in ("test_loss", "z")]  # mean and var speak for z
    bad = [~np.isfinite(arrays[n]).all(axis=tuple(range(1, arrays[n].ndim))) for n in names]
    broken = np.logical_or.reduce(bad)
    return int(broken.argmax()) if broken.any() else len(broken)
