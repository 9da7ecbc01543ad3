"""The part on the verdicts."""

from __future__ import annotations


def show() -> None:
    """Draw this part."""
