"""The lesson's charts hold the numbers they are given, and Plotly accepts every property."""

from __future__ import annotations

import numpy as np
import pytest

from figures import graph
from figures.graph import Axis, Line
from figures.theme import INK, colour
from pages.inside import charts as figures
from tests.figures.helpers import MODES, WORDS, checked, named

RNG = np.random.default_rng(0)
ENDS = (-6.0, 6.0)


X = np.array([0.1, 1.0, 10.0])
ACROSS, UP = Axis("x", log=True, ends=(0.1, 10)), Axis("y")


# --- lines ---


@pytest.mark.parametrize("mode", MODES)
def test_a_line_lies_in_its_band_and_has_its_ideas_colour(mode) -> None:
    mean = RNG.random(3)
    line = Line("bn", "bn", mean, mean - 0.1, mean + 0.2, "dash", symbol="diamond")
    figure = checked(graph.lines(mode, X, [line, Line("plain", "plain", X)], ACROSS, UP))
    band = figure.data[0]
    np.testing.assert_allclose(band.y, [*(mean + 0.2), *(mean - 0.1)[::-1]])
    np.testing.assert_array_equal(named(figure, "bn").y, mean)
    np.testing.assert_array_equal(named(figure, "plain").x, X)
    assert named(figure, "bn").marker.color == colour("bn", mode)
    assert (named(figure, "bn").line.dash, named(figure, "plain").line.dash) == ("dash", "solid")
    assert len(figure.data) == 3


def test_where_a_band_is_not_known_it_is_left_out() -> None:
    low, high = np.array([np.nan, 1.0, 2.0]), np.array([1.0, 2.0, 3.0])
    figure = graph.lines("light", X, [Line("a", "bn", high, low, high)], ACROSS, UP)
    assert list(figure.data[0].x) == [1, 10, 10, 1]


def test_weaker_lines_are_paler() -> None:
    lines = [Line(str(s), "bn", X, strength=s) for s in (0.4, 1.0)]
    figure = graph.lines("light", X, lines, ACROSS, UP)
    pale, full = (trace.line.color for trace in figure.data)
    assert pale.endswith(",0.4)") and full.endswith(",1.0)")
    assert pale.split(",")[:3] == full.split(",")[:3]


@pytest.mark.parametrize("mode", MODES)
def test_the_chosen_place_is_shaded_and_a_level_is_drawn(mode) -> None:
    line = Line("a", "z", X)
    figure = checked(graph.lines(mode, X, [line], ACROSS, UP, chosen=1.0, level=0.9))
    band, rule = figure.layout.shapes
    assert 0.1 < band.x0 < 1 < band.x1 < 10
    assert rule.y0 == rule.y1 == 0.9
    assert not graph.lines(mode, X, [line], ACROSS, UP).layout.shapes


def test_names_at_the_ends_do_not_lie_on_each_other() -> None:
    ends = {"top": 1.0, "close": 0.99, "far": 0.2}
    drawn = [Line(name, "bn", np.full(3, end)) for name, end in ends.items()]
    figure = checked(graph.lines("light", X, drawn, ACROSS, UP, labelled=True))
    assert not figure.layout.showlegend
    found = {note.text: note for note in figure.layout.annotations}
    assert {name: note.y for name, note in found.items()} == ends
    anchors = {name: note.yanchor for name, note in found.items()}
    assert anchors == {"top": "bottom", "close": "top", "far": "bottom"}


def test_a_logarithmic_axis_has_its_ends_and_labels_as_powers() -> None:
    up = Axis("y", log=True, ends=(1e-3, 1e2), every=2)
    figure = checked(graph.lines("light", X, [Line("a", "bn", X)], ACROSS, up, labelled=True))
    assert list(figure.layout.yaxis.range) == pytest.approx([-3, 2])
    assert figure.layout.yaxis.dtick == 2
    assert [note.y for note in figure.layout.annotations] == [1.0]  # log10 of 10


def test_an_axis_shows_the_ticks_it_is_given() -> None:
    axis = Axis("α", log=True, ticks=(0.1, 10.0)).layout()
    assert axis["tickvals"] == [0.1, 10.0] and axis["ticktext"] == ["0.1", "10"]
    assert "%" in Axis("share", share=True).layout()["tickformat"]


# --- b ---


@pytest.mark.parametrize("mode", MODES)
def test_every_b_has_a_line(mode) -> None:
    path = RNG.normal(size=(5, 3))
    figure = checked(figures.wander(mode, np.arange(5), path, WORDS | {"guess": ""}, 4))
    np.testing.assert_array_equal([trace.y for trace in figure.data], path.T)
    assert not figure.layout.annotations
    start = checked(figures.wander(mode, np.arange(1), path[:1], WORDS, 4))
    assert not start.layout.yaxis.showticklabels and start.layout.xaxis.range == (0, 4)
    assert start.layout.annotations[0].text == WORDS["guess"]


# --- γ and β ---


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("count", [1, 3])
def test_every_layer_has_a_panel_on_one_scale(mode, count) -> None:
    spread = np.sort(RNG.normal(size=(3, 6, count)), axis=0)[[1, 0, 2]]
    figure = checked(figures.layers(mode, np.arange(0, 12, 2), spread, 1.0, WORDS))
    assert len(figure.data) == 2 * count
    panels = []
    for layer in range(count):
        band, line = figure.data[2 * layer : 2 * layer + 2]
        mean, least, largest = spread[..., layer]
        np.testing.assert_array_equal(line.y, mean)
        np.testing.assert_array_equal(band.y, [*largest, *least[::-1]])
        panels.append(line.xaxis)
        number = str(layer + 1) if layer else ""
        low, high = figure.layout[f"yaxis{number}"].range
        assert low < spread.min() and high > spread.max()
    assert len(set(panels)) == count
    assert {note.text for note in figure.layout.annotations} == {str(n + 1) for n in range(count)}
    assert {shape.y0 for shape in figure.layout.shapes} == {1.0}


@pytest.mark.parametrize("mode", MODES)
def test_a_live_run_lies_over_the_band_in_ink(mode) -> None:
    spread = np.sort(RNG.normal(size=(3, 6, 2)), axis=0)[[1, 0, 2]]
    live = 3 + spread
    live[:, 4:] = np.nan  # it was stopped
    figure = checked(figures.layers(mode, np.arange(6), spread, 1.0, WORDS, live=live))
    assert len(figure.data) == 2 * 5
    for layer in range(2):
        drawn = figure.data[5 * layer + 2 : 5 * layer + 5]
        assert {trace.line.color for trace in drawn} == {INK[mode]}
        for trace, values in zip(drawn, live[..., layer], strict=True):
            np.testing.assert_array_equal(trace.y, values)
    assert figure.layout.yaxis.range[1] > np.nanmax(live)


def test_a_line_without_a_dash_is_its_marks_alone() -> None:
    line = Line("rings", "error", np.arange(3.0), dash="", symbol="circle-open")
    figure = checked(graph.lines("light", np.arange(3), [line], Axis("x"), Axis("y")))
    assert figure.data[0].mode == "markers" and figure.data[0].marker.symbol == "circle-open"
