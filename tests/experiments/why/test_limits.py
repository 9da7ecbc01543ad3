"""Where batch norm loses: every case does, and the long one is re-run in part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig
from experiments import evidence
from experiments.noise.regularize import standard_error
from experiments.why import limits
from experiments.why.limits import CASES, CLAIMS, LAST, LOOKS, cases, long, numbers

FOR_COMPARISON = ("small_data", "deep")


def test_what_shipped_is_of_these_settings() -> None:
    found, about = long(), evidence.about("limits")
    assert RunConfig(**about["config"]) == limits.LONG
    assert list(found.seeds) == about["seeds"] and len(found.seeds) >= 5
    assert found.step.tolist() == [*LOOKS, *LAST] and LAST[-1] == limits.LONG.steps
    assert found.accuracy.shape == (2, len(found.seeds), len(found.step))
    for name, stated in about["outcome"]["long"].items():
        assert numbers(found)[name].mean() == pytest.approx(stated["mean"], rel=1e-4)
    for case, config in limits.AT_BEST.items():
        assert RunConfig(**about["at_best"][case]) == config
        best, stated = limits.at_best(case), about["outcome"][case]
        assert best.accuracy.shape == (2, len(found.seeds))
        for arm, values in zip(limits.ARMS, best.accuracy, strict=True):
            assert stated[arm]["lr"] == pytest.approx(best.rate(arm))
            assert stated[arm]["mean"] == pytest.approx(values.mean(), rel=1e-4)


def test_the_claims_fall_when_the_arms_are_exchanged_or_alike() -> None:
    found = limits.EVIDENCE.shipped
    for rows in ([1, 1], [1, 0]):
        best = {
            case: replace(each, accuracy=each.accuracy[rows])
            for case, each in found.at_best.items()
        }
        other = limits.Limits(replace(found.long, accuracy=found.long.accuracy[rows]), best)
        assert not any(claim(other) for claim in CLAIMS.values())


def test_batch_norm_is_behind_where_it_is_said_to_be() -> None:
    found = cases()
    assert tuple(found) == CASES
    for name, case in found.items():
        assert case.plain.shape == case.bn.shape and len(case.bn) >= 5, name
        assert case.bn.min() > 0 and case.plain.max() < 1
        if name in FOR_COMPARISON:
            continue
        assert case.behind.mean() > (0 if name == "long" else 2 * standard_error(case.behind))


@pytest.mark.parametrize("name", FOR_COMPARISON)
def test_where_each_has_its_best_rate_it_is_not_behind(name: str) -> None:
    """At one rate for both it was: few images, and many layers."""
    behind = cases()[name].behind
    assert behind.mean() < 2 * standard_error(behind)


def test_what_it_loses_seed_by_seed() -> None:
    case = limits.Case("why", np.array([0.9, 0.8]), np.array([0.5, 0.9]))
    np.testing.assert_allclose(case.behind, [0.4, -0.1])


def test_a_rerun_is_what_shipped(monkeypatch) -> None:
    """Its first steps, within what other matrix kernels make of them."""
    monkeypatch.setattr(limits, "LONG", replace(limits.LONG, steps=200))
    monkeypatch.setattr(limits, "LOOKS", LOOKS[:4])
    monkeypatch.setattr(limits, "LAST", (200,))
    found = limits.one_seed(2)
    there = long().accuracy[:, 2, :5]
    assert found.step.tolist() == [0, 20, 50, 100, 200]
    assert np.abs(found.accuracy[1, 0] - there[1]).max() < 0.05
    assert np.abs(found.accuracy[0, 0] - there[0]).max() < 0.15
    assert found.accuracy[1, 0, -1] > found.accuracy[0, 0, -1] + 0.3


def test_one_can_watch_it_and_stop_it() -> None:
    said: list[tuple[int, int]] = []
    found = limits.one_seed(0, lambda *now: said.append(now), lambda: len(said) >= 1)
    assert found.step.tolist() == [0, 20, 50] and said == [(100, 10_000)]
