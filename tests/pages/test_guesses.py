"""A guess that has a place in the picture is marked where its option says, and nowhere else."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from experiments.mini_batch import batch
from pages.inside import scale
from pages.noise import law
from pages.noise.common import by_size
from tests.pages.helpers import chart, healthy, opened
from ui.scenes import GUESSED
from ui.text import t

MARK = t("ui.scenes.mark")


def guessed(lesson: str, scene: str, option: str) -> AppTest:
    at = opened(lesson, scene=scene, seen=1, lang="en")
    at.session_state[GUESSED] = {lesson: {scene: option}}
    return healthy(at.run())


def given(at: AppTest, name: str) -> dict[str, Any]:
    """What a component is given."""
    (found,) = [
        each.proto.json
        for each in at.get("bidi_component")
        if each.proto.component_name.endswith(name)
    ]
    return json.loads(found)


def row(scene: str, option: str) -> tuple[dict[str, Any], np.ndarray]:
    """The stage of a scene, and where values of a row were expected."""
    found = given(guessed("mini_batch", scene, option), "stage")
    assert found["guess"]["text"] == MARK
    return found, np.array(found["guess"]["values"])


def test_the_shapes_that_are_expected_of_a_batch() -> None:
    found, unit = row("four_steps", "unit")
    assert np.abs(unit).max() == 1 and found["guess"]["row"] == "z_norm"
    np.testing.assert_allclose(unit * np.abs(found["rows"][2]).max(), found["rows"][2])
    found, bell = row("four_steps", "bell")
    assert (bell.argsort() == np.argsort(found["z"])).all()
    assert abs(bell.mean()) < 1e-9 and (np.abs(bell) < 1).mean() == pytest.approx(0.68, abs=0.06)


@pytest.mark.parametrize("option", ["beta", "scaled"])
def test_the_value_that_is_expected_of_a_single_example(option: str) -> None:
    _, (expected,) = row("alone", option)
    assert t(f"mini_batch.questions.single.{option}") == f"{expected:g}"


def test_what_is_expected_of_other_units_and_of_gamma() -> None:
    z_tilde = batch.walk(batch.draw("bimodal", 1, 1, 32, 0).z, 1.0, 0.0, 1e-5).z_tilde
    for option, wanted in (("same", z_tilde), ("wide", 10 * z_tilde), ("moved", z_tilde + 5)):
        np.testing.assert_allclose(row("rescaled", option)[1], wanted)
    assert row("shrunk", "gamma")[1].std() == pytest.approx(2)


def test_near_is_as_far_off_as_it_was() -> None:
    found, (expected,) = row("epsilon", "near")
    apart = found["example"] - 1
    assert expected == pytest.approx(found["z"][apart] - np.mean(found["z"]))
    assert abs(expected) < 0.05 * abs(found["rows"][2][apart])


@pytest.mark.parametrize(("option", "times"), [("same", 1), ("double", 2), ("four", 4)])
def test_the_spread_at_16_is_marked_by_that_at_64(option: str, times: int) -> None:
    at = guessed("noise", "law", option)
    values = (at.session_state[f"noise.{name}"] for name in ("image", "layer", "unit", "seed"))
    image, layer, unit, seed = values
    found = by_size(image - 1, layer - 1, unit - 1, seed)
    before = float(found.sd[found.sizes == law.BEFORE][0])
    (mark,) = [a for a in chart(at, "law")["layout"]["annotations"] if a["text"] == MARK]
    assert 10 ** mark["x"] == pytest.approx(16)
    assert 10 ** mark["y"] == pytest.approx(times * before)


@pytest.mark.parametrize(("option", "times"), [("same", 1), ("larger", 10), ("smaller", 0.1)])
def test_the_gradient_is_marked_at_the_alpha_that_is_asked_about(option: str, times: float) -> None:
    found = given(guessed("inside", "scale", option), "rescaled")
    assert found["guess"] == {"panel": 1, "alpha": scale.BY, "value": times, "text": MARK}
    assert "10" in t("inside.questions.scale.ask") and scale.BY in found["alphas"]


def test_whose_bottom_was_thought_to_be_reached() -> None:
    assert given(guessed("mini_batch", "bowl", "both"), "bowl")["guess"] == [True, True]
    assert given(guessed("mini_batch", "bowl", "scaled"), "bowl")["guess"] == [False, True]
