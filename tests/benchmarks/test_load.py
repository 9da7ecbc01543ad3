"""The load program, small: what it relies on of Streamlit, and what an action may send."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator

import pytest

from benchmarks.load import MIX, here, main, move, row
from benchmarks.visitor import Answered, Visitor, arriving
from tests.loops import finished
from tools.serve import running
from ui.lessons import HOME, LESSONS


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    with running(port=0) as server:
        yield server.url


def test_every_slider_of_the_mix_is_answered_by_its_scene_alone(app: str) -> None:
    async def moved() -> list[tuple[str, Answered]]:
        found = []
        for slider in MIX:
            async with arriving(app) as session:
                visitor = Visitor(app, session)
                opened = await visitor.open(slider.lesson, scene=slider.scene, seen=1)
                found.append((f"open {slider.scene}", opened))
                for seed in (0, 1):
                    answered = await move(visitor, slider, random.Random(seed))
                    found.append((f"move {slider.scene}", answered))
        return found

    wrong = []
    for what, answered in finished(moved()):
        assert answered.ok, what
        messages, size = (70, 130_000) if what.startswith("open") else (32, 100_000)
        if answered.messages > messages or answered.bytes > size:
            wrong.append(f"{what}: {answered.messages} messages, {answered.bytes} bytes")
    assert not wrong


def test_the_menu_leads_to_every_lesson(app: str) -> None:
    async def gone() -> dict[str, Answered]:
        async with arriving(app) as session:
            visitor = Visitor(app, session)
            await visitor.open("")
            return {lesson: await visitor.go(lesson) for lesson in LESSONS if lesson != HOME}

    found = finished(gone())
    assert all(answered.ok and answered.bytes > 10_000 for answered in found.values())


def test_a_run_that_ends_badly_is_counted() -> None:
    answers = [Answered(0.1 * k, 10, 1000, k != 3) for k in range(10)]
    assert row(answers) == {
        **{"n": 10, "messages": 10, "kB": 1, "failed": 1},
        **{"p50_ms": pytest.approx(500), "p95_ms": pytest.approx(900)},
    }


@pytest.mark.parametrize("url", ["127.0.0.1:8501", "ftp://127.0.0.1", "http://192.0.2.1:8501"])
def test_other_computers_are_not_loaded(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        here(url)
    with pytest.raises(SystemExit):
        main(["--url", url])
    assert "error: argument --url" in capsys.readouterr().err


@pytest.mark.parametrize("sessions", ["0", "0.5", "1.5", "-3", "nan", "many", "3601"])
def test_no_part_of_a_session_is_taken(sessions: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--sessions", sessions])
    assert "error: argument --sessions" in capsys.readouterr().err


def test_an_address_on_this_computer_is_taken_as_it_is() -> None:
    assert here("http://localhost:8501/") == "http://localhost:8501"
