"""Registries are open: with one more entry in each, every lesson opens and offers what it can.

The entries are those of `dummies` and `house`; `visitor` opens all lessons once, in a language that
has hardly begun.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from bncore import InputError, RunConfig
from bncore.optimizers import OPTIMIZERS
from experiments.network import export, little, walkthrough
from experiments.pair import train_pair
from experiments.training.shown import shown
from tests.fixtures.make_export_reference import run
from tests.registries import dummies
from tests.registries.dummies import NAME
from tests.registries.house import YOUNG, build
from tests.registries.visitor import MORE
from ui.lessons import LESSONS

OURS = dict.fromkeys(("dataset", "optimizer", "activation", "init"), NAME)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a visitor finds in the house with one more of everything."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.registries.visitor"],
        cwd=build(tmp_path_factory.mktemp("house")),
        env=os.environ | {"PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def lessons(found: dict[str, Any]) -> dict[str, Any]:
    return found["lessons"]


@pytest.mark.parametrize("lesson", [*LESSONS, NAME])
def test_every_lesson_opens_without_complaint(lessons: dict[str, Any], lesson: str) -> None:
    assert lessons[lesson]["exceptions"] == [] == lessons[lesson]["complaints"]


def test_an_optimizer_is_offered_where_it_needs_nothing_that_was_trained(
    lessons: dict[str, Any],
) -> None:
    for lesson in ("network", "training"):
        assert lessons[lesson]["options"][f"{lesson}.optimizer"][-1] == NAME
        assert lessons[lesson]["link"]["optimizer"] == NAME
    assert NAME not in lessons["inside"]["options"].get(
        "inside.rule", ()
    )  # of a sweep that is shipped


def test_a_program_is_offered_for_the_libraries_that_have_the_optimizer(
    lessons: dict[str, Any],
) -> None:
    assert lessons["inside"]["programs"] == ["NumPy"]
    assert export.programs(walkthrough.at("before", "tanh", "adam")) == export.PROGRAMS


def test_activation_initialization_and_images_are_offered(lessons: dict[str, Any]) -> None:
    for name in ("activation", "init", "dataset"):
        assert lessons["training"]["options"][f"training.{name}"][-1] == NAME
        assert lessons["training"]["link"][name] == NAME


def test_a_lesson_stands_in_the_menu_and_on_the_map(lessons: dict[str, Any]) -> None:
    for lesson in lessons.values():
        assert lesson["menu"][-1] == "The dummy lesson"
    assert any("It is there to be there." in part for part in lessons["home"]["text"])


def test_a_link_without_a_scene_opens_the_one_whose_control_it_sets(
    lessons: dict[str, Any],
) -> None:
    """Revealed, since it is older than scenes; with a control by its older name."""
    link = lessons[NAME]["link"]
    assert link["scene"] == "first" and link["seen"] == "1" and link["count"] == "7"
    assert "just-show-me" not in lessons[NAME]["buttons"]
    assert "It is 7." in lessons[NAME]["text"]


def test_a_link_to_a_question_shows_the_question(lessons: dict[str, Any]) -> None:
    asked = lessons[NAME]["asked"]
    assert asked["exceptions"] == [] == asked["complaints"]
    assert {"guess-yes", "guess-no", "just-show-me", "scene-next"} <= set(asked["buttons"])
    assert not [part for part in asked["text"] if "It is 3." in part or "Right" in part]
    assert set(asked["link"]) == {"lang", "scene", "which", MORE}


def test_the_whole_lesson_stands_on_one_page(lessons: dict[str, Any]) -> None:
    whole = lessons[NAME]["whole"]
    assert whole["exceptions"] == []
    assert {"It is 3.", "Here are 3 and (1.0, 2.0)."} <= set(whole["text"])


def test_every_kind_of_control_is_drawn_and_travels(lessons: dict[str, Any]) -> None:
    assert {"Which", "Rung", "Count", "Share", "On"} <= set(lessons[NAME]["labels"])
    assert lessons[NAME]["options"][f"{NAME}.which"] == ["The first", "The second", "c"]
    assert lessons[NAME]["link"]["list"] == "3,4"
    for lesson in lessons.values():
        assert lesson["link"][MORE] == "b"


def test_a_claim_stands_on_the_board(lessons: dict[str, Any]) -> None:
    assert lessons["why"]["link"]["claim"] == NAME
    assert sum("The dummy claim." in part for part in lessons["why"]["text"]) >= 2  # board, stage


def test_a_component_is_mounted(lessons: dict[str, Any]) -> None:
    assert NAME in lessons[NAME]["components"]


def test_a_young_language_says_what_it_has_and_the_rest_in_english(found: dict[str, Any]) -> None:
    home = found["lessons"]["home"]
    assert home["labels"][0] == "Xxlang" and home["options"]["lang"][-1] == YOUNG
    assert "Xxwhat." in home["text"] and "The dummy lesson" in home["menu"]


def test_what_a_language_lacks_is_listed(found: dict[str, Any]) -> None:
    assert found["missing"]["en"] == []
    young, korean = set(found["missing"][YOUNG]), set(found["missing"]["ko"])
    assert "ui.language_switch" not in young and "home/what" not in young
    assert {"ui.language.name", "home.title", "home/four_steps", "why.claims.dummy.say"} <= young
    assert {f"{NAME}.title", f"{NAME}/intro", "why.claims.dummy.say"} < korean
    assert all(NAME in name for name in korean)


# --- the core ---


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    for registry, entry in dummies.ENTRIES:
        monkeypatch.setitem(registry, NAME, entry)


@pytest.mark.parametrize("field", OURS)
def test_a_name_is_known_once_it_is_registered(field: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(InputError) as caught:
        RunConfig(**{field: NAME})
    assert NAME not in caught.value.fields["expected"]
    request.getfixturevalue("registered")
    assert RunConfig(**{field: NAME}).to_dict()[field] == NAME


@pytest.mark.usefixtures("registered")
def test_a_pair_trains_with_all_of_them() -> None:
    config = RunConfig(**OURS, width=16, lr=0.01, steps=60, record_every=10)
    accuracy = train_pair(config).bn.accuracy
    assert accuracy[-1] > 0.9 > accuracy[0]
    assert shown(train_pair(config)).stopped is None


@pytest.mark.usefixtures("registered")
def test_the_program_for_numpy_is_made_of_them() -> None:
    network = little.start(1, 6, NAME, "before", NAME, OPTIMIZERS[NAME].lr)
    network = little.advance(network, 2)
    printed = run(export.numpy_program(network))
    for name, value in little.numbers(little.lines(network)).items():
        if name in printed:
            np.testing.assert_allclose(printed[name], value, rtol=1e-6, atol=1e-7, err_msg=name)
    assert {"a1", "loss", "dW1", "W1", "gamma2"} <= set(printed)
