"""Batch norm's noise beside dropout's: the spreads, and what is derived from them."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.claims.batch import FACTOR, alike
from experiments.claims.board import board
from experiments.noise import beside_dropout as experiment
from experiments.noise.beside_dropout import KEEP, USUAL, M, as_keep, beside, law, over_keep


def normal(n: int = 12, images: int = 1500) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((images, n)) * 3 + 5


def test_the_spread_of_normal_values_falls_as_the_law_says(monkeypatch) -> None:
    """sqrt((1 + t²/2)/m) to first order, and t² is 1 in the mean: near sqrt(1.5/m)."""
    monkeypatch.setattr(experiment, "PAIRS", 30)
    found = beside(normal(), 0)
    np.testing.assert_allclose(found.bn[-2:] * np.sqrt(np.array(M[-2:]) / 1.5), 1, atol=0.12)
    assert (np.diff(found.bn) < 0).all()


def test_dropouts_spread_is_that_of_its_masks() -> None:
    masks = np.random.default_rng(0).random(100_000) < USUAL
    assert law(USUAL) == pytest.approx((masks / USUAL).std(), rel=0.02)
    found = beside(normal(), 0)
    assert found.dropout == pytest.approx(law(USUAL), rel=0.15)  # times the rms of t
    np.testing.assert_allclose(found.ratio, found.dropout / found.bn)


def test_two_images_share_a_batchs_noise_and_no_masks() -> None:
    found = beside(normal(), 0)
    assert found.shared[-1] > 0.5 and found.shared_dropout < 0.1


@pytest.mark.parametrize("keep", KEEP)
def test_other_shares_follow_from_the_usual_one(keep: float) -> None:
    assert over_keep(2.0, keep) == pytest.approx(2 * law(keep) / law(USUAL))
    level = np.array(law(USUAL) / law(keep))  # dropout that keeps so many is as large
    assert over_keep(level, keep) == pytest.approx(1)
    assert as_keep(level) == pytest.approx(keep)


def test_what_counts_as_of_like_size() -> None:
    row = board()["like_dropout"]
    grid = alike(row.numbers)
    assert grid.shape == (len(M), len(KEEP)) and 0.25 < grid.mean() < 0.5
    every = {f"ratio_{m}": np.full(5, 1.0) + 1e-6 * np.arange(5) for m in M}
    within = [1 / FACTOR < over_keep(1.0, keep) < FACTOR for keep in KEEP]
    assert (alike(every) == within).all()


def test_as_the_words_say_small_batches_or_mild_dropout() -> None:
    """Of like size: at the usual keep for m up to 16, and at .95 for all but the ends."""
    grid = alike(board()["like_dropout"].numbers)
    usual, mild = KEEP.index(USUAL), KEEP.index(0.95)
    assert grid[: M.index(16) + 1, usual].all() and not grid[M.index(64) :, usual].any()
    assert grid[M.index(8) : M.index(128), mild].all()
