"""The curves to read and export hold the run's numbers, each arm to its end."""

from __future__ import annotations

import numpy as np
import pytest

from figures import theme
from pages.training.charts import curves, percentiles

STEPS = np.arange(0, 60, 10)
LOSS = np.linspace(2.3, 0.2, 12).reshape(6, 2)
ACCURACY = np.linspace(0.1, 0.9, 12).reshape(6, 2)
WORDS = {
    **{"plain": "ohne", "bn": "mit", "loss": "L", "accuracy": "A", "step": "s"},
    **{"diverged": "d", "p15": "15.", "p50": "50.", "p85": "85."},
}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_curves_hold_the_numbers_of_both_arms(mode: theme.Mode) -> None:
    figure = curves(STEPS, LOSS, ACCURACY, (5, 5), WORDS, mode)
    assert len(figure.data) == 4
    for trace, wanted in zip(figure.data, (*LOSS.T, *ACCURACY.T), strict=True):
        np.testing.assert_array_equal(trace.x, STEPS)
        np.testing.assert_array_equal(trace.y, wanted)
    plain, bn = figure.data[:2]
    assert (plain.name, bn.name) == ("ohne", "mit")
    assert (plain.line.dash, bn.line.dash) == ("dash", "solid")
    assert bn.line.color == theme.colour("bn", mode)


def test_an_arm_that_ended_stops_there_and_is_marked() -> None:
    loss = LOSS.copy()
    loss[3:, 0] = 1e9
    figure = curves(STEPS, loss, ACCURACY, (2, 5), WORDS, "light")
    plain = [trace for trace in figure.data if trace.name == "ohne"]
    assert all(len(trace.x) == 3 for trace in plain)
    marks = [trace for trace in figure.data if trace.mode == "markers+text"]
    assert [(mark.x[0], mark.text[0]) for mark in marks] == [(20, "d"), (20, "d")]


def test_an_arm_that_blows_up_does_not_flatten_the_other() -> None:
    loss = LOSS.copy()
    loss[5, 0] = 1e9
    top = curves(STEPS, loss, ACCURACY, (5, 5), WORDS, "light").layout.yaxis.range[1]
    assert loss[:, 1].max() < top < 3 * loss[:, 1].max()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_percentiles_stand_side_by_side_on_one_axis(mode: theme.Mode) -> None:
    bands = np.random.default_rng(0).standard_normal((6, 2, 3)).cumsum(axis=2)
    figure = percentiles(STEPS, bands, (3, 5), (-4.0, 4.0), WORDS, mode)
    assert len(figure.data) == 6
    for trace, wanted in zip(figure.data[:3], bands[:4, 0].T, strict=True):
        np.testing.assert_array_equal(trace.y, wanted)
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range == (-4.0, 4.0)
