"""The user's own numbers: from text, or from a file that the browser reads.

`parse` never guesses in silence: whatever can be read in two ways is refused with one sentence
that says what to do. A file is not uploaded: a small component looks at its size, reads it in the
browser and sends the text, so that every message is ours and in the user's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ui.components import Component
from ui.outside import Unreadable, count, maybe, said, shape, word
from ui.state import Numbers

MOST_BYTES = 2_000_000  # what the browser reads of a file, and what is parsed of a text
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)
TWO_POINTS = re.compile(r"[^,]*\.\d*,[^,]*\.[^,]*")  # 1.5,2.5
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)  # 1,234,567.8
TYPOGRAPHY = str.maketrans({"−": "-", "，": ",", "；": ";", '"': None, "\ufeff": None})


class IntakeError(ValueError):
    """Text that does not become a batch; `code` names its sentence, `fields` fill it."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code, fields)
        self.code, self.fields = code, fields


@dataclass(frozen=True)
class Reading:
    """The numbers of a text, and the name that stood above them, if any."""

    numbers: tuple[float, ...]
    header: str | None = None


def parse(text: str, control: Numbers) -> Reading:
    """Numbers separated by commas, semicolons, spaces or line breaks; or a CSV with one column.

    `control` says how many numbers there may be and how large. Raises IntakeError with one of the
    codes too_big, not_text, empty, columns, decimal_comma, not_number, not_finite, too_large,
    too_many.
    """
    if len(text) > MOST_BYTES:
        raise IntakeError("too_big", most=megabytes(MOST_BYTES))
    if "\0" in text or "\ufffd" in text:
        raise IntakeError("not_text")
    lines = [line.strip() for line in _plain(text).splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        raise IntakeError("empty")
    header = lines.pop(0) if len(lines) > 1 and _is_header(*lines[:2]) else None
    _one_column(lines, header)
    _no_decimal_comma(lines)
    words = [word for line in lines for word in re.split(r"[,;\s]+", line) if word]
    if not words:
        raise IntakeError("empty")
    numbers = tuple(
        _number(word, place, control.limit) for place, word in enumerate(words[: control.most], 1)
    )
    if len(words) > control.most:
        raise IntakeError("too_many", count=f"{len(words):,}", most=control.most)
    return Reading(numbers, header and header.strip(",;\t "))


def _plain(text: str) -> str:
    """The typographic minus that this page itself shows, full-width commas, quotes of a CSV."""
    return text.translate(
        str.maketrans({"−": "-", "，": ",", "；": ";", '"': None, "\ufeff": None})
    )


def _is_header(first: str, second: str) -> bool:
    """A line of names above a line that begins with a number."""
    starts = [re.split(r"[,;\t]", line)[0].strip() for line in (first, second)]
    named = not NUMBER.match(starts[0]) and not NOT_FINITE.fullmatch(starts[0])
    return named and bool(NUMBER.match(starts[1]))


def _one_column(lines: list[str], header: str | None) -> None:
    """Refuse a table: which of its columns would be the batch?"""
    counts = {len([c for c in re.split(r"[,;\t]", line) if c.strip()]) for line in lines}
    decimal = all(re.fullmatch(r"[+-]?\d+,\d+;?", line) for line in lines)
    table = len(lines) > 1 and len(counts) == 1 and counts != {1} and not decimal
    names = [name for name in re.split(r"[,;\t]", header or "") if name.strip()]
    if table or len(names) > 1:
        raise IntakeError("columns", count=max(*counts, len(names)))


def _no_decimal_comma(lines: list[str]) -> None:
    """Refuse commas that may be decimal commas or thousands: is 1,5 one number or two?

    Commas surely separate where one has a space beside it, where three numbers hang together on
    them, and between two numbers that have decimal points.
    """
    words = [word for line in lines for word in re.split(r"[;\s]+", line) if word]
    inside = [word.strip(",") for word in words if "," in word.strip(",")]
    if not inside:
        return
    alone = len(words) == 1
    loose = any(word != word.strip(",") or word == "," for word in words)
    long = any(word.count(",") > 1 and (alone or not GROUPED.fullmatch(word)) for word in inside)
    pointed = any(TWO_POINTS.fullmatch(word) and not GROUPED.fullmatch(word) for word in inside)
    if not (loose or long or pointed):
        raise IntakeError("decimal_comma", got=said(inside[0]))


def _number(word: str, place: int, limit: float) -> float:
    if NOT_FINITE.fullmatch(word):
        raise IntakeError("not_finite", got=said(word), place=place)
    if not NUMBER.fullmatch(word):
        raise IntakeError("not_number", got=said(word), place=place)
    if abs(number := float(word)) > limit:
        raise IntakeError("too_large", got=said(word), place=place, limit=f"{limit:,.0f}")
    return number


def megabytes(size: int) -> str:
    """A size in bytes for people: `2.5`."""
    return f"{size / 1e6:.1f}".removesuffix(".0")


_component = Component(
    "intake",
    {"file": shape(text=maybe(word(MOST_BYTES)), error=maybe(word()), size=maybe(count))},
    html=("intake/index.html",),
    css=("controls.css", "intake/style.css"),
    js=("intake/index.js",),
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
            size, most = megabytes(given["size"]), megabytes(MOST_BYTES)
            on_error(IntakeError("file_too_big", size=size, most=most))
        elif given["error"] == "not_text":
            on_error(IntakeError("not_text"))
        else:
            raise Unreadable("neither a text nor a reason why there is none")

    _component(key, {"words": words, "most": MOST_BYTES}, on_file=take)
