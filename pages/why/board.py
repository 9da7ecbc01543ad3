"""All verdicts: the board that fills up, and every number on it."""

from __future__ import annotations

from pages.why import verdicts
from pages.why.parts import LESSON
from ui import page
from ui.scenes import Moment


def more(now: Moment) -> None:
    """How the claim was measured, the board so far, and what is known of larger networks."""
    verdicts.everything(now)
    page.say(f"{LESSON}/board_elsewhere")
