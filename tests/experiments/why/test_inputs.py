"""Two features of wines: the data, the bowl, and the way down it, raw and scaled."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.why.inputs import (
    FEATURES,
    all_features_condition,
    best_b,
    condition,
    contours,
    descent,
    features,
    loss,
    second_moments,
    wine,
)

BOTH = pytest.mark.parametrize("scaled", [False, True], ids=["raw", "scaled"])


# The wines


def test_the_wines_are_those_of_the_source() -> None:
    """Counts, ranges and a first row, as the repository describes them."""
    found = wine()
    assert found.x.shape == (178, len(FEATURES)) and found.x.dtype == np.float64
    assert np.bincount(found.y).tolist() == [59, 71, 48]
    ends = {
        "alcohol": (11.03, 14.83),
        "magnesium": (70, 162),
        "nonflavanoid_phenols": (0.13, 0.66),
        "proline": (278, 1680),
    }
    for name, expected in ends.items():
        column = found.x[:, FEATURES.index(name)]
        assert (column.min(), column.max()) == pytest.approx(expected)
    assert found.x[0, :5] == pytest.approx([14.23, 1.71, 2.43, 15.6, 127])


def test_the_shared_wines_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        wine().x[0, 0] = 0


def test_scaled_features_have_mean_0_and_sd_1() -> None:
    raw, scaled = features(False), features(True)
    np.testing.assert_allclose(scaled.x.mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(scaled.x.std(axis=0), 1)
    np.testing.assert_allclose(scaled.x * raw.sd + raw.mean, raw.x)
    np.testing.assert_array_equal(np.unique(raw.y), [-1, 1])
    np.testing.assert_array_equal(raw.y, scaled.y)


# The bowl


@BOTH
def test_the_picture_shows_the_loss_at_its_best_b(scaled: bool) -> None:
    bowl, known = contours(scaled), features(scaled)
    rng = np.random.default_rng(0)
    for i, j in rng.integers(0, len(bowl.w_alcohol), (20, 2)):
        w = np.array([bowl.w_alcohol[j], bowl.w_magnesium[i]])
        assert bowl.loss[i, j] == pytest.approx(loss(known, w), rel=1e-9)
        b = best_b(known, w)
        assert loss(known, w, b) < min(loss(known, w, b - 0.01), loss(known, w, b + 0.01))
    assert bowl.loss.min() >= bowl.lowest == pytest.approx(loss(known, bowl.minimum))


@BOTH
def test_nothing_is_lower_than_the_minimum(scaled: bool) -> None:
    bowl, known = contours(scaled), features(scaled)
    with_one = np.column_stack([known.x, np.ones(len(known.x))])
    best, *_ = np.linalg.lstsq(with_one, known.y, rcond=None)
    np.testing.assert_allclose(best[:2], bowl.minimum, rtol=1e-6)
    assert best[2] == pytest.approx(best_b(known, bowl.minimum))


@BOTH
def test_the_hessians_are_those_of_the_loss(scaled: bool) -> None:
    """Second differences, over b at its best and over all three."""
    bowl, known, h = contours(scaled), features(scaled), 0.01
    eye = h * np.eye(3)

    def bent(f, i: int, j: int) -> float:
        signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        return sum(s * t * f(s * eye[i] + t * eye[j]) for s, t in signs) / (4 * h * h)

    def held(p: np.ndarray) -> float:
        return loss(known, p[:2])

    def free(p: np.ndarray) -> float:
        return loss(known, p[:2], p[2])

    plane = [[bent(held, i, j) for j in range(2)] for i in range(2)]
    whole = [[bent(free, i, j) for j in range(3)] for i in range(3)]
    np.testing.assert_allclose(plane, bowl.hessian, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(whole, second_moments(known.x), rtol=1e-6, atol=1e-6)


def test_scaling_makes_the_bowl_round() -> None:
    raw, scaled = contours(False), contours(True)
    assert raw.condition > 300 and raw.condition_with_b > 2e6
    assert scaled.condition < 2 and scaled.condition_with_b < 2
    assert raw.axis_ratio == pytest.approx(18.3, abs=0.1)
    assert all_features_condition(False) > 4e8 and all_features_condition(True) < 60


def test_what_was_round_from_the_start_gains_nothing() -> None:
    x = np.random.default_rng(0).standard_normal((2000, 2))
    again = (x - x.mean(axis=0)) / x.std(axis=0)
    assert condition(second_moments(x)) / condition(second_moments(again)) < 1.1


def test_raw_and_scaled_are_the_same_functions_on_other_axes() -> None:
    raw, scaled, sd = contours(False), contours(True), features(False).sd
    np.testing.assert_allclose(raw.loss, scaled.loss)
    assert raw.lowest == pytest.approx(scaled.lowest)
    np.testing.assert_allclose(raw.minimum * sd, scaled.minimum)
    np.testing.assert_allclose(raw.start * sd, scaled.start)


@BOTH
@pytest.mark.parametrize("square", [False, True])
def test_start_and_minimum_are_in_the_picture(scaled: bool, square: bool) -> None:
    bowl = contours(scaled, square, points=51)
    for point in (bowl.start, bowl.minimum):
        assert bowl.w_alcohol[0] < point[0] < bowl.w_alcohol[-1]
        assert bowl.w_magnesium[0] < point[1] < bowl.w_magnesium[-1]
    if square:
        assert np.ptp(bowl.w_alcohol) == pytest.approx(np.ptp(bowl.w_magnesium))
    assert bowl.loss.shape == (51, 51)


# The way down


@BOTH
@pytest.mark.parametrize("learn_b", [False, True])
def test_each_step_goes_against_the_gradient(scaled: bool, learn_b: bool) -> None:
    known, bowl = features(scaled), contours(scaled)
    lr = 0.4 * bowl.lr_limit_with_b
    way = descent(scaled, lr, 5, learn_b)
    for t in range(5):
        h = 1e-5 * (1 + np.abs(way.w[t]))
        b = way.b[t] if learn_b else None
        gradient = [
            (loss(known, way.w[t] + step, b) - loss(known, way.w[t] - step, b)) / (2 * step.sum())
            for step in np.diag(h)
        ]
        np.testing.assert_allclose(way.w[t + 1] - way.w[t], -lr * np.array(gradient), rtol=1e-4)
        assert way.loss[t] == pytest.approx(loss(known, way.w[t], way.b[t]))
    np.testing.assert_allclose(way.excess, way.loss - bowl.lowest)


def test_all_begin_with_the_same_function() -> None:
    firsts = [descent(s, 1e-4, 1, b).loss[0] for s in (False, True) for b in (False, True)]
    np.testing.assert_allclose(firsts, firsts[0])


@BOTH
@pytest.mark.parametrize("learn_b", [False, True])
def test_the_limit_of_the_learning_rate(scaled: bool, learn_b: bool) -> None:
    bowl = contours(scaled)
    limit = bowl.lr_limit_with_b if learn_b else bowl.lr_limit
    below, above = (descent(scaled, f * limit, 1000, learn_b) for f in (0.97, 1.03))
    assert not below.diverged and (np.diff(below.loss) < 1e-12).all()
    assert above.diverged and np.isfinite(above.loss).all() and len(above.loss) < 1001


def test_the_round_bowl_is_left_in_a_few_steps_and_the_valley_is_not() -> None:
    """Each at its best learning rate of a grid, as shares of its own limit."""
    steps = {
        scaled: min(
            descent(scaled, f * contours(scaled).lr_limit, 1500).steps_to_close or 1500
            for f in (0.3, 0.5, 0.7, 0.9, 0.98)
        )
        for scaled in (False, True)
    }
    assert steps[True] <= 5 and steps[False] > 300
    with_b = descent(False, 0.9 * contours(False).lr_limit_with_b, 2000, learn_b=True)
    assert with_b.steps_to_close is None and with_b.excess[-1] > 0.2 * with_b.excess[0]
