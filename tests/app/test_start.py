"""The start of a server: a lesson that nobody has opened costs nothing.

Looks at fresh processes, which import `app` as a server does and open one page.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from experiments.home import hero
from ui.lessons import FOLDERS, HOME, LESSONS

ROOT = Path(__file__).parents[2]
#: what the start page and the frame are made of; a lesson's modules are all others
FRAME = {"components", "controls", "files", "frame", "lesson", "lessons", "numbers", "outside"}
FRAME |= {
    "library",
    "modules",
    "packed",
    "page",
    "private",
    "progress",
    "scripts",
    "shell",
    "state",
}
FRAME |= {"streamlit_words", "streamlits", "text", "first", "ahead", "icons"}
PART = re.compile(r"pages\.\w+\.\w+")
OWN = {
    "ui": FRAME,
    "figures": {"theme"},
    "experiments": {"home", "pair", "presets"},
}


@cache
def after(lesson: str) -> dict[str, Any]:
    """What a fresh process has imported and read when it has shown a page once."""
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("start.py")), lesson],
        capture_output=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def of_pages(lesson: str) -> set[str]:
    """Folders of `pages` of which more than the entry is imported."""
    return {name.split(".")[1] for name in after(lesson)["modules"] if PART.match(name)}


def imported(lesson: str, package: str) -> set[str]:
    names = (name.split(".") for name in after(lesson)["modules"])
    return {parts[1] for parts in names if parts[0] == package and len(parts) > 1}


@pytest.mark.parametrize("package", OWN)
def test_the_start_imports_nothing_of_a_lesson(package: str) -> None:
    assert imported(HOME, package) <= OWN[package]
    assert of_pages(HOME) == {HOME}
    assert not after(HOME)["pandas"]


def test_the_start_reads_no_evidence_and_no_trace_but_its_own() -> None:
    read = after(HOME)["assets"]
    own = {f"assets/traces/{name}.npz" for name in hero.RUNS}
    assert {name for name in read if name.startswith("assets/traces/")} == own
    assert not [name for name in read if name.startswith("assets/evidence/")]


def test_the_start_reads_of_a_lesson_only_its_labels() -> None:
    """For the menu and the map, in the language of the visitor alone."""
    read = [name for name in after(HOME)["assets"] if name.startswith("assets/locales/")]
    of_lessons = {name for name in read if name.split("/")[3] in set(LESSONS) - {HOME}}
    assert of_lessons == {f"assets/locales/en/{name}/labels.toml" for name in LESSONS} - {
        f"assets/locales/en/{HOME}/labels.toml"
    }


def test_a_lesson_brings_what_it_needs_and_nothing_of_the_start_page() -> None:
    """So the test above looks at what does happen, and a deep link pays for one lesson alone."""
    assert of_pages("mini_batch") == {"mini_batch"}
    modules = {*after("mini_batch")["modules"]}
    assert "pages.mini_batch.bowl" in modules and "pages.mini_batch.own" not in modules
    others = {f"experiments.{folder}" for folder in FOLDERS.values()} - {"experiments.mini_batch"}
    measured = {name for name in modules if name.rpartition(".")[0] in others}
    assert measured <= {"experiments.why.inputs"}  # the bowl is measured once, for both lessons
    assert not [name for name in after("mini_batch")["assets"] if "/traces/" in name]
