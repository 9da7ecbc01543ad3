"""Batch norm before, after, or nowhere: over seeds, on both data sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig, train
from bncore.activations import ACTIVATIONS as ACTIVATION
from experiments import evidence
from experiments.network.placement import (
    ACTIVATIONS,
    FLAT,
    NORMS,
    RATES,
    SEEDS,
    config,
    flat_share,
    over_seeds,
    searched,
    train_cell,
)
from experiments.rates import Search

DATASETS = list(SEEDS)
NONE, BEFORE, AFTER = range(3)
SIGMOID, TANH, RELU = range(3)


def at(rate: float) -> int:
    return RATES.index(rate)


@pytest.mark.parametrize("dataset", DATASETS)
def test_sigmoid_needs_it_most(dataset: str) -> None:
    """At a learning rate of .1 the plain network has hardly begun when the others are done."""
    final = over_seeds(dataset).final[SIGMOID, :, at(0.1)]
    assert (final[NONE] < 0.5).all() and (final[[BEFORE, AFTER]] > 0.85).all()


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("activation", [TANH, RELU])
def test_at_rate_1_plain_fails_and_both_places_train(activation: int, dataset: str) -> None:
    final = over_seeds(dataset).final[activation, :, at(1.0)]
    assert final[NONE].mean() < 0.5
    assert (final[[BEFORE, AFTER]] > 0.9).all()


@pytest.mark.parametrize("activation", [SIGMOID, TANH])
@pytest.mark.parametrize("dataset", DATASETS)
def test_the_largest_rate_works_only_before(dataset: str, activation: int) -> None:
    final = over_seeds(dataset).final[activation, :, at(3.0)]
    assert (final[BEFORE] > 0.87).all() and (final[AFTER] < 0.3).all()


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_since_z_that_nothing_normalizes_drives_them_flat(activation: str, seed: int) -> None:
    shares = {}
    for norm in ("before", "after"):
        run = replace(config(activation, norm, 3.0, seed), probe=128, units=0, steps=60)
        shares[norm] = flat_share(train(run))
    assert (shares["after"][0] < 0.1).all() and (shares["after"][-1] > 0.6).all()
    assert (shares["before"] < 0.15).all()


def test_flat_is_flat() -> None:
    for activation, far in FLAT.items():
        g = ACTIVATION[activation]
        slope = g.slope(g.forward(np.array([0.0, far])))
        assert 0.06 < slope[1] / slope[0] < 0.075


@pytest.mark.parametrize("dataset", DATASETS)
def test_relu_works_there_in_both_places(dataset: str) -> None:
    final = over_seeds(dataset).final[RELU, :, at(3.0)]
    assert (final[[BEFORE, AFTER]] > 0.9).all() and (final[NONE] < 0.2).all()


def ahead(found: np.ndarray, behind: np.ndarray, by: float) -> bool:
    return bool((found - behind).mean() > by)


def test_on_mnist_after_is_ahead_for_sigmoid_at_every_seed() -> None:
    at_best = over_seeds("mnist").at_best
    assert (at_best[SIGMOID, AFTER] > at_best[SIGMOID, BEFORE]).all()
    assert ahead(at_best[SIGMOID, AFTER], at_best[SIGMOID, BEFORE], 0.015)


def test_on_mnist_after_is_not_behind_for_tanh_at_any_common_rate() -> None:
    final = over_seeds("mnist").final[TANH].mean(axis=-1)
    assert (final[AFTER, : at(3.0)] > final[BEFORE, : at(3.0)]).all()


def test_at_their_best_rates_the_places_tie_everywhere_else() -> None:
    """Within a point: ReLU on both data sets, and everything on the digits."""
    for dataset, activations in (("mnist", [TANH, RELU]), ("digits", [SIGMOID, TANH, RELU])):
        at_best = over_seeds(dataset).at_best[activations]
        for before, after in zip(at_best[:, BEFORE], at_best[:, AFTER], strict=True):
            assert not ahead(before, after, 0.01) and not ahead(after, before, 0.01)


@pytest.mark.parametrize("dataset", DATASETS)
def test_at_the_best_rates_plain_relu_and_tanh_are_close(dataset: str) -> None:
    """Best against best: batch norm is at most two points ahead, and never behind by one."""
    at_best = over_seeds(dataset).at_best.mean(axis=-1)
    gain = at_best[[TANH, RELU], BEFORE] - at_best[[TANH, RELU], NONE]
    assert ((gain > -0.01) & (gain < 0.02)).all()


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_b_of_its_own_adds_nothing_after_the_activation(dataset: str) -> None:
    """There b is not cancelled; but the β of the layer before does the same."""
    found = over_seeds(dataset)
    rates = slice(0, at(3.0))
    gain = found.with_b[:, rates].mean(axis=-1) - found.final[:, AFTER, rates].mean(axis=-1)
    assert np.abs(gain).max() < 0.01


# --- the evidence is of these settings, and re-runs ---


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_evidence_is_of_these_settings(dataset: str) -> None:
    found, about = over_seeds(dataset), evidence.about("placement")[dataset]
    assert RunConfig(**about["config"]) == config("relu", "before", dataset=dataset)
    assert (tuple(found.rates), tuple(found.seeds)) == (RATES, tuple(SEEDS[dataset]))
    shape = (len(ACTIVATIONS), len(NORMS), len(RATES), len(SEEDS[dataset]))
    assert found.final.shape == shape and found.accuracy.shape[-1] == len(found.step)
    for a, activation in enumerate(ACTIVATIONS):
        for n, norm in enumerate(NORMS):
            stated = about["outcome"][f"{activation}.{norm}"]
            np.testing.assert_allclose(stated["mean"], found.final[a, n].mean(-1), atol=1e-5)
            np.testing.assert_allclose(stated["validated"], found.score[a, n].mean(-1), atol=1e-5)
            assert stated["at_best"]["mean"] == pytest.approx(found.at_best[a, n].mean(), abs=1e-5)
    assert (evidence.FOLDER / "placement.npz").stat().st_size < 1e5
    with pytest.raises(KeyError):
        over_seeds("moons")


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_test_images_do_not_choose_a_rate(dataset: str) -> None:
    """Nor the seeds that are shown: with other accuracies the rates are the same."""
    found = over_seeds(dataset)
    upside_down = replace(found, accuracy=1 - found.accuracy)
    np.testing.assert_array_equal(upside_down.best, found.best)
    assert (found.best != found.final.mean(axis=-1).argmax(axis=-1)).any()


def test_the_rates_are_those_of_a_validation_split() -> None:
    found, again = over_seeds("digits"), searched("relu", "before")
    np.testing.assert_array_equal(again.rates, found.rates)
    np.testing.assert_allclose(again.score, found.score[RELU, BEFORE], atol=0.05)
    chosen = Search(found.rates, found.score[RELU, BEFORE]).best
    assert found.rates[found.best[RELU, BEFORE]] == chosen


def test_the_placements_share_their_start_and_batches() -> None:
    runs = [
        train(RunConfig(**config("tanh", norm).to_dict() | {"steps": 2, "record_every": 2}))
        for norm in NORMS
    ]
    assert len({run.w0_digest for run in runs}) == 1
    assert len({tuple(run.batch_digest) for run in runs}) == 1


@pytest.mark.parametrize(
    ("activation", "norm", "rate"),
    [("tanh", "before", 0.3), ("sigmoid", "after", 0.3), ("sigmoid", "none", 1.0)],
)
def test_a_rerun_is_near_the_shipped_one(activation: str, norm: str, rate: float) -> None:
    accuracy, loss = train_cell(activation, norm, rate)
    found, cell = over_seeds("digits"), (ACTIVATIONS.index(activation), NORMS.index(norm), at(rate))
    np.testing.assert_allclose(accuracy[:, -3:].mean(-1), found.final[cell], atol=0.02)
    np.testing.assert_allclose(loss, found.loss[cell], rtol=0.25, atol=0.005)


def test_what_happens_at_the_largest_rate_happens_here() -> None:
    before, after = (train_cell("tanh", norm, 3.0)[0][:, -1] for norm in ("before", "after"))
    assert (before > 0.9).all() and (after < 0.5).all()
