"""Pairs in which batch norm is missing, in the wrong arm, or beside a plain network that fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bncore.config import RunConfig
from experiments.claims import runs, speed
from experiments.network import optimizers, placement
from experiments.pair import Pair, train_pair
from experiments.why import gradient_flow, once, smoothness, tolerance
from tests.experiments.claims.planting import Planted

SHORT = {"dataset": "digits", "steps": 60, "record_every": 20}
DEAD = {"norm": "none", "init_scale": 0.01}  # weights too small for a gradient to get through
the_optimizers, the_flow, the_tolerance, the_starts = (
    optimizers.config,
    gradient_flow.config,
    tolerance.config,
    tolerance.starts,
)
the_places = placement.config


def both_plain(patch: pytest.MonkeyPatch) -> None:
    """The arm with batch norm is the one without."""

    def pair(config: RunConfig) -> Pair:
        plain = train_pair(replace(config, **SHORT)).plain
        return Pair(plain, plain)

    patch.setattr(runs, "train_pair", pair)


def arms_swapped(patch: pytest.MonkeyPatch) -> None:
    """Batch norm is in the arm that is called plain."""

    def config(name: str, lr: float, norm: str, seed: int, dataset: str) -> RunConfig:
        other = {"none": "before", "before": "none"}[norm]
        steps = {"steps": 150, "record_every": 150}
        # at one rate for both, so that nothing but batch norm is swapped
        rate = optimizers.LOWEST[name] * 10
        return replace(the_optimizers(name, rate, other, seed, "digits"), **steps)

    patch.setattr(optimizers, "config", config)


def no_arm_normalizes(patch: pytest.MonkeyPatch) -> None:
    """Each of the three arms is the plain one."""

    def starts(configs: Any) -> dict[str, Any]:
        plain = the_starts(configs)["plain"]
        return {arm: plain.copy() for arm in tolerance.ARMS}

    def config(depth: int, lr: float, seed: int = 0) -> RunConfig:
        return replace(the_tolerance(2, lr, seed), width=20, steps=100)

    patch.setattr(tolerance, "STEPS", 100)
    patch.setattr(tolerance, "config", config)
    patch.setattr(tolerance, "starts", starts)


def plain_is_dead(patch: pytest.MonkeyPatch) -> None:
    """No plain network learns anything."""

    def config(activation: str, norm: str, lr: float, seed: int, dataset: str) -> RunConfig:
        changes = SHORT | (DEAD if norm == "none" else {})
        return replace(the_places(activation, norm, lr, seed, "digits"), **changes)

    def long(seed: int) -> RunConfig:
        return RunConfig(**SHORT, activation="sigmoid", init="normal", init_scale=0.1, seed=seed)

    patch.setattr(placement, "config", config)
    patch.setattr(speed, "_long", long)


def no_norm_along_the_gradient(patch: pytest.MonkeyPatch) -> None:
    """Both arms are plain."""
    short = {n: replace(c, norm="none", steps=30) for n, c in smoothness.SETTINGS.items()}
    patch.setattr(smoothness, "SETTINGS", short)


def no_norm_in_depth(patch: pytest.MonkeyPatch) -> None:
    """A dozen layers, without batch norm in both arms."""
    patch.setattr(gradient_flow, "DEPTHS", (2, 12))
    patch.setattr(
        gradient_flow,
        "config",
        lambda activation, norm, *rest: the_flow(activation, "none", *rest),
    )


def once_is_for_good(patch: pytest.MonkeyPatch) -> None:
    """What is said to be normalized once keeps its batch norm, and bears the same rates."""
    small = RunConfig(activation="sigmoid", init="normal", init_scale=0.1, lr=0.5, steps=100)
    patch.setattr(once, "SETTINGS", dict.fromkeys(once.SETTINGS, small))
    patch.setattr(once, "normalized_once", lambda network, x: network.copy())
    patch.setattr(speed, "largest_rates", lambda seed: dict.fromkeys(once.ARMS, 1.0))


def a_dozen_layers(patch: pytest.MonkeyPatch) -> None:
    """Deep enough for weights twice too large to explode, too shallow for batch norm's growth."""
    patch.setattr(gradient_flow, "DEPTHS", (2, 12))


PLANTED: dict[str, Planted] = {
    "every_step": Planted(once_is_for_good, "contradicted", seeds=2),
    "sooner": Planted(both_plain, "weak"),
    "always_faster": Planted(arms_swapped, "contradicted", seeds=2),
    "larger_rates": Planted(no_arm_normalizes, "weak"),
    "higher_accuracy": Planted(plain_is_dead, "clear"),
    "smoother": Planted(no_norm_along_the_gradient, "weak"),
    "exploding": Planted(a_dozen_layers, "clear"),
    "vanishing": Planted(no_norm_in_depth, "contradicted"),
}
