"""What the browser may set by a picture under the finger, and what it may not."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import streamlit as st

from pages.network import b as network_b
from ui import drag
from ui.state import key, value

LESSON, NAMES = "network", ("b", "shift")


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found = {key(LESSON, "b"): 2.0, key(LESSON, "shift"): 0.0, key(LESSON, "unit"): 3}
    monkeypatch.setattr(st, "session_state", found)
    return found


def commit(session: dict[str, Any], sent: object, names: tuple[str, ...] = NAMES) -> None:
    session["picture"] = {"commit": sent}
    network_b._component.hear(
        "picture", "commit", partial(drag._commit, LESSON, names, "picture", None)
    )


def test_what_was_set_counts_and_is_acknowledged(session: dict[str, Any]) -> None:
    commit(session, {"mount": "m", "n": 3, "set": {"b": "-1.5", "shift": "0.25"}})
    assert (value(LESSON, "b"), value(LESSON, "shift")) == (-1.5, 0.25)
    assert session["picture.seen"] == {"mount": "m", "n": 3}
    commit(session, {"mount": "m", "n": 4, "set": {"unit": "1"}}, ("unit",))
    assert value(LESSON, "unit") == 1


@pytest.mark.parametrize(
    "given", [{"b": "5", "shift": "0"}, {"b": "nan", "shift": "0"}, {"b": "1"}, {}]
)
def test_what_no_link_could_say_changes_nothing_but_is_acknowledged(
    session: dict[str, Any], given: dict[str, str]
) -> None:
    commit(session, {"mount": "m", "n": 1, "set": given})
    assert (value(LESSON, "b"), value(LESSON, "shift")) == (2.0, 0.0)
    assert session["picture.seen"]["n"] == 1


@pytest.mark.parametrize("sent", [None, {}, {"mount": 1, "n": "x", "set": {}}, {"n": 1}])
def test_what_is_unreadable_changes_nothing(session: dict[str, Any], sent: object) -> None:
    before = dict(session)
    commit(session, sent)
    assert session == before | {"picture": {"commit": sent}}
