"""Cores with a fault that is easily made, for tests that must notice it.

Each plants its fault in the fast kernel, by which networks train, and in the whiteboard's form of
the same sums.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bncore import batchnorm, model
from bncore.batchnorm import Cache, batch_norm_backward, batch_norm_forward
from bncore.kernels import BatchNormKernel
from bncore.network import Network
from experiments import whiteboard
from experiments.claims import formula

the_backward, the_kernel = BatchNormKernel.backward, BatchNormKernel.__init__
the_deviation = model.deviation


def gamma_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The way back through z̃ = γ z_norm + β does not multiply by γ."""

    def of_kernel(kernel: BatchNormKernel, dy: np.ndarray) -> np.ndarray:
        np.copyto(kernel.scale, kernel.inv_std)
        return the_backward(kernel, dy)

    def of_whiteboard(dz_tilde: Any, cache: Cache) -> Any:
        return batch_norm_backward(dz_tilde, cache._replace(gamma=np.ones_like(cache.gamma)))

    patch.setattr(BatchNormKernel, "backward", of_kernel)
    patch.setattr(batchnorm, "batch_norm_backward", of_whiteboard)
    patch.setattr(whiteboard, "batch_norm_backward", of_whiteboard)


def biased_in_the_running(patch: pytest.MonkeyPatch) -> None:
    """The running variance gathers the biased one."""

    def track(net: Network) -> None:
        net.batch -= net.running
        net.batch *= net.momentum
        net.running += net.batch

    patch.setattr(Network, "track", track)


def eps_times_100(patch: pytest.MonkeyPatch) -> None:
    """Whatever ε was asked for, a hundred times as much is added to the variance."""

    def kernel(self: BatchNormKernel, *args: Any) -> None:
        the_kernel(self, *args)
        self.eps *= 100

    def forward(z: Any, gamma: Any, beta: Any, eps: float = 1e-5) -> tuple[np.ndarray, Cache]:
        return batch_norm_forward(z, gamma, beta, 100 * eps)

    patch.setattr(BatchNormKernel, "__init__", kernel)
    patch.setattr(model, "deviation", lambda var, eps: the_deviation(var, 100 * np.asarray(eps)))
    for module in (batchnorm, whiteboard, formula):
        patch.setattr(module, "batch_norm_forward", forward)
