"""The registry of lessons, in the order of the menu: the folders that `pages.ORDER` names.

A lesson is a folder of `pages` with an entry (`ui.lesson`), and its words in
`assets/locales/<language>/<id>/`. Nobody else lists lessons. They are found by name, as plugins
are: the kit knows no lesson. `python -m ui.lessons` says it as JSON, for other programs.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from ui.lesson import Lesson, Scene

HOME = "home"
_FOUND: list[tuple[str, Lesson]] = [
    (folder, import_module(f"pages.{folder}").LESSON) for folder in import_module("pages").ORDER
]
LESSONS: dict[str, Lesson] = {lesson: lesson for _, lesson in _FOUND}
FOLDERS: dict[str, str] = {lesson: folder for folder, lesson in _FOUND}


def script(lesson: str) -> str:
    """What a lesson's address runs, relative to app.py."""
    return f"pages/{FOLDERS[lesson]}/page.py"


def address(lesson: str) -> str:
    """Where a lesson lives: the first one at the root."""
    return "/" if lesson == HOME else f"/{lesson}"


def listing() -> list[dict[str, Any]]:
    """Every lesson with its scenes: addresses, minutes, the path, questions and right answers."""
    return [
        {
            "id": str(lesson),
            "address": address(lesson),
            "minutes": lesson.minutes,
            "scenes": [_listed(lesson, scene) for scene in lesson.scenes],
        }
        for lesson in LESSONS.values()
    ]


def _listed(lesson: Lesson, scene: Scene) -> dict[str, Any]:
    asked = scene.question
    return {
        "id": scene.name,
        "address": f"{address(lesson)}?scene={scene.name}",
        "minutes": scene.minutes,
        "path": not scene.deep,
        "question": asked
        and {"id": asked.name, "options": list(asked.options), "right": asked.right},
    }


if __name__ == "__main__":
    print(json.dumps(listing(), indent=2))
