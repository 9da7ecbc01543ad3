"""Two networks that differ in batch norm alone, while they train."""

from __future__ import annotations

from pages.training import LESSON, replay, runs
from ui import scenes

runs.follow_link()
runs.settle()
replay.opened()
scenes.run(LESSON)
