"""A dozen shifts: each does what it is called, and what batch norm makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from bncore.batches import Examples
from bncore.data import load
from experiments import evidence
from experiments.at_test_time import shifts as experiment
from experiments.at_test_time.shifts import SHIFTS, cost, over_seeds, pair, shifted
from experiments.claims.board import board
from experiments.claims.grading import above, below
from experiments.claims.shift import LITTLE
from experiments.rates import validation

X = load("digits", 0).x_test
AT = {name: i for i, name in enumerate(SHIFTS)}


@pytest.mark.parametrize("name", SHIFTS)
def test_a_shift_keeps_shape_and_dtype_and_the_images_it_is_given(name: str) -> None:
    there = shifted(name, X)
    assert (there.shape, there.dtype) == (X.shape, X.dtype)
    assert not np.array_equal(there, X)
    np.testing.assert_array_equal(there, shifted(name, X))


@pytest.mark.parametrize("name", ["noise", "specks", "erased"])
def test_what_is_drawn_depends_on_the_seed(name: str) -> None:
    assert not np.array_equal(shifted(name, X, 0), shifted(name, X, 1))


def test_moves_and_erasures_do_what_they_are_called() -> None:
    image = np.arange(64.0).reshape(1, 8, 8) + 1
    right, down, erased = (
        shifted(name, image.reshape(1, 64)).reshape(8, 8) for name in ("right", "down", "erased")
    )
    np.testing.assert_array_equal(right[:, 1:], image[0, :, :-1])
    np.testing.assert_array_equal(down[1:], image[0, :-1])
    assert not right[:, 0].any() and not down[0].any()
    rows, columns = np.nonzero(erased == 0)
    assert len(rows) == 9 and np.ptp(rows) == np.ptp(columns) == 2


def test_a_blur_loses_no_ink_in_the_middle_and_light_is_a_factor() -> None:
    dot = np.zeros((1, 64))
    dot[0, 27] = 1
    assert shifted("blur", dot).sum() == pytest.approx(1)
    np.testing.assert_allclose(shifted("dim", X), experiment.DIM * X)
    assert shifted("over", X).max() <= 1 and shifted("under", X).min() >= 0


# --- the rates ---


def test_what_chooses_a_rate_is_neither_trained_on_nor_tested_with() -> None:
    one = experiment.config("bn", 0.1, 20, experiment.N_FIT)
    data = load("digits", 20)
    x, y = validation(one, 20)
    assert len(data.x_train) - experiment.N_FIT - 2 <= len(x) == len(y) > 300
    used = {row.tobytes() for row in Examples(one).x}
    assert not used & {row.tobytes() for row in x}
    assert not set(experiment.CHOOSING) & set(experiment.SEEDS)


def test_each_arm_has_the_best_of_its_rates() -> None:
    found = over_seeds()
    mean = found.validation.mean(axis=-1)
    for arm, rate in enumerate(found.best):
        assert mean[arm].max() == mean[arm][list(found.rates).index(rate)]
    assert found.best[1] > found.best[0]


# --- what came out ---


def test_the_board_says_the_same_numbers_as_the_lesson() -> None:
    row, gain = board()["protects"], over_seeds().gain()
    for name, i in AT.items():
        np.testing.assert_allclose(row.numbers[f"gain_{name}"], gain[:, i], atol=5e-3)


def test_harm_is_done_by_light_and_sharpness_alone() -> None:
    """What the words say of it."""
    gains = dict(zip(SHIFTS, over_seeds().gain().T, strict=True))
    harmed = {name for name, gain in gains.items() if below(gain, -LITTLE)}
    assert {"dim", "flat", "blur"} <= harmed <= {"dim", "flat", "blur", "under", "over"}
    assert not any(above(gain, LITTLE) for gain in gains.values())


def test_new_statistics_make_it_another_picture() -> None:
    gains = dict(zip(SHIFTS, over_seeds().gain(renewed=True).T, strict=True))
    helped = {name for name, gain in gains.items() if above(gain, LITTLE)}
    assert {"dim", "flat", "blur"} <= helped and len(helped) >= 5
    assert sum(below(gain, -LITTLE) for gain in gains.values()) <= 2


def test_plain_is_nearly_immune_to_dimming_and_to_nothing_like_it() -> None:
    found = over_seeds()
    lost = (found.intact[0][:, None] - found.plain).mean(axis=0)
    assert lost[AT["dim"]] < 0.1 < lost[AT["flat"]]


def test_a_rerun_is_near_the_shipped_one() -> None:
    found, shipped = cost(*pair(1, over_seeds().best), 1), over_seeds()
    np.testing.assert_allclose(found.plain, shipped.plain[1], atol=0.04)
    np.testing.assert_allclose(found.frozen, shipped.frozen[1], atol=0.3)  # a chaotic rate


def test_the_evidence_is_of_these_settings() -> None:
    about = evidence.about("shifts")
    assert about["shifts"] == list(SHIFTS) and about["best"] == list(over_seeds().best)
