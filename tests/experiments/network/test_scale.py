"""W → αW under batch norm: the output stays, the gradient shrinks; what training makes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from bncore import RunConfig, train
from experiments import evidence
from experiments.claims.board import board
from experiments.descent import descend, initial
from experiments.network import scale
from experiments.network.scale import (
    ALPHAS,
    DECAYS,
    RATES,
    SEEDS,
    STEPS,
    VANISHED,
    config,
    curve,
    decay_as_rate,
    follow,
    growth,
    measured,
    over_seeds,
    rescale,
)

# --- by hand ---


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("alpha", [0.5, 3.0, 1000.0])
def test_the_output_stays_but_for_eps(alpha: float, seed: int) -> None:
    found = rescale(alpha, seed=seed)
    assert found.logits_moved < 1e-3 and found.changed == 0
    assert found.logits_moved_exact < 1e-12
    assert found.plain_logits_moved > 1e3 * found.logits_moved


@pytest.mark.parametrize("alpha", [1e-3, 0.1, 7.0])
def test_with_eps_scaled_too_nothing_is_left_but_rounding(alpha: float) -> None:
    assert rescale(alpha).logits_moved_exact < 1e-12
    assert rescale(alpha, layer=1).logits_moved_exact < 1e-12
    assert rescale(alpha).logits_moved > 1e-6


def test_the_smaller_eps_the_longer_it_holds() -> None:
    moved = [rescale(0.1, eps=eps).logits_moved for eps in (1e-3, 1e-5, 1e-7, 1e-9)]
    assert all(a > 30 * b for a, b in pairwise(moved))


@pytest.mark.parametrize("alpha", [0.1, 0.5, 2.0, 100.0])
def test_the_gradient_shrinks_as_alpha_grows(alpha: float) -> None:
    np.testing.assert_allclose(rescale(alpha).grad_ratio * alpha, 1, atol=5e-3)


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_one_scaled_layer_leaves_the_gradients_of_the_others(layer: int) -> None:
    ratio = rescale(10.0, layer).grad_ratio
    expected = np.where(np.arange(3) == layer, 0.1, 1)
    np.testing.assert_allclose(ratio, expected, rtol=1e-3)


def test_it_breaks_through_eps() -> None:
    """Where α²σ² is below ε, z_norm shrinks: digits are mistaken, and 1/α ends."""
    by_alpha = {found.alpha: found for found in curve()}
    assert tuple(by_alpha) == ALPHAS
    broken, small, large = (by_alpha[a] for a in (0.001, 0.1, 1000.0))
    assert broken.var_ratio.min() < 0.1 < 10 < small.var_ratio.min() < large.var_ratio.min()
    assert broken.changed > 0.5 and small.changed == large.changed == 0
    assert (by_alpha[0.00316].grad_ratio * 0.00316 > 2).all()
    assert rescale(0.001, eps=1e-12).changed == 0


def test_the_gradient_is_at_right_angles_to_w() -> None:
    for alpha in (1.0, 10.0):
        assert (np.abs(rescale(alpha, eps=1e-12).cosine) < 1e-8).all()
    assert (np.abs(rescale(0.002).cosine) > 0.01).all()  # eps


def test_without_batch_norm_the_output_follows_alpha() -> None:
    small, large = rescale(0.1), rescale(10.0)
    assert small.plain_changed > 0.3
    assert large.plain_logits_moved > 100 * rescale(2.0).plain_logits_moved


def test_alpha_1_changes_nothing() -> None:
    found = rescale(1.0)
    assert found.logits_moved == found.plain_logits_moved == found.changed == 0
    assert (found.grad_ratio == 1).all()


def test_many_may_scale_at_once() -> None:
    def numbers(alpha: float) -> tuple[float, float]:
        found = rescale(alpha, m=64)
        return found.logits_moved, float(found.grad_ratio.sum())

    settings = [0.01 * 2**k for k in range(12)]
    alone = [numbers(a) for a in settings]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(numbers, settings)) == alone


# --- one run ---


@pytest.mark.parametrize("decay", [0.0, 0.01])
@pytest.mark.parametrize("lr", [0.3, 3.0])
def test_the_gradients_alone_foretell_how_w_grows(lr: float, decay: float) -> None:
    found = growth(train(config(lr, decay, steps=150, seed=4)))
    assert len(found.step) == 151 and found.square.shape == (151, 3)
    np.testing.assert_allclose(found.predicted, found.square, rtol=3e-4)
    np.testing.assert_allclose(found.effective[0], lr)
    same = found.effective * found.square
    np.testing.assert_allclose(same, np.broadcast_to(lr * found.square[0], same.shape))
    if decay == 0:
        assert (np.diff(found.square, axis=0) > -1e-5 * found.square[:-1]).all()  # never shrinks


def test_the_prediction_fails_without_batch_norm() -> None:
    """There the gradient has a part along W."""
    trace = train(replace(config(0.3, steps=150), norm="none"))
    with pytest.raises(ValueError):
        growth(trace)
    as_if = growth(replace(trace, config=config(0.3, steps=150)))
    assert np.abs(as_if.predicted / as_if.square - 1).max() > 0.01


@pytest.mark.parametrize(
    "change", [{"optimizer": "adam"}, {"record_every": 2}, {"norm": "after"}], ids=str
)
def test_growth_refuses_other_runs(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        growth(train(RunConfig(**config(steps=4).to_dict() | change)))


@pytest.mark.parametrize("seed", [0, 1])
def test_weight_decay_is_a_rising_learning_rate_and_nothing_else(seed: int) -> None:
    found = decay_as_rate(seed=seed)
    difference = np.abs(found.decay - found.rising).max()
    assert difference < 1e-9
    assert np.abs(found.decay - found.constant).max() > 1e6 * difference
    assert found.rate[-1] > 2 * found.rate[0] > 0


# --- over seeds: what ships ---


def test_the_evidence_is_of_these_settings() -> None:
    found, about = over_seeds(), evidence.about("scale")
    assert RunConfig(**about["config"]) == replace(config(1.0, 0.0, STEPS), record_every=STEPS)
    grid = (tuple(found.decays), tuple(found.rates), tuple(found.seeds))
    assert grid == (DECAYS, RATES, tuple(SEEDS))
    assert found.square.shape == found.predicted.shape == (4, 4, len(SEEDS), len(found.step), 3)
    for name, array in (
        ("growth", found.growth[..., -1]),
        ("effective", found.effective[..., -1]),
        ("accuracy", found.accuracy),
        ("held_loss", found.held_loss),
    ):
        np.testing.assert_allclose(about["outcome"][name]["mean"], array.mean(axis=-1), rtol=1e-4)
    assert (evidence.FOLDER / "scale.npz").stat().st_size < 3e5


def test_growth_is_the_sum_of_the_squared_steps() -> None:
    found = over_seeds()
    error = np.abs(found.predicted / found.square - 1).max(axis=(-1, -2))
    assert error[0].max() < 1e-4  # without decay
    assert error.max() < 2e-3


def test_the_larger_the_learning_rate_the_more_w_grows() -> None:
    """For every seed; lr 3 is down to less than a third of itself."""
    found = over_seeds()
    growth_, effective = found.growth[0, ..., -1], found.effective[0, ..., -1]
    assert (np.diff(growth_, axis=0) > 0).all() and (growth_ > 1).all()
    of_3 = effective[RATES.index(3.0)]
    assert ((of_3 > 0.7) & (of_3 < 1.0)).all()
    assert (effective[RATES.index(0.1)] > 0.09).all()


def test_a_rate_of_3_works_better_because_w_grows() -> None:
    """Held at 3, the effective rate leaves a loss ten times as large; at .3 nothing changes."""
    found = over_seeds()
    high, low = RATES.index(3.0), RATES.index(0.3)
    assert (found.held_loss[high] > 10 * found.loss[0, high]).all()
    fell = found.accuracy[0, high] - found.held_accuracy[high]
    assert fell.mean() > 0.02
    assert np.abs(found.held_accuracy[low] - found.accuracy[0, low]).max() < 0.01


def test_weight_decay_raises_the_effective_rate() -> None:
    found = over_seeds()
    shrinks = np.diff(found.growth[..., -1].mean(axis=-1), axis=0)
    assert (shrinks < 0).all()  # more decay, smaller W, at every learning rate
    of_03 = found.effective[:, RATES.index(0.3), :, -1]
    assert (of_03[0] < 0.3).all() and (of_03[-1] > 10 * 0.3).all()


def test_with_decay_the_effective_rate_settles_and_without_it_falls() -> None:
    """What decay is still good for."""
    found = over_seeds()
    late = found.step >= 1000
    for decay, lr in ((0.01, 0.3), (0.01, 1.0), (0.003, 1.0)):
        cell = found.effective[DECAYS.index(decay), RATES.index(lr)].mean(axis=0)
        assert cell[late].max() / cell[late].min() < 1.4, (decay, lr)
    without = found.effective[0].mean(axis=1)  # (R, T)
    assert (np.diff(without, axis=-1) < 0).all()


def test_decay_does_no_good_here() -> None:
    """No decay is better than none by a point; much of it at a large rate ruins the run."""
    mean = over_seeds().accuracy.mean(axis=-1)
    assert (mean[1:] - mean[0] < 0.01).all()
    assert (mean[0, RATES.index(1.0)] - mean[-1, RATES.index(1.0)]) > 0.03


def test_the_board_and_the_lesson_say_the_same_of_decay() -> None:
    """The same runs, the same seeds, the same looks."""
    found, row = over_seeds(), board()["decay_regularizes"]
    at = RATES.index(0.3)
    assert list(row.seeds) == list(found.seeds)
    for d, name in ((DECAYS.index(0.0), "without"), (DECAYS.index(0.01), "decayed")):
        mean = row.numbers[name].mean()
        assert found.accuracy[d, at].mean() == pytest.approx(mean, abs=row.bands[name])


def test_at_its_own_best_rate_decay_gains_nothing() -> None:
    found = over_seeds()
    assert found.best(0.01) < found.best(0.0)  # decay is a rate of its own
    gain = board()["decay_regularizes"].numbers["best_gain"]
    assert abs(gain.mean()) < 0.01


def test_accuracy_at_the_end_is_of_several_looks() -> None:
    assert scale.last_looks(STEPS) == [*range(1050, 1501, 50)] and scale.last_looks(110) == [110]
    trace = train(config(0.3, 0.01, 600, seed=1))
    looks = trace.accuracy[[*range(150, 601, 50)]]
    assert scale.at_end(trace) == pytest.approx(looks.mean())
    assert follow([replace(config(0.3, 0.01, 600, seed=1), record_every=600)])["accuracy"][
        0
    ] == pytest.approx(looks.mean(), abs=0.01)


@pytest.mark.parametrize(("optimizer", "power"), [("sgd", 2), ("adam", 1)])
def test_what_w_does_to_a_step(optimizer: str, power: int) -> None:
    """W ten times as long turns by 10⁻² of the step with SGD, by 10⁻¹ with Adam."""
    run = RunConfig(optimizer=optimizer, lr=1e-4, dtype="float64", eps=1e-12, steps=1)
    turned = []
    for longer in (1, 10):
        network = initial([run])
        for W in network.W[:-1]:  # batch norm follows them
            W *= longer
        start = network.W[1].copy()
        for _ in descend([run], network):
            pass
        turned.append(np.linalg.norm(network.W[1] - start) / np.linalg.norm(start))
    assert turned[0] / turned[1] == pytest.approx(10.0**power, rel=0.05)


def test_a_rerun_is_near_the_shipped_one() -> None:
    """One cell, the first 250 steps, so that only rounding can have crept in."""
    shipped, steps = over_seeds(), 250
    run = replace(config(0.3, 0.01, steps, seed=1), record_every=steps)
    found = follow([run])
    cell = DECAYS.index(0.01), RATES.index(0.3), 1
    kept = len(found["square"][0])
    np.testing.assert_allclose(found["square"][0], shipped.square[cell][:kept], rtol=0.03)
    np.testing.assert_allclose(found["predicted"][0], found["square"][0], rtol=1e-3)
    assert scale.EVERY * (kept - 1) == steps


@pytest.mark.parametrize("seed", [11, 12])
def test_it_is_so_with_another_seed(seed: int) -> None:
    run = replace(config(3.0, 0.0, 500, seed), record_every=500)
    free, held = follow([run]), follow([run], hold=True)
    assert free["square"][0, -1].sum() > 1.5 * free["square"][0, 0].sum()
    assert held["loss"][0] > 3 * free["loss"][0]


# --- a live run, as it is shown ---


@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_what_is_shown_of_a_run_is_its_growth(decay: float) -> None:
    trace = train(config(0.3, decay, steps=110, seed=4))
    found, shown = growth(trace), measured(trace)
    np.testing.assert_array_equal(shown.step, [0, 25, 50, 75, 100, 110])
    length = np.sqrt(found.square.sum(axis=1) / found.square[0].sum())
    np.testing.assert_allclose(shown.length, length[shown.step])
    np.testing.assert_allclose(shown.effective, 0.3 / length[shown.step] ** 2)
    np.testing.assert_allclose(shown.predicted, shown.length, rtol=1e-4)
    worst = np.abs(found.predicted / found.square - 1).max()
    assert shown.misfit == pytest.approx(worst, rel=1e-6) and worst < 3e-4
    assert shown.accuracy == trace.accuracy[-1]


@pytest.mark.parametrize("seed", [10, 11])
def test_only_batch_norm_makes_the_gradients_foretell_w(seed: int) -> None:
    run = config(1.0, steps=300, seed=seed)
    with_bn, without = (measured(train(c)) for c in (run, run.twin()))
    assert with_bn.misfit < 1e-5 and without.misfit > 0.05


def test_where_w_has_vanished_no_prediction_is_held_against_it() -> None:
    """float32 has few digits left for numbers that small, and then none."""
    shown = measured(train(config(10.0, 0.03, seed=10)))
    assert shown.length[-1] < VANISHED and shown.misfit < 1e-3


def test_a_place_among_the_shipped_runs() -> None:
    found = over_seeds()
    assert found.place(3.0, 0.001) == (1, 3)
    assert found.place(10.0, 0.001) is None and found.place(3.0, 0.03) is None
