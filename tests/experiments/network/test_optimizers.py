"""Four optimizers with batch norm and without: tolerance to the rate, best against best."""

from __future__ import annotations

import numpy as np
import pytest

from bncore import RunConfig, train
from experiments import evidence
from experiments.network import optimizers
from experiments.network.optimizers import (
    GRIDS,
    LOSS_LIMIT,
    NORMS,
    OPTIMIZERS,
    STEPS,
    TARGET,
    WINDOW,
    config,
    outcome,
    paths,
    rates,
    smoothed,
    steps_to_target,
    sweep,
    train_cell,
)

PLAIN, BN = range(2)
DATASETS = list(GRIDS)


# --- the measures ---


def test_the_smoothed_loss_is_the_mean_of_the_last_mini_batches() -> None:
    loss = np.random.default_rng(0).random(100)
    found = smoothed(loss)
    assert found[0] == pytest.approx(loss[0]) and found[4] == pytest.approx(loss[:5].mean())
    for step in (WINDOW - 1, 50, 99):
        assert found[step] == pytest.approx(loss[step + 1 - WINDOW : step + 1].mean())


def test_steps_to_the_target_are_counted_from_one() -> None:
    loss = np.concatenate([np.ones(100), np.zeros(100)])
    first = next(n for n in range(1, 201) if n >= WINDOW and loss[n - WINDOW : n].mean() < TARGET)
    assert steps_to_target(loss) == first
    assert np.isnan(steps_to_target(np.ones(100))) and np.isnan(steps_to_target(np.zeros(5)))
    assert steps_to_target(np.zeros(100)) == WINDOW


def test_a_huge_loss_does_not_hide_those_after_it() -> None:
    loss = np.concatenate([[1e30], np.ones(100)])
    assert np.isnan(steps_to_target(loss)) and np.isnan(steps_to_target(loss.astype(np.float32)))


def test_the_rates_span_three_decades_in_equal_steps() -> None:
    for optimizer in OPTIMIZERS:
        fine, coarse = rates(optimizer), rates(optimizer, "mnist")
        assert len(fine) == 13 and coarse == fine[::2]
        assert fine[-1] / fine[0] == pytest.approx(1000)
        ratios = np.array(fine[1:]) / fine[:-1]
        assert ((ratios > 1.6) & (ratios < 2)).all()


def test_all_start_from_the_same_weights() -> None:
    runs = [
        train(RunConfig(**config(o, 0.01, norm).to_dict() | {"steps": 2}))
        for o in OPTIMIZERS
        for norm in NORMS
    ]
    assert len({run.w0_digest for run in runs}) == 1
    assert len({tuple(run.batch_digest) for run in runs}) == 1


def test_paths_are_those_of_the_units() -> None:
    trace = train(RunConfig(**config("adam", 0.01).to_dict() | {"steps": 60}))
    found = paths(trace)
    assert (found.gamma[:, 0] == 1).all() and (found.beta[:, 0] == 0).all()
    np.testing.assert_array_equal(found.gamma[1, -1], trace.gamma[-1].min(axis=1))
    np.testing.assert_array_equal(found.beta[2, -1], trace.beta[-1].max(axis=1))
    np.testing.assert_allclose(found.gamma[0, -1], trace.gamma[-1].mean(axis=1), rtol=1e-6)


# --- what ships ---


def tolerates_more(largest: np.ndarray) -> bool:
    """Three to ten times the learning rate."""
    return bool(2.5 < largest[BN] / largest[PLAIN] < 20)


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_with_batch_norm_a_larger_rate_is_usable(optimizer: str, dataset: str) -> None:
    found = sweep(dataset)
    largest = found.largest[OPTIMIZERS.index(optimizer)]
    assert tolerates_more(largest)
    assert not tolerates_more(largest[[BN, BN]]) and not tolerates_more(largest[::-1])


def test_for_every_seed_batch_norm_trains_where_plain_fails() -> None:
    """At the largest usable rate of batch norm, for SGD: not one plain run gets anywhere."""
    for dataset in DATASETS:
        found = sweep(dataset)
        at = int(np.flatnonzero(found.rates[0] == found.largest[0, BN])[0])
        assert (found.accuracy[0, BN, at] >= 0.9).all()
        assert (found.accuracy[0, PLAIN, at] < 0.2).all()


