"""A network's way forward and back by the whiteboard functions, every intermediate kept.

`Model` goes forward alone. Here batch norm is `batch_norm_forward`, which leaves what the way back
needs; nothing is shared and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bncore.activations import ACTIVATIONS
from bncore.batchnorm import Cache, batch_norm_backward, batch_norm_forward
from bncore.losses import softmax_cross_entropy
from bncore.model import Hook, Model, Rows


@dataclass(frozen=True, eq=False)
class Forward:
    """A batch x (m, inputs) on its way through a model; one entry per hidden layer."""

    model: Model
    x: np.ndarray
    z: Rows  # (m, units)
    u: Rows  # (m, units) what enters the activation
    a: Rows  # (m, units) what the next layer is given
    caches: list[Cache]
    logits: np.ndarray  # (m, classes)

    @property
    def z_tilde(self) -> Rows:
        """What batch norm gives, (m, units)."""
        return self.u if self.model.norm == "before" else self.a


@dataclass(frozen=True, eq=False)
class Backward:
    """Gradients of the loss; dW and db of the output layer too."""

    loss: float
    dz: list[np.ndarray]
    dW: list[np.ndarray]
    db: list[np.ndarray]
    dgamma: list[np.ndarray]
    dbeta: list[np.ndarray]


def with_caches(model: Model, x: np.ndarray) -> Forward:
    """A batch x (m, inputs), each layer by the statistics of this batch."""
    caches: list[Cache] = []

    def norm(layer: int, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        gamma, beta, eps = model.gamma[layer], model.beta[layer], model.eps[layer]
        z_tilde, cache = batch_norm_forward(y, gamma, beta, eps)
        caches.append(cache)
        return z_tilde, cache.mean, cache.var

    now = model.forward(x, hook=Hook(norm=norm))
    return Forward(model, x, now.z, now.u, now.a, caches, now.logits)


def backward(now: Forward, targets: np.ndarray) -> Backward:
    """The mean cross-entropy with one-hot targets (m, classes), and its way back."""
    model, (loss, dz) = now.model, softmax_cross_entropy(now.logits, targets)
    g = ACTIVATIONS[model.activation]
    dzs, dgammas, dbetas = [dz], list[np.ndarray](), list[np.ndarray]()
    for layer in reversed(range(model.depth)):
        dy = dz @ model.W[layer + 1].T
        slope = g.slope(g.forward(now.u[layer]))
        if model.norm == "before":
            dy = dy * slope
        dz, dgamma, dbeta = batch_norm_backward(dy, now.caches[layer])
        if model.norm == "after":
            dz = dz * slope
        dzs.insert(0, dz)
        dgammas.insert(0, dgamma)
        dbetas.insert(0, dbeta)
    dW = [a.T @ dz for a, dz in zip((now.x, *now.a), dzs, strict=True)]
    return Backward(float(loss), dzs[:-1], dW, [dz.sum(axis=0) for dz in dzs], dgammas, dbetas)


def put(rows: Sequence[np.ndarray], layer: int, changed: np.ndarray) -> Rows:
    """The same but for one layer."""
    return tuple(changed if at == layer else row for at, row in enumerate(rows))
