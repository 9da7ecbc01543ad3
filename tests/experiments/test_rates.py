"""The best rate: found by other seeds, on images that are neither trained nor tested with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from bncore import RunConfig, train_together
from bncore.data import DATASETS, load
from bncore.network import Network
from experiments import rates
from experiments.claims.registry import CLAIMS
from experiments.descent import descend, initial, settle
from experiments.network import placement, scale
from experiments.noise import regularize
from experiments.rates import HALF_DECADES, PICKERS, Search, accuracy, held_out, search, validation
from experiments.why import limits

FEW = RunConfig(n_train=200, batch_size=50, steps=40, width=20)


def rows(x: np.ndarray) -> set[bytes]:
    return {row.tobytes() for row in x}


@pytest.mark.parametrize("n_train", [0, 200])
def test_validation_images_are_neither_trained_nor_tested_with(n_train: int) -> None:
    config = held_out(RunConfig(n_train=n_train))
    seen, asked = rates.training(config, 3)[0], validation(config, 3)[0]
    tested = rates.testing(config, 3)[0]
    assert len(seen) == config.images and len(asked) > 200
    assert len(seen) + len(asked) == DATASETS["digits"].n_train
    # the digits hold a few images twice
    assert len(rows(asked) & rows(seen)) < 3 and len(rows(asked) & rows(tested)) < 3


def test_only_where_all_would_be_trained_with_some_are_put_aside() -> None:
    assert held_out(FEW) == FEW
    everything = DATASETS["digits"].n_train
    whole = RunConfig(batch_size=everything)
    assert held_out(whole).n_train == held_out(whole).batch_size < 0.81 * everything


def test_those_who_pick_are_shown_nowhere() -> None:
    assert not any(set(claim.seeds) & set(PICKERS) for claim in CLAIMS.values())
    shown = {
        *limits.SEEDS,
        *(s for seeds in placement.SEEDS.values() for s in seeds),
        *scale.SEEDS,
        *(s for seeds in regularize.SEEDS.values() for s in seeds),
    }
    assert not shown & set(PICKERS)


def test_the_test_images_have_no_say(monkeypatch) -> None:
    """With labels that are all wrong the rate that is found is the same."""
    found = search(FEW, rates=(0.001, 0.1))
    right = load

    def wrong(*known: object) -> object:
        data = right(*known)  # type: ignore[arg-type]
        return data._replace(y_test=(data.y_test + 1) % 10)

    monkeypatch.setattr(rates.data, "load", wrong)
    again = search(FEW, rates=(0.001, 0.1))
    np.testing.assert_array_equal(again.score, found.score)
    assert found.best == 0.1 and found.score.shape == (2, len(PICKERS))


def test_the_best_is_that_of_the_mean() -> None:
    found = Search(np.array([1.0, 2.0, 3.0]), np.array([[0.9, 0.1], [0.6, 0.6], [0.2, 0.5]]))
    assert found.best == 2.0 and found.highest == pytest.approx(0.6) and found.inside
    equal = Search(found.rates, np.array([[0.1, 0.1], [0.9, 0.5], [0.5, 0.9]]))
    assert equal.best == 2.0  # the lowest
    assert not Search(found.rates, found.score[[1, 0, 2]]).inside


def test_the_accuracy_is_that_of_the_runs() -> None:
    configs = [
        RunConfig(**FEW.to_dict() | {"seed": seed, "lr": lr}) for seed, lr in ((0, 0.1), (1, 1.0))
    ]
    found = accuracy(configs, [partial(rates.testing, FEW), partial(rates.training, FEW)])
    there = [trace.accuracy[-1] for trace in train_together(configs)]
    assert found.shape == (2, 2)
    np.testing.assert_allclose(found[0], there, atol=1e-6)
    looked = accuracy(configs, [partial(rates.testing, FEW)], looks=(0, -10, -20))
    assert 0 < np.abs(looked[0] - found[0]).max() < 0.3


def test_another_start_is_trained_from() -> None:
    """As `descend` trains the network that it is handed."""

    def tiny(configs: Sequence[RunConfig]) -> Network:
        network = initial(configs)
        network.W[0] *= 1e-3
        return network

    configs = [replace(FEW, lr=lr, seed=seed) for lr, seed in ((0.1, 0), (0.3, 1))]
    known = [partial(rates.testing, FEW)]
    usual, found = accuracy(configs, known), accuracy(configs, known, start=tiny)
    network = tiny(configs)
    for _ in descend(configs, network):
        pass
    images = [rates.testing(one, one.seed) for one in configs]
    x, y = (np.stack(each) for each in zip(*images, strict=True))
    np.testing.assert_array_equal(found[0], network.evaluate(x, y)[0])
    assert (found != usual).any()


def test_a_settled_network_predicts_by_exact_statistics() -> None:
    """Of the images that it trains with, as arms side by side do."""
    configs = [replace(FEW, lr=lr, seed=seed) for lr, seed in ((0.1, 0), (0.3, 1))]
    (found,) = accuracy(configs, [partial(rates.testing, FEW)], settled=True)
    (running,) = accuracy(configs, [partial(rates.testing, FEW)])
    network = initial(configs)
    for _ in descend(configs, network):
        pass
    settle(network, np.stack([rates.training(one, one.seed)[0] for one in configs]))
    images = [rates.testing(one, one.seed) for one in configs]
    x, y = (np.stack(each) for each in zip(*images, strict=True))
    np.testing.assert_array_equal(found, network.evaluate(x, y)[0])
    assert (found != running).any()


def test_a_run_that_overflows_guesses() -> None:
    config = RunConfig(**FEW.twin().to_dict() | {"lr": 1e6})
    with np.errstate(all="ignore"):
        found = accuracy([config], [partial(rates.testing, config)])
    assert found[0, 0] < 0.2


@pytest.mark.parametrize("setting", regularize.SETTINGS)
def test_no_arm_is_best_at_an_end_of_the_rates(setting: str) -> None:
    """Else a wider grid might tell another story."""
    found = regularize.load(setting)
    for arm in regularize.ARMS:
        assert found.search(arm).inside or found.rate(arm) == HALF_DECADES[0], arm


@pytest.mark.parametrize("case", ["two", "eight", "deep"])
def test_nor_are_those_of_the_limits(case: str) -> None:
    found = limits.at_best(case)
    assert all(limits.RATES[0] < found.rate(arm) < limits.RATES[-1] for arm in limits.ARMS)
