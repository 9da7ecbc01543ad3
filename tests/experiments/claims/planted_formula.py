"""Batch norm that is another formula."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from bncore.batchnorm import Cache, batch_norm_forward
from bncore.variants import divide_by_variance
from experiments import whiteboard
from experiments.claims import formula
from experiments.network import bias, scale
from tests.experiments.claims.planting import Planted

the_network, the_fold = bias.parameters, formula.fold


def behind_the_activation(patch: pytest.MonkeyPatch) -> None:
    """Batch norm sits where it does not cancel b."""
    patch.setattr(bias, "parameters", lambda norm="before", dtype="float64": the_network("after"))


def by_the_variance(patch: pytest.MonkeyPatch) -> None:
    """z is divided by σ² + ε."""
    patch.setattr(formula, "batch_norm_forward", divide_by_variance)


def made_normal(patch: pytest.MonkeyPatch) -> None:
    """Every unit's values are put in the places of a normal sample, in their order."""

    def forward(*args: Any) -> tuple[np.ndarray, Cache]:
        z_tilde, cache = batch_norm_forward(*args)
        m = len(z_tilde)
        normal = np.array([NormalDist().inv_cdf((i + 0.5) / m) for i in range(m)])
        z_norm = normal[cache.z_norm.argsort(axis=0).argsort(axis=0)]
        return z_norm * args[1] + args[2], cache._replace(z_norm=z_norm)

    patch.setattr(whiteboard, "batch_norm_forward", forward)


def a_large_eps(patch: pytest.MonkeyPatch) -> None:
    """The network runs with ε = 1."""
    patch.setattr(bias, "parameters", lambda: replace(the_network(), eps=(1.0,) * 3))


def centred_only(patch: pytest.MonkeyPatch) -> None:
    """The mean is subtracted and nothing is divided."""

    def forward(z: np.ndarray, gamma: Any, beta: Any, eps: float) -> tuple[np.ndarray, Cache]:
        _, cache = batch_norm_forward(z, gamma, beta, eps)
        z_norm = cache.z_centered
        return z_norm * gamma + beta, cache._replace(z_norm=z_norm, std=np.ones_like(cache.std))

    patch.setattr(whiteboard, "batch_norm_forward", forward)
    patch.setattr(scale.whiteboard, "batch_norm_forward", forward)


def folded_without_the_mean(patch: pytest.MonkeyPatch) -> None:
    """Folding forgets what batch norm subtracts."""

    def fold(network: Any) -> Any:
        forgetful = network.copy()
        for mean in forgetful.running_mean:
            mean[...] = 0
        return the_fold(forgetful)

    patch.setattr(formula, "fold", fold)


PLANTED: dict[str, Planted] = {
    "b_cancels": Planted(behind_the_activation, "contradicted"),
    "divides_variance": Planted(by_the_variance, "weak"),
    "gives_back": Planted(by_the_variance, "contradicted"),
    "makes_gaussian": Planted(made_normal, "clear"),
    "sd_is_gamma": Planted(a_large_eps, "weak"),
    "scale_free": Planted(centred_only, "contradicted"),
    "folds": Planted(folded_without_the_mean, "contradicted"),
}
