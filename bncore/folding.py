"""Batch norm folded away: with fixed statistics it is a straight line for each unit.

    z_tilde = scale z + shift,   scale = γ/√(σ² + ε),   shift = β − μ scale

with μ and σ² the running statistics. A dense layer beside it takes up the line:

- norm="before" the activation, into the layer's own parameters, since z = x W + b:
      W' = W γ/√(σ² + ε)   (column by column)
      b' = β + (b − μ) γ/√(σ² + ε)
- norm="after" the activation, into those of the next layer, which reads scale a + shift:
      W' = γ/√(σ² + ε) W   (row by row)
      b' = b + (β − μ γ/√(σ² + ε)) W

Source: Ioffe & Szegedy 2015, arXiv 1502.03167, section 3.1.
"""

from __future__ import annotations

import numpy as np

from bncore import checks
from bncore.model import gain
from bncore.network import Network


def fold(network: Network) -> Network:
    """A network without batch norm that predicts as `network.predict` does, up to rounding.

    The running statistics, γ and β go into W (..., inputs, units) and b (..., 1, units), run by
    run where there are runs; every hidden layer of the result has a b. The sums here are done
    in float64, the result has the network's dtype. It is independent of `network`, which is left
    as it was. A network that has no batch norm comes back as a copy: nothing is to be folded.

    Predictions only: the folded network does not train as the original would, and knows
    nothing of a batch's own statistics. The two round differently, the more so the more |μ|
    exceeds σ.

    >>> net = Network((3, 4, 2), norm="before")
    >>> net.initialize("he", 1.0, [np.random.default_rng(0)])
    >>> net.running_mean[0][:], net.running_var[0][:] = 0.5, 4
    >>> x = np.ones((1, 3), np.float32)
    >>> bool(np.allclose(fold(net).predict(x), net.predict(x), atol=1e-6)), len(fold(net).gamma)
    (True, 0)
    """
    if network.norm == "none":
        return network.copy()
    checks.one_of(network.normalizer, "normalizer", ("batch",))  # the others are no straight line
    folded = Network(**(network.settings | {"norm": "none", "group": 0}))
    W = [wide(one) for one in network.W]
    b = [np.zeros((1, 1)) if one is None else wide(one) for one in network.b]
    for layer in range(network.depth):
        scale, shift = line(network, layer)
        if network.norm == "before":
            W[layer], b[layer] = W[layer] * scale, b[layer] * scale + shift
        else:
            behind = layer + 1
            b[behind] = b[behind] + shift @ W[behind]
            W[behind] = scale.swapaxes(-1, -2) * W[behind]
    for views, values in ((folded.W, W), (folded.b, b)):
        for view, value in zip(views, values, strict=True):
            assert view is not None  # without batch norm every layer has a b
            view[...] = value
    return folded


def line(network: Network, layer: int) -> tuple[np.ndarray, np.ndarray]:
    """(scale, shift) of a layer's batch norm by its running statistics: (..., 1, n), float64."""
    scale = gain(wide(network.gamma[layer]), wide(network.running_var[layer]), network.eps)
    return scale, wide(network.beta[layer]) - wide(network.running_mean[layer]) * scale


def wide(array: np.ndarray) -> np.ndarray:
    """A float64 copy."""
    return array.astype(np.float64)
