"""A network's way forward and back by the whiteboard functions, every intermediate kept.

`bncore.network` computes the same faster, in buffers of its own. Here nothing is shared and
nothing is overwritten: many threads may go through the same parameters at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bncore.activations import ACTIVATIONS
from bncore.batchnorm import Cache, batch_norm_backward, batch_norm_forward
from bncore.losses import softmax_cross_entropy

Rows = tuple[np.ndarray, ...]


@dataclass(frozen=True, eq=False)
class Parameters:
    """Of a classifier with batch norm before or after each activation; one entry per layer.

    W (inputs, units), b (units,), of the output layer too; gamma, beta (units,), of the hidden
    layers alone. eps may differ from layer to layer.
    """

    W: Rows
    b: Rows
    gamma: Rows
    beta: Rows
    eps: tuple[float, ...]
    activation: str = "relu"
    norm: str = "before"


@dataclass(frozen=True, eq=False)
class Forward:
    """One entry per hidden layer: (m, units); logits (m, classes)."""

    inputs: list[np.ndarray]  # of each layer, the output layer too
    z: list[np.ndarray]
    g: list[np.ndarray]  # what the activation gives
    z_tilde: list[np.ndarray]  # what batch norm gives
    caches: list[Cache]
    logits: np.ndarray


@dataclass(frozen=True, eq=False)
class Backward:
    """Gradients of the loss; dW and db of the output layer too."""

    loss: float
    dz: list[np.ndarray]
    dW: list[np.ndarray]
    db: list[np.ndarray]
    dgamma: list[np.ndarray]
    dbeta: list[np.ndarray]


def forward(p: Parameters, x: np.ndarray) -> Forward:
    """A batch x (m, inputs), each layer by the statistics of this batch."""
    now = Forward([x], [], [], [], [], x)
    g = ACTIVATIONS[p.activation].forward
    for layer in range(len(p.gamma)):
        z = now.inputs[layer] @ p.W[layer] + p.b[layer]
        before = z if p.norm == "before" else g(z)
        z_tilde, cache = batch_norm_forward(before, p.gamma[layer], p.beta[layer], p.eps[layer])
        a = g(z_tilde) if p.norm == "before" else before
        now.z.append(z)
        now.g.append(a)
        now.z_tilde.append(z_tilde)
        now.caches.append(cache)
        now.inputs.append(a if p.norm == "before" else z_tilde)
    logits = now.inputs[-1] @ p.W[-1] + p.b[-1]
    return Forward(now.inputs, now.z, now.g, now.z_tilde, now.caches, logits)


def backward(p: Parameters, now: Forward, targets: np.ndarray) -> Backward:
    """The mean cross-entropy with one-hot targets (m, classes), and its way back."""
    loss, dz = softmax_cross_entropy(now.logits, targets)
    slope = ACTIVATIONS[p.activation].slope
    dzs, dgammas, dbetas = [dz], [], []
    for layer in reversed(range(len(p.gamma))):
        dy = dz @ p.W[layer + 1].T
        if p.norm == "before":
            dy = dy * slope(now.g[layer])
        dz, dgamma, dbeta = batch_norm_backward(dy, now.caches[layer])
        if p.norm == "after":
            dz = dz * slope(now.g[layer])
        dzs.insert(0, dz)
        dgammas.insert(0, dgamma)
        dbetas.insert(0, dbeta)
    dW = [a.T @ dz for a, dz in zip(now.inputs, dzs, strict=True)]
    return Backward(float(loss), dzs[:-1], dW, [dz.sum(axis=0) for dz in dzs], dgammas, dbetas)


def put(rows: Sequence[np.ndarray], layer: int, changed: np.ndarray) -> Rows:
    """The same but for one layer."""
    return tuple(changed if at == layer else row for at, row in enumerate(rows))
