"""The trained network that the lesson on train and test asks its questions of.

The 8×8 digits, 64-50-50-50-10, ReLU, in two regimes: "slow" weights (SGD, lr .1) and "fast" ones
(Adam, lr .03). `trained` reads what ships in assets/evidence/test_time.npz and trains nothing.

Many people use one process at once, and `Network.forward` works in buffers of the network. So the
functions here compute the same in arrays of their own; only `Network.predict` may be shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.data import Dataset, load
from bncore.network import Network
from bncore.training import Run, train
from experiments import evidence

EVIDENCE = "test_time"
SEEDS = range(5)

REGIMES: dict[str, RunConfig] = {
    "slow": RunConfig(depth=3, width=50, lr=0.1, batch_size=32, steps=600, seed=0),
    "fast": RunConfig(
        depth=3, width=50, optimizer="adam", lr=0.03, batch_size=32, steps=300, seed=0
    ),
}
# When weights are kept, counted in updates done: close together where they move fast.
SNAPSHOTS: dict[str, tuple[int, ...]] = {
    "slow": (0, 5, 10, 20, 30, 50, 75, 100, 150, 200, 250, 300, 400, 500, 600),
    "fast": (0, 5, 10, 20, 30, 50, 75, 100, 125, 150, 200, 250, 300),
}


@dataclass(frozen=True, eq=False)
class Trained:
    """A run of S mini-batches with L batch-norm layers of n units, weights kept T times.

    "True" or "exact" statistics are those of the whole training set, all of it taken as one batch.
    Variances are biased. `network` and `plain` are shared: copy before changing.
    """

    config: RunConfig
    network: Network  # after the last step; its running statistics as the config keeps them
    plain: Network | None  # the twin without batch norm
    data: Dataset
    exact_mean: np.ndarray  # (L, n) of `network`
    exact_var: np.ndarray  # (L, n)
    batch_mean: np.ndarray  # (S, L, n) of each mini-batch, under the weights it met
    batch_var: np.ndarray  # (S, L, n)
    path_mean: np.ndarray  # (S + 1, L, n) true mean after each step
    snapshots: np.ndarray  # (T,) steps
    params: np.ndarray  # (T, P) of the network at these steps
    true_mean: np.ndarray  # (T, L, n) at these steps
    true_var: np.ndarray  # (T, L, n)
    exact_accuracy: np.ndarray  # (T,) on the test set by the true statistics of the step

    def at(self, index: int) -> Network:
        """The network at `snapshots[index]`, a copy; its running statistics say nothing."""
        network = self.network.copy()
        network.params[...] = self.params[index]
        return network


@cache
def trained(regime: str = "slow") -> Trained:
    """The shipped run. KeyError if there is no such regime."""
    config = REGIMES[regime]
    arrays = {
        key.removeprefix(f"{regime}."): array
        for key, array in _shipped().items()
        if key.startswith(f"{regime}.")
    }
    plain = arrays.pop("plain", None)
    return Trained(
        config=config,
        network=_network(config, arrays["params"][-1], arrays.pop("running")),
        plain=None if plain is None else _network(config.twin(), plain),
        data=load(config.dataset, config.seed, config.dtype),
        exact_mean=arrays["true_mean"][-1],
        exact_var=arrays["true_var"][-1],
        **arrays,
    )


@cache
def _shipped() -> dict[str, np.ndarray]:
    return evidence.arrays(EVIDENCE)


def _network(config: RunConfig, params: np.ndarray, running: np.ndarray | float = 0.0) -> Network:
    network = Network(
        (64, *[config.width] * config.depth, 10),
        config.activation,
        config.norm,
        config.eps,
        config.momentum,
    )
    network.params[...], network.running[...] = params, running
    return network


# --- the network by statistics of any kind ---


def classify(
    network: Network, x: np.ndarray, mean: Sequence[np.ndarray], var: Sequence[np.ndarray]
) -> np.ndarray:
    """Logits (..., 10) of x (..., 64) by given statistics (L, n), e.g. the running ones.

    The network has batch norm before each activation. Where statistics have further axes in front
    of n, (L, ..., n), they meet those of x.
    """
    a = x
    for layer in range(network.depth):
        z = _flat_product(a, network.W[layer])
        z -= mean[layer]
        a = _rescale(network, layer, z, var[layer])
    return _output(network, a)


def with_own_batch(network: Network, x: np.ndarray) -> np.ndarray:
    """Logits (..., m, 10) of batches x (..., m, 64), each by its own statistics, as in training."""
    return walk(network, x)[0]


def walk(network: Network, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Batches x (..., m, 64) through the network as in training, but without touching it.

    Returns logits (..., m, 10), and mean and biased variance (..., L, n) of each batch.
    """
    a, means, vars_ = x, [], []
    for layer in range(network.depth):
        z = _flat_product(a, network.W[layer])
        mean, var = moments(z, out=z)
        means.append(mean)
        vars_.append(var)
        a = _rescale(network, layer, z, var[..., None, :])
    return _output(network, a), np.stack(means, axis=-2), np.stack(vars_, axis=-2)