def test_batch_norm_too_has_its_limit() -> None:
    for dataset in DATASETS:
        found = sweep(dataset)
        assert (found.largest[:, BN] < found.rates[:, -1]).all()
        assert (found.accuracy[0, BN, -1] < 0.2).all()


@pytest.mark.parametrize("dataset", DATASETS)
def test_best_against_best_it_is_faster_but_less_so(dataset: str) -> None:
    """In steps, by seeds that did not choose; most for SGD and least for Adam."""
    found = sweep(dataset)
    assert (found.gain > 1.1).all() and (found.gain < 4).all()
    assert found.gain.argmax() == OPTIMIZERS.index("sgd")
    assert found.gain.argmin() == OPTIMIZERS.index("adam")
    ratio = found.largest[:, BN] / found.largest[:, PLAIN]
    assert (ratio > found.gain).all()


def test_on_the_digits_every_judge_says_so() -> None:
    found = sweep("digits")
    assert (found.judged[:, PLAIN] > found.judged[:, BN]).all()


def test_the_gain_depends_on_the_data() -> None:
    assert (sweep("digits").gain > sweep("mnist").gain).all()


def test_batch_norm_makes_the_optimizers_alike() -> None:
    """Each at its best rate on the digits: they need about the same number of steps."""
    plain, bn = sweep("digits").judged.mean(axis=-1).T
    assert bn.max() / bn.min() < 1.2 < 1.5 < plain.max() / plain.min()


def test_at_the_best_rate_the_accuracy_is_about_the_same() -> None:
    for dataset in DATASETS:
        for row in outcome(sweep(dataset)).values():
            plain, bn = row["accuracy_at_best"]
            assert -0.005 < bn - plain < 0.02


def last_gamma_grows(gamma: np.ndarray) -> bool:
    """gamma (3, T, L): the mean of the last layer rises, those below stay where they began."""
    end = gamma[0, -1]
    return bool(end[-1] > 1.1 and (np.abs(end[:-1] - 1) < 0.12).all())


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_at_the_best_rate_gamma_grows_in_the_last_layer(optimizer: str, dataset: str) -> None:
    found, o = sweep(dataset), OPTIMIZERS.index(optimizer)
    gamma = found.gamma[o, found.best[o, BN]]
    assert last_gamma_grows(gamma)
    assert not last_gamma_grows(gamma[..., ::-1])
    mean, least, largest = gamma
    assert (least <= mean).all() and (mean <= largest).all() and (gamma[:, 0] == 1).all()
    spread = largest[-1] - least[-1]
    assert (spread > 0.1).all()  # each unit has found a scale of its own
    assert least.min() > 0.3 and largest.max() < 2.5


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_it_grows_with_other_seeds_too(seed: int) -> None:
    found = sweep("digits")
    for o in (OPTIMIZERS.index("sgd"), OPTIMIZERS.index("adam")):
        lr = float(found.rates[o, found.best[o, BN]])
        cell = train_cell(OPTIMIZERS[o], lr, "before", seeds=range(seed, seed + 1))
        assert cell.paths is not None and last_gamma_grows(cell.paths.gamma)


# --- the evidence is of these settings, and re-runs ---


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_evidence_is_of_these_settings(dataset: str) -> None:
    found, about = sweep(dataset), evidence.about("optimizers")[dataset]
    assert RunConfig(**about["config"]) == config("sgd", 0.1, dataset=dataset)
    _, seeds, judges = GRIDS[dataset]
    assert (tuple(found.seeds), tuple(found.judges)) == (tuple(seeds), tuple(judges))
    assert not set(seeds) & set(judges)
    np.testing.assert_array_equal(found.rates, [rates(o, dataset) for o in OPTIMIZERS])
    again = outcome(found)
    for optimizer, stated in about["outcome"].items():
        for name, value in stated.items():
            np.testing.assert_allclose(value, again[optimizer][name], rtol=1e-5)
    assert set(about["step_cost"]) == set(OPTIMIZERS)
    assert not np.isnan(found.judged).any()


