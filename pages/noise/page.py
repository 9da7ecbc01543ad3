"""The noise that a mini-batch brings: how large, what it is like, and what it does."""

from pages.noise import LESSON, small_batches
from ui import scenes

small_batches.settle()
scenes.run(LESSON)
