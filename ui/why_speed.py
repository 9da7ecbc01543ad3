"""The part on what makes it fast."""

from __future__ import annotations


def show() -> None:
    """Draw this part."""
