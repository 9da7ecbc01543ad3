"""Starts that are too small and too large: what is scaled, and at what rate it is trained."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bncore.batches import Examples
from bncore.data import load
from experiments import held_out
from experiments.claims.board import board
from experiments.claims.registry import CLAIMS
from experiments.descent import initial
from experiments.side_by_side import Arm
from experiments.why import init_scale
from experiments.why.init_scale import NORMS, RATES, STARTS, begin, chosen, config


@pytest.mark.parametrize("start", STARTS)
def test_the_output_layer_is_spared_unless_it_is_said(start: str) -> None:
    scale, of = STARTS[start]
    usual = initial([replace(config("before", start), init_scale=1.0)])
    found = begin(start, [config("before", start)])
    for layer, (W, before) in enumerate(zip(found.W, usual.W, strict=True)):
        spared = layer == found.depth and of == "hidden"
        np.testing.assert_allclose(W, before * (1.0 if spared else scale), rtol=1e-5)


def test_who_chooses_a_rate_reports_nothing() -> None:
    assert not set(init_scale.CHOOSING) & set(CLAIMS["any_init"].seeds)
    kept, out = held_out.split(config("before", "he"))
    assert not set(kept) & set(out) and len(kept) + len(out) == len(load("digits", 0).x_train)
    assert len(out) == pytest.approx(held_out.PART * (len(kept) + len(out)), abs=1)


def test_the_held_out_images_judge_and_the_others_teach(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def train(arms: list[Arm], looks: tuple[int, ...]) -> Any:
        seen.extend(arms)
        return SimpleNamespace(accuracy=np.zeros((1, 2, 1)))

    monkeypatch.setattr(held_out, "train", train)
    one = config("before", "he")
    assert held_out.accuracies(one, (0.1, 0.2), (20,)).shape == (2, 1)
    kept, out = held_out.split(replace(one, seed=20))
    data = load("digits", 20)
    (arm,) = seen
    np.testing.assert_array_equal(arm.x, np.stack(2 * [data.x_train[out]]))
    np.testing.assert_array_equal(arm.y, np.stack(2 * [data.y_train[out]]))
    np.testing.assert_array_equal(arm.known[0], data.x_train[kept[: held_out.KNOWN]])
    learned = Examples(arm.configs[0]).x
    np.testing.assert_array_equal(learned, data.x_train[kept])


def test_the_best_of_equal_rates_is_the_lowest() -> None:
    assert held_out.best((1.0, 2.0, 3.0), np.array([[0.1, 0.1], [0.9, 0.5], [0.5, 0.9]])) == 2.0


def test_no_network_that_learns_is_best_at_an_end_of_the_grid() -> None:
    for n, norm in enumerate(NORMS):
        for s, start in enumerate(STARTS):
            if chosen().accuracy[n, s].mean(axis=-1).max() > 0.5:
                assert RATES[0] < chosen().rate(norm, start) < RATES[-1], (norm, start)


def test_the_words_on_huge_starts_are_those_of_the_board() -> None:
    """Most is lost where the output layer is scaled too, and more than without batch norm."""
    mean = {name: values.mean() for name, values in board()["any_init"].numbers.items()}
    assert mean["lost"] < 0.5 * mean["lost_all"]
    assert mean["bn_huge"] > mean["plain_huge"] and mean["bn_huge_all"] < mean["plain_huge_all"]
    assert mean["bn_tiny"] > mean["bn_he"] - 0.01
