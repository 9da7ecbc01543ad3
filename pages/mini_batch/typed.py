"""The user's own numbers: a field, a file, and what is said of both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from pages.mini_batch import LESSON
from pages.mini_batch.common import remember, remembered, value
from ui import intake
from ui.intake import Reading
from ui.outside import said
from ui.text import t

PLACEHOLDER = "87, 92, 78, 65, 90"


@dataclass(frozen=True)
class Note:
    """What to say about own numbers: looked (read, not yet used), taken, asked or refused."""

    kind: str
    reading: Reading | None = None
    code: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    offers: tuple[Reading, ...] = ()


def own_numbers() -> None:
    """A field to type or paste into, and a file input."""
    if remembered("written") != value("z"):  # dragged, or from a link: the field follows
        write_out(value("z"), note=None)
    most = LESSON.control("z").most
    st.text_area(
        t(f"{LESSON}.own_line"),
        key=f"{LESSON}.draft",
        height=68,
        placeholder=PLACEHOLDER,
        help=t(f"{LESSON}.own_hint", most=most),
        persist_state="session",
        on_change=look,
    )
    st.button(
        t(f"{LESSON}.own_use"),
        key="own-use",
        on_click=lambda: take(remembered("draft", "")),
        width="stretch",
    )
    words = {word: t(f"{LESSON}.intake.{word}") for word in ("choose", "drop")}
    intake.file_input("intake", words, take, refuse)


def write_out(numbers: tuple[float, ...], note: Note | None) -> None:
    """Put numbers into the field, and remember what to say about them."""
    draft = ", ".join(repr(each).removesuffix(".0") for each in numbers)
    remember(draft=draft, looked=draft, written=numbers, note=note)


def look() -> None:
    """Say what a text that was typed will be read as, before it is used."""
    draft = remembered("draft", "")
    if draft == remembered("looked"):
        return
    remember(looked=draft, note=None)
    try:
        reading = intake.parse(draft, LESSON.control("z"))
    except intake.IntakeError as error:
        if error.code != "empty":
            refuse(error)
        return
    remember(note=Note("looked", reading))


def take(written: str) -> None:
    """Use the numbers of a text; where that cannot be, say why and keep the batch.

    What a reading leaves out is said before anything is used.
    """
    try:
        reading = intake.parse(written, LESSON.control("z"))
    except intake.IntakeError as error:
        refuse(error)
        return
    if (reading.index or reading.unit) and remembered("looked") != written:
        remember(note=Note("asked", reading, offers=(reading,)))
    else:
        use(reading)


def use(reading: Reading) -> None:
    write_out(reading.numbers, Note("taken", reading))
    LESSON.put(source="own", z=reading.numbers)


def refuse(error: intake.IntakeError) -> None:
    remember(note=Note("refused", None, error.code, error.fields, error.offers))


def say(note: Note) -> None:
    """What was read or why not, and a button for each reading that the user may choose."""
    word = f"{LESSON}.intake"
    if note.reading:
        end = t(f"{word}.{note.kind}", button=t(f"{LESSON}.own_use"))
        tell = st.success if note.kind == "taken" else st.info
        tell(" ".join(filter(None, (*_read(note.reading), end))))
    else:
        fields = note.fields | {"where": _where(note.fields)}
        st.error(t(f"{word}.{note.code}", **fields))
    if note.offers:
        with st.container(horizontal=True, key="own-offers"):
            for place, offer in enumerate(note.offers):
                code = "offer_index" if offer.index else "offer"
                shown = {"numbers": _listed(offer.numbers, 5), "index": said(offer.index or "")}
                label = t(f"{word}.{code}", **shown)
                st.button(label, key=f"own-offer-{place}", on_click=use, args=(offer,))


def _read(reading: Reading) -> Iterable[str]:
    """What the numbers are, and what else stood in the text."""
    word, count = f"{LESSON}.intake", len(reading.numbers)
    numbers = "number" if count == 1 else "numbers"
    yield t(f"{word}.{numbers}", count=count, numbers=_listed(reading.numbers, 12))
    for name in ("header", "index", "unit"):
        if left_out := getattr(reading, name):
            yield t(f"{word}.{name}", **{name: said(left_out)})


def _listed(numbers: tuple[float, ...], most: int) -> str:
    """Numbers exactly as they were read; of many, the first and the last."""
    words = [repr(each).removesuffix(".0") for each in numbers]
    words = [f"−{word[1:]}" if word[0] == "-" else word for word in words]
    return ", ".join(words if len(words) <= most else [*words[: most - 2], "…", words[-1]])


def _where(fields: dict[str, Any]) -> str:
    """The place of a cell: counted in a row of numbers, by row and column in a sheet."""
    if not {"place", "row", "column"} <= set(fields):
        return ""
    flat = fields["row"] == 1 and fields["column"] == fields["place"]
    return t(f"{LESSON}.intake.{'at_place' if flat else 'at_cell'}", **fields)
