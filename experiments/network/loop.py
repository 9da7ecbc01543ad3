"""The training loop of the lecture, to be read line by line; nothing here but the loop.

Layers count from 1, as in the formulas: `W[layer]` leads into layer `layer`, and L is the last,
which gives the logits and has a bias and no batch norm. Rows are examples. `little` runs the loop
on a network so small that every number can be seen, `export` prints it to be taken home.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bncore.activations import Activation
from bncore.batchnorm import (
    Cache,
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_inference,
)

Layers = dict[int, np.ndarray]


@dataclass
class Net:
    """A network in training: its parameters, running statistics and optimizers, by layer."""

    W: Layers  # (inputs, units)
    b: Layers  # (units,) each, like all that follow
    gamma: Layers
    beta: Layers
    running_mean: Layers
    running_var: Layers
    norm: str  # where batch norm stands: none, before or after the activation
    g: Activation
    eps: float = 1e-5
    momentum: float = 0.1  # of the running statistics; weighs the new batch
    optimizer: dict[tuple[str, int], Any] = field(default_factory=dict)  # by parameter and layer


def train_epoch(x: np.ndarray, y: np.ndarray, order: np.ndarray, m: int, net: Net) -> list[float]:
    """For t = 1, 2, …: one step on the mini-batch X{t}. Returns the losses."""
    losses = []
    for start in range(0, len(order) - m + 1, m):
        batch = order[start : start + m]
        losses.append(train_step(x[batch], y[batch], net))
    return losses


def train_step(x: np.ndarray, y: np.ndarray, net: Net) -> float:
    """One mini-batch: x (m, inputs), y (m, classes) with a single 1 in each row. Changes net."""
    forward, backward = PASSES[net.norm]
    a, cache, logits = forward(x, net)
    loss, dlogits = cross_entropy(logits, y)
    dW, db, dgamma, dbeta = backward(dlogits, a, cache, net)
    track(cache, net)
    update(dW, db, dgamma, dbeta, net)
    return loss


def forward_before(x: np.ndarray, net: Net) -> tuple[Any, dict[int, Cache], np.ndarray]:
    """Batch norm before the activation: z_tilde takes the place of z."""
    W, b, gamma, beta, g, L = net.W, net.b, net.gamma, net.beta, net.g, len(net.W)
    a, cache = {0: x}, {}
    for layer in range(1, L):
        z = a[layer - 1] @ W[layer]
        z_tilde, cache[layer] = batch_norm_forward(z, gamma[layer], beta[layer], net.eps)
        a[layer] = g.forward(z_tilde)
    logits = a[L - 1] @ W[L] + b[L]
    return a, cache, logits


def backward_before(
    dlogits: np.ndarray, a: Layers, cache: dict[int, Cache], net: Net
) -> tuple[Layers, Layers, Layers, Layers]:
    """The same way back, every line of the forward pass in reverse."""
    W, g, L = net.W, net.g, len(net.W)
    dW, db, dgamma, dbeta = {}, {}, {}, {}
    dW[L] = a[L - 1].T @ dlogits
    db[L] = dlogits.sum(axis=0)
    dz = {L: dlogits}
    for layer in reversed(range(1, L)):
        da = dz[layer + 1] @ W[layer + 1].T
        dz_tilde = da * g.slope(a[layer])
        dz[layer], dgamma[layer], dbeta[layer] = batch_norm_backward(dz_tilde, cache[layer])
        dW[layer] = a[layer - 1].T @ dz[layer]
    return dW, db, dgamma, dbeta


def forward_after(x: np.ndarray, net: Net) -> tuple[Any, dict[int, Cache], np.ndarray]:
    """Batch norm after the activation: a_tilde takes the place of a."""
    W, b, gamma, beta, g, L = net.W, net.b, net.gamma, net.beta, net.g, len(net.W)
    a, a_tilde, cache = {}, {0: x}, {}
    for layer in range(1, L):
        z = a_tilde[layer - 1] @ W[layer]
        a[layer] = g.forward(z)
        a_tilde[layer], cache[layer] = batch_norm_forward(
            a[layer], gamma[layer], beta[layer], net.eps
        )
    logits = a_tilde[L - 1] @ W[L] + b[L]
    return (a, a_tilde), cache, logits


def backward_after(
    dlogits: np.ndarray, a_and_tilde: tuple[Layers, Layers], cache: dict[int, Cache], net: Net
) -> tuple[Layers, Layers, Layers, Layers]:
    """The same way back."""
    W, g, L = net.W, net.g, len(net.W)
    a, a_tilde = a_and_tilde
    dW, db, dgamma, dbeta = {}, {}, {}, {}
    dW[L] = a_tilde[L - 1].T @ dlogits
    db[L] = dlogits.sum(axis=0)
    dz = {L: dlogits}
    for layer in reversed(range(1, L)):
        da_tilde = dz[layer + 1] @ W[layer + 1].T
        da, dgamma[layer], dbeta[layer] = batch_norm_backward(da_tilde, cache[layer])
        dz[layer] = da * g.slope(a[layer])
        dW[layer] = a_tilde[layer - 1].T @ dz[layer]
    return dW, db, dgamma, dbeta


def forward_none(x: np.ndarray, net: Net) -> tuple[Any, dict[int, Cache], np.ndarray]:
    """No batch norm; b is needed now."""
    W, b, g, L = net.W, net.b, net.g, len(net.W)
    a = {0: x}
    for layer in range(1, L):
        z = a[layer - 1] @ W[layer] + b[layer]
        a[layer] = g.forward(z)
    logits = a[L - 1] @ W[L] + b[L]
    return a, {}, logits


def backward_none(
    dlogits: np.ndarray, a: Layers, cache: dict[int, Cache], net: Net
) -> tuple[Layers, Layers, Layers, Layers]:
    """The same way back."""
    W, g, L = net.W, net.g, len(net.W)
    dW, db = {}, {}
    dW[L] = a[L - 1].T @ dlogits
    db[L] = dlogits.sum(axis=0)
    dz = {L: dlogits}
    for layer in reversed(range(1, L)):
        da = dz[layer + 1] @ W[layer + 1].T
        dz[layer] = da * g.slope(a[layer])
        dW[layer] = a[layer - 1].T @ dz[layer]
        db[layer] = dz[layer].sum(axis=0)
    return dW, db, {}, {}


PASSES: dict[str, tuple[Any, Any]] = {  # forward, backward
    "none": (forward_none, backward_none),
    "before": (forward_before, backward_before),
    "after": (forward_after, backward_after),
}


def cross_entropy(logits: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Softmax, the mean of -log p of the right class, and the gradient of that."""
    m = len(y)
    shifted = logits - logits.max(axis=1, keepdims=True)  # so that no exponential overflows
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    p = np.exp(log_p)
    loss = -(y * log_p).sum() / m
    dlogits = (p - y) / m
    return loss, dlogits


