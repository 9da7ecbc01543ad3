"""Folded, the trained network says the same."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from bncore.folding import fold
from experiments.at_test_time import folding as experiment
from experiments.at_test_time.folding import compare, folded, time_ratio
from experiments.trained import trained


def same(found: experiment.Folded) -> bool:
    """To rounding: of single precision, in logits of some 10."""
    return found.max_error < 1e-5 * found.max_logit and found.agree == 1


def test_the_logits_are_equal_to_rounding() -> None:
    found = compare()
    assert same(found)
    assert found.accuracy == found.folded_accuracy > 0.95
    assert 1 < found.max_logit < 100


def test_they_are_not_with_other_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    """E.g. those of the last batch instead of the running ones."""
    net = trained()
    network = net.network.copy()
    for layer in range(3):
        network.running_mean[layer][...] = net.batch_mean[-1][layer]
        network.running_var[layer][...] = net.batch_var[-1][layer]
    wrong = fold(network)
    monkeypatch.setattr(experiment, "folded", lambda: wrong)
    assert not same(compare())
    assert compare().max_error > 0.1


def test_nothing_of_batch_norm_is_left() -> None:
    """γ, β and two statistics for each of 150 units become a b."""
    found = compare()
    assert folded().norm == "none" and not folded().gamma and not folded().running.size
    assert found.parameters - found.folded_parameters == 3 * 150


def test_the_ratio_of_times_is_measured() -> None:
    """How large it is, the machine says."""
    ratio = time_ratio(repeats=3)
    assert math.isfinite(ratio) and ratio > 0


def test_the_ratio_is_that_of_folded_to_batch_norm(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    def taking(seconds: float) -> SimpleNamespace:
        return SimpleNamespace(predict=lambda _: clock.__setitem__(0, clock[0] + seconds))

    net = SimpleNamespace(network=taking(4.0), data=trained().data)
    monkeypatch.setattr(experiment, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(experiment, "trained", lambda: net)
    monkeypatch.setattr(experiment, "folded", lambda: taking(3.0))
    assert time_ratio(repeats=3) == 0.75
