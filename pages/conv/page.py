"""In a convolution, and deep."""

from pages.conv import LESSON
from pages.conv.twin import LIVE
from ui import scenes

LIVE.settle()
scenes.run(LESSON)
