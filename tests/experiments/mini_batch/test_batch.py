"""What the lesson on one mini-batch says about its batches, its mistakes and its questions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bncore.batchnorm import batch_norm_forward
from bncore.variants import VARIANTS
from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import compare, draw, give_back, squash, walk, walk_without_eps

REAL = ("digits", "skewed", "bimodal", "outlier")
EPS = 1e-5
seeds = some.integers(0, 9999)
batches = some.lists(some.floats(-1e12, 1e12), min_size=1, max_size=40).map(np.array)


def moments(z: np.ndarray) -> tuple[float, float]:
    """Skewness and kurtosis: the shape apart from place and width."""
    t = (z - z.mean()) / z.std()
    return float((t**3).mean()), float((t**4).mean())


# --- where the numbers come from ---


def test_the_population_is_the_same_every_time() -> None:
    first = experiment.population()
    experiment.population.cache_clear()
    assert np.array_equal(experiment.population().z, first.z)


def test_the_network_learned_something_and_its_units_differ() -> None:
    z = experiment.population().z
    assert z.shape == (1347, 3, 16)
    assert np.ptp(z.mean(axis=0)) > 3
    assert z.std(axis=0).max() > 3 * z.std(axis=0).min() > 0


def test_the_numbers_survive_six_decimals() -> None:
    z = experiment.population().z
    assert np.array_equal(z, np.round(z, 6))


@settings(max_examples=25)
@given(seeds, some.integers(1, 256), some.integers(1, 256))
def test_a_larger_batch_keeps_the_examples_of_a_smaller_one(seed: int, a: int, b: int) -> None:
    small, large = sorted((a, b))
    for source in REAL[:3]:
        z = draw(source, 2, 5, large, seed).z
        assert len(z) == large
        assert np.array_equal(z[:small], draw(source, 2, 5, small, seed).z)


def test_another_seed_draws_another_batch() -> None:
    assert not np.array_equal(draw("digits", 1, 1, 32, 0).z, draw("digits", 1, 1, 32, 1).z)


def test_a_batch_is_the_unit_that_was_asked_for() -> None:
    batch = draw("digits", 3, 7, 1347, 4)
    assert np.array_equal(np.sort(batch.z), np.sort(experiment.population().z[:, 2, 6]))


def test_the_skewed_unit_is_skewed_and_the_two_humped_one_has_two_humps() -> None:
    skew, _ = moments(draw("skewed", 1, 1, 1347, 0).z)
    assert skew > 2
    batch = draw("bimodal", 1, 1, 256, 0)
    assert set(batch.digits) == {batch.facts["first"], batch.facts["second"]}
    one, other = (batch.z[batch.digits == batch.facts[name]] for name in ("first", "second"))
    assert abs(one.mean() - other.mean()) > 4 * max(one.std(), other.std())


def test_skewed_outputs_are_mostly_zero_with_a_long_tail() -> None:
    z = draw("skewed", 1, 1, 1347, 0).z
    assert np.median(z) == 0
    assert z.min() == 0 and z.max() > 4 * z.std()


def test_the_corner_pixel_has_no_ink_on_any_image() -> None:
    assert not experiment.population().pixels[:, 0].any()
    assert not draw("constant", 1, 1, 256, 3).z.any()


def test_the_outlier_is_one_changed_value() -> None:
    changed, plain = draw("outlier", 2, 3, 32, 5), draw("digits", 2, 3, 32, 5)
    assert (changed.z != plain.z).tolist() == [True] + [False] * 31
    assert plain.z[0] == changed.facts["was"]
    assert changed.z[0] == changed.facts["put"]
    assert changed.z[0] > plain.z.max() + 5 * plain.z.std()


def test_in_company_one_example_stays_and_the_others_are_drawn_anew() -> None:
    batches = [experiment.in_company(seed) for seed in range(20)]
    assert len({z[0] for z in batches}) == 1
    assert all(len(z) == experiment.COMPANY for z in batches)
    assert len({tuple(sorted(z[1:])) for z in batches}) == len(batches)
    norms = [walk(z, 1, 0, 1e-5).z_norm[0] for z in batches]
    assert len(set(norms)) == len(norms)  # its z is the same, its z_norm never
    assert np.ptp(norms) > 0.3
    layer, unit, *pair = experiment.most_bimodal()
    everyone = experiment.population()
    all_z = everyone.z[np.isin(everyone.digits, pair), layer, unit]
    assert np.isin(np.concatenate(batches), all_z).all()


def test_a_single_example_is_the_first_of_the_batch() -> None:
    assert draw("single", 1, 4, 99, 7).z.tolist() == draw("digits", 1, 4, 9, 7).z[:1].tolist()


def test_own_numbers_stand_in_place_of_the_unit() -> None:
    batch = draw("own", 2, 3, 32, 0, (1.0, -2.0, 4.5))
    assert batch.z.tolist() == [1.0, -2.0, 4.5]
    assert batch.digits is None
    assert np.array_equal(batch.neighbours[:, 0], experiment.population().z[:3, 1, 0])


def test_own_without_numbers_is_the_unit_that_was_asked_for() -> None:
    assert np.array_equal(draw("own", 2, 3, 32, 0).z, draw("digits", 2, 3, 32, 0).z)


# --- the four steps ---


@pytest.mark.parametrize("source", experiment.SOURCES)
def test_the_steps_are_those_of_the_core(source: str) -> None:
    z = draw(source, 2, 9, 32, 1).z
    steps = walk(z, 1.7, -0.4, 1e-3)
    z_tilde, cache = batch_norm_forward(z[:, None], [1.7], [-0.4], 1e-3)
    assert np.array_equal(steps.z_tilde, z_tilde[:, 0])
    assert np.array_equal(steps.z_norm, cache.z_norm[:, 0])
    assert np.array_equal(steps.z_centered, cache.z_centered[:, 0])
    assert (steps.mean, steps.var, steps.std) == (cache.mean[0], cache.var[0], cache.std[0])
    assert (steps.gamma, steps.beta, steps.eps) == (1.7, -0.4, 1e-3)


@given(batches, some.floats(-12, 1), some.floats(-1e13, 1e13), some.floats(-1e13, 1e13))
def test_no_setting_of_the_page_is_refused(
    z: np.ndarray, power: float, gamma: float, beta: float
) -> None:
    assert np.isfinite(walk(z, gamma, beta, 10**power).z_tilde).all()


@given(batches, some.floats(-12, 1))
def test_gamma_and_beta_give_z_back(z: np.ndarray, power: float) -> None:
    gamma, beta = give_back(z, 10**power)
    gap = np.abs(walk(z, gamma, beta, 10**power).z_tilde - z).max()
    assert gap <= 8 * np.finfo(float).eps * max(np.abs(z).max(), 1e-300)
    assert abs(gamma) <= 1e13 and abs(beta) <= 1e13  # what the controls can hold


def test_an_ordinary_gamma_does_not_give_z_back() -> None:
    z = draw("digits", 1, 1, 32, 0).z
    assert np.abs(walk(z, 1, 0, EPS).z_tilde - z).max() > 1


# --- predict first ---


@pytest.mark.parametrize("source", REAL)
def test_normalizing_keeps_the_shape(source: str) -> None:
    z = draw(source, 1, 1, 64, 0).z
    z_norm = walk(z, 1, 0, EPS).z_norm
    assert abs(z_norm.mean()) < 1e-12
    assert z_norm.var() == pytest.approx(1, abs=1e-3)
    assert moments(z_norm) == pytest.approx(moments(z))
    assert np.array_equal(np.argsort(z_norm, kind="stable"), np.argsort(z, kind="stable"))


@pytest.mark.parametrize("source", REAL)
def test_some_examples_lie_beyond_one(source: str) -> None:
    z_norm = np.abs(walk(draw(source, 1, 1, 32, 0).z, 1, 0, EPS).z_norm)
    assert z_norm.max() > 1 > z_norm.min()


# --- what ε does ---


@pytest.mark.parametrize("case", ["constant", "single"])
def test_without_eps_a_batch_with_no_spread_is_nan(case: str) -> None:
    z = experiment.eps_cases(draw("digits", 1, 1, 32, 0), seed=0)[case]
    with_eps, without = walk(z, 3, 0.5, EPS), walk_without_eps(z, 3, 0.5)
    assert not with_eps.z_norm.any()
    assert (with_eps.z_tilde == 0.5).all()
    assert np.isnan(without.z_norm).all() and np.isnan(without.z_tilde).all()


@settings(max_examples=25)
@given(seeds, some.sampled_from([1, 2, 7, 32, 256]))
def test_the_faint_pixel_varies_least_of_all_that_vary(seed: int, m: int) -> None:
    batch = draw("digits", 1, 1, m, seed)
    faint = experiment.eps_cases(batch, seed)["faint"]
    assert faint.var() > 0
    images = draw("constant", 1, 1, len(faint), seed).neighbours
    assert all(var == 0 or var >= faint.var() for var in images.var(axis=0))


def test_the_size_of_a_faint_difference_is_up_to_eps() -> None:
    z = experiment.eps_cases(draw("digits", 1, 1, 32, 0), seed=0)["faint"]
    far = [np.abs(walk(z, 1, 0, eps).z_norm).max() for eps in (1e-12, 1e-5, 1e-2, 1)]
    assert far[0] > 5
    assert far == sorted(far, reverse=True)
    assert far[-1] < 0.1
    assert np.abs(walk_without_eps(z, 1, 0).z_norm).max() == pytest.approx(far[0])


def test_the_curve_over_eps_is_sd_over_root() -> None:
    z = draw("digits", 3, 3, 32, 0).z
    grid = experiment.EPS_GRID
    measured = [walk(z, 1, 0, float(eps)).z_norm.std() for eps in grid]
    assert experiment.spread(z) == pytest.approx(measured)
    assert grid[0] == pytest.approx(1e-12) and grid[-1] == pytest.approx(10)


def test_an_ordinary_batch_hardly_notices_the_usual_eps() -> None:
    for layer in (1, 2, 3):
        for unit in range(1, 17):
            z = draw("digits", layer, unit, 32, 0).z
            assert walk(z, 1, 0, EPS).z_norm.std() > 0.999


# --- broken ---


def test_each_mistake_is_the_cores_own() -> None:
    batch = draw("digits", 2, 6, 32, 0)
    n = batch.neighbours.shape[1]
    for name, variant in VARIANTS.items():
        if name == "without_eps":
            continue
        found = compare(name, batch, EPS)
        _, cache = variant(batch.neighbours, np.ones(n), np.zeros(n), EPS)
        assert np.array_equal(found.wrong.z_norm, cache.z_norm[:, 5])
        assert np.allclose(found.right.z_norm, walk(batch.z, 1, 0, EPS).z_norm, atol=1e-12)
        assert found.difference == np.abs(found.wrong.z_norm - found.right.z_norm).max() > 0


def test_dividing_by_the_variance_depends_on_the_unit_of_measurement() -> None:
    batch = draw("digits", 1, 1, 32, 0)
    here = compare("divide_by_variance", batch, EPS)
    there = compare("divide_by_variance", experiment.rescaled(batch, 10), EPS)
    assert there.wrong.z_norm.std() == pytest.approx(here.wrong.z_norm.std() / 10, rel=1e-3)
    assert there.right.z_norm.std() == pytest.approx(here.right.z_norm.std(), rel=1e-3)


@pytest.mark.parametrize("m", [2, 32, 256])
def test_the_unbiased_variance_shrinks_by_a_known_ratio(m: int) -> None:
    found = compare("unbiased_variance", draw("digits", 1, 1, m, 0), EPS)
    ratio = found.wrong.z_norm.std() / found.right.z_norm.std()
    assert ratio == pytest.approx(math.sqrt((m - 1) / m), rel=1e-3)


def test_the_numbers_in_the_sentence_on_the_unbiased_variance() -> None:
    assert f"{math.sqrt(1 / 2):.3f}" == "0.707"
    found = compare("unbiased_variance", draw("single", 1, 1, 1, 0), EPS)
    assert math.isnan(found.difference)


def test_pooled_statistics_leave_each_unit_its_own_place_and_width() -> None:
    means, sds = [], []
    for unit in range(1, 17):
        wrong = compare("pooled_units", draw("digits", 2, unit, 32, 0), EPS).wrong.z_norm
        means.append(wrong.mean())
        sds.append(wrong.std())
    assert np.ptp(means) > 1
    assert max(sds) > 2 * min(sds)
    assert np.mean(means) == pytest.approx(0, abs=1e-9)


def test_own_numbers_are_pooled_with_fifteen_real_units() -> None:
    batch = draw("own", 1, 4, 32, 0, (100.0, 101.0, 104.0))
    assert batch.neighbours.shape == (3, 16)
    assert compare("pooled_units", batch, EPS).wrong.z_norm.mean() > 3


# --- why γ and β ---


def test_sigmoid_is_almost_straight_in_its_linear_part() -> None:
    z = np.linspace(-experiment.LINEAR, experiment.LINEAR, 2001)
    off = np.abs(squash(z, "sigmoid").outputs - (1 / 2 + z / 4))
    assert 0.9 * experiment.LINEAR_ERROR < off.max() < experiment.LINEAR_ERROR
    assert experiment.LINEAR == 1 and experiment.LINEAR_ERROR == 0.02  # as the page says


def test_gamma_and_beta_change_how_much_of_the_curve_is_used() -> None:
    z = draw("digits", 1, 1, 32, 0).z

    def share(activation: str, gamma: float, beta: float) -> float:
        return squash(walk(z, gamma, beta, EPS).z_tilde, activation).share

    assert share("sigmoid", 1, 0) > 0.5 > 0.3 > share("sigmoid", 4, 0)
    assert share("sigmoid", 1, 3) < 0.1
    assert 0.3 < share("relu", 1, 0) < 0.7
    assert share("relu", 1, 3) == 1


def test_the_share_is_counted() -> None:
    inputs = np.array([-2.0, -0.5, 0.25, 0.75, 1.0])
    assert squash(inputs, "sigmoid").share == 3 / 5
    assert squash(inputs, "relu").share == 3 / 5
    assert squash(inputs, "relu").outputs.tolist() == [0, 0, 0.25, 0.75, 1.0]


def test_check_1_rescaling_a_layer_changes_a_trace_only() -> None:
    z = draw("digits", 2, 2, 32, 0).z
    before, after = walk(z, 1.3, 0.2, EPS).z_tilde, walk(10 * z + 5, 1.3, 0.2, EPS).z_tilde
    assert 0 < np.abs(before - after).max() < 1e-3


def test_check_2_gamma_is_not_the_sd() -> None:
    z = np.array([-1e-3, 1e-3, -1e-3, 1e-3])
    assert z.var() == pytest.approx(1e-6)
    assert walk(z, 2, 0, 1e-5).z_tilde.std() == pytest.approx(0.6, abs=0.01)
    assert math.sqrt(1.1e-5) == pytest.approx(0.0033, abs=5e-5)
    rootless, _ = VARIANTS["divide_by_variance"](z[:, None], [2.0], [0.0], 1e-5)
    assert rootless.std() == pytest.approx(180, abs=5)


def test_check_3_one_example_becomes_beta() -> None:
    seven = np.array([7.0])
    assert walk(seven, 3, 0.5, EPS).z_tilde.tolist() == [0.5]
    assert np.isnan(walk_without_eps(seven, 3, 0.5).z_tilde).all()
    assert 3 * 7 + 0.5 == 21.5
