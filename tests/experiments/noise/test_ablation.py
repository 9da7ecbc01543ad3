"""Units switched off: what shipped, what is claimed of it, and a part of it re-run."""

from __future__ import annotations

import numpy as np
import pytest

from bncore import Run, RunConfig, data
from experiments import evidence
from experiments.noise import ablation
from experiments.noise.ablation import ARMS, CLAIMS, SHARES, WAYS, Evidence, Layers, load

UNITS = 150


def exchanged(found: Evidence, arm: str, by: str) -> Evidence:
    """As if one arm had done what another did."""
    row, other = list(ARMS).index(arm), list(ARMS).index(by)
    intact, single, many = found.intact.copy(), found.single.copy(), found.many.copy()
    intact[row], single[:, row], many[:, row] = intact[other], single[:, other], many[:, other]
    return Evidence(intact, single, many)


# What shipped


def test_what_shipped_is_of_these_settings() -> None:
    found, about = load(), evidence.about("ablation")
    arms, seeds = len(ARMS), len(ablation.SEEDS)
    assert seeds >= 5 and found.intact.shape == (arms, seeds)
    assert found.single.shape == (len(WAYS), arms, seeds, UNITS)
    assert found.many.shape == (len(WAYS), arms, seeds, len(SHARES))
    assert RunConfig(**about["config"]) == ablation.BASE and list(about["arms"]) == list(ARMS)
    for arm, numbers in about["arms"].items():
        for way in WAYS:
            stated = tuple(numbers[way]["worst"].values())
            assert found.worst(arm, way)[:2] == pytest.approx(stated, rel=1e-4)
    np.testing.assert_array_equal(found.many[0, :, :, 0], found.intact)


@pytest.mark.parametrize(
    "claim, arm, by",
    [
        ("it_is_mostly_the_mean", "plain", "g256"),
        ("normalizing_takes_that_away", "bn_all", "plain_all"),
        ("noise_spreads", "g8", "g256"),
        ("dropout_does_more", "dropout8", "g8"),
    ],
)
def test_the_claim_falls_when_the_effect_is_gone(claim: str, arm: str, by: str) -> None:
    assert not CLAIMS[claim](exchanged(load(), arm, by))


def test_the_less_noise_the_more_the_costliest_unit_costs() -> None:
    for way in WAYS:
        worst = [load().worst(arm, way).mean for arm in ("g8", "g32", "g256", "bn_all")]
        assert (np.diff(worst) > 0).all()


def test_no_arm_bought_it_with_accuracy() -> None:
    for row, arm in enumerate(ARMS):
        least = 0.93 if arm == "dropout5" else 0.96
        assert load().intact[row].mean() > least, arm


# How it is measured


@pytest.fixture(scope="module")
def run() -> Run:
    run = Run(RunConfig(steps=60, batch_size=32, keep=0.8))
    run.advance(60)
    return run


@pytest.fixture(scope="module")
def layers(run: Run) -> Layers:
    folded = ablation.fold(run.network)
    return Layers(folded.W, folded.b)


def test_with_all_units_it_is_the_network(run: Run, layers: Layers) -> None:
    x, y = data.load("digits").x_test, data.load("digits").y_test
    whole = np.ones((1, 3, 50), np.float32)
    found = layers.accuracy(x, y, whole, np.zeros((3, 50)))
    assert found == pytest.approx(run.network.evaluate(x, y)[0], abs=1 / 450 + 1e-9)


@pytest.mark.parametrize("layer, unit", [(0, 3), (1, 17), (2, 49)])
def test_a_unit_at_zero_is_one_whose_way_on_is_cut(run: Run, layers: Layers, layer, unit) -> None:
    x, y = data.load("digits").x_test, data.load("digits").y_test
    cut = run.network
    cut.W[layer + 1][unit] = 0
    kept = ablation.all_but_one(3, 50)[[50 * layer + unit]]
    found = layers.accuracy(x, y, kept, np.zeros((3, 50)))
    assert found == pytest.approx(cut.evaluate(x, y)[0], abs=1 / 450 + 1e-9)


def test_at_its_mean_a_constant_unit_costs_nothing(layers: Layers) -> None:
    """All images alike: then no unit knows anything that its mean does not."""
    x, y = (
        np.tile(data.load("digits").x_test[:1], (5, 1)),
        np.full(5, data.load("digits").y_test[0]),
    )
    means = layers.means(x)
    kept = np.zeros((1, 3, 50), np.float32)
    assert layers.accuracy(x, y, kept, means) == layers.accuracy(x, y, 1 - kept, means)


def test_the_means_are_those_of_the_activations(run: Run, layers: Layers) -> None:
    network, x = run.network, data.load("digits").x_train
    z = (x @ network.W[0] - network.running_mean[0]) / np.sqrt(network.running_var[0] + 1e-5)
    a = np.maximum(network.gamma[0] * z + network.beta[0], 0)
    np.testing.assert_allclose(layers.means(x)[0], a.mean(axis=0), rtol=1e-3, atol=1e-4)


def test_units_that_are_off() -> None:
    one = ablation.all_but_one(3, 50)
    assert one.shape == (UNITS, 3, 50) and (one.sum(axis=(1, 2)) == UNITS - 1).all()
    assert one[53, 1, 3] == 0
    some = ablation.all_but_some(3, 50, 0.4, np.random.default_rng(0))
    assert some.shape == (ablation.DRAWS, 3, 50) and (some.sum(axis=(1, 2)) == 90).all()
    assert (some[0] != some[1]).any() and set(np.unique(some)) == {0, 1}


# A part of it once more


def test_a_rerun_is_what_shipped_and_shows_the_same() -> None:
    """Within what other matrix kernels make of it."""
    shipped, worst = load(), {}
    for arm, seeds in (("plain", 2), ("g256", 1), ("g8", 1)):
        row = list(ARMS).index(arm)
        intact, single, many = ablation.measure(arm, range(seeds))
        assert np.abs(intact - shipped.intact[row, :seeds]).max() < 0.02
        assert np.abs(single - shipped.single[:, row, :seeds]).mean() < 0.01
        assert np.abs(many - shipped.many[:, row, :seeds]).max() < 0.1
        worst[arm] = (intact[:, None] - single.min(axis=-1)).mean(axis=1)  # (ways,)
    assert worst["plain"][0] > 3 * worst["g256"][0] and worst["plain"][0] > 3 * worst["plain"][1]
    assert (worst["g8"] < worst["g256"]).all()