def moments(z: np.ndarray, out: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance (..., n) of z (..., m, n) over its examples; z − mean into `out`."""
    mean = z.mean(axis=-2, keepdims=True)
    centered = np.subtract(z, mean, out=out)
    return mean[..., 0, :], np.einsum("...mn,...mn->...n", centered, centered) / z.shape[-2]


def exact_statistics(network: Network, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(L, n) mean and variance of the examples x (N, 64), all of them taken as one batch."""
    return walk(network, x)[1:]


def unbiased(var: np.ndarray, m: int) -> np.ndarray:
    """m/(m-1) times a biased variance, which is what PyTorch's running variance gathers."""
    return var * (m / (m - 1))


def accuracy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Share of right answers over the last axis of labels; logits (..., m, 10)."""
    return (logits.argmax(axis=-1) == labels).mean(axis=-1)


def _flat_product(x: np.ndarray, W: np.ndarray) -> np.ndarray:
    """x @ W as one matrix product, whatever axes x has in front."""
    return (x.reshape(-1, x.shape[-1]) @ W).reshape(*x.shape[:-1], W.shape[-1])


def _rescale(network: Network, layer: int, centered: np.ndarray, var: np.ndarray) -> np.ndarray:
    """What batch norm and the activation make of z − mean, in place."""
    centered *= network.gamma[layer] / np.sqrt(var + network.eps)
    centered += network.beta[layer]
    return network.activation.forward(centered, out=centered)


def _output(network: Network, a: np.ndarray) -> np.ndarray:
    return _flat_product(a, network.W[-1]) + network.b[-1]


# --- how it was made ---


def build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Train both regimes: arrays for assets/evidence/test_time.npz, and what came out."""
    arrays, about = {}, {}
    for regime, config in REGIMES.items():
        arrays |= {f"{regime}.{name}": array for name, array in record(config, SNAPSHOTS[regime])}
        about[regime] = {
            "config": config.to_dict(),
            "seeds": list(SEEDS),
            "accuracy": {name: list(values) for name, values in over_seeds(config, SEEDS).items()},
        }
    plain = Run(REGIMES["slow"].twin())
    plain.advance(plain.config.steps)
    return arrays | {"slow.plain": plain.network.params}, about


def record(config: RunConfig, snapshots: Sequence[int]) -> Iterable[tuple[str, np.ndarray]]:
    """Train, and keep by name what `Trained` wants."""
    run, x = Run(config), load(config.dataset, config.seed, config.dtype).x_train
    networks, means, vars_ = [], [], []
    for step in range(config.steps + 1):
        run.advance(step - run.step)
        network = run.network
        networks.append(network)
        mean, var = exact_statistics(network, x)
        means.append(mean)
        vars_.append(var)

    data, chosen = load(config.dataset, config.seed, config.dtype), list(snapshots)
    yield "snapshots", np.array(chosen)
    yield "params", np.stack([networks[step].params for step in chosen])
    yield "running", networks[-1].running
    yield "path_mean", np.stack(means)
    yield "true_mean", np.stack([means[step] for step in chosen])
    yield "true_var", np.stack([vars_[step] for step in chosen])
    yield (
        "exact_accuracy",
        np.array(
            [
                accuracy(classify(networks[s], data.x_test, means[s], vars_[s]), data.y_test)
                for s in chosen
            ]
        ),
    )
    yield from zip(("batch_mean", "batch_var"), batch_statistics(config), strict=True)


def batch_statistics(config: RunConfig) -> tuple[np.ndarray, np.ndarray]:
    """(S, L, n) mean and biased variance of every mini-batch of a run.

    With momentum 1 the running statistics are those of the last batch, its variance unbiased. How
    they are kept changes nothing in training.
    """
    trace = train(replace(config, momentum=1.0, record_every=1, probe=1, units=1))
    m = config.batch_size
    return trace.running_mean[1:], trace.running_var[1:] * ((m - 1) / m)


def over_seeds(config: RunConfig, seeds: Iterable[int]) -> dict[str, np.ndarray]:
    """Test accuracy (seeds,) at the end: by running and exact statistics, and of the twin."""
    found = []
    for seed in seeds:
        run, plain = Run(replace(config, seed=seed)), Run(replace(config, seed=seed).twin())
        for arm in (run, plain):
            arm.advance(config.steps)
        data, network = load(config.dataset, seed, config.dtype), run.network
        exact = exact_statistics(network, data.x_train)
        logits = (
            network.predict(data.x_test),
            classify(network, data.x_test, *exact),
            plain.network.predict(data.x_test),
        )
        found.append([float(accuracy(one, data.y_test)) for one in logits])
    names = ("running", "exact", "plain")
    return dict(zip(names, np.array(found).T, strict=True))