def track(cache: dict[int, Cache], net: Net) -> None:
    """Running statistics for the test; running_var gathers the unbiased variance."""
    running_mean, running_var, new = net.running_mean, net.running_var, net.momentum
    for layer in cache:
        m = len(cache[layer].z_norm)
        unbiased = cache[layer].var * m / (m - 1)
        running_mean[layer] = (1 - new) * running_mean[layer] + new * cache[layer].mean
        running_var[layer] = (1 - new) * running_var[layer] + new * unbiased


def update(dW: Layers, db: Layers, dgamma: Layers, dbeta: Layers, net: Net) -> None:
    """Every parameter takes a step of its optimizer: with SGD, W = W - lr dW."""
    W, b, gamma, beta, optimizer = net.W, net.b, net.gamma, net.beta, net.optimizer
    for layer in W:
        optimizer["W", layer].update(W[layer], dW[layer])
    for layer in gamma:
        optimizer["gamma", layer].update(gamma[layer], dgamma[layer])
        optimizer["beta", layer].update(beta[layer], dbeta[layer])
    for layer in b:
        optimizer["b", layer].update(b[layer], db[layer])


def predict(x: np.ndarray, net: Net) -> np.ndarray:
    """Logits at test time, by the running statistics; any number of examples."""
    a, L = x, len(net.W)
    for layer in range(1, L):
        a = predict_layer(a, layer, net)
    return a @ net.W[L] + net.b[L]


def predict_layer(a: np.ndarray, layer: int, net: Net) -> np.ndarray:
    """One hidden layer at test time."""
    z = a @ net.W[layer]
    if net.norm == "none":
        return net.g.forward(z + net.b[layer])
    statistics = net.running_mean[layer], net.running_var[layer]
    scale_and_shift = net.gamma[layer], net.beta[layer], net.eps
    if net.norm == "before":
        return net.g.forward(batch_norm_inference(z, *statistics, *scale_and_shift))
    return batch_norm_inference(net.g.forward(z), *statistics, *scale_and_shift)
