"""The stage with the controls of this lesson; a batch that was changed by hand is one's own."""

from __future__ import annotations

from functools import partial
from typing import Any

from pages.mini_batch import LESSON
from pages.mini_batch.common import remember_z
from ui import stage as shared
from ui.stage import Guess, visible_range

__all__ = ["Guess", "stage", "visible_range"]


def _took(values: dict[str, Any]) -> dict[str, Any]:
    if "z" not in values:
        return values
    remember_z(values["z"])
    return values | {"source": "own"}


stage = partial(shared.stage, LESSON, took=_took)
