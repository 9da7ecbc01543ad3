"""Batch norm among its rivals: whose mean, whose spread, and what comes of it."""

from pages.rivals import LESSON
from ui import scenes

scenes.run(LESSON)
