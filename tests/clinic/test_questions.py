"""The public questions: each leads to a scene that there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pages.clinic import LESSON
from pages.clinic.symptoms import EXPLAINED, MESSAGES, QUESTIONS
from ui.lessons import LESSONS

FILE = Path(__file__).with_name("questions.toml")
ASKED = tomllib.loads(FILE.read_text("utf-8"))["questions"]
ADDRESS = re.compile(r"[\w.-]+/[\w.-]+#\d+|https://\S+")


@pytest.mark.parametrize("question", ASKED, ids=lambda each: each["id"])
def test_a_question_leads_to_a_scene(question: dict) -> None:
    lesson, scene = question["scene"]
    assert LESSONS[lesson].scene_of(scene).name == scene
    assert question["asks"].endswith("?")
    assert question["where"] and all(map(ADDRESS.fullmatch, question["where"]))


def test_each_is_listed_once() -> None:
    ids = [question["id"] for question in ASKED]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"A\d+", name) for name in ids)


def test_every_symptom_says_who_asked_and_where_it_is_explained() -> None:
    assert set(QUESTIONS) == set(EXPLAINED) >= set(MESSAGES)
    assert set(QUESTIONS) <= {scene.name for scene in LESSON.scenes}
    for places in EXPLAINED.values():
        for lesson, scene in places:
            assert LESSONS[lesson].scene_of(scene).name == scene and lesson != LESSON
    listed = {place for question in ASKED for place in question["where"]}
    for name, places in QUESTIONS.items():
        assert {address for address in places if "/" in address} <= listed, name
