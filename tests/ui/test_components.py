"""What a browser sends: forged values for everything that a registered component may send.

Every lesson is opened once, with a note of what its components are mounted with; then values are
sent that no component of ours would send. A component is covered by being made.
"""

from __future__ import annotations

import ast
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from hypothesis import HealthCheck, example, given, settings
from streamlit.testing.v1 import AppTest

from experiments.network import walkthrough
from tests.ui.hostile import JSON
from tests.visits import send, visit
from ui import components
from ui.components import REGISTERED, Component
from ui.files import COMPONENTS
from ui.lessons import HOME, LESSONS
from ui.state import key

ROOT = Path(__file__).parents[2]
#: what must be set for the components to be there that are not on a lesson's first screen
TO_SEE = {"mini_batch": {"source": "own"}}
#: what an honest browser sends, by component: read to the end, it changes something
HONEST: dict[str, Any] = {
    "stage": {"mount": "m", "n": 1, "set": {"gamma": "2.5", "z": "1,2,3"}},
    "bowl": {
        "mount": "m",
        "n": 1,
        "set": {"lr": "0.1", "start_alcohol": "0.5", "start_magnesium": "1.0"},
    },
    "bends": {"mount": "m", "n": 1, "set": {"gamma": "1.5", "beta": "0.5"}},
    "batches": {"mount": "m", "n": 1, "set": {"seed": "3"}},
    "cancelled": {"mount": "m", "n": 1, "set": {"b": "1.5", "shift": "0.5"}},
    "rescaled": {"mount": "m", "n": 1, "set": {"alpha": "100.0"}},
    "draws": {"mount": "m", "n": 1, "set": {"m": "64"}},
    "kinds": {"mount": "m", "n": 1, "set": {"keep": "0.5"}},
    "fading": {"mount": "m", "n": 1, "set": {"decay": "0.5", "stop": "5"}},
    "light": {"mount": "m", "n": 1, "set": {"dim": "0.5"}},
    "cells": {  # of three boards
        "mount": "m",
        "n": 1,
        "set": {"over": "rms", "example": "1", "unit": "2", "deed": "image", "arm": "rms"}
        | {"over_maps": "layer", "image": "1", "channel": "1"},
    },
    "arms": {"mount": "m", "n": 1, "set": {"m": "64"}},
    "depths": {"mount": "m", "n": 1, "set": {"depth": "3"}},
    "home": {"run": "bn_loses", "frame": 7},
    "replay": {"frame": 7, "layer": 2, "shown": "z", "speed": 25, "at": 1, "missing": -1},
    "nudged": {"mount": "m", "n": 1, "set": {"nudge": "0.5"}},
    "network": walkthrough.NODES[0],
    "loop": "update",
    "rows": None,  # it has nothing to tell
    "chart": None,
    "piece": None,
    "intake": {"text": "1 2 3"},
    "progress": {"last": "noise", "done": {"noise": []}, "at": {}, "show": "everything"},
}
FORGED: list[Any] = [
    *(None, 1, 0, -1, True, "", "x", [], [1], {}, [[]], 1e400, float("nan"), 10**400, "1e400"),
    *(
        {"last": []},
        {"done": []},
        {"done": {"mini_batch": [[]]}},
        {"last": {}, "done": {"noise": []}},
        {"last": "noise", "done": {"noise": []}, "at": []},
        {"last": "noise", "done": {"noise": []}, "at": {"noise": {}}, "show": []},
        {"last": "noise", "done": {"noise": []}, "at": {"noise": "nowhere"}, "show": "nothing"},
    ),
    *({"last": "noise", "done": {"noise": [{}]}}, {"done": {"noise": ["x" * 100_000]}}),
    *({"mount": [], "n": 1, "set": {}}, {"mount": "m", "n": 1e400, "set": {}}),
    *({"mount": "m", "n": 10**400, "set": {}}, {"mount": "m", "n": True, "set": {}}),
    *({"mount": "m", "n": 1, "set": [["gamma", "1"]]}, {"mount": "m", "n": 1, "set": {"b": [1]}}),
    *({"mount": "m", "n": 1, "set": {"gamma": 1e400}}, {"mount": "m", "n": 1, "set": {"z": "1_0"}}),
    *({"mount": "m", "n": 1, "set": {"z": ""}}, {"mount": "m", "n": 1, "set": {"seed": "1"}}),
    *({"mount": "m", "n": 1, "set": {"__class__": "1"}}, {"mount": "m", "n": 1, "set": {"b": "1"}}),
    *({"run": [], "frame": 1}, {"run": "figure1", "frame": float("nan")}, {"run": "figure1"}),
    *({"run": "figure1", "frame": "1_0"}, {"frame": {}, "layer": 0, "view": "u", "speed": 50}),
    *({"frame": 1, "layer": 0, "view": ["u"], "speed": 50}, {"text": 1}, {"text": [], "error": 1}),
    *({"error": "too_big"}, {"error": "too_big", "size": "much"}, {"error": {}}, {"size": 1e400}),
    *({"error": "too_big", "size": 10**400}, {"text": "1" * 3_000_000}),
]
RAW = (
    *("1", '"no such thing"', "[1]", "1e400", "NaN", "null"),
    '{"last": [], "done": {"noise": [[]]}, "mount": {}, "n": -1, "set": 1, "text": [], "run": {}}',
)


