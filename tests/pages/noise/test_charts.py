"""The lesson's charts hold the numbers they are given, and Plotly accepts every property."""

from __future__ import annotations

import re

import numpy as np
import pytest

from figures.theme import colour
from pages.noise import charts as figures
from tests.figures.helpers import MODES, WORDS, Words, checked, named

RNG = np.random.default_rng(0)
ENDS = (-3.0, 3.0)


def bars(html: str) -> np.ndarray:
    """(K, 3): left edge in %, height in %, share of each bar."""
    found = re.findall(r'<b style="left:(.+?)%;.*?height:(.+?)%".*?data-share="(.+?)"', html)
    return np.array(found, float)


def middle(html: str, left: np.ndarray) -> np.ndarray:
    """Where bars with these left edges have their middle, on the axis of ENDS."""
    bins = figures.edges(*ENDS)
    return bins[0] + (bins[-1] - bins[0]) * left / 100 + figures.BIN / 2


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("idea", ["z_norm", "dropout"])
def test_a_histogram_counts_every_value_and_marks_mean_and_sd(mode, idea) -> None:
    values = RNG.normal(0.7, 0.2, 400)
    html = figures.distribution(mode, values, 0.68, ENDS, idea, WORDS)
    left, height, share = bars(html).T
    assert share.sum() == pytest.approx(1)
    assert np.dot(middle(html, left), share) == pytest.approx(values.mean(), abs=figures.BIN / 2)
    np.testing.assert_allclose(height / height.max(), share / share.max(), rtol=1e-3)
    (sd, start, wide) = map(
        float, re.search(r'data-sd="(.+?)" style="left:(.+?)%;width:(.+?)%"', html).groups()
    )
    assert sd == pytest.approx(values.std(), rel=1e-4)
    assert middle(html, start + wide / 2) == pytest.approx(
        values.mean() + figures.BIN / 2, abs=1e-3
    )
    (exact,) = re.findall(r'class="exact" style="left:(.+?)%"', html)
    assert middle(html, float(exact)) == pytest.approx(0.68 + figures.BIN / 2, abs=1e-3)
    assert f"--hue:{colour(idea, mode)}" in html


def test_the_axis_of_a_histogram_does_not_follow_its_values() -> None:
    narrow, wide = (
        figures.distribution("light", RNG.normal(0, sd, 400), 0.0, ENDS, "z_norm", WORDS)
        for sd in (0.05, 1.0)
    )
    ticks = r'class="tick" style="left:(.+?)%"'
    assert re.findall(ticks, narrow) == re.findall(ticks, wide)
    assert len(bars(narrow)) < len(bars(wide)) / 3


def test_values_beyond_the_axis_are_counted_at_its_ends() -> None:
    html = figures.distribution("light", np.array([-9.0, 0, 0, 50]), 0.0, ENDS, "dropout", WORDS)
    left, _, share = bars(html).T
    assert list(share) == [0.25, 0.5, 0.25] and left[0] == 0 and left[-1] > 98


def test_what_a_picture_says_is_escaped() -> None:
    words = Words(alt='a "quoted" <b>')
    html = figures.distribution("light", np.zeros(3), 0.0, ENDS, "z_norm", words)
    assert 'aria-label="a &quot;quoted&quot; &lt;b&gt;"' in html


@pytest.mark.parametrize("top", [0.02, 0.06, 0.2, 0.37, 0.5, 0.8, 1.1])
def test_levels_are_few_and_below_the_top(top: float) -> None:
    levels = figures._levels(top)
    assert 2 <= len(levels) <= 6 and levels[0] == 0 and levels[-1] <= top


def test_zero_lies_in_the_middle_of_a_bin() -> None:
    bins = figures.edges(*ENDS)
    assert np.abs(bins[:-1] + bins[1:]).min() < 1e-12
    assert bins[0] <= ENDS[0] and bins[-1] >= ENDS[1]


