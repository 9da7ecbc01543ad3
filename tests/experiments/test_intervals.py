"""The one interval: Student's t, by logarithms for factors."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.intervals import half_widths, interval, mean, t_quantile

# From printed tables of the 97.5 % quantile.
PRINTED = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 7: 2.365, 9: 2.262, 15: 2.131, 30: 2.042}


@pytest.mark.parametrize(("df", "t"), PRINTED.items())
def test_the_quantile_is_that_of_the_tables(df: int, t: float) -> None:
    assert t_quantile(df) == pytest.approx(t, abs=5e-4)


def test_it_holds_the_true_mean_in_95_of_100_cases() -> None:
    samples = np.random.default_rng(0).normal(3.0, 2.0, (4000, 5))
    held = [low < 3.0 < high for low, high in map(interval, samples)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_a_factor_is_summed_up_by_its_logarithms() -> None:
    """The largest usable rate with batch norm over that without, as it was once measured."""
    ratios = np.array([10, 30, 30, 10, 10 / 3])
    low, high = interval(ratios, "factor")
    assert (mean(ratios, "factor"), low, high) == pytest.approx((12.46, 3.98, 39.0), rel=1e-3)
    turned = interval(1 / ratios, "factor")
    assert turned == pytest.approx((1 / high, 1 / low))


def test_an_error_of_nothing_has_a_place() -> None:
    low, high = interval(np.array([0.0, 1e-16, 1e-15]), "error")
    assert 0 < low < high < 1


def test_many_at_once_are_each_as_one() -> None:
    values = np.random.default_rng(1).normal(size=(6, 3))
    for column, half in zip(values.T, half_widths(values), strict=True):
        low, high = interval(column)
        assert half == pytest.approx((high - low) / 2)
