"""The gate for what comes from outside: numbers, what is said of a foreign value, what is sent."""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from tests.ui.hostile import HOSTILE, JSON, NOT_NUMBERS
from ui.outside import (
    LONGEST,
    Unreadable,
    count,
    maybe,
    named,
    plain,
    real,
    said,
    several,
    shape,
    tracking,
    whole,
    word,
)

LOCALES = Path(__file__).parents[2] / "assets" / "locales"
CODE = re.compile(r"(`+)( ?)(.*?)\2\1", re.DOTALL)


# --- what is said ---


def parts(sentence: str) -> tuple[str, list[str]]:
    """A sentence without its code spans, and what they hold, as CommonMark divides it."""
    outside, inside, at = "", [], 0
    while at < len(sentence):
        run = re.compile("`*").match(sentence, at)[0]
        end = at + len(run)
        if not run:
            outside, at = outside + sentence[at], at + 1
            continue
        close = re.compile(f"(?<!`){run}(?!`)").search(sentence, end)
        assert close, f"an open code span in {sentence!r}"
        inside.append(sentence[end : close.start()])
        at = close.end()
    return outside, inside


def shown(written: str) -> str:
    """What a reader sees of a foreign value."""
    outside, inside = parts(said(written))
    assert len(inside) <= 1 and not (outside and inside)
    if not inside:
        return outside
    text = inside[0]
    stripped = text.strip(" ") and text[0] == text[-1] == " "
    return text[1:-1] if stripped else text


@given(some.text(max_size=60))
@example("`")
@example(" `` ")
@example("  ")
@example("a`b``c")
def test_what_a_stranger_wrote_is_shown_as_it_stands_and_nothing_else(written: str) -> None:
    seen = shown(written)
    assert len(seen) <= 25 and seen.endswith("…") >= (len(written) > 24)
    for theirs, ours in zip(written[:24], seen, strict=False):
        hidden = unicodedata.category(theirs)[0] == "C" or theirs in "\u2028\u2029"
        assert (ours == theirs) != hidden
        assert ours.isprintable() or unicodedata.category(ours) == "Zs"


@given(some.text(max_size=40))
def test_outside_of_code_spans_stand_only_letters_digits_and_numbers(written: str) -> None:
    outside, _ = parts(said(written))
    assert re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", outside, re.IGNORECASE) or all(
        sign.isalnum() or sign in " ,…" for sign in outside
    )


@pytest.mark.parametrize("language", sorted(folder.name for folder in LOCALES.iterdir()))
def test_no_sentence_about_a_link_becomes_anything_else_by_what_the_link_says(
    language: str,
) -> None:
    sentences = tomllib.loads((LOCALES / language / "ui.toml").read_text("utf-8"))
    for sentence in sentences.get("link", {}).values():
        for value in HOSTILE:
            filled = re.sub(r"\[\[\w+\]\]", lambda _, value=value: said(value), sentence)
            outside, _ = parts(filled)
            empty, _ = parts(re.sub(r"\[\[\w+\]\]", "", sentence))
            assert sorted(re.sub(r"[^\W_]|[ ,…]", "", outside)) == sorted(
                re.sub(r"[^\W_]|[ ,…]", "", empty)
            )


@pytest.mark.parametrize("name", ["utm_source", "UTM_Campaign", "fbclid", "gclid", "mc_eid"])
def test_names_of_trackers_and_of_streamlit_are_known(name: str) -> None:
    assert tracking(name) and tracking("embed") and tracking("embed_options")
    assert not tracking("m") and not tracking(f"x{name}")


# --- numbers ---


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_no_number_in_plain_ascii_is_refused(text: str) -> None:
    for reader in (real, whole):
        with pytest.raises(Unreadable):
            reader(text)


@given(some.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_back_to_the_last_bit(number: float) -> None:
    assert real(repr(number)) == number


@given(some.integers(-(10**15) + 1, 10**15 - 1))
def test_every_whole_number_is_read_back(number: int) -> None:
    assert whole(str(number)) == number == real(str(number))


@given(some.text(some.sampled_from("0123456789.eE+-_ １٣"), max_size=LONGEST))
def test_the_reader_takes_no_more_than_python_and_less(text: str) -> None:
    try:
        number = real(text)
    except Unreadable:
        return
    assert number == float(text) and math.isfinite(number) and text.isascii()
    assert "_" not in text and " " not in text


# --- what is sent ---

READERS: dict[str, Any] = {
    "word": word(5),
    "count": count,
    "plain": plain,
    "maybe": maybe(count),
    "several": several(count, 3),
    "named": named(word(3), 2),
    "shape": shape(mount=word(3), n=count, set=named(plain)),
}
GOOD: dict[str, list[tuple[object, object]]] = {
    "word": [("", ""), ("abcde", "abcde")],
    "count": [(0, 0), (2**53 - 1, 2**53 - 1)],
    "plain": [("0.5", "0.5"), (12, "12"), (0, "0"), (-3, "-3"), (0.5, "0.5")],
    "maybe": [(None, None), (3, 3)],
    "several": [([], []), ([1, 2], [1, 2])],
    "named": [({}, {}), ({"a": "b"}, {"a": "b"})],
    "shape": [
        (
            {"mount": "m", "n": 1, "set": {"b": 1}, "more": []},
            {"mount": "m", "n": 1, "set": {"b": "1"}},
        )
    ],
}
BAD: dict[str, list[object]] = {
    "word": ["abcdef", 1, None, ["a"], b"a"],
    "count": [-1, 2**53, True, 1.0, "1", None, math.nan, 10**5000],
    "plain": [True, None, math.nan, math.inf, [], {}, "x" * 65, 10**5000, -(10**5000)],
    "maybe": ["", -1],
    "several": [[1, 2, 3, 4], [[]], {}, "12", 1],
    "named": [{"a": 1}, [], "a", {"a": "b", "c": "d", "e": "f"}, {"x" * 65: "a"}],
    "shape": [{}, [], None, 1, "x", {"mount": "m", "n": 1}, {"mount": "m", "n": "1", "set": {}}],
}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_reads_what_it_is_made_for_and_nothing_else(name: str) -> None:
    for sent, read in GOOD[name]:
        assert READERS[name](sent) == read
    for sent in BAD[name]:
        with pytest.raises(Unreadable):
            READERS[name](sent)


@given(JSON)
def test_a_reader_meets_anything_without_another_error(sent: object) -> None:
    for reader in READERS.values():
        with suppress(Unreadable):
            reader(sent)
