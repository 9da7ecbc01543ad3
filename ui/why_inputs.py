"""The part on scaled inputs, wine and digits."""

from __future__ import annotations


def show() -> None:
    """Draw this part."""
