"""One trained network, its running statistics kept as one library or another keeps them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bncore.batches import BatchOrder
from bncore.batchnorm import BatchNorm
from bncore.conventions import CONVENTIONS
from bncore.model import Hook, Pass
from experiments.at_test_time.running import many_batches
from experiments.trained import Trained, accuracy, trained, unbiased


@dataclass(frozen=True, eq=False)
class Under:
    """One unit's running statistics over B batches, and the network's accuracy by all of them."""

    running_mean: np.ndarray  # (B + 1,) before the first batch and after each
    running_var: np.ndarray  # (B + 1,)
    batch_mean: np.ndarray  # (B,)
    batch_var: np.ndarray  # (B,) biased: by it the batch is normalized, whatever the convention
    true_mean: float
    true_var: float
    new_weight: float  # of a new batch; of the first, where an average is kept
    eps: float
    unbiased: bool
    ratio: float  # what the running variance gathers / the true variance, mean over many batches
    accuracy: float  # on the test set by these statistics and this eps


def under(
    name: str, m: int, batches: int = 100, layer: int = 0, unit: int = 0, seed: int = 0
) -> Under:
    """Show the trained network `batches` batches of m in train() mode; its weights stand still.

    name is a key of CONVENTIONS; layer and unit count from 0. The same seed gives each convention
    the same batches.
    """
    net, rule = trained(), CONVENTIONS[name]
    layers = _layers(net, name)
    at = layers[layer]
    kept, seen = [(at.running_mean[unit], at.running_var[unit])], []
    order = BatchOrder(len(net.data.x_train), m, np.random.default_rng((seed, m)))
    for _ in range(batches):
        z = _through(net, layers, net.data.x_train[order.next()], training=True).z[layer]
        seen.append((z[:, unit].mean(), z[:, unit].var()))
        kept.append((at.running_mean[unit], at.running_var[unit]))
    running_mean, running_var = np.array(kept).T
    batch_mean, batch_var = np.array(seen).T
    return Under(
        running_mean=running_mean,
        running_var=running_var,
        batch_mean=batch_mean,
        batch_var=batch_var,
        true_mean=float(net.exact_mean[layer, unit]),
        true_var=float(net.exact_var[layer, unit]),
        new_weight=rule.step(at.momentum, 1),
        eps=at.eps,
        unbiased=rule.unbiased,
        ratio=_ratio(net, m, rule.unbiased),
        accuracy=_accuracy(net, layers),
    )


def _layers(net: Trained, name: str) -> list[BatchNorm]:
    """The network's batch norm layers, fresh, as this convention makes them."""
    layers = []
    for gamma, beta in zip(net.network.gamma, net.network.beta, strict=True):
        layer = BatchNorm.under(name, gamma.shape[-1])
        layer.gamma[:], layer.beta[:] = gamma[0], beta[0]
        layers.append(layer)
    return layers


def _through(net: Trained, layers: list[BatchNorm], x: np.ndarray, training: bool) -> Pass:
    """Images x (m, 64) by these layers, in float64; in training they gather what they see."""

    def norm(layer: int, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        by = layers[layer]
        return by.forward(z, training), by.running_mean, by.running_var

    return net.model.forward(x.astype(np.float64), hook=Hook(norm=norm))


def _accuracy(net: Trained, layers: list[BatchNorm]) -> float:
    logits = _through(net, layers, net.data.x_test, training=False).logits
    return float(accuracy(logits, net.data.y_test))


def _ratio(net: Trained, m: int, by_m_less_1: bool) -> float:
    """Of the first layer, where a batch is a plain sample; 0 of one example, which has no spread.

    A batch of one gathers nothing where the variance is unbiased: NaN.
    """
    if m == 1:
        return float("nan") if by_m_less_1 else 0.0
    gathered = many_batches(m)[1][:, 0].mean(axis=0, dtype=np.float64)
    if by_m_less_1:
        gathered = unbiased(gathered, m)
    return float((gathered / net.exact_var[0]).mean())


@dataclass(frozen=True, eq=False)
class Divisor:
    """What dividing by m or by m − 1 comes to, once thousands of batches have been averaged."""

    biased_ratio: float  # averaged variance / true variance, mean over the units of layer 1
    unbiased_ratio: float
    biased_accuracy: float
    unbiased_accuracy: float
    exact_accuracy: float


def divisor(m: int) -> Divisor:
    """m ≥ 2. Every layer takes the average over the same batches."""
    net = trained()
    mean, var = (one.mean(axis=0, dtype=np.float64) for one in many_batches(m))

    def score(var: np.ndarray) -> float:
        logits = net.model.forward(net.data.x_test, (mean, var)).logits
        return float(accuracy(logits, net.data.y_test))

    return Divisor(
        biased_ratio=_ratio(net, m, False),
        unbiased_ratio=_ratio(net, m, True),
        biased_accuracy=score(var),
        unbiased_accuracy=score(unbiased(var, m)),
        exact_accuracy=float(net.exact_accuracy[-1]),
    )
