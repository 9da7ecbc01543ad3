"""Shift per layer: known movements give known numbers; what the page reads off is in the runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore.config import RunConfig
from bncore.shift import ks
from experiments import presets
from experiments.pair import Pair, train_pair
from experiments.training.shift import Shift, _measure, shift

NAMES = ("w1", "w1_late", "w1_in_sd", "ks", "ks_late", "moved", "moved_late")


def measured(u: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip(NAMES, _measure(u), strict=True))


@pytest.fixture
def still() -> np.ndarray:
    """(T, L, P, K): the same sample five times."""
    u = np.random.default_rng(0).standard_normal((1, 2, 40, 3)) * 2 + 1
    return np.repeat(u, 5, axis=0)


def test_what_stands_still_has_not_moved(still: np.ndarray) -> None:
    for number in measured(still).values():
        np.testing.assert_array_equal(number, 0)


def test_a_shift_by_c_in_each_interval_is_a_path_of_4c(still: np.ndarray) -> None:
    moving = still + 0.3 * np.arange(5)[:, None, None, None]
    found = measured(moving)
    sd = still[0].std(axis=1)
    np.testing.assert_allclose(found["w1"], 4 * 0.3)
    np.testing.assert_allclose(found["w1_late"], 0.3)
    np.testing.assert_allclose(found["w1_in_sd"], (4 * 0.3 / sd).mean(axis=1))
    np.testing.assert_allclose(found["moved"], (0.3 / sd).mean(axis=1))
    np.testing.assert_allclose(found["moved_late"], found["moved"])
    first, second = np.moveaxis(moving[0], 1, 2), np.moveaxis(moving[1], 1, 2)
    np.testing.assert_allclose(found["ks"], ks(first, second).mean(axis=1))
    np.testing.assert_allclose(found["ks_late"], found["ks"])


def test_examples_that_change_places_move_while_their_distribution_stands(
    still: np.ndarray,
) -> None:
    rng = np.random.default_rng(1)
    shuffled = np.stack([rng.permuted(u, axis=1) for u in still])
    found = measured(shuffled)
    np.testing.assert_allclose(found["w1"], 0, atol=1e-12)
    np.testing.assert_allclose(found["ks"], 0, atol=1e-12)
    assert (found["moved"] > 0.5).all()


def test_units_of_measurement_matter_to_the_absolute_path_alone(still: np.ndarray) -> None:
    moving = still + np.random.default_rng(2).standard_normal(still.shape)
    once, tenfold = measured(moving), measured(10 * moving)
    for name in ("w1", "w1_late"):
        np.testing.assert_allclose(tenfold[name], 10 * once[name])
    for name in NAMES[2:]:
        np.testing.assert_allclose(tenfold[name], once[name])


def test_late_means_the_last_quarter() -> None:
    u = np.random.default_rng(3).standard_normal((1, 1, 30, 2)).repeat(9, axis=0)
    u[7:] += 1.0  # a jump in the last quarter: once in 8 intervals, once in the last 2
    found = measured(u)
    np.testing.assert_allclose(found["moved_late"] / found["moved"], 4)
    np.testing.assert_allclose(found["ks_late"] / found["ks"], 4)
    np.testing.assert_allclose(found["w1_late"], found["w1"])


def test_a_unit_that_says_the_same_to_everyone_is_left_out_and_raises_no_warning() -> None:
    u = np.ones((4, 1, 10, 2))
    u[..., 1] = np.random.default_rng(4).standard_normal((4, 1, 10))
    alone = measured(u[..., 1:])
    for name in ("w1_in_sd", "moved"):
        np.testing.assert_allclose(measured(u)[name], alone[name])
    assert np.isnan(measured(np.ones((4, 1, 10, 2)))["w1_in_sd"]).all()


def test_arms_are_compared_up_to_where_both_came() -> None:
    pair = train_pair(RunConfig(depth=6, width=32, steps=120, record_every=1, lr=1.0))
    assert pair.plain.diverged_at is not None
    found = shift(pair)
    assert found.steps[0] == 0 and found.steps[-1] == pair.plain.step[-1] < pair.bn.step[-1]
    alone = Pair(pair.bn.upto(int(found.steps[-1])), pair.plain)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(found, name), getattr(shift(alone), name))


@pytest.mark.parametrize("stop", [0, 1])
def test_a_run_stopped_at_once_has_not_moved(stop: int) -> None:
    pair = train_pair(RunConfig(depth=2, width=16, steps=4, record_every=1)).upto(stop)
    found = shift(pair)
    assert np.isfinite(found.w1).all() and (found.w1 == 0).all() == (stop == 0)


# ------------------------------------------------------------------ what the page says


@pytest.fixture(scope="module")
def figure1() -> Shift:
    return shift(presets.load("figure1"))


def test_with_bn_the_distributions_of_figure_1_moved_less(figure1: Shift) -> None:
    """The question after the table says so."""
    for name in ("w1", "w1_late", "w1_in_sd", "ks", "ks_late"):
        plain, bn = getattr(figure1, name)
        assert (bn < plain).all(), name


def test_late_in_the_run_single_examples_did_not(figure1: Shift) -> None:
    plain, bn = figure1.moved_late
    assert (bn < plain).sum() < len(bn)


def test_a_narrow_start_inflates_the_relative_path(figure1: Shift) -> None:
    """Why the relative number never stands alone: the deepest layer's ratio explodes in it."""
    absolute = figure1.w1[0, -1] / figure1.w1[1, -1]
    relative = figure1.w1_in_sd[0, -1] / figure1.w1_in_sd[1, -1]
    assert relative > 3 * absolute


def test_the_table_measures_what_enters_the_activation() -> None:
    pair = presets.load("figure1")
    bn = pair.bn
    stretched = replace(bn, z=bn.z * 3 + 1, mean=bn.mean * 3 + 1, var=bn.var * 9)
    np.testing.assert_allclose(
        shift(Pair(stretched, pair.plain)).w1[1], shift(pair).w1[1], rtol=1e-3
    )
