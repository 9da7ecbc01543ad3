"""Every lesson says through one function who stopped a run: its visitor, or the server."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.complete import languages
from tests.locales.test_locales import LOCALES, labels
from ui.lessons import LESSONS

ROOT = Path(__file__).parents[2]
SHOWING = {"info", "warning", "error", "markdown", "caption", "write"}
SOURCES = [*(ROOT / "ui").glob("*.py"), *(ROOT / "pages").rglob("*.py")]


def calls(source: Path) -> list[tuple[str, str]]:
    """All calls `something.name(…)`: the name and the whole of it."""
    return [
        (node.func.attr, ast.unparse(node))
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]


def says_stopped(lesson: str) -> list[str]:
    """The lesson's sentences on a run that was stopped, by their keys."""
    words = labels(LOCALES / "en" / lesson / "labels.toml")
    return [key for key in words if key.rpartition(".")[2] == "stopped"]


def test_a_lesson_with_runs_says_when_one_was_stopped() -> None:
    assert sum(bool(says_stopped(lesson)) for lesson in LESSONS) >= 4


def test_only_one_function_puts_that_sentence_on_the_page() -> None:
    made = {source.name: calls(source) for source in SOURCES}
    assert any(name == "say_stopped" for found in made.values() for name, _ in found)
    for source, found in made.items():
        for name, whole in found:
            assert name not in SHOWING or "stopped'" not in whole, source


@pytest.mark.parametrize("language", languages())
def test_what_the_server_gave_up_is_not_put_on_the_visitor(language: str) -> None:
    said = labels(LOCALES / language / "ui.toml")
    assert {"live.left", "live.again"} <= said.keys() and "[[seconds]]" in said["live.left"]
