"""A bias in front of batch norm: whatever it is, μ takes it away again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bncore.batchnorm import batch_norm_backward, batch_norm_forward
from experiments.trained import trained

BIASES = (-100, -10, -1, 0, 1, 10, 100)
SHOWN, LAYER, UNIT = 8, 0, 1


@dataclass(frozen=True, eq=False)
class Biased:
    """One unit over a batch of `SHOWN` images."""

    z: np.ndarray  # (SHOWN,) with the bias
    z_tilde: np.ndarray  # (SHOWN,)
    db: float  # the loss's gradient to the bias: the sum of dz


def biased(b: float) -> Biased:
    """The first layer's unit on the first training images, and a gradient from behind it."""
    net = trained()
    model = net.model
    z = net.data.x_train[:SHOWN].astype(float) @ model.W[LAYER][:, [UNIT]].astype(float) + b
    gamma, beta = (each[LAYER][[UNIT]].astype(float) for each in (model.gamma, model.beta))
    z_tilde, cache = batch_norm_forward(z, gamma, beta, 1e-5)
    dz_tilde = np.random.default_rng(0).normal(size=z.shape)
    dz, _, _ = batch_norm_backward(dz_tilde, cache)
    return Biased(z[:, 0], z_tilde[:, 0], float(dz.sum()))
