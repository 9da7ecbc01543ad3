"""All hidden layers of Figure 1's networks: what their units say of all images."""

from __future__ import annotations

from functools import partial

from pages.training import watch
from ui.scenes import Moment

picture = partial(watch.picture, kind="layers")


def more(now: Moment) -> None:
    """How it was counted."""
    watch.captions(watch.view(now))
