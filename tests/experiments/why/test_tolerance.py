"""Learning rate × depth: what shipped, what is claimed of it, and a part of it re-run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig, train
from experiments import evidence
from experiments.why import tolerance
from experiments.why.tolerance import (
    ARMS,
    CLAIMS,
    DEPTHS,
    RATES,
    SEEDS,
    Tolerance,
    cell,
    load,
    numbers,
)


def with_arm(arm: str, by: str) -> Tolerance:
    """As if one arm had done what another did."""
    rows = [ARMS.index(by if name == arm else name) for name in ARMS]
    return replace(load(), accuracy=load().accuracy[rows])


def test_what_shipped_is_of_these_settings() -> None:
    found, about = load(), evidence.about("tolerance")
    assert RunConfig(**about["config"]) == tolerance.config(8, 0.1)
    assert tuple(found.depths) == DEPTHS and tuple(found.rates) == RATES
    assert list(found.seeds) == about["seeds"] == list(SEEDS) and len(SEEDS) >= 3
    assert found.accuracy.shape == (len(ARMS), len(DEPTHS), len(RATES), len(SEEDS))
    for a, arm in enumerate(ARMS):
        np.testing.assert_allclose(found.accuracy[a].mean(-1), about["outcome"][arm], rtol=1e-5)


@pytest.mark.parametrize(
    "claim, arm, by",
    [
        ("tolerates", "bn", "plain"),
        ("tolerates", "plain", "bn"),
        ("the_start_is_not_it", "once", "bn"),
        ("the_start_is_not_it", "bn", "once"),
        ("has_limits", "bn", "plain"),
    ],
)
def test_the_claim_falls_when_the_effect_is_gone(claim: str, arm: str, by: str) -> None:
    assert not CLAIMS[claim](with_arm(arm, by))


def test_no_claim_of_limits_for_what_has_none() -> None:
    found = load()
    assert not CLAIMS["has_limits"](replace(found, accuracy=np.full_like(found.accuracy, 0.95)))


def test_the_largest_usable_rate() -> None:
    accuracy = np.full((3, 1, len(RATES), 2), 0.1)
    accuracy[0, 0, [0, 3], 0] = 0.95
    found = Tolerance(np.array([8]), np.array(RATES), np.arange(2), accuracy)
    assert found.largest.shape == (3, 1, 2)
    assert found.largest[0, 0, 0] == 0.3 and np.isnan(found.largest[0, 0, 1])
    assert numbers(found)["best.plain"].tolist() == [0.95, 0.1]


# A part of it once more


def test_a_rerun_is_what_shipped_and_shows_the_same() -> None:
    """Within what other matrix kernels make of it: at the edge of what is usable, a lot."""
    found, there = tolerance.one_seed(0, (4,)), load().accuracy[:, DEPTHS.index(4), :, 0]
    away = np.abs(found.accuracy[:, 0, :, 0] - there)
    assert np.median(away) < 0.01 and (away < 0.05).mean() > 0.85
    n = numbers(found, 4)
    assert n["largest.bn"][0] > 5 * n["largest.plain"][0]


@pytest.fixture(scope="module")
def watched() -> tolerance.Cell:
    return cell(4, 1.0, 0)


def test_a_cell_ends_where_the_sweep_does(watched: tolerance.Cell) -> None:
    at = DEPTHS.index(4), RATES.index(1.0)
    assert watched.complete and watched.step[-1] == tolerance.STEPS
    assert watched.accuracy.shape == (3, 31) and watched.loss.shape == (3, 30)
    there = load().accuracy[(slice(None), *at, 0)]
    assert np.abs(watched.accuracy[:, -1] - there)[[0, 2]].max() < 0.05
    assert watched.accuracy[0, -1] < 0.2 and watched.accuracy[2, -1] > 0.9


def test_its_arms_are_the_runs_of_their_configs(watched: tolerance.Cell) -> None:
    trace = train(replace(watched.config, record_every=10))
    losses = trace.loss.reshape(-1, 10).mean(axis=1)
    np.testing.assert_allclose(watched.loss[2, :5], losses[:5], rtol=0.02)


def test_one_can_watch_it_and_stop_it() -> None:
    said: list[tuple[int, int]] = []
    found = cell(2, 0.1, 3, lambda *now: said.append(now), lambda: len(said) >= 5)
    assert not found.complete and list(found.step) == [0, 10] and said[-1] == (15, 300)
