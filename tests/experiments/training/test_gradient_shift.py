"""What the step of the layers below makes of a gradient: the definition, and what the page says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig
from bncore.batches import Feed
from experiments.claims.registry import CLAIMS
from experiments.claims.shift import _gradient_keeps, _less_gradient_shift
from experiments.descent import descend, initial
from experiments.training import gradient_shift
from experiments.training.gradient_shift import ARMS, SETTINGS, numbers, shipped, watched

SMALL = RunConfig(depth=3, width=12, steps=6, dtype="float64")


def by_hand(config: RunConfig, step: int, layer: int) -> tuple[np.ndarray, np.ndarray]:
    """G and G' of one layer at one step, from the definition."""
    feed = Feed([config], (1,))
    for _ in range(step + 1):
        feed.next()
    passing = descend([config])
    before = [next(passing)[0].copy() for _ in range(step + 1)][-1]
    after = next(passing)[0].copy()
    before.gradient(feed.x, feed.targets)
    G, mixed = before.dW[layer].copy(), before.copy()
    for below in range(layer):
        mixed.W[below][...] = after.W[below]
        if config.norm == "none":
            mixed.b[below][...] = after.b[below]
        else:
            mixed.gamma[below][...] = after.gamma[below]
            mixed.beta[below][...] = after.beta[below]
    mixed.gradient(feed.x, feed.targets)
    return G, mixed.dW[layer].copy()


@pytest.mark.parametrize("norm", ["none", "before"])
def test_it_is_what_the_definition_says(norm: str) -> None:
    config = replace(SMALL, norm=norm)
    found = watched([config], np.array([0, 2, 4]))
    assert found["distance"].shape == (1, 3, config.depth)
    for t, step in enumerate((0, 2, 4)):
        for layer in range(1, config.depth + 1):
            G, moved = by_hand(config, step, layer)
            distance = np.linalg.norm(moved - G)
            cosine = (G * moved).sum() / np.linalg.norm(G) / np.linalg.norm(moved)
            np.testing.assert_allclose(found["distance"][0, t, layer - 1], distance, rtol=1e-9)
            np.testing.assert_allclose(found["norm"][0, t, layer - 1], np.linalg.norm(G))
            np.testing.assert_allclose(found["cosine"][0, t, layer - 1], cosine)


def test_looking_changes_no_run() -> None:
    looked = watched([SMALL], np.arange(6))["norm"][0, -1]
    alone = watched([SMALL], np.array([5]))["norm"][0, -1]
    np.testing.assert_array_equal(looked, alone)


def test_where_nothing_below_moves_nothing_shifts() -> None:
    network = initial([SMALL])
    feed = Feed([SMALL], (1,))
    feed.next()
    distance, _, cosine = gradient_shift.below_first(
        network.copy(), network.copy(), feed.x, feed.targets
    )
    assert (distance == 0).all()
    np.testing.assert_allclose(cosine, 1)


def test_who_chooses_a_rate_reports_nothing() -> None:
    seeds = set(CLAIMS["less_gradient_shift"].seeds) | set(gradient_shift.SEEDS)
    assert not set(gradient_shift.CHOOSING) & seeds
    ends = gradient_shift.RATES[0], gradient_shift.RATES[-1]
    assert not set(ends) & set(gradient_shift.rates_of("relu").values())


# --- what the page says ---


def means(setting: str) -> dict[str, float]:
    return {name: each.mean() for name, each in numbers(shipped().found[setting]).items()}


def test_in_figure_1_batch_norm_moves_the_gradient_more() -> None:
    n = means("figure1")
    assert n["relative.bn"] > 1.1 * n["relative.plain"]
    assert 0.8 < n["distance.bn"] / n["distance.plain"] < 1.25  # "alike"
    found = shipped().found["figure1"]
    early = found.step < 150  # the plain network stands on its plateau
    plain, bn = found.relative[:, :, early, gradient_shift.LAST].mean(axis=(1, 2))
    assert plain < 0.05 < 0.2 < bn


def test_in_relu_layers_less_at_a_larger_rate() -> None:
    n, rates = means("relu"), gradient_shift.rates_of("relu")
    assert n["relative.bn"] < n["relative.plain"] and n["cosine.bn"] > n["cosine.plain"] + 0.1
    assert rates["bn"] > rates["plain"]


# --- the claim could have come out otherwise ---


def at_one_rate(patch: pytest.MonkeyPatch, config: RunConfig) -> None:
    patch.setattr(gradient_shift, "SETTINGS", dict.fromkeys(SETTINGS, config))
    patch.setattr(gradient_shift, "rates_of", lambda _: dict.fromkeys(ARMS, config.lr))


def test_on_a_plateau_alone_it_is_contradicted(monkeypatch: pytest.MonkeyPatch) -> None:
    at_one_rate(monkeypatch, replace(SETTINGS["figure1"], steps=60))
    assert _gradient_keeps(_less_gradient_shift((0, 1, 2))) == "contradicted"
