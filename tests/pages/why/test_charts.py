"""The charts on inputs and shifts hold the numbers they get; Plotly accepts every property."""

from __future__ import annotations

import base64
import re
import struct
import zlib

import numpy as np
import pytest

from experiments.why import inputs
from figures.theme import colour
from pages.why import charts_inputs as why
from pages.why import charts_shift as why_shift
from tests.figures.helpers import MODES, WORDS, Words, checked, named

RNG = np.random.default_rng(0)
BOTH = pytest.mark.parametrize("scaled", [False, True], ids=["raw", "scaled"])


def drawn(mode: str, scaled: bool, lr: float):
    bowl, way = inputs.contours(scaled), inputs.descent(scaled, lr)
    numbers = (bowl.hessian, bowl.minimum, way.w, way.excess, way.diverged)
    return checked(why.bowl(mode, scaled, *numbers, WORDS)), bowl, way


# ------------------------------------------------------------------ the bowl


@BOTH
@pytest.mark.parametrize("level", [0.01, 1.0, 30.0])
def test_a_line_of_the_bowl_joins_points_of_equal_loss(scaled: bool, level: float) -> None:
    """By the loss itself, wine by wine, and not by the ellipse's own formula."""
    bowl, known = inputs.contours(scaled), inputs.features(scaled)
    ring = why.ellipse(bowl.hessian, bowl.minimum, level)
    losses = [inputs.loss(known, w) - bowl.lowest for w in ring.T]
    np.testing.assert_allclose(losses, level, rtol=1e-9)


@pytest.mark.parametrize("mode", MODES)
@BOTH
def test_the_bowl_has_the_way_the_start_and_the_lowest_point(mode: str, scaled: bool) -> None:
    figure, bowl, way = drawn(mode, scaled, 0.005)
    path = named(figure, "way")
    np.testing.assert_allclose(np.column_stack([path.x, path.y]), way.w)
    np.testing.assert_allclose(path.customdata[:, 1], way.excess)
    marks = {trace.text[0]: (trace.x[0], trace.y[0]) for trace in figure.data if trace.text}
    np.testing.assert_allclose(marks["start"], bowl.start)
    np.testing.assert_allclose(marks["lowest"], bowl.minimum)
    assert figure.layout.yaxis.scaleanchor == "x" and figure.layout.yaxis.scaleratio == 1
    for axis, points in ((figure.layout.xaxis, way.w[:, 0]), (figure.layout.yaxis, way.w[:, 1])):
        if scaled or axis is figure.layout.xaxis:
            assert axis.range[0] < points.min() and axis.range[1] > points.max()


def test_the_same_loss_has_the_same_place_in_both_bowls() -> None:
    """Raw and scaled start at the same loss, so the start lies on the line of level 1 in both."""
    for scaled in (False, True):
        figure, bowl, way = drawn("light", scaled, 0.005)
        ring = figure.data[len(why.LEVELS) - 1 - int(np.flatnonzero(why.LEVELS == 1)[0])]
        gaps = np.column_stack([ring.x, ring.y]) - bowl.minimum
        excess = np.einsum("ti,ij,tj->t", gaps, bowl.hessian, gaps) / 2
        np.testing.assert_allclose(excess, way.excess[0])


@pytest.mark.parametrize("mode", MODES)
def test_a_way_that_diverges_is_in_the_colour_of_an_error_and_stays_drawable(mode: str) -> None:
    figure, bowl, way = drawn(mode, False, 0.3)
    path = named(figure, "way")
    assert way.diverged and path.line.color == colour("error", mode)
    assert 2 <= len(path.x) <= len(way.w)
    far = np.abs(np.array([path.x, path.y]).T - bowl.minimum).max(axis=1)
    assert (far[:-1] < why.FAR * np.abs(bowl.start - bowl.minimum).max()).all()
    assert named(drawn(mode, True, 0.3)[0], "way").line.color != colour("error", mode)


@pytest.mark.parametrize("mode", MODES)
def test_what_is_left_begins_with_all_of_it(mode: str) -> None:
    raw, scaled = (inputs.descent(s, 0.009, 1000).excess for s in (False, True))
    figure = checked(why.excess(mode, raw, scaled, WORDS))
    for name, excess in (("raw", raw), ("scaled", scaled)):
        shown = named(figure, name)
        steps = shown.customdata
        assert shown.y[0] == 1 and steps[0] == 0 and steps[-1] == 1000
        np.testing.assert_allclose(shown.y, np.maximum(excess[steps] / excess[0], 1e-9))
        assert (np.diff(shown.x) > 0).all()


# ------------------------------------------------------------------ spectra and arms


@pytest.mark.parametrize("mode", MODES)
def test_spectra_are_divided_by_their_median(mode: str) -> None:
    values = {
        name: np.sort(RNG.exponential(scale, 100))[::-1]
        for name, scale in (("none", 9.0), ("before", 2.0), ("after", 1.0))
    }
    figure = checked(why.spectra(mode, values, WORDS))
    for name, eigenvalues in values.items():
        shown = named(figure, name)
        np.testing.assert_allclose(shown.y, eigenvalues / np.median(eigenvalues))
        assert shown.x[0] == 1
    dashes = {named(figure, name).line.dash for name in values}
    assert len(dashes) == 3  # told apart without colour too


