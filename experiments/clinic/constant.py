"""A feature that is the same number in every example, in single precision.

Its mean need not be that number: each addition rounds. Then z − μ is the same small number d in
every example, σ² is d², and d/√(d² + ε) is ±1 where d² is far above ε.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bncore.batchnorm import batch_norm_forward
from bncore.model import gain

CONSTANTS = (1.1, 12.3, 123.4, 1234.5, 12345.6, 123456.7, 1234567.8)
M = 100
EPS = 1e-5


@dataclass(frozen=True)
class Constant:
    """The steps for each of M examples with this number, written plainly, and here."""

    z: float  # as single precision holds it
    mean: float  # of M numbers added one after the other
    off: float  # z − mean
    z_norm: float
    here: float  # z_norm by `bncore`, which subtracts the first example before it averages


def constant(z: float) -> Constant:
    """Batch norm of M examples that are all z."""
    each = np.full(M, z, np.float32)
    total = np.zeros(1, np.float32)
    for number in each:
        total += number
    mean = total[0] / np.float32(M)
    off = each[0] - mean
    z_norm = off / np.sqrt(off * off + np.float32(EPS))
    one, zero = np.ones(1, np.float32), np.zeros(1, np.float32)
    here, _ = batch_norm_forward(each[:, None], one, zero, EPS)
    return Constant(*map(float, (each[0], mean, off, z_norm, here[0, 0])))


def of_two(difference: float, eps: float = EPS) -> float:
    """z_norm of the larger of two examples: half their difference over √(its square + ε).

    >>> [round(of_two(d), 3) for d in (10, 1, 0.01, 0)]
    [1.0, 1.0, 0.845, 0.0]
    """
    half = difference / 2
    return float(gain(half, half**2, eps))
