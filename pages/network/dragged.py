"""What the two scenes under the finger share: z and z̃ of one unit, as they were and are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages.network import LESSON
from ui import drag
from ui.components import Component
from ui.numbers import short
from ui.scenes import Moment
from ui.text import t

IDEAS = ("z", "z_tilde")
WORDS = ("mean", "spoken", "alt_z", "alt_z_tilde")
OWN = ("before", "after", "after_shift")  # words that each picture has of its own


def mount(
    picture: Component,
    names: tuple[str, ...],
    *,
    key: str,
    now: Moment,
    start: Mapping[str, float],
    before: Mapping[str, list[float]],
    marked: tuple[str, ...],
    **data: Any,
) -> None:
    """The picture; before the answer it cannot be dragged, and after it moves from `start`."""
    tokens = ("b", "shift", "nudge", "was", "now", "value", *IDEAS)
    known = {name: f"{{{name}}}" for name in tokens} | {"m": len(before["z"])}
    words = {word: t(f"{LESSON}.drag.{word}", **known) for word in WORDS}
    words |= {word: t(f"{LESSON}.{picture.name}.{word}", **known) for word in OWN}
    drag.mount(
        picture,
        LESSON,
        names,
        key=key,
        words=words | {"guess": now.mark(*marked)},
        before=before,
        start=dict(start),
        locked=not now.seen,
        **data,
    )


def signed(x: float) -> str:
    """+1.5, −0.5."""
    return f"+{short(x)}" if x > 0 else short(x)