@dataclass(frozen=True)
class Mounted:
    """A component on a page, and who takes what it sends."""

    lesson: str
    scene: str
    component: Component
    key: str
    takes: dict[str, Callable[[Any], None]]


def opened(lesson: str, scene: str) -> AppTest:
    """A scene, revealed, with its drawer open."""
    at = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    at.query_params["lang"] = "en"
    if scene:
        at.query_params["scene"], at.query_params["seen"] = scene, "1"
        at.session_state[f"more-{scene}"] = True
    for name, value in TO_SEE.get(lesson, {}).items():
        at.query_params[name] = value
    if lesson != HOME:
        visit(at, lesson)
    at.run()
    assert not at.exception
    return at


@pytest.fixture(scope="module")
def mounted() -> list[Mounted]:
    """Every component as the lessons mount it."""
    found: list[Mounted] = []
    honest = Component.__call__
    at_work = "", ""

    def note(self: Component, key: str, data: Any = None, **more: Any) -> None:
        takes = {name[3:]: take for name, take in more.items() if name.startswith("on_")}
        if key not in (one.key for one in found):  # some are on every page
            found.append(Mounted(*at_work, self, key, takes))
        honest(self, key, data, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Component, "__call__", note)
        for lesson, entry in LESSONS.items():
            for scene in [each.name for each in entry.scenes] or [""]:
                at_work = lesson, scene
                opened(lesson, scene)
        at_work = "mini_batch", LESSONS["mini_batch"].scenes[0].name
        take_along()
    return found


