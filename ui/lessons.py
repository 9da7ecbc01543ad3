"""The registry of lessons, in the order of the menu, and every control that a lesson has.

A lesson is `pages/lessons/<id>.py`, one entry here, and `assets/locales/<language>/<id>/`. A
control registered here is read from the URL, written to it, worded by the locale files
(`<lesson>/labels.toml`, table `controls.<name>`) and covered by the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

from ui.state import Control


@dataclass(frozen=True)
class Lesson:
    """An entry of the menu: a Material icon and the controls that travel in its links."""

    icon: str
    controls: tuple[Control, ...] = ()

    def control(self, name: str) -> Control:
        return next(control for control in self.controls if control.name == name)


HOME = "home"
LESSONS: dict[str, Lesson] = {
    HOME: Lesson(":material/home:"),
}
