"""What is measured, in NumPy: batch norm alone, and training steps of whole networks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from bncore import Network
from bncore.kernels import BatchNormKernel
from bncore.losses import one_hot
from bncore.optimizers import OPTIMIZERS


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


def batch_norm(m: int, n: int) -> Callable[[], np.ndarray]:
    """Forward and backward through the kernel."""
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(2, m, n)).astype(np.float32)
    kernel = BatchNormKernel(m, 1e-5, *np.ones((6, 1, n), np.float32))

    def forward_and_backward() -> np.ndarray:
        kernel.forward(x)
        return kernel.backward(dy)

    return forward_and_backward
