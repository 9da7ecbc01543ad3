"""A test image has no batch: which statistics serve it, how they are kept, and when they fail."""

from pages.at_test_time import LESSON
from ui import scenes

scenes.run(LESSON)
