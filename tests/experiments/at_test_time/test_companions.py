"""One image and its companions: what own-batch statistics do, and what running ones never do."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bncore.data import load
from bncore.network import Network
from bncore.training import Run
from experiments.at_test_time import companions as experiment
from experiments.at_test_time.companions import (
    SIZES,
    BySize,
    Modes,
    answers,
    by_batch_size,
    changed_share,
    meet,
    modes,
    running_after,
    sorted_stream,
    verdicts,
)
from experiments.trained import REGIMES, Trained, exact_statistics, trained


@pytest.fixture
def by_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """The effect gone: a batch is classified by running statistics, whoever is in it."""
    monkeypatch.setattr(experiment, "in_company", lambda net, x: net.network.predict(x))


@cache
def of_seed(seed: int) -> Trained:
    """Another split, other weights, other batches."""
    config = replace(REGIMES["slow"], seed=seed)
    run, data = Run(config), load(config.dataset, config.seed, config.dtype)
    run.advance(config.steps)
    mean, var = exact_statistics(run.network.model(), data.x_train)
    parts = {"network": run.network, "data": data, "exact_mean": mean, "exact_var": var}
    return replace(trained(), config=config, **parts)


@pytest.fixture(params=[1, 2])
def another_seed(request, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiment, "trained", lambda: of_seed(request.param))


# --- what the lesson claims ---


def small_batches_ruin(found: BySize) -> bool:
    """Chance alone, poor in pairs, near the running statistics from 64 on, never falling."""
    accuracy = dict(zip(found.sizes, found.accuracy, strict=True))
    return bool(
        accuracy[1] < 0.15
        and 0.25 < accuracy[2] < 0.6
        and accuracy[8] < found.running - 0.05
        and abs(accuracy[64] - found.running) < 0.03
        and (np.diff(found.accuracy) > -0.01).all()
    )


def companions_decide(found: BySize) -> bool:
    """More images change what they are called in small batches than in large ones."""
    changed = dict(zip(found.sizes, found.changed, strict=True))
    return changed[2] > 0.9 and changed[8] > 0.35 and changed[128] < 0.12


def sorting_ruins(found: BySize) -> bool:
    """In batches of one class each, or two, hardly any image is recognized."""
    upto = found.sizes <= 16
    return bool((found.sorted[upto] < 0.3).all() and found.accuracy[found.sizes == 16] > 0.9)


CLAIMS = (small_batches_ruin, companions_decide, sorting_ruins)


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("seed", [0, 1])
def test_it_is_so(claim, seed: int) -> None:
    assert claim(by_batch_size(seed))


@pytest.mark.parametrize("claim", CLAIMS)
def test_it_is_so_for_other_networks(claim, another_seed) -> None:
    assert claim(by_batch_size())


@pytest.mark.parametrize("claim", CLAIMS)
def test_it_is_not_so_by_running_statistics(claim, by_running) -> None:
    assert not claim(by_batch_size())


def test_running_statistics_call_an_image_the_same_in_every_company(by_running) -> None:
    found = by_batch_size()
    assert set(found.accuracy) == set(found.sorted) == {found.running}
    assert not found.changed.any()
    assert changed_share(2) == meet(3, 2, 0).share_changed == 0


def test_alone_every_image_is_called_the_same() -> None:
    """z_norm is 0 whatever the image: only β speaks."""
    said = {int(meet(image, 1, 0, draws=3).predicted[0]) for image in range(50)}
    assert len(said) == 1
    assert changed_share(1) == 0  # and so nobody's companions matter, there being none


def test_in_pairs_only_the_order_of_two_values_is_left() -> None:
    """So most images are called by chance; in a batch of 128 hardly any change."""
    assert changed_share(2) > changed_share(8) > changed_share(64) > changed_share(128)


# --- one image ---


@pytest.mark.parametrize("order", experiment.ORDERS)
@pytest.mark.parametrize("m", [1, 2, 8, 64, 128])
def test_companions_are_others_and_of_the_kind_asked_for(m: int, order: str) -> None:
    data = trained().data
    found = meet(5, m, seed=1, draws=30, order=order)
    assert found.companions.shape == (30, m - 1)
    assert 5 not in found.companions
    assert found.counts.sum() == 30 and found.digit == data.y_test[5]
    enough = 449 if order == "random" else (data.y_test == found.digit).sum() - 1
    for row in found.companions:
        assert len(set(row)) == min(m - 1, enough)
    if order == "same_class":
        assert (data.y_test[found.companions] == found.digit).all()


def test_all_other_images_may_be_companions() -> None:
    found = meet(5, 64, seed=0)
    assert len(set(found.companions.flat)) == 449


def test_the_logits_are_those_of_the_image_in_its_batch() -> None:
    net, found = trained(), meet(5, 8, seed=2, draws=10)
    network = net.network.copy()
    for row, logits in zip(found.companions, found.logits, strict=True):
        wanted = network.forward(net.data.x_test[[5, *row]])[0]
        np.testing.assert_allclose(logits, wanted, atol=1e-4)
    np.testing.assert_array_equal(found.predicted, found.logits.argmax(axis=1))
    assert found.share_changed == (found.predicted != found.running).mean()


def test_the_seed_decides() -> None:
    one, same, other = meet(5, 8, 0), meet(5, 8, 0), meet(5, 8, 1)
    np.testing.assert_array_equal(one.logits, same.logits)
    assert not np.array_equal(one.companions, other.companions)


def test_no_order_of_another_name() -> None:
    with pytest.raises(KeyError):
        meet(5, 8, 0, order="backwards")


def test_verdicts_are_the_networks() -> None:
    net, found = trained(), verdicts(7)
    np.testing.assert_array_equal(
        found.running_logits, net.network.predict(net.data.x_test[[7]])[0]
    )
    assert (found.running, found.exact) == (meet(7, 2, 0).running, meet(7, 2, 0).exact)
    exact = [verdicts(image).exact for image in range(60)]
    assert np.mean(exact == net.data.y_test[:60]) > 0.95


def test_company_of_ones_own_class_is_worse_than_mixed_company() -> None:
    """Batch norm takes away what the batch has in common: here, the digit."""
    images = range(0, 450, 15)
    mixed, own = (
        np.mean([meet(i, 32, 0, draws=20, order=order).share_changed for i in images])
        for order in experiment.ORDERS
    )
    assert mixed < 0.1 and own > 0.4


# --- streams ---


@pytest.mark.parametrize("m", [8, 16, 50])
def test_a_sorted_stream_ruins_own_statistics_and_no_others(m: int) -> None:
    found = sorted_stream(m)
    assert found.accuracy < 0.4
    assert found.shuffled > found.accuracy + 0.5
    assert found.running > 0.95


def test_every_image_of_a_stream_is_classified_once() -> None:
    net = trained()
    order = np.random.default_rng(0).permutation(450)
    for m in (1, 7, 64, 450):
        said = experiment._say(net, order, m)
        batch = order[-m:]
        wanted = net.network.copy().forward(net.data.x_test[batch]).argmax(axis=1)
        np.testing.assert_array_equal(said[batch], wanted)
        assert said.shape == (450,) and said.min() >= 0 and said.max() <= 9


# --- train() and eval() ---


def wrong_mode_hurts_small_batches(found: Modes) -> bool:
    one, many = found.train
    return bool(one < 0.15 and found.eval > 0.95 and abs(many - found.eval) < 0.03)


def test_in_train_mode_one_image_is_chance_and_64_are_nearly_right() -> None:
    assert wrong_mode_hurts_small_batches(modes((1, 64)))


def test_the_right_mode_knows_no_batch_size(by_running) -> None:
    found = modes((1, 64))
    assert set(found.train) == {found.eval}
    assert not wrong_mode_hurts_small_batches(found)


def test_other_networks_suffer_likewise(another_seed) -> None:
    assert wrong_mode_hurts_small_batches(modes((1, 64)))
    assert spoiled(modes((8, 64), rounds=5))


def spoiled(found: Modes) -> bool:
    """Dimmed images that passed in train() mode spoil eval() on the images as they are."""
    shuffled, _, dimmed = found.after.T
    return bool((abs(shuffled - found.eval) < 0.02).all() and (dimmed < found.eval - 0.1).all())


def test_a_shifted_stream_in_train_mode_spoils_eval() -> None:
    found = modes((8, 64), rounds=5)
    assert found.streams == ("shuffled", "sorted", "dimmed")
    assert spoiled(found)
    assert found.after[0, 1] < found.eval - 0.02  # sorted, in batches of 8: what came last rules


def test_where_no_statistics_move_nothing_is_spoiled(monkeypatch) -> None:
    net = trained()
    still = replace(net, config=replace(net.config, momentum=0.0))
    monkeypatch.setattr(experiment, "trained", lambda: still)
    found = modes((8, 64), rounds=5)
    np.testing.assert_allclose(found.after, found.eval, atol=0.003)
    assert not spoiled(found)


@pytest.mark.parametrize("m", [1, 8, 64])
def test_answers_are_those_of_the_mode(m: int) -> None:
    net = trained()
    x, network = net.data.x_test, net.network.copy()
    np.testing.assert_array_equal(answers(0), network.predict(x).argmax(axis=1))
    for start in range(0, 450 - m, 150):
        batch = slice(start // m * m, start // m * m + m)
        wanted = network.forward(x[batch]).argmax(axis=1)
        np.testing.assert_array_equal(answers(m)[batch], wanted)


@pytest.mark.parametrize("m", [1, 8, 64])
@pytest.mark.parametrize("stream", experiment.STREAMS)
def test_the_running_statistics_move_as_the_networks_do(stream: str, m: int) -> None:
    net = trained()
    network: Network = net.network.copy()
    order = np.random.default_rng((0, m)).permutation(450)
    if stream == "sorted":
        order = np.argsort(net.data.y_test, kind="stable")
    light = np.float32(0.3 if stream == "dimmed" else 1)
    for _ in range(2):
        for batch in order[: 450 // m * m].reshape(-1, m):
            network.forward(net.data.x_test[batch] * light)
            network.track()
    mean, var = running_after(stream, m, rounds=2)
    for layer in range(3):
        np.testing.assert_allclose(mean[layer], network.running_mean[layer][0], atol=2e-5)
        np.testing.assert_allclose(var[layer], network.running_var[layer][0], atol=2e-5)


def test_no_stream_of_another_name() -> None:
    with pytest.raises(KeyError):
        running_after("upside_down", 8)


def test_sizes_end_where_the_test_set_still_has_batches() -> None:
    assert max(SIZES) <= len(trained().data.y_test)