@pytest.mark.parametrize("mode", MODES)
def test_the_law_stands_beside_what_was_measured(mode) -> None:
    sizes = np.array([2, 8, 32])
    measured, law = RNG.random(3), RNG.random(3)
    figure = checked(figures.law(mode, sizes, measured, law, 8, WORDS))
    np.testing.assert_array_equal(named(figure, "measured").y, measured)
    np.testing.assert_array_equal(named(figure, "law").y, law)
    np.testing.assert_allclose(named(figure, "root").y, sizes**-0.5)
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    band = figure.layout.shapes[0]
    assert band.x0 < 8 < band.x1 and not any(band.x0 < m < band.x1 for m in (2, 32))


@pytest.mark.parametrize("mode", MODES)
def test_the_cross_of_shift_and_stretch_has_the_laws_length(mode) -> None:
    a, b = 1 + 0.1 * RNG.normal(size=50), 0.2 * RNG.normal(size=50)
    figure = checked(figures.parts(mode, a, b, 0.11, 0.19, WORDS))
    np.testing.assert_array_equal(named(figure, "batches").x, b)
    np.testing.assert_array_equal(named(figure, "batches").y, a)
    assert list(named(figure, "law_b").x) == [-0.19, 0.19]
    assert list(named(figure, "law_a").y) == [0.89, 1.11]
    assert named(figure, "law_b").line.color == colour("mean", mode)
    assert named(figure, "law_a").line.color == colour("var", mode)


def test_far_batches_do_not_shrink_the_rest_and_are_counted() -> None:
    a, b = 1 + 0.1 * RNG.normal(size=400), 0.2 * RNG.normal(size=400)
    assert figures.outside(a, b) == 0
    a[:3], b[2:5] = 50, -30
    assert figures.outside(a, b) == 5
    figure = figures.parts("light", a, b, 0.1, 0.2, WORDS)
    assert figure.layout.yaxis.range[1] < 2 and figure.layout.xaxis.range[0] > -2


@pytest.mark.parametrize("mode", MODES)
def test_what_occurs_often_is_drawn_larger(mode) -> None:
    first, second = np.repeat([0.0, 1.25], [100, 300]), np.zeros(400)
    figure = checked(figures.together(mode, first, second, (1, 0), ENDS, "dropout", WORDS))
    dots = figure.data[0]
    assert list(dots.x) == [0, 1.25] and list(dots.customdata) == [0.25, 0.75]
    assert dots.marker.size[0] < dots.marker.size[1]
    assert (named(figure, "exact").x[0], named(figure, "exact").y[0]) == (1, 0)


@pytest.mark.parametrize("mode", MODES)
def test_groups_are_a_line_in_a_band_and_the_others_are_level(mode) -> None:
    groups = np.array([4, 16, 256])
    mean = RNG.random(3)
    others = {"plain": (0.9, 0.88, 0.92), "dropout": (0.95, 0.94, 0.96)}
    figure = checked(
        figures.by_group(mode, groups, (mean, mean - 0.01, mean + 0.02), others, WORDS)
    )
    np.testing.assert_array_equal(named(figure, "bn").y, mean)
    assert set(named(figure, "plain").y) == {0.9} and set(named(figure, "dropout").y) == {0.95}
    band = figure.data[-2]
    np.testing.assert_allclose(band.y, [*(mean + 0.02), *(mean - 0.01)[::-1]])
    assert list(figure.layout.xaxis.ticktext) == ["4", "16", "256"]
    dashes = {named(figure, name).line.dash for name in ("bn", "plain", "dropout")}
    assert len(dashes) == 3


def test_a_group_that_failed_is_named_and_does_not_flatten_the_rest() -> None:
    mean = np.array([0.4, 0.92, 0.94])
    others = {"plain": (0.93, 0.92, 0.94), "dropout": (0.95, 0.94, 0.96)}
    figure = figures.by_group("light", np.array([2, 4, 8]), (mean, mean, mean), others, WORDS)
    bottom, top = figure.layout.yaxis.range
    assert 0.9 < bottom < 0.92 and 0.95 < top < 0.97
    (note,) = figure.layout.annotations
    assert "40%" in note.text and 0 <= note.x < 1


