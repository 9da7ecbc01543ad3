"""One test image, its companions in the batch, and what the network says of it with their help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.at_test_time.running import average
from experiments.trained import (
    Trained,
    accuracy,
    exact_statistics,
    trained,
    unbiased,
)

SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
PASSES = 10  # shuffles of the test set that a share or an accuracy is taken over
ORDERS = ("random", "same_class")
STREAMS = ("shuffled", "sorted", "dimmed")
DIM = 0.3  # what the pixels of the "dimmed" stream are multiplied by


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Of one image by statistics that no companion can change: logits (10,) and the digit."""

    running_logits: np.ndarray
    exact_logits: np.ndarray

    @property
    def running(self) -> int:
        return int(self.running_logits.argmax())

    @property
    def exact(self) -> int:
        return int(self.exact_logits.argmax())


def verdicts(image: int) -> Verdicts:
    """Test image `image` (from 0) by the running and by the exact training-set statistics."""
    net = trained()
    x = net.data.x_test[[image]]
    exact = net.by_exact_statistics(x)
    return Verdicts(net.network.predict(x)[0], exact[0])


@dataclass(frozen=True, eq=False)
class Meetings:
    """One image among D draws of companions, classified by the statistics of each batch."""

    companions: np.ndarray  # (D, m - 1) test images, from 0
    logits: np.ndarray  # (D, 10) of the image
    predicted: np.ndarray  # (D,) digits
    counts: np.ndarray  # (10,) how often each digit was said
    share_changed: float  # of draws that say another digit than the running statistics
    running: int  # what these say, whoever is in the batch
    exact: int  # and what those of the whole training set say
    digit: int  # what the image shows


def meet(image: int, m: int, seed: int, draws: int = 400, order: str = "random") -> Meetings:
    """Put test image `image` (from 0) into `draws` random batches of m.

    order "same_class" draws companions that show the same digit. Companions differ from each other
    while there are enough; there are 44 or more of each digit. KeyError for any other order.
    """
    net, fixed = trained(), verdicts(image)
    rng = np.random.default_rng((seed, image, m))
    others = _draw(_candidates(net, image, order), m - 1, draws, rng)
    rows = np.concatenate([np.full((draws, 1), image), others], axis=1)
    logits = in_company(net, net.data.x_test[rows])[:, 0]
    predicted = logits.argmax(axis=-1)
    return Meetings(
        companions=others,
        logits=logits,
        predicted=predicted,
        counts=np.bincount(predicted, minlength=10),
        share_changed=float((predicted != fixed.running).mean()),
        running=fixed.running,
        exact=fixed.exact,
        digit=int(net.data.y_test[image]),
    )


def in_company(net: Trained, x: np.ndarray) -> np.ndarray:
    """Logits (..., m, 10) of batches x (..., m, 64), each by its own statistics, as in training."""
    return net.model.forward(x, keep=False).logits


def _candidates(net: Trained, image: int, order: str) -> np.ndarray:
    y = net.data.y_test
    wanted = {"random": np.ones(len(y), bool), "same_class": y == y[image]}[order]
    return np.flatnonzero(wanted & (np.arange(len(y)) != image))


