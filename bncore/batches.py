"""What a run is fed: its split, its mini-batches in a seeded order, its probe.

Each purpose draws from a random stream of its own, so that none shifts another: whatever the
network, runs with one seed get the same batches.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from bncore import data
from bncore.config import RunConfig
from bncore.losses import one_hot

WEIGHTS, ORDER, PROBE, DROPOUT = 1, 2, 3, 4


def stream(config: RunConfig, purpose: int) -> np.random.Generator:
    """The random numbers of a run for one of the purposes above."""
    return np.random.default_rng((config.seed, purpose))


class BatchOrder:
    """Mini-batches by index: a fresh shuffle each epoch, whose incomplete last batch is dropped."""

    def __init__(self, n_train: int, m: int, rng: np.random.Generator) -> None:
        self.n_train, self.m, self.rng = n_train, m, rng
        self.at = n_train
        self.digest = 0  # of all batches so far, to tell one order from another

    def next(self) -> np.ndarray:
        """The indices of the next mini-batch, (m,)."""
        batch = self._draw()
        self.digest = zlib.crc32(batch.tobytes(), self.digest)
        return batch

    def _draw(self) -> np.ndarray:
        if self.at + self.m > self.n_train:
            self.shuffled = self.rng.permutation(self.n_train)
            self.at = 0
        batch = self.shuffled[self.at : self.at + self.m]
        self.at += self.m
        return batch


class ClassOrder(BatchOrder):
    """Mini-batches of k classes, drawn anew for each, with equal parts (to one example) of m.

    Each class deals out its examples in a fresh shuffle, over and over: where one begins, a batch
    may hold an example twice.
    """

    def __init__(self, y: np.ndarray, m: int, k: int, rng: np.random.Generator) -> None:
        super().__init__(len(y), m, rng)
        self.parts = [len(part) for part in np.array_split(np.arange(m), k)]
        self.dealt = [self._deal(np.flatnonzero(y == c)) for c in np.unique(y)]

    def _deal(self, rows: np.ndarray) -> Iterator[int]:
        while True:
            yield from self.rng.permutation(rows)

    def _draw(self) -> np.ndarray:
        chosen = self.rng.choice(len(self.dealt), len(self.parts), replace=False)
        parts = zip(chosen, self.parts, strict=True)
        batch = [itertools.islice(self.dealt[c], count) for c, count in parts]
        return np.fromiter(itertools.chain.from_iterable(batch), np.int64, self.m)


class Examples:
    """One run's data: training images with one-hot targets, test set, probe, batch order."""

    def __init__(self, config: RunConfig) -> None:
        dtype = np.dtype(config.dtype)
        split = data.load(config.dataset, config.seed, dtype)
        self.x, y = split.x_train, split.y_train
        if config.n_train:
            rows = data.shares(y, config.n_train)
            self.x, y = self.x[rows], y[rows]
        self.x_test, self.y_test = split.x_test, split.y_test
        self.classes = split.n_classes
        self.targets = one_hot(y, self.classes, dtype)
        size = min(config.probe, len(self.x))
        self.probe = self.x[stream(config, PROBE).choice(len(self.x), size, replace=False)]
        m, k, rng = config.batch_size, config.classes_per_batch, stream(config, ORDER)
        self.order = ClassOrder(y, m, k, rng) if k else BatchOrder(len(y), m, rng)


class Feed:
    """The same for the runs of a stack, on a leading axis (none for a single run).

    `next` puts a mini-batch of each run into `x` (*runs, m, inputs) and `targets`.
    """

    def __init__(self, configs: Sequence[RunConfig], runs: tuple[int, ...]) -> None:
        self.examples = [Examples(config) for config in configs]
        first, m = self.examples[0], configs[0].batch_size
        self.inputs, self.classes = first.x.shape[1], first.classes
        self.x = np.empty((*runs, m, self.inputs), first.x.dtype)
        self.targets = np.empty((*runs, m, self.classes), first.x.dtype)
        by_run = (len(configs), m, -1)
        self._slots = list(
            zip(self.examples, self.x.reshape(by_run), self.targets.reshape(by_run), strict=True)
        )
        self.probe = _stack([e.probe for e in self.examples], runs)
        self.x_test = _stack([e.x_test for e in self.examples], runs)
        self.y_test = _stack([e.y_test for e in self.examples], runs)

    def next(self) -> None:
        """Draw the next mini-batch of each run."""
        for examples, x, targets in self._slots:
            index = examples.order.next()
            np.take(examples.x, index, axis=0, out=x, mode="clip")  # "raise" would copy
            np.take(examples.targets, index, axis=0, out=targets, mode="clip")

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Mini-batches without end, (x, targets): buffers, filled anew by the next."""
        while True:
            self.next()
            yield self.x, self.targets

    @property
    def digests(self) -> list[int]:
        """Of the batches drawn so far, per run."""
        return [examples.order.digest for examples in self.examples]


def _stack(arrays: list[np.ndarray], runs: tuple[int, ...]) -> np.ndarray:
    return np.stack(arrays) if runs else arrays[0]
