"""To look things up: terms and notation, conventions, misconceptions, papers, licences."""

from pages.reference import LESSON
from ui import scenes

scenes.run(LESSON)
