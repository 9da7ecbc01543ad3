"""Own numbers: what is read, and what is refused with which sentence."""

from __future__ import annotations

import contextlib
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ui import text
from ui.intake import IntakeError, Reading, parse
from ui.lessons import LESSONS

Z = LESSONS["mini_batch"].control("z")


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("1, 2, 3", (1, 2, 3)),
        ("1,2,3", (1, 2, 3)),
        ("1;2;3", (1, 2, 3)),
        ("1 2 3", (1, 2, 3)),
        ("1\n2\r\n3\n", (1, 2, 3)),
        ("1\t2\t3", (1, 2, 3)),
        ("1.5,2.5", (1.5, 2.5)),
        ("1, 2; 3\t4  5", (1, 2, 3, 4, 5)),
        ("1.5,\n2.5,\n3.5", (1.5, 2.5, 3.5)),
        ("-1e-3 +2.5E2 .5 4.", (-0.001, 250, 0.5, 4)),
        ("−1.5, 2", (-1.5, 2)),  # the minus sign that this page itself writes
        ("1，2，3", (1, 2, 3)),  # full-width commas of a Korean keyboard
        ('"1"\n"2"', (1, 2)),
        ("\ufeff1\n2", (1, 2)),
        ("7", (7,)),
        ("-999999, 999999", (-999_999, 999_999)),
        ("100,200,300", (100, 200, 300)),
        (",".join(["1"] * 256), (1,) * 256),
    ],
)
def test_numbers_are_read(written: str, numbers: tuple[float, ...]) -> None:
    assert parse(written, Z) == Reading(numbers)


@pytest.mark.parametrize("written", ["height\n1\n2.5", "height;\n1;\n2.5;", '"height"\n1\n2.5'])
def test_a_name_above_one_column_is_reported(written: str) -> None:
    assert parse(written, Z) == Reading((1, 2.5), "height")


BAD = [
    ("", "empty", {}),
    (" \n\t ", "empty", {}),
    (";;;", "empty", {}),
    ("some words", "not_number", {"got": "some", "place": 1}),
    ("1 2 abc 4", "not_number", {"got": "abc", "place": 3}),
    ("1_000", "not_number", {"place": 1}),
    ("0x10", "not_number", {"place": 1}),
    ("[1, 2]", "not_number", {"place": 1}),
    ("１２", "not_number", {"place": 1}),
    ("1, nan", "not_finite", {"got": "nan", "place": 2}),
    ("NaN\n1\n2", "not_finite", {"got": "NaN", "place": 1}),
    ("1 -inf", "not_finite", {"place": 2}),
    ("∞", "not_finite", {"place": 1}),
    ("1 1e308", "too_large", {"got": "1e308", "place": 2}),
    ("1e999", "too_large", {"place": 1}),
    ("1000000", "too_large", {"limit": "999,999"}),
    (",".join(["1"] * 257), "too_many", {"count": "257", "most": 256}),
    ("\n".join(["1.5"] * 100_000), "too_many", {"count": "100,000"}),
    ("1,5; 2,7", "decimal_comma", {"got": "1,5"}),
    ("1,5", "decimal_comma", {}),
    ("1,5\n2,7", "decimal_comma", {}),
    ("1,5 2,7", "decimal_comma", {}),
    ("width\n1,5\n2,7", "decimal_comma", {}),
    ("1,234.5; 2,345.6", "decimal_comma", {}),
    ("1,234,567; 2,345,678", "decimal_comma", {}),
    ("1\t2\n3\t4", "columns", {"count": 2}),
    ("1,2,3\n4,5,6", "columns", {"count": 3}),
    ("a,b\n1,2\n3,4", "columns", {"count": 2}),
    ("name;value\n1;2", "columns", {"count": 2}),
    ("PK\0\0", "not_text", {}),
    ("1 \ufffd 2", "not_text", {}),
    ("1 " * 2_000_000, "too_big", {"most": "2"}),
]


@pytest.mark.parametrize(("written", "code", "fields"), BAD, ids=[code for _, code, _ in BAD])
def test_what_cannot_be_a_batch_is_refused(written: str, code: str, fields: dict) -> None:
    with pytest.raises(IntakeError) as caught:
        parse(written, Z)
    assert caught.value.code == code
    assert fields.items() <= caught.value.fields.items()


def test_every_refusal_has_one_sentence_in_each_language() -> None:
    errors = {"file_too_big": {"size": "50", "most": "2"}}
    for written, code, _ in BAD:
        with pytest.raises(IntakeError) as caught:
            parse(written, Z)
        errors[code] = caught.value.fields
    for language in text.languages():
        words = tomllib.loads(
            (text.LOCALES / language / "mini_batch" / "labels.toml").read_text("utf-8")
        )["intake"]
        assert set(errors) == set(words) - {"choose", "drop", "taken", "taken_header"}
        for code, fields in errors.items():
            assert set(text.PLACEHOLDER.findall(words[code])) <= set(fields), code


@given(some.lists(some.floats(-999_999, 999_999), min_size=1, max_size=256).map(tuple))
def test_what_a_link_carries_can_be_pasted(numbers: tuple[float, ...]) -> None:
    assert parse(", ".join(Z.write(numbers).split(",")), Z).numbers == numbers


@given(some.text(max_size=60))
def test_any_text_gives_numbers_or_a_sentence(written: str) -> None:
    with contextlib.suppress(IntakeError):
        assert all(abs(number) <= Z.limit for number in parse(written, Z).numbers)
