"""Mini-batches of one class, or of a few, and for longer: the picture of `m2`."""

from __future__ import annotations

from pages.noise import m2, small_batches
from ui.scenes import Moment


def said(now: Moment) -> dict[str, object]:
    """Of the run that is shown; where the picture stands elsewhere, of the one to begin with."""
    name = str(now.scene.sets["batches"])
    return m2.told(name, small_batches.shipped(name)) if now.whole else m2.said(now)


def more(now: Moment) -> None:
    """What stands in the other scene's drawer, where it is not on the same page."""
    if not now.whole:
        m2.more(now)
