"""The charts draw the arrays they are given, in the colours of their ideas."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from figures.theme import colour
from pages.mini_batch import charts as figures

RIGHT, WRONG = np.array([-1.0, 0.5, 0.5]), np.array([-2.0, 3.0, 4.0])
WORDS = dict.fromkeys(
    ("right", "wrong", "axis", "axis_eps", "axis_sd", "shown", "faint", "constant"), "word"
)


def points(figure) -> list:
    return [trace for trace in figure.data if trace.mode == "markers"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_comparison_puts_right_above_wrong(mode: str) -> None:
    figure = figures.comparison(mode, RIGHT, WRONG, WORDS)
    right, wrong = points(figure)
    assert np.array_equal(right.x, RIGHT) and set(right.y) == {1}
    assert np.array_equal(wrong.x, WRONG) and set(wrong.y) == {0}
    assert right.marker.color == colour("z_norm", mode)
    assert wrong.marker.color == colour("error", mode)
    assert right.marker.symbol != wrong.marker.symbol  # told apart without colour


def test_comparison_marks_mean_and_sd() -> None:
    figure = figures.comparison("light", RIGHT, WRONG, WORDS)
    bars = [trace for trace in figure.data if trace.mode == "lines+markers"]
    for bar, values in zip(bars, (RIGHT, WRONG), strict=True):
        low, middle, high = bar.x
        assert middle == pytest.approx(values.mean())
        assert (high - low) / 2 == pytest.approx(values.std())


def test_comparison_joins_the_two_places_of_each_example() -> None:
    thread = figures.comparison("light", RIGHT, WRONG, WORDS).data[0]
    assert np.array_equal(thread.x[0::3], RIGHT) and np.array_equal(thread.x[1::3], WRONG)
    assert np.isnan(thread.x[2::3].astype(float)).all()


def test_comparison_survives_a_row_of_nan() -> None:
    figure = figures.comparison("light", np.zeros(1), np.full(1, np.nan), WORDS)
    assert len(points(figure)) == 2
    figure.to_json()


def test_spread_draws_each_case_and_the_present_eps() -> None:
    grid = np.logspace(-12, 1, 5)
    curves = {case: grid * factor for factor, case in enumerate(figures.CASES)}
    figure = figures.spread("light", grid, curves, 1e-3, WORDS)
    for trace, (case, sd) in zip(figure.data, curves.items(), strict=True):
        assert np.array_equal(trace.y, sd)
        assert trace.line.dash == figures.DASHES[case]
    assert figure.layout.shapes[0].x0 == 1e-3
    assert figure.layout.annotations[0].x == pytest.approx(-3)  # a log axis takes the power


def test_comparison_stands_without_the_wrong_one() -> None:
    figure = figures.comparison("light", RIGHT, None, WORDS)
    (right,) = points(figure)
    assert np.array_equal(right.x, RIGHT)
    assert figure.layout.yaxis.range == (-0.6, 1.6)  # as with it


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_plotly_knows_every_property(mode: str) -> None:
    curves = dict.fromkeys(figures.CASES, RIGHT)
    for figure in (
        figures.spread(mode, RIGHT, curves, 1e-3, WORDS),
        figures.comparison(mode, RIGHT, WRONG, WORDS),
    ):
        checked = go.Figure(figure.to_dict())
        assert checked.layout.font.family.startswith("Lab Sans")
