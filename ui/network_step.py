"""One training step of the lesson `network`, line by line, and the three ways back."""

from __future__ import annotations


def walk() -> None:
    pass


def three_paths() -> None:
    pass
