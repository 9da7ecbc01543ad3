"""What is measured, in NumPy: batch norm alone, and training steps of whole networks."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import time
import zlib
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from bncore import BatchNorm, Network, RunConfig, train
from bncore.kernels import kernel_for
from bncore.losses import one_hot
from bncore.optimizers import OPTIMIZERS
from experiments.job import train_pair
from experiments.pair import recording
from experiments.presets import FIGURE_1 as PAIR
from experiments.training.live import Watch


class Net(NamedTuple):
    """A network and the batch it trains on."""

    sizes: tuple[int, ...]
    activation: str
    m: int
    norm: str = "before"


FIGURE_1 = Net((784, 100, 100, 100, 10), "sigmoid", 60)  # the paper's first experiment
SMALL = Net((64, 32, 32, 32, 10), "relu", 32)
LR = 1e-3


def batch(net: Net, runs: tuple[int, ...] = ()) -> tuple[np.ndarray, np.ndarray]:
    """Random images and labels."""
    rng = np.random.default_rng(0)
    x = rng.random((*runs, net.m, net.sizes[0])).astype(np.float32)
    return x, rng.integers(0, net.sizes[-1], (*runs, net.m))


def step(net: Net, optimizer: str = "sgd", runs: tuple[int, ...] = ()) -> Callable[[], float]:
    """One training step, running statistics included; returns the loss."""
    network = started(net, runs)
    update = OPTIMIZERS[optimizer](network.params, rate(runs)).update
    x, labels = batch(net, runs)
    targets = one_hot(labels, net.sizes[-1])

    def one_step() -> Any:
        loss = network.gradient(x, targets)
        network.track()
        update(network.params, network.grads)
        return loss if runs else float(loss)

    return one_step


@cache
def steps_on_one_network(net: Net) -> tuple[Callable[[], None], Callable[[], None]]:
    """A step that keeps a raw copy of every layer's pre-activations, and one that does not.

    On the same buffers, since where they lie in memory alone can make some percent.
    """
    network = started(net)
    update = OPTIMIZERS["sgd"](network.params, LR).update
    x, labels = batch(net)
    targets = one_hot(labels, net.sizes[-1])
    network.forward(x)
    ring = np.zeros((200, len(network.z), *network.z[0].shape), np.float32)
    at = itertools.cycle(range(len(ring)))

    def plain() -> None:
        float(network.gradient(x, targets))
        network.track()
        update(network.params, network.grads)

    def recording() -> None:
        plain()
        network.copy_z(ring[next(at)])

    return recording, plain


def started(net: Net, runs: tuple[int, ...] = ()) -> Network:
    """The network with its initial weights."""
    network = Network(net.sizes, net.activation, net.norm, runs=runs)
    rngs = [np.random.default_rng(seed) for seed in range(int(np.prod(runs)))]
    network.initialize("he", 1.0, rngs)
    return network


def rate(runs: tuple[int, ...]) -> float | np.ndarray:
    """One learning rate, or one per run."""
    return np.full((*runs, 1), LR, np.float32) if runs else LR


def normal(m: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """A batch and a gradient."""
    x, dy = np.random.default_rng(0).standard_normal((2, m, n), np.float32)
    return x, dy


def batch_norm(m: int, n: int, passes: str = "both") -> Callable[[], np.ndarray]:
    """Forward and backward through the kernel, "both" or one of them."""
    x, dy = normal(m, n)
    kernel = kernel_for(m, 1e-5, *np.ones((6, 1, n), np.float32))
    return _passes(lambda: kernel.forward(x), lambda: kernel.backward(dy), passes)


def layer(m: int, n: int, passes: str = "both") -> Callable[[], object]:
    """The same through the checked layer, which moves its running statistics too."""
    x, dy = normal(m, n)
    bn = BatchNorm(n, dtype=np.float32)
    return _passes(lambda: bn(x), lambda: bn.backward(dy), passes)


def textbook(m: int, n: int, passes: str = "both") -> Callable[[], object]:
    """The same as a textbook writes it; see `Textbook`."""
    x, dy = normal(m, n)
    bn = Textbook(n)
    return _passes(lambda: bn.forward(x), lambda: bn.backward(dy), passes)


def _passes(
    forward: Callable[[], Any], backward: Callable[[], Any], passes: str
) -> Callable[[], Any]:
    """`passes` of them; a backward alone goes back through one forward pass again and again."""
    if passes == "forward":
        return forward
    if passes == "backward":
        forward()
        return backward

    def both() -> Any:
        forward()
        return backward()

    return both


class Textbook:
    """Batch norm as a plain NumPy exercise has it, stage by stage, without any check: a baseline.

    float32 throughout, running statistics as PyTorch keeps them.
    """

    def __init__(self, n: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.eps, self.momentum = eps, momentum
        self.gamma, self.running_var = np.ones((2, n), np.float32)
        self.beta, self.running_mean = np.zeros((2, n), np.float32)

    def forward(self, x: np.ndarray) -> np.ndarray:
        m = len(x)
        mean = x.mean(axis=0)
        self.centered = x - mean
        var = (self.centered**2).mean(axis=0)
        self.inv_std = 1 / np.sqrt(var + self.eps)
        self.normalized = self.centered * self.inv_std
        new, old = self.momentum, 1 - self.momentum
        self.running_mean = old * self.running_mean + new * mean
        self.running_var = old * self.running_var + new * var * (m / (m - 1))
        return self.gamma * self.normalized + self.beta

    def backward(self, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        m = len(dy)
        dgamma, dbeta = (dy * self.normalized).sum(axis=0), dy.sum(axis=0)
        dnormalized = dy * self.gamma
        dvar = (dnormalized * self.centered).sum(axis=0) * -0.5 * self.inv_std**3
        dmean = -(dnormalized * self.inv_std).sum(axis=0)
        dx = dnormalized * self.inv_std + dvar * 2 * self.centered / m + dmean / m
        return dx, dgamma, dbeta


def memcpy(m: int, n: int) -> Callable[[], None]:
    """A copy of a batch: what moving it costs."""
    x, _ = normal(m, n)
    out = np.empty_like(x)
    return lambda: np.copyto(out, x)


RUN = RunConfig(width=32, steps=400, batch_size=32, record_every=400, probe=1, units=1)
RUNS_OF_A_SWEEP = 8


_pools: dict[int, Executor] = {}


def sweep(processes: int) -> Callable[[], list[float]]:
    """The same run under several seeds, shared out to so many processes; returns accuracies.

    The processes stay for the next sweep, until `stop_workers`.
    """
    if processes not in _pools:
        context = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
        _pools[processes] = ProcessPoolExecutor(processes, mp_context=context)
    runs = [replace(RUN, seed=seed) for seed in range(RUNS_OF_A_SWEEP)]
    return lambda: list(_pools[processes].map(accuracy, runs))


LIVE = replace(PAIR, steps=240, record_every=recording(1500))  # the beginning of an own run


def shown_live(*, watched: bool) -> Callable[[], list[bytes]]:
    """A pair that trains, with its frames for the browser on the way, or without."""
    watch = Watch if watched else None

    def train() -> list[bytes]:
        parts: list[bytes] = []

        def report(*_: object, piece: Any = None, **__: object) -> None:
            parts.extend([] if piece is None else [piece.packed])

        train_pair(LIVE, report, lambda: False, watch)
        return parts

    return train


def live_rate() -> tuple[float, float]:
    """New frames, and kB, for each second of processor time that such a run takes."""
    train = shown_live(watched=True)
    train()
    began = time.process_time()
    parts = train()
    seconds = time.process_time() - began
    heads = [json.loads(zlib.decompress(part).split(b"\n", 1)[0]) for part in parts]
    frames = heads[-1]["since"] + heads[-1]["arrays"][0]["shape"][0]
    return frames / seconds, sum(map(len, parts)) / 1024 / seconds


def stop_workers() -> None:
    """End the processes of all sweeps."""
    while _pools:
        _pools.popitem()[1].shutdown()


def accuracy(config: RunConfig) -> float:
    """What one run of a sweep comes to."""
    return float(train(config).accuracy[-1])
