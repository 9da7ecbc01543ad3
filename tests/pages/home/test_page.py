"""The start page under AppTest: its sentences, the map, and the reader's progress."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from experiments.home import hero
from pages.home import start
from pages.why import EIGHT
from tests.pages.helpers import open_lesson, said
from tests.visits import visit
from ui import lessons, progress, text
from ui.lesson import PARTS, Lesson, Scene
from ui.lessons import HOME, LESSONS
from ui.numbers import percent

TAUGHT = [name for part in start.by_part().values() for name in part]  # in the map's order
COUNTED = [name for name in TAUGHT if not start.tool(name)]


def opened(lang: str = "en") -> AppTest:
    """The start page of somebody who has just come."""
    return open_lesson(HOME, lang=lang)


def told(at: AppTest) -> dict:
    """What the picture was given, but for the runs."""
    (picture,) = [c for c in at.get("bidi_component") if c.proto.component_name.endswith("home")]
    data = picture.proto.bytes
    size = int.from_bytes(data[:4], "little")
    return json.loads(data[4 : 4 + size])


def go(at: AppTest, lesson: str) -> AppTest:
    """By the menu, whose links say nothing else."""
    at.query_params.clear()
    return visit(at, lesson).run()


def see(at: AppTest, lesson: str, scene: str) -> AppTest:
    """Go to a scene of the open lesson, and have it shown."""
    at.button_group(key=f"scenes.way.{lesson}").set_value(scene).run()
    shown = [button for button in at.button if button.key == "just-show-me"]
    return shown[0].click().run() if shown else at


def far(at: AppTest) -> dict[str, tuple[str, str]]:
    """By lesson, in the map's order: the marks of its scenes and the words beside them.

    Tools are no way to be gone, and have none.
    """
    found = re.findall(r'class="far \w+"><span[^>]*>([●○ ]*)</span> ([^<]*)<', said(at))
    return dict(zip(COUNTED, found, strict=True))


def links(at: AppTest) -> list[tuple[str, str]]:
    """Page and label of every link in the main part."""
    return [(link.proto.page, link.proto.label) for link in at.main.get("page_link")]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_sentences_carry_the_numbers_of_the_runs(lang: str) -> None:
    why = told(opened(lang=lang))["words"]["why"]
    assert list(why) == list(hero.RUNS)
    faster, stuck, loses = (hero.hero(name) for name in hero.RUNS)
    bn, plain = faster.reached(0.8)
    assert {"80", str(bn), str(plain)} <= set(re.findall(r"[\d.]+\d|\d", why["figure1"]))
    for name, run in (("plain_dead", stuck), ("bn_loses", loses)):
        for accuracy in run.accuracy[:, -1]:
            assert percent(accuracy) in why[name]


def test_every_run_can_be_linked_to_at_every_frame() -> None:
    run, frame = LESSONS[HOME].controls
    assert run.options == hero.RUNS
    assert {len(hero.hero(name).steps) for name in hero.RUNS} == {frame.high + 1}
    assert told(open_lesson(HOME, run="bn_loses", frame=40))["place"] == {
        "run": "bn_loses",
        "frame": 40,
    }


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_map_shows_every_lesson_with_its_scenes(lang: str) -> None:
    at = opened(lang=lang)
    assert not at.exception
    pages = [page for page, _ in links(at)]
    assert pages == ["mini_batch", *TAUGHT]  # where to start, then the map
    for lesson, (marks, _) in far(at).items():
        scenes, verdicts = ("○" * len(of(lesson)) for of in (progress.path, progress.asked))
        assert marks == f"{scenes} {verdicts}".strip()


def test_the_map_is_ordered_by_what_lessons_are_for() -> None:
    assert sorted(TAUGHT) == sorted(name for name in LESSONS if name != HOME)
    assert [LESSONS[name].part for name in TAUGHT] == sorted(
        (LESSONS[name].part for name in TAUGHT), key=PARTS.index
    )
    at = opened(lang="en")
    heads = [head.value for head in at.header]
    for (part, names), head in zip(start.by_part().items(), heads, strict=True):
        minutes = sum(LESSONS[name].minutes for name in names)
        assert head == text.t(f"home.parts.{part}", minutes=minutes)
    for name in set(TAUGHT) - set(COUNTED):
        assert text.t("home.pages", pages=len(LESSONS[name].scenes)) in said(at)


@pytest.mark.parametrize("parts", [(), ("tools",), ("beyond", "tools"), ("tools", "beyond")])
def test_a_part_without_lessons_has_no_heading(
    monkeypatch: pytest.MonkeyPatch, parts: tuple[str, ...]
) -> None:
    """The rest of the map does not ask which lessons there are."""
    there = {"home": LESSONS[HOME], "first": Lesson("first", "", scenes=(Scene("a", 2),))}
    for part in parts:
        there[part] = Lesson(part, "", scenes=(Scene("b"),), part=part)
    monkeypatch.setattr(start, "LESSONS", there)
    assert start.by_part() == {
        "lecture": ["first"],
        **{part: [part] for part in PARTS if part in parts},
    }


def test_who_was_last_at_a_tool_goes_on_where_the_path_was_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tool = Lesson("tool", "", scenes=(Scene("a"),), part="tools")
    monkeypatch.setitem(lessons.LESSONS, "tool", tool)
    done: dict[str, list[str]] = {"tool": ["a"]}
    monkeypatch.setattr(progress, "last", lambda: "tool")
    monkeypatch.setattr(progress, "done", lambda: done)
    assert start.next_up() is None  # the path was not entered
    done["mini_batch"] = list(progress.path("mini_batch"))
    assert start.next_up() == COUNTED[1]


@pytest.mark.parametrize("lesson", TAUGHT)
def test_the_marks_of_the_map_are_the_scenes_of_the_path(lesson: str) -> None:
    assert progress.path(lesson) == tuple(s.name for s in LESSONS[lesson].scenes if not s.deep)


def test_what_was_seen_is_seen_on_the_map_and_clearing_forgets_it() -> None:
    at = opened()
    untouched = far(at)
    assert not [button for button in at.button if button.key == "clear-progress"]
    go(at, "noise")
    see(at, "noise", "kinds")
    see(at, "noise", "kinds")  # twice is once
    go(at, HOME)
    number = len(progress.path("noise"))
    assert far(at)["noise"][0] == "●" + "○" * (number - 1)
    assert {"1", str(number)} <= set(far(at)["noise"][1].split())
    assert {name: seen for name, seen in far(at).items() if name != "noise"} == {
        name: seen for name, seen in untouched.items() if name != "noise"
    }
    assert links(at)[0][0] == "noise"  # go on there; the start comes second
    assert links(at)[1][0] == "mini_batch"
    at.button(key="clear-progress").click().run()
    assert far(at) == untouched
    assert links(at)[0][0] == "mini_batch"


def test_a_guessed_verdict_counts_like_a_scene_and_clearing_forgets_it() -> None:
    at = see(go(opened(), "why"), "why", "verdicts")
    for _ in range(2):
        at.button(key="predict-exact").click().run()
        at.button(key="board-next").click().run()
    assert not at.exception
    kept = [each.proto.body for each in at.get("html") if 'keep("why"' in each.proto.body]
    assert not any(f'keep("why", "{EIGHT[2]}"' in body for body in kept)  # it is only asked
    go(at, HOME)
    marks, words = far(at)["why"]
    assert marks.split()[1] == "●●" + "○" * (len(EIGHT) - 2)
    assert words.endswith(f"2 of {len(EIGHT)} verdicts guessed")
    at.button(key="clear-progress").click().run()
    assert "●" not in far(at)["why"][0]
    see(go(at, "why"), "why", "verdicts")
    assert at.button(key="predict-exact")  # it is asked again


def test_when_all_is_answered_the_next_lesson_comes() -> None:
    at = go(opened(), "mini_batch")
    for name in progress.path("mini_batch"):
        see(at, "mini_batch", name)
    go(at, HOME)
    assert "○" not in far(at)["mini_batch"][0]
    assert links(at)[0][0] == TAUGHT[1]


def test_what_a_browser_keeps_that_is_not_ours_is_left_out() -> None:
    assert progress.ours({"home": [], "nowhere": ["predict"]}) == {}


def test_what_is_guessed_is_called_otherwise_than_any_scene() -> None:
    for lesson in LESSONS.values():
        assert not {scene.name for scene in lesson.scenes} & set(progress.asked(lesson))


def test_what_a_browser_keeps_of_ours_is_read() -> None:
    verdicts = {"why": ["verdicts", EIGHT[1], "gone"]}
    assert progress.ours(verdicts) == {"why": ["verdicts", EIGHT[1]]}
    kept = {"noise": ["kinds", "draw", "gone"], "network": []}
    assert progress.ours(kept) == {"noise": ["draw", "kinds"], "network": []}