@pytest.mark.parametrize("mode", MODES)
def test_every_seed_of_an_arm_is_a_dot(mode: str) -> None:
    values = [np.array([0.5, 0.5, 0.7]), np.array([0.9, 1.0, 0.95])]
    figure = checked(why.arms(mode, ["one", "two"], ["plain", "bn"], values, WORDS))
    dots = [trace for trace in figure.data if trace.name == "seed"]
    means = [trace for trace in figure.data if trace.name == "mean"]
    for row, (dot, mean, seeds) in enumerate(zip(dots, means, values, strict=True)):
        np.testing.assert_array_equal(dot.x, seeds)
        assert len(set(zip(dot.x, dot.y, strict=True))) == len(seeds)
        assert np.abs(np.array(dot.y) - row).max() < 0.5
        assert mean.x[0] == pytest.approx(seeds.mean())


# ------------------------------------------------------------------ pictures


def test_a_picture_keeps_its_pixels() -> None:
    rgb = RNG.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    kind, data = why_shift.uri(rgb).split(",")
    raw = base64.b64decode(data)
    assert kind == "data:image/png;base64"
    assert struct.unpack(">II", raw[16:24]) == (7, 5)
    at = raw.index(b"IDAT")
    (size,) = struct.unpack(">I", raw[at - 4 : at])
    lines = np.frombuffer(zlib.decompress(raw[at + 4 : at + 4 + size]), np.uint8).reshape(5, -1)
    np.testing.assert_array_equal(lines[:, 1:].reshape(5, 7, 3), rgb)


def test_a_gallery_has_a_picture_an_alt_and_a_caption_each() -> None:
    rgb = RNG.integers(0, 256, (2, 4, 4, 3), dtype=np.uint8)
    html = why_shift.gallery(rgb, ['a "cat"', "a dog"], ["<b>x</b>", ""], 48)
    assert re.findall(r'alt="(.*?)"', html) == ["a &quot;cat&quot;", "a dog"]
    assert html.count("<img") == 2 and html.count("<figcaption>") == 1
    assert why_shift.uri(rgb[1]) in html


@pytest.mark.parametrize("mode", MODES)
def test_right_and_wrong_differ_without_colour(mode: str) -> None:
    right, wrong = (why_shift.answer(mode, each, "<cat>") for each in (True, False))
    assert "✓" in right and "✗" in wrong and colour("error", mode) in wrong
    assert "&lt;cat&gt;" in right


# ------------------------------------------------------------------ shifts


@pytest.mark.parametrize("mode", MODES)
def test_lines_over_the_coats_are_means_with_the_range_as_a_band(mode: str) -> None:
    shift = np.linspace(0, 1, 11)
    arms = {name: RNG.random((5, 11)) for name in why_shift.LOOKS}
    figure = checked(why_shift.by_coat(mode, shift, arms, 0.4, WORDS))
    for i, (name, found) in enumerate(arms.items()):
        np.testing.assert_allclose(named(figure, name).y, found.mean(axis=0))
        band = np.array(figure.data[2 * i].y)
        np.testing.assert_allclose(band[:11], found.max(axis=0))
        np.testing.assert_allclose(band[11:][::-1], found.min(axis=0))
    (mark,) = figure.layout.shapes
    assert (mark.x0 + mark.x1) / 2 == pytest.approx(0.4)


@pytest.mark.parametrize("mode", MODES)
def test_marks_over_the_inks_reach_from_the_lowest_to_the_highest(mode: str) -> None:
    arms = {name: RNG.random((4, 5)) for name in why_shift.LOOKS}
    figure = checked(why_shift.by_ink(mode, list("abcde"), arms, 2, WORDS))
    for name, found in arms.items():
        shown = named(figure, name)
        mean, bars = np.array(shown.y), shown.error_y
        np.testing.assert_allclose(mean, found.mean(axis=0))
        np.testing.assert_allclose(mean + bars.array, found.max(axis=0))
        np.testing.assert_allclose(mean - bars.arrayminus, found.min(axis=0))
        assert (np.abs(np.array(shown.x) - np.arange(5)) < 0.48).all()
    (mark,) = figure.layout.shapes
    assert mark.x0 < 2 < mark.x1


@pytest.mark.parametrize("mode", MODES)
def test_both_shifts_show_medians_in_their_bands(mode: str) -> None:
    steps = np.arange(1, 21) * 15
    three = np.sort(RNG.random((20, 3)), axis=1)
    dark = np.array([0.1, 0.2, 0.3])
    words = Words(training="training", test="test")
    figure = checked(why_shift.outside(mode, steps, three, dark, words))
    np.testing.assert_array_equal(named(figure, "training").y, three[:, 1])
    after = named(figure, "test")
    assert set(after.y) == {0.2} and min(after.x) > steps[-1]
    figure = checked(why_shift.inside(mode, steps, three, three - 1, WORDS))
    np.testing.assert_array_equal(named(figure, "bn").y, three[:, 1] - 1)
    assert named(figure, "bn").line.dash != named(figure, "plain").line.dash
