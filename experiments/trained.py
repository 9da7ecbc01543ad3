"""The trained network that the lesson on train and test asks its questions of.

The 8×8 digits, 64-50-50-50-10, ReLU, in two regimes: "slow" weights (SGD, lr .1) and "fast" ones
(Adam, lr .03). `trained` reads what ships in assets/evidence/test_time.npz and trains nothing.

Many people use one process at once, and `Network.forward` works in buffers of the network. What
is shared is therefore `Trained.model`; of a network only `predict` may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.data import Dataset, load
from bncore.model import Model
from bncore.network import Network
from bncore.training import Run, train
from experiments.evidence import Arrays, Evidence, under

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

    @cached_property
    def model(self) -> Model:
        """`network` as it was trained, for whoever has questions."""
        return self.network.model()

    def by_exact_statistics(self, x: np.ndarray) -> np.ndarray:
        """Logits (..., 10) of images x (..., 64) by the true statistics."""
        return self.model.forward(x, (self.exact_mean, self.exact_var)).logits

    def at(self, index: int) -> Network:
        """The network at `snapshots[index]`, a copy; its running statistics say nothing."""
        network = self.network.copy()
        network.params[...] = self.params[index]
        return network


@cache
def trained(regime: str = "slow") -> Trained:
    """The shipped run. KeyError if there is no such regime."""
    config = REGIMES[regime]
    arrays = under(EVIDENCE.shipped, regime)
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


# --- statistics and answers ---


def exact_statistics(model: Model, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(..., L, n) mean and biased variance of x (..., N, 64), all N examples taken as one batch."""
    now = model.forward(x, keep=False)
    return np.stack(now.mean, axis=-2), np.stack(now.var, axis=-2)


def unbiased(var: np.ndarray, m: int) -> np.ndarray:
    """m/(m-1) times a biased variance, which is what PyTorch's running variance gathers."""
    return var * (m / (m - 1))


def accuracy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Share of right answers over the last axis of labels; logits (..., m, 10)."""
    return (logits.argmax(axis=-1) == labels).mean(axis=-1)


# --- how it was made ---


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Train both regimes: arrays, and what came out."""
    arrays: dict[str, np.ndarray] = {}
    about: dict[str, Any] = {}
    for regime, config in REGIMES.items():
        arrays |= {f"{regime}.{name}": array for name, array in record(config, SNAPSHOTS[regime])}
        accuracies = over_seeds(config, SEEDS)
        about[regime] = {"accuracy": {name: list(each) for name, each in accuracies.items()}}
    plain = Run(REGIMES["slow"].twin())
    plain.advance(plain.config.steps)
    return arrays | {"slow.plain": plain.network.params}, about


def record(config: RunConfig, snapshots: Sequence[int]) -> Iterable[tuple[str, np.ndarray]]:
    """Train, and keep by name what `Trained` wants."""
    run, x = Run(config), load(config.dataset, config.seed, config.dtype).x_train
    models, params, means, vars_ = [], [], [], []
    for step in range(config.steps + 1):
        run.advance(step - run.step)
        network = run.network
        models.append(network.model())
        params.append(network.params)
        mean, var = exact_statistics(models[-1], x)
        means.append(mean)
        vars_.append(var)

    data, chosen = load(config.dataset, config.seed, config.dtype), list(snapshots)
    yield "snapshots", np.array(chosen)
    yield "params", np.stack([params[step] for step in chosen])
    yield "running", network.running
    yield "path_mean", np.stack(means)
    yield "true_mean", np.stack([means[step] for step in chosen])
    yield "true_var", np.stack([vars_[step] for step in chosen])
    yield (
        "exact_accuracy",
        np.array(
            [
                accuracy(models[s].forward(data.x_test, (means[s], vars_[s])).logits, data.y_test)
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
        model = network.model()
        exact = exact_statistics(model, data.x_train)
        logits = (
            network.predict(data.x_test),
            model.forward(data.x_test, exact).logits,
            plain.network.predict(data.x_test),
        )
        found.append([float(accuracy(one, data.y_test)) for one in logits])
    names = ("running", "exact", "plain")
    return dict(zip(names, np.array(found).T, strict=True))


EVIDENCE: Evidence[Arrays] = Evidence(
    "test_time",
    {
        regime: {"config": config.to_dict(), "seeds": list(SEEDS)}
        for regime, config in REGIMES.items()
    },
    measure_all,
)
