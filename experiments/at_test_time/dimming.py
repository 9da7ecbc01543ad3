"""The world gets dark: every pixel times a. What becomes of a network with batch norm, and without.

With frozen statistics batch norm subtracts the mean of a brighter world. Statistics of dimmed
images repair it, and need no labels. Exactly, but for eps: z = xW + b becomes az + const, and

    z_norm = a(z − μ)/√(a²σ² + ε) = (z − μ)/√(σ² + ε/a²),

so that dimming is the same as another ε in the first layer; the layers above see no other change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncore.batchnorm import batch_norm_inference
from bncore.config import RunConfig
from bncore.data import Dataset, load
from bncore.network import Network
from bncore.training import Run
from experiments.evidence import Arrays, Evidence
from experiments.trained import REGIMES, accuracy, exact_statistics, trained

A = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05)
K = (4, 8, 16, 32, 64, 128, 256)
SEEDS = range(5)


def dimmed(x: np.ndarray, a: float, c: float = 0.0) -> np.ndarray:
    """a x + c, in the dtype of x."""
    return x * x.dtype.type(a) + x.dtype.type(c)


@dataclass(frozen=True, eq=False)
class Sweep:
    """Test accuracy on dimmed images, by how dim they are."""

    a: np.ndarray  # (A,)
    plain: np.ndarray  # (A,) without batch norm
    frozen: np.ndarray  # (A,) with the running statistics of training
    reestimated: np.ndarray  # (A,) with statistics of k unlabelled images, as dim


def sweep(k: int = 64, seed: int = 0, a: Sequence[float] = A) -> Sweep:
    """The trained networks; the seed draws the k unlabelled images from the training set."""
    net = trained()
    assert net.plain is not None
    return _sweep(net.network, net.plain, net.data, _unlabelled(net.data, k, seed), a)


def _unlabelled(data: Dataset, k: int, seed: int) -> np.ndarray:
    """More images with the same seed contain the fewer."""
    return data.x_train[np.random.default_rng(seed).permutation(len(data.x_train))[:k]]


def _sweep(
    network: Network, plain: Network, data: Dataset, unlabelled: np.ndarray, a: Sequence[float]
) -> Sweep:
    found, model = [], network.model()
    for factor in a:
        x = dimmed(data.x_test, factor)
        there = exact_statistics(model, dimmed(unlabelled, factor))
        logits = plain.predict(x), network.predict(x), model.forward(x, there).logits
        found.append([accuracy(one, data.y_test) for one in logits])
    return Sweep(np.array(a), *np.array(found).T)


@dataclass(frozen=True, eq=False)
class Exactness:
    """Largest |difference| on the test set, a x + c against x, each by its own statistics.

    In float64. Rounding is what is left where the first layer takes a²ε for ε.
    """

    z_norm: float  # in the first layer
    logits: float
    logits_rounding: float
    changed: float  # share of images that are called another digit
    frozen_logits: float  # the same by the running statistics, for comparison


def exactness(a: float, c: float = 0.0) -> Exactness:
    """a > 0. The statistics are those of the whole training set, in either light."""
    net = trained()
    model, eps = net.model, net.network.eps
    one, zero = np.ones(net.config.width), np.zeros(net.config.width)
    x, known = (each.astype(np.float64) for each in (net.data.x_test, net.data.x_train))
    dark_x = dimmed(x, a, c)
    here, there = exact_statistics(model, known), exact_statistics(model, dimmed(known, a, c))
    bright, dark = model.forward(x, here), model.forward(dark_x, there)
    # with a²ε below, the layers above meet what they meet in the light
    as_dim = replace(model, eps=(a * a * eps, *[eps] * (model.depth - 1)))
    rounded = as_dim.forward(dark_x, ([there[0][0], *here[0][1:]], [there[1][0], *here[1][1:]]))
    z_norm, dark_z_norm = (
        batch_norm_inference(now.z[0], now.mean[0], now.var[0], one, zero, eps)
        for now in (bright, dark)
    )
    frozen, light = (model.forward(each, "running").logits for each in (dark_x, x))
    return Exactness(
        z_norm=_largest(z_norm - dark_z_norm),
        logits=_largest(dark.logits - bright.logits),
        logits_rounding=_largest(rounded.logits - bright.logits),
        changed=float((dark.logits.argmax(axis=-1) != bright.logits.argmax(axis=-1)).mean()),
        frozen_logits=_largest(frozen - light),
    )


def _largest(difference: np.ndarray) -> float:
    return float(np.abs(difference).max())


# --- over seeds ---


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """The sweep of S pairs trained with different seeds: split, initial weights and batches."""

    seeds: np.ndarray  # (S,)
    a: np.ndarray  # (A,)
    k: np.ndarray  # (K,) numbers of unlabelled images
    plain: np.ndarray  # (S, A)
    frozen: np.ndarray  # (S, A)
    reestimated: np.ndarray  # (S, K, A)


def over_seeds() -> OverSeeds:
    """The shipped ones; trains nothing."""
    return EVIDENCE.shipped


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    found = [train_and_sweep(replace(REGIMES["slow"], seed=seed)) for seed in SEEDS]
    arrays = {
        "seeds": np.array(SEEDS),
        "a": np.array(A),
        "k": np.array(K),
        "plain": np.stack([sweeps[0].plain for sweeps in found]),
        "frozen": np.stack([sweeps[0].frozen for sweeps in found]),
        "reestimated": np.stack([[one.reestimated for one in sweeps] for sweeps in found]),
    }
    outcome = {
        name: {"mean": arrays[name].mean(axis=0).tolist(), "sd": _sd(arrays[name]).tolist()}
        for name in ("plain", "frozen", "reestimated")
    }
    return arrays, {"outcome": outcome}


def read(arrays: Arrays) -> OverSeeds:
    """What ships."""
    return OverSeeds(**arrays)


EVIDENCE = Evidence(
    "dimming",
    {"config": REGIMES["slow"].to_dict(), "seeds": list(SEEDS)},
    measure_all,
    read=read,
)


def _sd(accuracies: np.ndarray) -> np.ndarray:
    return accuracies.std(axis=0, ddof=1)


def train_and_sweep(config: RunConfig, k: Sequence[int] = K) -> list[Sweep]:
    """Train a network with batch norm and its twin, and dim: one sweep for each k."""
    run, plain = Run(config), Run(config.twin())
    for arm in (run, plain):
        arm.advance(config.steps)
    data = load(config.dataset, config.seed, config.dtype)
    return [
        _sweep(run.network, plain.network, data, _unlabelled(data, one, config.seed), A)
        for one in k
    ]