def take_along() -> None:
    """What saves a picture is there once it is asked for."""
    at = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    at.query_params["seen"] = "1"
    at.session_state["share"] = True
    visit(at, "mini_batch").run()
    at.button(key="take-along").click().run()
    assert not at.exception


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session in which every lesson has been opened."""
    found: dict[str, Any] = {
        key(lesson, control.name): control.default
        for lesson, entry in LESSONS.items()
        for control in entry.controls
    }
    monkeypatch.setattr(st, "session_state", found)
    return found


def without(session: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in session.items() if name not in names}


def test_every_component_is_on_a_page_and_here(mounted: list[Mounted]) -> None:
    assert {one.component.name for one in mounted} == set(REGISTERED) == set(HONEST)
    for one in mounted:
        assert one.takes.keys() == one.component.events.keys()
    entries = {f"{file.parent.name}/index.js" for file in COMPONENTS.glob("*/index.js")}
    assert {component.js for component in REGISTERED.values()} == entries


def test_what_a_component_of_ours_sends_arrives(
    mounted: list[Mounted], session: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """So that the test below forges what is looked at."""
    for one in mounted:
        for event, take in one.takes.items():
            before = dict(session)
            session[one.key] = {event: HONEST[one.component.name]}
            one.component.hear(one.key, event, take)
            assert without(session, one.key) != without(before, one.key), one.component.name
            session.clear()
            session |= before
    assert not caplog.records


@pytest.mark.parametrize("number", range(len(FORGED)))
def test_a_forged_value_is_one_line_in_the_log(
    mounted: list[Mounted], session: dict[str, Any], caplog: pytest.LogCaptureFixture, number: int
) -> None:
    for one in mounted:
        for event, take in one.takes.items():
            caplog.clear()
            before = dict(session)
            session[one.key] = {event: FORGED[number]}
            one.component.hear(one.key, event, take)
            seen = f"{one.key}.seen"  # that something came is acknowledged, whatever it was
            values = without(session, one.key, seen), without(before, one.key, seen)
            assert (values[0] != values[1]) == (not caplog.records) or harmless(FORGED[number])
            assert len(caplog.records) <= 1
            assert all(len(record.getMessage()) < 500 for record in caplog.records)
            assert "\n" not in caplog.text.rstrip("\n")


def harmless(sent: Any) -> bool:
    """Of the right shape, with nothing in it that is new here."""
    return isinstance(sent, dict) and sent.keys() <= {"last", "done", "at", "show"}


@given(sent=JSON)
@example(sent=[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nothing_that_can_be_sent_raises(
    mounted: list[Mounted], session: dict[str, Any], sent: Any
) -> None:
    logging.getLogger(components.__name__).disabled = True
    try:
        for one in mounted:
            for event, take in one.takes.items():
                for state in ({event: sent}, sent):  # one value, or all that it keeps
                    session[one.key] = state
                    one.component.hear(one.key, event, take)
    finally:
        logging.getLogger(components.__name__).disabled = False
    for lesson, entry in LESSONS.items():
        for control in entry.controls:
            value = session[key(lesson, control.name)]
            assert control.read(control.write(value)) == value


# --- the whole way, as Streamlit brings it ---


TELLING = [name for name, sent in HONEST.items() if sent is not None]


@pytest.mark.parametrize("name", TELLING)
def test_a_page_outlives_what_a_browser_may_send(
    mounted: list[Mounted], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Two forged values for each component, in turn: the way is one and the same for all."""
    one = next(one for one in mounted if one.component.name == name)
    (event,) = one.takes
    at = opened(one.lesson, one.scene)
    before = dict(at.query_params)
    number = TELLING.index(name)
    for value in (RAW[2 * number % len(RAW)], RAW[(2 * number + 1) % len(RAW)]):
        caplog.clear()
        send(at, name, event, value)
        assert not at.exception and not at.error, value
        assert dict(at.query_params) == before
        lines = [record for record in caplog.records if record.name == components.__name__]
        assert lines, "the value did not come as far as the reader"
    send(at, name, event, json.dumps(HONEST[name]))
    assert not at.exception and not at.error
    if name not in ("progress", "intake"):
        assert dict(at.query_params) != before


# --- the one way ---


def test_components_are_made_mounted_and_heard_in_one_place() -> None:
    for file in [ROOT / "app.py", *(ROOT / "ui").glob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        if file.name == "components.py":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            attribute = isinstance(node, ast.Attribute) and node.attr in ("components", "hear")
            assert not attribute, f"{file.name} knows Streamlit's components itself"
            if isinstance(node, ast.keyword) and node.arg:
                event = node.arg.removeprefix("on_").removesuffix("_change")
                assert node.arg != f"on_{event}_change", f"{file.name}: {node.arg}"
