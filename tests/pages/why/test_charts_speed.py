"""The charts of the last parts of `why` hold the numbers they are given; Plotly accepts them."""

from __future__ import annotations

import re

import numpy as np
import pytest

from figures.theme import colour
from pages.why import charts_board as why_board
from pages.why import charts_speed as figures
from pages.why.charts_board import Strip, Tile
from tests.figures.helpers import MODES, WORDS, Words, checked, named
from tests.pages.helpers import ROOT

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("mode", MODES)
def test_units_stand_in_the_order_of_their_middle_before(mode) -> None:
    before = np.sort(RNG.normal(size=(3, 9)), axis=0)
    after = before + 100 * (np.arange(9) == 4)
    figure = checked(figures.received(mode, before, after, (-4.0, 4.0), "bn", WORDS))
    order = np.argsort(before[1])
    dots = named(figure, "after")
    np.testing.assert_allclose(dots.y, np.clip(after[1, order], -4, 4))
    assert dots.y[list(order).index(4)] == 4 and min(dots.error_y.array) >= 0
    np.testing.assert_allclose(named(figure, "before").y[9:], before[0, order][::-1])
    assert dots.marker.color == colour("bn", mode)


@pytest.mark.parametrize("mode", MODES)
def test_every_tile_of_a_heat_map_carries_its_number(mode) -> None:
    accuracy = RNG.random((3, 4))
    figure = checked(figures.heat(mode, accuracy, (1, 2, 8), (0.1, 0.3, 1, 3), (2, 1), "bn", WORDS))
    np.testing.assert_array_equal(figure.data[0].z, accuracy)
    for note in figure.layout.annotations:
        assert note.text == f"{100 * accuracy[note.y, note.x]:.0f}"
    frame = figure.layout.shapes[0]
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (0.5, 1.5, 1.5, 2.5)
    assert list(figure.layout.xaxis.ticktext) == ["0.1", "0.3", "1", "3"]


@pytest.mark.parametrize("mode", MODES)
def test_gradients_are_told_apart_without_colour(mode) -> None:
    layer, plain, bn = np.arange(1, 5), RNG.random(4), RNG.random(4)
    figure = checked(figures.gradients(mode, layer, plain, bn, (1e-3, 10.0), WORDS))
    np.testing.assert_array_equal(named(figure, "plain").y, plain)
    np.testing.assert_array_equal(named(figure, "bn").y, bn)
    assert named(figure, "plain").line.dash != named(figure, "bn").line.dash
    np.testing.assert_allclose(figure.layout.yaxis.range, (-3, 1))


# ------------------------------------------------------------------ the board


def places(html: str) -> np.ndarray:
    """Where the seeds' dots stand, in %."""
    return np.array(re.findall(r'<b style="left:([\d.]+)%"></b>', html), float)


def strip(kind: str, values: list[float], **more) -> Strip:
    numbers = np.array(values)
    return Strip("name", kind, numbers, (numbers.min(), numbers.max()), "text", **more)


@pytest.mark.parametrize("kind", ["share", "points", "number"])
def test_seeds_stand_at_their_numbers(kind: str) -> None:
    rows = [strip(kind, [0.2, 0.3]), strip(kind, [0.6, 0.9])]
    html = why_board.strips("light", rows, WORDS)
    low, high = why_board.axis(kind, rows)
    expected = 100 * (np.array([0.2, 0.3, 0.6, 0.9]) - low) / (high - low)
    np.testing.assert_allclose(places(html), expected, atol=0.01)
    assert (low <= 0) == (kind != "share")  # a difference is read against zero


@pytest.mark.parametrize("kind", ["factor", "error"])
def test_factors_and_errors_stand_at_their_logarithms(kind: str) -> None:
    html = why_board.strips("dark", [strip(kind, [0.01, 0.1, 1.0])], WORDS)
    left, middle, right = places(html)
    assert middle - left == pytest.approx(right - middle, abs=0.02) and right > left


def test_a_factor_of_one_is_marked_and_an_error_of_nothing_has_a_place() -> None:
    assert 'class="zero"' in why_board.strips("light", [strip("factor", [0.5, 8.0])], WORDS)
    assert len(places(why_board.strips("light", [strip("error", [0.0, 1e-16])], WORDS))) == 2


def test_rows_of_one_kind_share_an_axis_and_others_have_their_own() -> None:
    rows = [strip("share", [0.5]), strip("factor", [3.0]), strip("share", [0.7])]
    html = why_board.strips("light", rows, WORDS)
    assert html.count('class="under"') == 2 and html.count('class="strip"') == 3


def test_all_axes_begin_and_end_alike_however_long_the_numbers_are() -> None:
    """Each row is a grid of its own: the room for its text is that of the longest."""
    rows = [strip("factor", [2.0]), Strip("b", "share", np.ones(2), (1, 1), "1.23 (1.1–1.4)×10⁷")]
    html = why_board.strips("light", rows, WORDS)
    assert "--text:19ch" in html
    css = (ROOT / "assets" / "components" / "why_board.css").read_text("utf-8")
    assert "7fr max(8.2em, var(--text))" in css


def test_what_a_factor_is_told_as_is_its_geometric_mean() -> None:
    html = why_board.strips("light", [strip("factor", [1.0, 100.0])], WORDS)
    assert 'data-value="10"' in html


def test_a_given_axis_is_kept() -> None:
    html = why_board.strips("light", [strip("share", [0.25, 0.75])], WORDS, ends=(0.0, 1.0))
    np.testing.assert_allclose(places(html), (25, 75))
    assert "0%" in html and "100%" in html


def test_what_the_board_says_is_escaped() -> None:
    words = Words(alt='a "b" <c>')
    html = why_board.strips("light", [strip("share", [0.5], head="<i>")], words)
    assert "&quot;b&quot; &lt;c&gt;" in html and "&lt;i&gt;" in html


@pytest.mark.parametrize("mode", MODES)
def test_a_claim_stands_in_the_column_of_its_verdict(mode) -> None:
    tiles = [
        Tile(3, "three", "weak", agreed=True),
        Tile(5, "five", "contradicted", said="other", agreed=False),
        Tile(8, "eight", "weak"),
    ]
    html = why_board.columns(mode, tiles, WORDS, 5)
    found = dict(re.findall(r'<section class="(\w+)".*?>(.*?)</section>', html))
    assert list(found) == ["exact", "clear", "weak", "contradicted"]
    assert re.findall(r'data-claim="(\d)"', found["weak"]) == ["3", "8"]
    assert "empty" in found["exact"] and ">2</b>" in found["weak"]
    assert "★" in found["weak"] and "☆" in found["contradicted"] and "other" in html
    assert 'class="here" data-claim="5"' in found["contradicted"]


@pytest.mark.parametrize("mode", MODES)
def test_verdicts_are_told_apart_without_colour(mode) -> None:
    badges = {v: why_board.badge(mode, v, v) for v in why_board.SIGNS}
    assert len({re.search(r"<i>(.)</i>", badge)[1] for badge in badges.values()}) == 4
