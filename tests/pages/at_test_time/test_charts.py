"""The lesson's charts hold the numbers they are given, and Plotly accepts every property."""

from __future__ import annotations

import numpy as np
import pytest

from figures import daylight
from figures.theme import INK, colour
from pages.at_test_time import charts as figures
from tests.figures.helpers import MODES, WORDS, checked, named

RNG = np.random.default_rng(0)
STEPS = np.arange(0, 41, 10)


@pytest.mark.parametrize("mode", MODES)
def test_accuracy_over_the_batch_size(mode) -> None:
    own, alike = RNG.random(4), np.array([0.1, 0.2, 0.3, np.nan])
    figure = checked(figures.by_size(mode, np.array([1, 2, 4, 8]), own, alike, 0.9, 0.95, 4, WORDS))
    np.testing.assert_array_equal(named(figure, "own").y, own)
    np.testing.assert_array_equal(named(figure, "sorted").y, alike)
    assert set(named(figure, "running").y) == {0.9} and set(named(figure, "exact").y) == {0.95}
    assert list(figure.layout.xaxis.ticktext) == ["1", "2", "4", "8"]
    band = figure.layout.shapes[0]
    assert (band.x0 + band.x1) / 2 == 2  # where m = 4 stands
    assert named(figure, "own").line.dash != named(figure, "sorted").line.dash


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("idea", ["mean", "var"])
def test_running_values_begin_before_the_first_batch(mode, idea) -> None:
    batch, running, true = RNG.random(40), RNG.random(41), RNG.random(5)
    figure = checked(figures.follow(mode, batch, running, STEPS, true, 17, idea, WORDS))
    assert (named(figure, "batch").x[0], named(figure, "running").x[0]) == (1, 0)
    np.testing.assert_array_equal(named(figure, "batch").y, batch)
    np.testing.assert_array_equal(named(figure, "running").y, running)
    np.testing.assert_array_equal(named(figure, "true").x, STEPS)
    assert figure.layout.shapes[0].x0 == 17
    assert named(figure, "batch").marker.color == colour(idea, mode)
    assert named(figure, "true").line.color == INK[mode]
    assert named(figure, "true").mode == "lines+markers"  # known at these steps only
    each = figures.follow(mode, batch, running, np.arange(41), running, 17, idea, WORDS)
    assert named(checked(each), "true").mode == "lines"


def test_a_single_far_batch_does_not_flatten_the_picture_but_a_running_value_is_never_cut() -> None:
    batch, running, true = RNG.random(400), np.full(401, 0.5), np.full(5, 0.5)
    batch[7], running[3] = 1000, 9
    low, high = figures.follow(
        "light", batch, running, STEPS, true, 1, "mean", WORDS
    ).layout.yaxis.range
    assert low < 0.5 and 9 < high < 100


@pytest.mark.parametrize("mode", MODES)
def test_accuracy_over_the_steps(mode) -> None:
    running, exact = RNG.random(5), RNG.random(5)
    figure = checked(figures.accuracy(mode, STEPS, running, exact, 20, WORDS))
    np.testing.assert_array_equal(named(figure, "running").y, running)
    np.testing.assert_array_equal(named(figure, "exact").y, exact)
    assert figure.layout.shapes[0].x0 == 20


@pytest.mark.parametrize("mode", MODES)
def test_measured_lies_on_the_law(mode) -> None:
    measured, law = RNG.random(5), RNG.random(5)
    figure = checked(figures.static_error(mode, STEPS, measured, law, 20, WORDS))
    assert [trace.name for trace in figure.data] == ["law", "measured"]  # the thin one on top
    np.testing.assert_array_equal(named(figure, "measured").y, measured)
    np.testing.assert_array_equal(named(figure, "law").y, law)


@pytest.mark.parametrize("mode", MODES)
def test_the_parts_of_an_error_and_none_of_the_start_once_it_is_corrected(mode) -> None:
    error, startup, lag, sampling = RNG.random((4, 5))
    figure = checked(figures.stale(mode, STEPS, error, startup, lag, sampling, 20, WORDS, 1.0))
    for name, wanted in {"error": error, "startup": startup, "lag": lag}.items():
        np.testing.assert_array_equal(named(figure, name).y, wanted)
    assert len({trace.line.dash for trace in figure.data}) == len(figure.data) == 4
    corrected = checked(figures.stale(mode, STEPS, error, None, lag, sampling, 20, WORDS, 1.0))
    assert [trace.name for trace in corrected.data] == ["error", "lag", "sampling"]
    asked = checked(figures.stale(mode, STEPS, error, None, None, None, 20, WORDS, 1.0))
    assert [trace.name for trace in asked.data] == ["error"]


@pytest.mark.parametrize("mode", MODES)
def test_accuracy_over_the_light(mode) -> None:
    shades = np.array([1, 0.5, 0.1])
    three = RNG.random((3, 4, 3))
    figure = checked(daylight.world(mode, shades, *three, 0.5, WORDS))
    shown = [trace for trace in figure.data if trace.showlegend is not False]
    names = ("plain", "frozen", "reestimated")
    for name, wanted in zip(names, three, strict=True):
        np.testing.assert_allclose(named(figure, name).y, wanted.mean(axis=0))
        at = figure.data.index(named(figure, name))
        np.testing.assert_array_equal(figure.data[at - 2].y, wanted.min(axis=0))
        np.testing.assert_array_equal(figure.data[at - 1].y, wanted.max(axis=0))
    assert figure.layout.shapes[0].x0 < 0.5 < figure.layout.shapes[0].x1
    assert len({trace.marker.symbol for trace in shown}) == 3
    bright, dark = figure.layout.xaxis.range
    assert bright > 1 > 0.1 > dark


@pytest.mark.parametrize("mode", MODES)
def test_the_costs_of_shifts_stand_with_their_intervals(mode) -> None:
    frozen, renewed = ((RNG.random(3) - 0.5, RNG.random(3)) for _ in range(2))
    figure = checked(figures.shifts(mode, ["a", "b", "c"], frozen, renewed, WORDS))
    for name, (means, halves) in (("frozen", frozen), ("renewed", renewed)):
        trace = named(figure, name)
        np.testing.assert_array_equal(trace.x, means)
        np.testing.assert_array_equal(trace.error_x.array, halves)
    assert list(figure.layout.yaxis.ticktext) == ["a", "b", "c"]
    assert named(figure, "frozen").marker.symbol != named(figure, "renewed").marker.symbol
