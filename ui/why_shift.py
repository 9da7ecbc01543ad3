"""The part on covariate shift, of inputs and inside."""

from __future__ import annotations


def show() -> None:
    """Draw this part."""