def _draw(rows: np.ndarray, k: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """(draws, k) of the rows, without repeating any before all have been drawn."""
    rounds = -(-k // len(rows))
    orders = [rng.random((draws, len(rows))).argsort(axis=1) for _ in range(rounds)]
    return rows[np.concatenate([np.empty((draws, 0), int), *orders], axis=1)[:, :k]]


# --- the whole test set, in batches ---


@dataclass(frozen=True, eq=False)
class BySize:
    """Test accuracy by the statistics of batches of k sizes, and by fixed ones."""

    sizes: np.ndarray  # (k,)
    accuracy: np.ndarray  # (k,) in shuffled batches, mean over PASSES shuffles
    sorted: np.ndarray  # (k,) in a stream sorted by class
    changed: np.ndarray  # (k,) share of images that are called different digits in different passes
    running: float
    exact: float


def by_batch_size(seed: int = 0, sizes: Sequence[int] = SIZES) -> BySize:
    """The trained network on the whole test set, once for each batch size."""
    net = trained()
    verdicts_by_size = [_passes(net, m, seed) for m in sizes]
    exact = net.by_exact_statistics(net.data.x_test)
    return BySize(
        sizes=np.array(sizes),
        accuracy=np.array([(said == net.data.y_test).mean() for said in verdicts_by_size]),
        sorted=np.array([sorted_stream(m, seed).accuracy for m in sizes]),
        changed=np.array([(said != said[0]).any(axis=0).mean() for said in verdicts_by_size]),
        running=float(accuracy(net.network.predict(net.data.x_test), net.data.y_test)),
        exact=float(accuracy(exact, net.data.y_test)),
    )


def changed_share(m: int, seed: int = 0) -> float:
    """The share of test images that are called different digits in PASSES shuffles."""
    said = _passes(trained(), m, seed)
    return float((said != said[0]).any(axis=0).mean())


@dataclass(frozen=True, eq=False)
class Stream:
    """The test images sorted by class, in batches of m: accuracy by each batch's own statistics."""

    accuracy: float
    shuffled: float  # of the same images in batches of m, shuffled
    running: float  # by running statistics, in whatever order


def sorted_stream(m: int, seed: int = 0) -> Stream:
    """A stream in which a batch holds one class, or two where one ends and the next begins."""
    net = trained()
    x, y = net.data.x_test, net.data.y_test
    orders = np.argsort(y, kind="stable"), np.random.default_rng((seed, m)).permutation(len(y))
    sorted_, shuffled = (float((_say(net, order, m) == y).mean()) for order in orders)
    return Stream(sorted_, shuffled, float(accuracy(net.network.predict(x), y)))


def _passes(net: Trained, m: int, seed: int) -> np.ndarray:
    """(PASSES, N) digits that the test images are called, in as many shuffles."""
    rng = np.random.default_rng((seed, m))
    orders = [rng.permutation(len(net.data.y_test)) for _ in range(PASSES)]
    return np.stack([_say(net, order, m) for order in orders])


def _say(net: Trained, order: np.ndarray, m: int) -> np.ndarray:
    """(N,) digits that the test images are called, in this order in batches of m.

    The last batch is filled up with images from before it.
    """
    whole = len(order) // m * m
    batches = order[:whole].reshape(-1, m)
    if whole < len(order):
        batches = np.concatenate([batches, order[None, -m:]])
    said = np.empty(len(order), int)
    said[batches] = in_company(net, net.data.x_test[batches]).argmax(axis=-1)
    return said


# --- train() and eval() ---


@dataclass(frozen=True, eq=False)
class Modes:
    """Test accuracy of one network in the right mode and in the wrong one, for k batch sizes.

    In train() mode a batch is classified by its own statistics, and moves the running ones.
    """

    sizes: np.ndarray  # (k,)
    eval: float  # whatever the batch size
    train: np.ndarray  # (k,) mean over PASSES shuffles
    streams: tuple[str, ...]
    after: np.ndarray  # (k, streams) in eval() mode again, after the stream in train() mode


def modes(sizes: Sequence[int] = (1, 64), seed: int = 0, rounds: int = 1) -> Modes:
    """The classic mistake. The streams are the test images, shuffled, sorted by class, or dimmed.

    `rounds`: how often a stream passes before `after` is measured, on the images as they are.

    A batch of one leaves the running variance alone: it has no unbiased variance.
    """
    net = trained()
    y = net.data.y_test
    after = [[_accuracy_after(net, stream, m, seed, rounds) for stream in STREAMS] for m in sizes]
    return Modes(
        sizes=np.array(sizes),
        eval=float(accuracy(net.network.predict(net.data.x_test), y)),
        train=np.array([(_passes(net, m, seed) == y).mean() for m in sizes]),
        streams=STREAMS,
        after=np.array(after),
    )


def answers(m: int) -> np.ndarray:
    """(N,) digits that the test images are called: in train() mode in batches of m, 0 in eval()."""
    net = trained()
    if m == 0:
        return net.network.predict(net.data.x_test).argmax(axis=-1)
    return _say(net, np.arange(len(net.data.y_test)), m)


def _accuracy_after(net: Trained, stream: str, m: int, seed: int, rounds: int) -> float:
    mean, var = running_after(stream, m, seed, rounds)
    logits = net.model.forward(net.data.x_test, (mean, var)).logits
    return float(accuracy(logits, net.data.y_test))


def running_after(
    stream: str, m: int, seed: int = 0, rounds: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """(L, n) running mean and variance after `rounds` passes over a stream in train() mode.

    An incomplete last batch is dropped. KeyError if there is no such stream.
    """
    net = trained()
    x, y, model = net.data.x_test, net.data.y_test, net.model
    shuffled = np.random.default_rng((seed, m)).permutation(len(y))
    order = {"shuffled": shuffled, "sorted": np.argsort(y, kind="stable"), "dimmed": shuffled}
    batches = order[stream][: len(y) // m * m].reshape(-1, m)
    light = np.float32(DIM if stream == "dimmed" else 1)
    mean, var = exact_statistics(model, x[batches] * light)
    running_mean, running_var = np.stack(model.running_mean), np.stack(model.running_var)

    def move(running: np.ndarray, batches: np.ndarray) -> np.ndarray:
        stream = np.tile(batches, (rounds, 1, 1))
        return average(stream[None], 1 - net.config.momentum, running[None])[0, -1]

    new_var = running_var if m == 1 else move(running_var, unbiased(var, m))
    return move(running_mean, mean), new_var