@pytest.mark.parametrize("mode", MODES)
def test_every_unit_is_counted_and_the_costliest_of_each_network_marked(mode) -> None:
    drops = [RNG.integers(0, 4, (5, 30)) / 450 for _ in range(2)]
    figure = checked(figures.ablated(mode, ["one", "two"], ["plain", "bn"], drops, WORDS))
    for row, drop in enumerate(drops):
        units, worst, mean = figure.data[3 * row : 3 * row + 3]
        assert np.sum(units.customdata) == drop.size
        assert np.dot(units.x, units.customdata) == pytest.approx(drop.sum(), abs=1e-3)
        np.testing.assert_array_equal(worst.x, drop.max(axis=1))
        assert mean.x[0] == pytest.approx(drop.mean())
        assert set(units.y) == {row} and units.marker.size[0] < 27
    assert list(figure.layout.yaxis.ticktext) == ["one", "two"]


@pytest.mark.parametrize("mode", MODES)
def test_what_is_left_is_a_line_in_a_band_each(mode) -> None:
    bands = [(y, y - 0.01, y + 0.02) for y in RNG.random((2, 3))]
    figure = checked(
        figures.switched_off(
            mode, (0, 0.4, 0.8), ["one", "two"], ["plain", "bn"], ["dash", "dot"], bands, WORDS
        )
    )
    for name, band in zip(("one", "two"), bands, strict=True):
        np.testing.assert_array_equal(named(figure, name).y, band[0])
        np.testing.assert_array_equal(named(figure, name).x, (0, 0.4, 0.8))


@pytest.mark.parametrize("mode", MODES)
def test_curves_end_where_their_arm_ended(mode) -> None:
    steps, values = np.arange(0, 50, 10), RNG.random((5, 2))
    figure = checked(figures.curves(mode, steps, values, (2, 4), 1.0, WORDS))
    np.testing.assert_array_equal(named(figure, "plain").y, values[:3, 0])
    np.testing.assert_array_equal(named(figure, "bn").y, values[:, 1])
    assert named(figure, "plain").line.dash != named(figure, "bn").line.dash


# ------------------------------------------------------------------ before an answer, and growing


def test_before_an_answer_the_axes_are_those_of_after() -> None:
    sizes, sd = np.array([2, 8, 64]), np.array([0.6, 0.35, 0.15])
    only = sizes == 64
    before = checked(figures.law("light", sizes, sd, sd, 8, WORDS, only=only))
    after = checked(figures.law("light", sizes, sd, sd, 8, WORDS))
    assert [list(trace.y) for trace in before.data] == [[0.15]] and not before.layout.shapes
    groups, mean = np.array([2, 8, 256]), np.array([0.4, 0.95, 0.94])
    others = {"plain": (0.93, 0.92, 0.94), "dropout": (0.945, 0.94, 0.96)}
    bn = (mean, mean - 0.01, mean + 0.01)
    first = checked(figures.by_group("light", groups, bn, others, WORDS, shown=range(2, 3)))
    second = checked(figures.by_group("light", groups, bn, others, WORDS))
    assert list(named(first, "bn").y) == [0.94] and not first.layout.annotations
    for one, other in ((before, after), (first, second)):
        assert one.layout.xaxis.range == other.layout.xaxis.range
        assert one.layout.yaxis.range == other.layout.yaxis.range
    assert all(abs(end / 0.005 - round(end / 0.005)) < 1e-9 for end in second.layout.yaxis.range)


@pytest.mark.parametrize("records", [0, 1, 5])
def test_a_growing_curve_stands_where_its_records_are(records: int) -> None:
    steps, values = np.arange(5)[:records] * 10, RNG.random((5, 2))[:records]
    html = figures.growing("dark", steps, values, (records - 1, records - 1), 100, WORDS)
    found = dict(re.findall(r'<polyline class="(\w+)" points="(.*?)"', html))
    for arm, name in enumerate(("plain", "bn")):
        places = [tuple(map(float, place.split(","))) for place in found[name].split()]
        wanted = [(step, 100 * (1 - y)) for step, y in zip(steps, values[:, arm], strict=True)]
        np.testing.assert_allclose(places, wanted, atol=0.006)
    assert ("draws-itself" in html) is False
