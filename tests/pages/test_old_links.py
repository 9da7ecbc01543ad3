"""Links from before there were scenes open what they meant: a scene, revealed, with its values."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.pages.helpers import healthy, open_lesson
from ui.lesson import Lesson
from ui.lessons import HOME, LESSONS
from ui.state import BadValue

FILE = Path(__file__).parents[1] / "fixtures" / "links_before_scenes.txt"
LINKS = [line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
#: by a setting of an old link, the scene that shows what it was about
MEANT = {
    "mini_batch?eps_case=faint": "epsilon",
    "mini_batch?broken=pooled_units": "broken",
    "mini_batch?activation=relu": "gamma_beta",
    "training?preset=plain_dead": "dead",
    "training?preset=deep_relu": "diverges",
    "training?preset=bn_loses": "loses",
    "why?part=layers": "apart",
    "why?part=board": "verdicts",
    "test_time?dim=0.05": "world",
}


def parsed(link: str) -> tuple[str, dict[str, str]]:
    lesson, _, query = link.partition("?")
    return lesson, dict(parse_qsl(query, keep_blank_values=True))


def home_of(lesson: str, given: dict[str, str]) -> Lesson:
    """The lesson that a link opens today."""
    entry = LESSONS[lesson]
    for name, other in entry.moved.items():
        if name in given and given[name] != LESSONS[other].written_default(name):
            return LESSONS[other]
    return entry


def read(entry: Lesson, given: dict[str, str]) -> dict[str, Any]:
    """Its values by the controls' names of today."""
    return {
        control.name: control.read(given[name])
        for control in entry.controls
        for name in (control.name, control.was)
        if name in given
    }


def test_every_value_can_still_be_read_and_means_a_scene() -> None:
    wrong = {}
    for link in LINKS:
        try:
            means_a_scene(link)
        except (AssertionError, BadValue, KeyError) as fault:
            wrong[link] = repr(fault)
    assert len(LINKS) > 100 and not wrong


def means_a_scene(link: str) -> None:
    lesson, given = parsed(link)
    del given["lang"]
    entry = home_of(lesson, given)
    values = read(entry, given)
    known = {n for c in entry.controls for n in (c.name, c.was)} | set(entry.moved)
    others = {c.name for other in LESSONS.values() if other.moved for c in other.controls}
    assert set(given) <= known | others | {c.was for c in entry.controls}
    if entry.scenes:
        meant = entry.meant(values)
        assert meant["seen"] is True
        assert meant.get("scene", entry.scenes[0].name) in {scene.name for scene in entry.scenes}


@pytest.mark.parametrize("setting", MEANT)
def test_a_link_opens_the_scene_that_it_was_about(setting: str) -> None:
    lesson, told = parsed(setting)
    ((name, value),) = told.items()
    whole = next(given for given in map(parsed, LINKS) if given[0] == lesson)[1] | {name: value}
    at = healthy(open_lesson(lesson, **whole))
    assert at.session_state[f"{lesson}.scene"] == MEANT[setting]
    assert at.session_state[f"{lesson}.seen"] is True


@pytest.mark.parametrize("lesson", [name for name in LESSONS if name != HOME])
def test_a_whole_link_opens_with_all_its_values(lesson: str) -> None:
    links = [given for given in map(parsed, LINKS) if given[0] == lesson]
    for _, given in links[:1] + links[len(links) // 2 :][:1]:
        entry = home_of(lesson, given)
        at = healthy(open_lesson(lesson, **given))
        for name, value in read(entry, given).items():
            assert at.session_state[f"{entry}.{name}"] == value, name
