"""The part on layers that depend less on each other."""

from __future__ import annotations


def show() -> None:
    """Draw this part."""
