"""The notebooks: as committed, alike in every language, and run from top to bottom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bncore
from tests.notebooks.solutions import SOLUTIONS
from tools.build_notebooks import ROOT, TEXTS, Cell, all_notebooks, complete, written
from ui.lessons import HOME, LESSONS
from ui.text import FALLBACK, languages

LESSONS_WITH = [lesson for lesson in LESSONS if lesson != HOME]


def test_every_lesson_has_one_in_every_language() -> None:
    for language in languages():
        assert sorted(f.stem for f in (TEXTS / language).glob("*.md")) == sorted(LESSONS_WITH)
    assert sorted(SOLUTIONS) == sorted(LESSONS_WITH)


@pytest.mark.parametrize("lesson", LESSONS_WITH)
def test_code_is_the_same_in_every_language(lesson: str) -> None:
    def code(language: str) -> list[Cell]:
        return [cell for cell in written(language, lesson) if cell.kind != "text"]

    assert all(code(language) == code(FALLBACK) for language in languages())


def test_what_is_committed_is_what_would_be_written() -> None:
    stale = [
        str(file.relative_to(ROOT))
        for file, text in all_notebooks()
        if not file.is_file() or file.read_text("utf-8") != text
    ]
    assert not stale, "make notebooks"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder from which `bncore` can be imported, and nothing else of ours."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "bncore").symlink_to(Path(bncore.__file__).parent)
    return folder


def run(cells: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """As Jupyter would: all cells in one name space."""
    program = "import json, sys\nspace = {}\nfor cell in json.load(sys.stdin): exec(cell, space)"
    clean = {**os.environ, "PYTHONPATH": str(folder), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-P", "-c", program],
        **{"input": json.dumps(cells), "text": True, "capture_output": True, "check": False},
        **{"cwd": folder, "env": clean, "timeout": 600},
    )


@pytest.mark.parametrize("lesson", LESSONS_WITH)
def test_it_runs_from_top_to_bottom_once_its_exercises_are_solved(lesson: str, alone: Path) -> None:
    cells, answers = [], iter(SOLUTIONS[lesson])
    for kind, text in complete(written(FALLBACK, lesson)):
        if kind == "check":
            cells += [guarded(text), next(answers), text]
        elif kind != "text":
            cells.append(text)  # of an exercise: what the reader is given
    assert next(answers, None) is None
    done = run(cells, alone)
    assert done.returncode == 0, done.stderr[-2000:]


def guarded(check: str) -> str:
    """Code that fails if a check already passes with what the reader was given."""
    body = "\n".join(f"    {line}" for line in check.splitlines())
    return f"try:\n{body}\nexcept Exception: pass\nelse: raise SystemExit('passes unsolved')"
