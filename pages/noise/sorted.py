"""Mini-batches of one class, or of a few, and for longer: the picture of `m2`."""

from __future__ import annotations

from pages.noise import m2
from pages.noise.m2 import said
from ui.scenes import Moment

__all__ = ["more", "said"]


def more(now: Moment) -> None:
    """What stands in the other scene's drawer, where it is not on the same page."""
    if not now.whole:
        m2.more(now)