def test_it_stays_small_and_there_is_no_other() -> None:
    assert (evidence.FOLDER / "optimizers.npz").stat().st_size < 4e5
    with pytest.raises(KeyError):
        sweep("moons")


def test_the_curves_end_where_the_runs_did() -> None:
    found = sweep("digits")
    mean, least, largest = np.moveaxis(found.curve, 3, 0)
    assert (least <= mean * 1.0001).all() and (mean <= largest * 1.0001).all()
    assert largest.max() <= LOSS_LIMIT and found.curve_step[-1] == STEPS
    reached = ~np.isnan(found.steps_to).any(axis=-1)
    assert (least.min(axis=-1)[reached] < TARGET * 1.2).all()
    best = found.curve[0, BN, found.best[0, BN], 0]
    assert best[-1] < TARGET / 3 < 0.5 < best[0]


# The rates are those at which each arm does best: a calm run, of which rounding makes little.
@pytest.mark.parametrize(("optimizer", "norm"), [("sgd", "none"), ("sgd", "before")])
def test_a_rerun_is_near_the_shipped_one(optimizer: str, norm: str) -> None:
    found, o, n = sweep("digits"), OPTIMIZERS.index(optimizer), NORMS.index(norm)
    best = found.best[o, n]
    cell = train_cell(optimizer, float(found.rates[o, best]), norm)
    np.testing.assert_allclose(cell.steps_to, found.steps_to[o, n, best], rtol=0.15)
    np.testing.assert_allclose(cell.accuracy, found.accuracy[o, n, best], atol=0.03)
    np.testing.assert_allclose(cell.curve[0, 2:8], found.curve[o, n, best, 0, 2:8], rtol=0.25)
    if cell.paths is not None:
        np.testing.assert_allclose(cell.paths.gamma[0], found.gamma[o, best, 0], atol=0.1)


def test_another_seed_says_the_same() -> None:
    """At the largest rate that batch norm can use with SGD; plain at its own best is slower."""
    found, seeds = sweep("digits"), range(21, 23)
    lr = float(found.rates[0, found.best[0, BN]])
    bn, plain = (train_cell("sgd", lr, norm, seeds=seeds) for norm in ("before", "none"))
    assert (bn.steps_to < 100).all() and np.isnan(plain.steps_to).all()
    own = train_cell("sgd", float(found.rates[0, found.best[0, PLAIN]]), "none", seeds=seeds)
    assert 1.5 < (own.steps_to / bn.steps_to).mean() < 6


def test_the_cost_of_a_step_is_a_ratio() -> None:
    assert 0 < optimizers.step_cost("sgd", "digits", rounds=2, steps=2) < np.inf


# --- a live run, as it is shown ---


def test_a_course_is_what_the_sweep_keeps_of_a_seed() -> None:
    trace = train(optimizers.config("adam", 0.01, seed=10))
    shown = optimizers.course(trace)
    np.testing.assert_array_equal(shown.step, optimizers.sweep().curve_step)
    np.testing.assert_allclose(shown.curve, smoothed(trace.loss)[shown.step - 1])
    assert shown.steps_to == steps_to_target(trace.loss) and shown.accuracy == trace.accuracy[-1]
    np.testing.assert_array_equal(shown.paths.gamma[0, -1], trace.gamma[-1].mean(axis=-1))


def test_a_course_that_was_stopped_ends_there_and_one_that_diverged_does_not() -> None:
    stopped = optimizers.course(train(optimizers.config("sgd", 0.1, seed=10)).upto(105))
    assert stopped.step[-1] == 100 and len(stopped.curve) == 10
    trace = train(optimizers.config("sgd", 32.0, "none", seed=10))
    gone = optimizers.course(trace)
    assert gone.diverged_at is not None and gone.step[-1] == optimizers.STEPS
    assert gone.curve[-1] == optimizers.LOSS_LIMIT and np.isnan(gone.steps_to)
    assert gone.paths is None
