"""The user's own numbers: from text, or from a file that the browser reads.

`parse` never guesses in silence: whatever can be read in two ways is refused with one sentence
that says what to do. A file is not uploaded: a small component looks at its size, reads it in the
browser and sends the text, so that every message is ours and in the user's language.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ui import columns, pasted
from ui.columns import Reading
from ui.components import Component
from ui.outside import Unreadable, count, maybe, shape, word
from ui.pasted import IntakeError
from ui.state import Numbers

__all__ = ["IntakeError", "Reading", "file_input", "parse"]

MOST = 64_000  # characters of a text: 256 numbers take 6,000 even at full precision
MOST_BYTES = 2 * MOST + 3  # of a file: UTF-16 takes two bytes for each, and three are a BOM


def parse(text: str, control: Numbers) -> Reading:
    """The one list or column of numbers in a text: typed, printed by a library, or a CSV.

    `control` says how many numbers there may be and how large. Raises IntakeError with one of the
    codes too_big, not_text, hidden, empty, columns, ragged, missing, cut, decimal_comma, thousands,
    parentheses, units, not_number, not_finite, too_large, too_many. Fields that name a place are
    `row` and `column` in the user's sheet, and `place` among the numbers.
    """
    if len(text) > MOST:
        raise IntakeError("too_big", most=size(MOST))
    return columns.read(pasted.sheet(text, control.most), control)


def size(count: int) -> str:
    """A number of bytes for people: `64 kB`, `2.5 MB`."""
    if count < 1e6:
        return f"{count / 1e3:.0f}\u00a0kB"
    return f"{count / 1e6:.1f}".removesuffix(".0") + "\u00a0MB"


_component = Component(
    "intake",
    {"file": shape(text=maybe(word(MOST_BYTES)), error=maybe(word()), size=maybe(count))},
    html=("intake/index.html",),
    css=("controls.css", "intake/style.css"),
    js="intake/index.js",
)


def file_input(
    key: str,
    words: dict[str, str],
    on_text: Callable[[str], None],
    on_error: Callable[[IntakeError], None],
) -> None:
    """A button and a place to drop a file: calls `on_text`, or `on_error` if it is not readable.

    words: `choose` and `drop`. The callbacks run before the next run of the page.
    """

    def take(given: dict[str, Any]) -> None:
        if given["text"] is not None:
            on_text(given["text"])
        elif given["error"] == "too_big" and given["size"] is not None:
            on_error(IntakeError("file_too_big", size=size(given["size"]), most=size(MOST_BYTES)))
        elif given["error"] == "not_text":
            on_error(IntakeError("not_text"))
        else:
            raise Unreadable("neither a text nor a reason why there is none")

    _component(key, {"words": words, "most": MOST_BYTES}, on_file=take)
