"""Starts that are too small and too large: what is scaled, and at what rate it is trained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.claims.board import board
from experiments.claims.registry import CLAIMS
from experiments.descent import initial
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


def test_the_scores_that_ship_are_of_the_start_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(init_scale, "RATES", some := (0.003, 1.0))
    at = [RATES.index(rate) for rate in some]
    for start in ("tiny", "tiny_all"):
        shipped = chosen().accuracy[NORMS.index("before"), list(STARTS).index(start), at]
        np.testing.assert_allclose(init_scale.searched("before", start).score, shipped, atol=0.03)


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
