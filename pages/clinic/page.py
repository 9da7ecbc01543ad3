"""Something is wrong with my network: from a symptom to its cause and what to do."""

from pages.clinic import LESSON
from ui import scenes

scenes.run(LESSON)
