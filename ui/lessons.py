"""The registry of lessons, in the order of the menu: the folders that `pages.ORDER` names.

A lesson is a folder of `pages` with an entry (`ui.lesson`), and its words in
`assets/locales/<language>/<id>/`. Nobody else lists lessons. They are found by name, as plugins
are: the kit knows no lesson.
"""

from __future__ import annotations

from importlib import import_module

from ui.lesson import Lesson

HOME = "home"
_FOUND: list[tuple[str, Lesson]] = [
    (folder, import_module(f"pages.{folder}").LESSON) for folder in import_module("pages").ORDER
]
LESSONS: dict[str, Lesson] = {lesson: lesson for _, lesson in _FOUND}
FOLDERS: dict[str, str] = {lesson: folder for folder, lesson in _FOUND}


def script(lesson: str) -> str:
    """What a lesson's address runs, relative to app.py."""
    return f"pages/{FOLDERS[lesson]}/page.py"
