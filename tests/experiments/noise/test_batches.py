"""The noise of a mini-batch: its size, its two parts, what dropout does instead, who shares it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bncore import batch_norm_forward
from experiments.noise import batches as noise
from experiments.trained import trained

IMAGES = (3, 77, 200, 512, 900, 1300)
LAYERS, UNITS = 3, 50


@pytest.fixture
def nothing_cached():
    """What a test changes in the module must not be remembered, nor what was remembered serve."""
    noise.meet.cache_clear()
    yield
    noise.meet.cache_clear()


def all_units(image: int, m: int, layer: int = 0, seed: int = 0) -> tuple[np.ndarray, ...]:
    """sd(z_norm), its law, the law of a member: one for each unit."""
    each = [noise.one_example(image, layer, unit, m, seed) for unit in range(UNITS)]
    return tuple(np.array([(n.sd, n.law, n.law_member) for n in each]).T)


# The numbers are those of batch norm


def test_the_population_is_the_training_set_as_one_batch() -> None:
    net, everyone = trained(), noise.population()
    np.testing.assert_allclose(everyone.mean, net.exact_mean, atol=1e-5)
    np.testing.assert_allclose(everyone.std**2 - 1e-5, net.exact_var, rtol=1e-4)
    np.testing.assert_allclose(everyone.t.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose((everyone.t**2).mean(axis=0), 1, atol=1e-3)
    assert (everyone.kurtosis > 1 + everyone.skew**2).all()  # as of any distribution


@pytest.mark.parametrize("layer", range(LAYERS))
def test_the_values_are_those_of_batch_norm_in_these_batches(layer: int) -> None:
    net, (image, other), m = trained().network, (5, 9), 8
    found = noise.meet((image, other), layer, m, 4)
    batches = np.random.default_rng((4, m)).integers(0, 1347, (noise.DRAWS, m))
    for draw in (0, 399):
        a = trained().data.x_train[[image, other, *batches[draw, 2:]]].astype(np.float64)
        for below in range(layer + 1):
            gamma, beta = net.gamma[below][0], net.beta[below][0]
            z_tilde, cache = batch_norm_forward(a @ net.W[below], gamma, beta, net.eps)
            a = np.maximum(z_tilde, 0)
        np.testing.assert_allclose(found.z_norm[draw], cache.z_norm[:2], atol=2e-4)


@pytest.mark.parametrize("layer", range(LAYERS))
def test_a_value_is_a_line_of_what_arrives(layer: int) -> None:
    found = noise.one_example(8, layer, 3, 16, 0)
    np.testing.assert_allclose(found.z_norm, found.a * found.arrived + found.b, atol=1e-10)
    if layer == 0:
        np.testing.assert_allclose(found.arrived, found.t, atol=1e-5)
    else:
        assert found.arrived.std() > 0.05  # the company of the layers below came along


# How large it is


def test_the_spread_follows_the_law() -> None:
    for m in (64, 128, 256):
        ratios = np.concatenate([np.divide(*all_units(image, m)[:2]) for image in IMAGES])
        assert np.median(ratios) == pytest.approx(1, abs=0.03)
        assert np.percentile(np.abs(np.log(ratios)), 90) < 0.1


@pytest.mark.parametrize("m", [32, 64, 256])
def test_the_law_of_a_member_holds_far_out_too(m: int) -> None:
    t = np.abs(noise.population().t[:, 0])
    far = np.argwhere((t > 2) & (t < 3))[::400]
    found = [noise.one_example(image, 0, unit, m, 1) for image, unit in far.tolist()]
    ratios = np.array([(one.sd / one.law, one.sd / one.law_member) for one in found])
    assert np.median(ratios[:, 1]) == pytest.approx(1, abs=0.08)
    if m == 32:
        assert np.median(ratios[:, 0]) < 0.9


def test_skewness_and_kurtosis_are_needed_in_it() -> None:
    """Without them the law would miss examples on the long side of a skewed unit."""
    everyone, m = noise.population(), 128
    units = np.argsort(np.abs(everyone.skew[0]))[-8:]
    errors, without = [], []
    for unit in units.tolist():
        toward = np.sign(everyone.skew[0, unit]) * everyone.t[:, 0, unit]
        for side in (1.5, -1.2):
            found = noise.one_example(int(np.abs(toward - side).argmin()), 0, unit, m, 0)
            errors.append(np.log(found.sd / found.law))
            without.append(np.log(found.sd / np.sqrt((1 + found.t**2 / 2) / m)))
    assert np.abs(errors).mean() < 0.06 < 0.12 < np.abs(without).mean()


def test_four_times_the_batch_is_half_the_noise() -> None:
    slopes = []
    for image in IMAGES:
        for unit in range(0, UNITS, 5):
            if abs(noise.population().t[image, 0, unit]) < 1:
                slopes.append(noise.by_size(image, 0, unit, 0).slope)
    assert len(slopes) > 20
    assert np.median(slopes) == pytest.approx(-0.5, abs=0.04)


def test_in_a_batch_of_two_only_the_order_is_left() -> None:
    values = np.abs(noise.one_example(3, 0, 0, 2, 0).z_norm)
    assert np.median(values) == pytest.approx(1, abs=1e-3) and values.max() <= 1


def test_no_value_leaves_the_reach_of_its_batch() -> None:
    for m in (4, 8, 16):
        z_norm = noise.meet((int(noise.population().t[:, 0, 0].argmax()),), 0, m, 0).z_norm
        assert np.abs(z_norm).max() <= np.sqrt(m - 1) + 1e-6


def test_stretch_and_shift_follow_their_laws() -> None:
    a, b = np.empty((2, UNITS)), np.empty((2, UNITS))
    for unit in range(UNITS):
        found = noise.one_example(3, 0, unit, 64, 0)
        a[:, unit], b[:, unit] = (found.sd_a, found.law_a), (found.sd_b, found.law_b)
    for measured, law in (a, b):
        assert np.median(measured / law) == pytest.approx(1, abs=0.06)
        assert np.percentile(np.abs(np.log(measured / law)), 90) < 0.12
    assert b[1, 0] == 1 / 8


def test_fixed_statistics_leave_no_noise(nothing_cached, monkeypatch) -> None:
    """What the spread measures goes away with the batch's own statistics."""
    everyone = noise.population()

    def of_all(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.tile(everyone.mean[0], (len(z), 1)), np.tile(everyone.std[0], (len(z), 1))

    assert noise.one_example(3, 0, 0, 8, 0).sd > 0.2
    noise.meet.cache_clear()
    monkeypatch.setattr(noise, "_statistics", of_all)
    still = noise.one_example(3, 0, 0, 8, 0)
    assert still.sd < 1e-6 and still.sd_a < 1e-6 and still.sd_b < 1e-6


def test_deeper_layers_are_noisier() -> None:
    sd = np.stack([noise.by_layer(image, 64, 0) for image in IMAGES])
    assert sd.shape == (len(IMAGES), LAYERS, UNITS)
    first, second, third = np.median(sd, axis=(0, 2))
    assert 1.1 < second / first < 1.6 and 1.25 < third / first < 1.9 and third > second


def test_behind_the_first_layer_the_shift_is_in_what_arrives() -> None:
    shifts = [np.median(noise.meet((3,), layer, 64, 0).b.std(axis=0)) for layer in range(LAYERS)]
    assert shifts[0] > 4 * shifts[1] and shifts[0] > 4 * shifts[2]


def test_drawing_again_is_another_draw_and_the_same_seed_the_same() -> None:
    one, again, other = (noise.one_example(3, 1, 2, 16, seed).z_norm for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert one.shape == (noise.DRAWS,) and (one != other).any()


# Dropout at the same place


@pytest.mark.parametrize("keep", [0.5, 0.8, 0.9])
def test_dropouts_factor(keep: float) -> None:
    found = noise.dropout(3, 0, 0, keep, 0, draws=4000)
    assert set(np.unique(found.factors)) == {0, 1 / keep}
    assert found.factors.mean() == pytest.approx(1, abs=0.05)
    assert found.law_factor == pytest.approx(np.sqrt((1 - keep) / keep))
    assert found.sd_factor == pytest.approx(found.law_factor, rel=0.06)
    np.testing.assert_array_equal(found.values, found.factors * found.t)
    assert found.sd == pytest.approx(found.sd_factor * abs(found.t))


def test_without_dropout_there_is_none() -> None:
    assert noise.dropout(3, 0, 0, 1.0, 0).sd_factor == 0


def test_dropout_stretches_an_order_of_magnitude_more_than_a_batch_of_64() -> None:
    a = np.median([noise.one_example(3, 0, unit, 64, 0).sd_a for unit in range(UNITS)])
    assert 10 < noise.dropout(3, 0, 0, 0.5, 0).sd_factor / a < 15
    assert 3.2 < noise.dropout(3, 0, 0, 0.9, 0).sd_factor / a < 5


# Who shares it


def test_a_batch_stretches_and_shifts_all_its_examples_alike() -> None:
    """Two values tell a and b, and these tell every other value."""
    found = noise.meet((3, 77, 200), 0, 64, 0)
    t = noise.population().t[[3, 77, 200], 0]
    a = (found.z_norm[:, 0] - found.z_norm[:, 1]) / (t[0] - t[1])
    predicted = found.z_norm[:, 0] + a * (t[2] - t[0])
    apart = np.abs(t[0] - t[1]) > 0.3  # else the division makes much of rounding
    np.testing.assert_allclose(predicted[:, apart], found.z_norm[:, 2][:, apart], atol=1e-4)
    np.testing.assert_allclose(a[:, apart], found.a[:, apart], atol=1e-4)
    assert found.z_norm[:, 2].std(axis=0).min() > 0.08


def pairs(keep: float = 0.8) -> list[noise.Shared]:
    rng = np.random.default_rng(0)
    chosen = rng.integers(0, 1347, (60, 2)).tolist()
    return [noise.shared(i, j, 0, n % UNITS, 64, n, keep) for n, (i, j) in enumerate(chosen)]


def test_two_examples_move_together_under_batch_norm_and_apart_under_dropout() -> None:
    found = pairs()
    together = np.array([(one.correlation, one.law) for one in found])
    assert np.median(together[:, 0]) > 0.6
    assert np.abs(together[:, 0] - together[:, 1]).max() < 0.2
    assert np.abs(together[:, 0] - together[:, 1]).mean() < 0.06
    close = [one.correlation for one in found if abs(one.t[0] - one.t[1]) < 0.5]
    assert len(close) > 5 and min(close) > 0.9
    dropped = np.array([one.dropped_correlation for one in found])
    assert abs(dropped.mean()) < 0.03 and np.abs(dropped).max() < 0.2


def test_two_examples_in_one_batch_are_one_meeting() -> None:
    found = noise.shared(3, 77, 0, 4, 64, 0)
    np.testing.assert_allclose(
        found.z_norm, found.a[:, None] * found.t + found.b[:, None], atol=1e-4
    )
    np.testing.assert_allclose(found.dropped[:, 0] / found.t[0] * 0.8 % 1, 0, atol=1e-9)


# Many visitors at once


def test_nothing_touches_the_shared_network(nothing_cached) -> None:
    net, x = trained().network, trained().data.x_test[:40]
    before = net.params.copy(), net.running.copy(), net.predict(x)
    noise.by_size(3, 2, 0, 5)
    after = net.params, net.running, net.predict(x)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_threads_do_not_disturb_each_other(nothing_cached) -> None:
    asked = [(image, layer, 32, seed) for image in IMAGES for layer in (0, 2) for seed in (0, 1)]

    def values(question: tuple[int, int, int, int]) -> np.ndarray:
        image, layer, m, seed = question
        return noise.one_example(image, layer, 0, m, seed).z_norm

    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(values, asked))
    noise.meet.cache_clear()
    for question, found in zip(asked, at_once, strict=True):
        np.testing.assert_array_equal(values(question), found)


def test_what_is_remembered_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        noise.one_example(3, 0, 0, 8, 0).z_norm[0] = 0


# --- whole batches, and the kinds of noise ---


@pytest.mark.parametrize("layer", [0, 2])
@pytest.mark.parametrize("m", [4, 64])
def test_a_whole_batch_gives_its_example_the_value_of_the_draw(layer: int, m: int) -> None:
    found = noise.company(3, layer, 17, m, 5, shown=4, draws=40)
    one = noise.one_example(3, layer, 17, m, 5, draws=40)
    np.testing.assert_array_equal(found.z_norm, one.z_norm)
    assert list(found.shown) == [0, 1, 2, 3, 39] and found.t.shape == (5, m)
    mean, sd = found.t.mean(axis=1), found.t.std(axis=1)
    np.testing.assert_allclose((found.t[:, 0] - mean) / sd, one.z_norm[found.shown], atol=1e-3)
    np.testing.assert_allclose(1 / sd, one.a[found.shown], rtol=1e-3)


def test_the_mean_adds_the_spread_multiplies_and_dropout_rolls_for_each() -> None:
    one = noise.one_example(0, 0, 17, 8, 0)
    found = noise.kinds(one, (-1.0, 0.0, 2.0), 0.5, 0, 100)
    shift = found.added - found.t
    np.testing.assert_allclose(shift, np.broadcast_to(one.b[:100, None], shift.shape), atol=1e-12)
    assert (found.multiplied[:, 2] == 0).all() and (found.dropped[:, 2] == 0).all()
    assert np.abs(shift[:, 2]).min() > 0
    both = found.added[:, 0] + found.multiplied[:, 0] - one.t
    np.testing.assert_allclose(both, one.z_norm[:100])
    factors = found.dropped[:, [0, 1, 3]] / found.t[[0, 1, 3]]
    assert set(np.unique(factors.round(9))) == {0, 2}
    assert not (factors == factors[:, :1]).all()
