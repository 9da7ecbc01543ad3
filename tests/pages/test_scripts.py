"""What pages have the browser do: as scripts, never as text, and told from what was said before."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from tests.pages.helpers import opened
from ui.scripts import NAME

CALLED = re.compile(rf'<script>window\.{NAME}\?\.hear\?\.\("(\w+)", (\d+), (.*)\);</script>')


def heard(at: AppTest) -> dict[str, tuple[int, str]]:
    """By place, when its calls were made, and the calls."""
    bodies = [each.proto.body for each in at.get("html") if NAME in each.proto.body]
    found = [CALLED.fullmatch(body) for body in bodies]
    assert all(found), bodies
    return {place: (int(when), calls) for place, when, calls in map(re.Match.groups, found)}


def test_a_scene_that_stands_is_told_once_and_the_next_one_later() -> None:
    at = opened("noise", scene="draw", seen=1)
    first, calls = heard(at)["scene"]
    assert '["keep", "noise", "draw", "draw"]' in calls
    assert heard(at.run())["scene"] == (first, calls)
    at.button(key="scene-next").click().run()
    at.button(key="scene-back").click().run()
    again, _ = heard(at)["scene"]
    assert again > first + 1  # the scene between was told, too


def test_a_claim_that_was_predicted_is_remembered() -> None:
    at = opened("why", scene="board")
    assert set(heard(at)) == {"scene"}
    at.button(key="predict-clear").click().run()
    _, calls = heard(at)["claim"]
    assert '"keep", "why"' in calls
