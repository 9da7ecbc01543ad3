"""Own numbers: what is read, and what is refused with which sentence."""

from __future__ import annotations

import contextlib
import sys
import time
import tomllib
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.complete import languages
from ui import text
from ui.intake import MOST, IntakeError, Reading, parse
from ui.lessons import LESSONS

Z = LESSONS["mini_batch"].control("z")
NBSP, ZERO_WIDTH = "\u00a0", "\u200b"

READ = [
    # separators
    ("1, 2, 3", (1, 2, 3)),
    ("1,2,3", (1, 2, 3)),
    ("1;2;3", (1, 2, 3)),
    ("1 2 3", (1, 2, 3)),
    ("5 162 60", (5, 162, 60)),
    ("1\n2\r\n3\n", (1, 2, 3)),
    ("1\t2\t3", (1, 2, 3)),
    ("\t1, 2", (1, 2)),
    ("\t1\n\t2", (1, 2)),
    ("1|2|3", (1, 2, 3)),
    ("1.5,2.5", (1.5, 2.5)),
    ("1.5,2", (1.5, 2)),
    ("1e5,2", (1e5, 2)),
    ("1,-2", (1, -2)),
    ("1.5, 2.5,3.5", (1.5, 2.5, 3.5)),
    ("1, 2; 3\t4  5", (1, 2, 3, 4, 5)),
    ("1; 2.5\n-3", (1, 2.5, -3)),  # a list over several lines: no program writes "; "
    ("1; 2.5 -3\n0.125", (1, 2.5, -3, 0.125)),
    ("1.5,\n2.5,\n3.5", (1.5, 2.5, 3.5)),
    ("1,\n2,\n3,", (1, 2, 3)),
    ("1, 2, 3,", (1, 2, 3)),
    ("100,200,300", (100, 200, 300)),
    ("1、2、3", (1, 2, 3)),
    ("1、5", (1, 5)),
    ("1，2，3", (1, 2, 3)),  # full-width commas of a Korean keyboard
    (f"1,{NBSP}2,{NBSP}3", (1, 2, 3)),
    (f"1.5{NBSP}2.5", (1.5, 2.5)),
    ("\n\n1\n2\n\n", (1, 2)),
    ("1\n\n2\n\n3", (1, 2, 3)),  # double spaced
    ("sep=;\n1\n2", (1, 2)),
    ("sep=,\n1,2,3", (1, 2, 3)),
    (",".join(["1"] * 256), (1,) * 256),
    # numbers
    ("7", (7,)),
    ("-1e-3 +2.5E2 .5 4.", (-0.001, 250, 0.5, 4)),
    ("−1.5, 2", (-1.5, 2)),  # the minus sign that this page itself writes
    ("–1.5, 2", (-1.5, 2)),
    ("-1000000000000, 1e12", (-1e12, 1e12)),
    ("51780579, 1423000000", (51_780_579, 1_423_000_000)),
    ("１，２．５，－３", (1, 2.5, -3)),
    ("１２", (12,)),
    # invisible characters, quotes, bullets
    ("\ufeff1\n2", (1, 2)),
    (f"1{ZERO_WIDTH}, {ZERO_WIDTH}2{ZERO_WIDTH}", (1, 2)),
    (f"{ZERO_WIDTH}1.5\n2{ZERO_WIDTH}", (1.5, 2)),
    ('"1"\n"2"', (1, 2)),
    ('"1","2","3"', (1, 2, 3)),
    ("'1', '2'", (1, 2)),
    ("“1”, ‘2’, «3», 「4」", (1, 2, 3, 4)),
    ('"1, 2, 3"', (1, 2, 3)),
    ('"1\n2\n3"', (1, 2, 3)),
    ('="1.5"\n="2.5"', (1.5, 2.5)),
    ('="1.5";="2.5"', (1.5, 2.5)),
    ("• 1.5\n• 2.5", (1.5, 2.5)),
    ("* 1.5\n* -2.5", (1.5, -2.5)),
    ("· 1.5\n· 2.5", (1.5, 2.5)),
    ("• 1, 2, 3", (1, 2, 3)),
    # Python, NumPy, torch, TensorFlow, JAX
    ("[1, 2, 3]", (1, 2, 3)),
    ("[1,2,3]", (1, 2, 3)),
    ("[1,5]", (1, 5)),  # no decimal comma stands in brackets
    ("(1, 2)", (1, 2)),
    ("(1,)", (1,)),
    ("{1, 2}", (1, 2)),
    ("[1.5, 2.5,]", (1.5, 2.5)),
    ("[[1, 2, 3]]", (1, 2, 3)),
    ("[[1], [2], [3]]", (1, 2, 3)),
    ("[[1.  2.5]]", (1, 2.5)),
    ("[[1. ]\n [2.5]\n [3. ]]", (1, 2.5, 3)),
    ("[1]\n[2]", (1, 2)),
    ("['1.5', '2.5']", (1.5, 2.5)),
    ('["1.5", "2.5"]', (1.5, 2.5)),
    ("x = [1, 2]", (1, 2)),
    ("array([1. , 2.5])", (1, 2.5)),
    ("np.array([1, 2])", (1, 2)),
    ("Out[3]: array([1., 2.])", (1, 2)),
    ("array([[1.],\n       [2.]])", (1, 2)),
    ("array([1., 2.], dtype=float32)", (1, 2)),
    ("array('d', [1.0, 2.5])", (1, 2.5)),
    ("[ 1.   2.5  3. ]", (1, 2.5, 3)),
    ("[1.e+00 2.e-03]", (1, 0.002)),
    ("[np.float64(1.5), np.float64(-2.5)]", (1.5, -2.5)),
    ("tensor([0.5, -1.2])", (0.5, -1.2)),
    ("tensor([[0.5],\n        [1.5]], dtype=torch.float64)", (0.5, 1.5)),
    ("tensor([0.5, 1.5], device='cuda:0', grad_fn=<AddBackward0>)", (0.5, 1.5)),
    ("tensor(0.5)", (0.5,)),
    ("tf.Tensor([1. 2.], shape=(2,), dtype=float32)", (1, 2)),
    ("<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>", (1, 2)),
    ("Array([1., 2.], dtype=float32)", (1, 2)),
    # R, MATLAB
    ("c(1.5, 2.5)", (1.5, 2.5)),
    ("x <- c(1.5, 2.5)", (1.5, 2.5)),
    ("[1] 1.5 2.5", (1.5, 2.5)),
    (" [1]  1  2  3\n [4]  4  5", (1, 2, 3, 4, 5)),
    ("[1 2.5 3]", (1, 2.5, 3)),
    ("[1; 2; 3];", (1, 2, 3)),
]


@pytest.mark.parametrize(("written", "numbers"), READ)
def test_numbers_are_read(written: str, numbers: tuple[float, ...]) -> None:
    assert parse(written, Z) == Reading(numbers)


READ_WITHOUT = [
    # names
    ("height\n1\n2.5", Reading((1, 2.5), "height")),
    ("height;\n1;\n2.5;", Reading((1, 2.5), "height")),
    ('"height"\n1\n2.5', Reading((1, 2.5), "height")),
    ("body height (cm)\n170\n180", Reading((170, 180), "body height (cm)")),
    ("키(cm)\n\n170\n180", Reading((170, 180), "키(cm)")),
    ("| x |\n|---|\n| 1 |\n| 2 |", Reading((1, 2), "x")),
    # an index
    ("1\t87\n2\t92\n3\t78", Reading((87, 92, 78), None, "1, 2, 3")),
    ("0 87\n1 92\n2 78", Reading((87, 92, 78), None, "0, 1, 2")),
    ("1;87\n2;92\n3;78", Reading((87, 92, 78), None, "1, 2, 3")),
    ("1, 87\n2, 92\n3, 78", Reading((87, 92, 78), None, "1, 2, 3")),
    ("1,87.5\n2,92\n3,78.25", Reading((87.5, 92, 78.25), None, "1, 2, 3")),
    ("id,score\n1,87\n2,92\n3,78", Reading((87, 92, 78), "score", "1, 2, 3")),
    ("번호\t점수\n1\t87\n2\t92", Reading((87, 92), "점수", "1, 2")),
    (",x\n0,15\n1,25", Reading((15, 25), "x", "0, 1")),
    ("   x\n0  1.5\n1  2.5", Reading((1.5, 2.5), "x", "0, 1")),
    ("1. 5.5\n2. 6.5\n3. 7.5", Reading((5.5, 6.5, 7.5), None, "1., 2., 3.")),
    ("1) 5.5\n2) 6.5\n3) 7.5", Reading((5.5, 6.5, 7.5), None, "1), 2), 3)")),
    ("sep=,\n1,87\n2,92\n3,78", Reading((87, 92, 78), None, "1, 2, 3")),
    ("sep=;\n1;5\n2;7\n3;9", Reading((5, 7, 9), None, "1, 2, 3")),
    ("1\t5\n2\t6\n3\t7\n4\t8", Reading((5, 6, 7, 8), None, "1, 2, 3, …")),
    ("0    1.5\n1    2.5\nName: x, dtype: float64", Reading((1.5, 2.5), "x", "0, 1")),
    ("0    1.5\n1    2.5\ndtype: float64", Reading((1.5, 2.5), None, "0, 1")),
    ("seoul    1\nnew york    2\ndtype: int64", Reading((1, 2), None, "seoul, new york")),
    (
        "id\n7    1.5\n9    2.5\nName: x, Length: 2, dtype: float64",
        Reading((1.5, 2.5), "x", "7, 9"),
    ),
    # the same sign on every number
    ("$1.5\n$2.5", Reading((1.5, 2.5), unit="$")),
    ("-$1.5, $2.5", Reading((-1.5, 2.5), unit="$")),
    ("₩1500, ₩2500", Reading((1500, 2500), unit="₩")),
    ("$ 1.5, $ 2.5", Reading((1.5, 2.5), unit="$")),
    ("1.5%, 2.5%", Reading((1.5, 2.5), unit="%")),
    ("50％ 25％", Reading((50, 25), unit="%")),
    ("1.5 kg\n2.5 kg", Reading((1.5, 2.5), unit="kg")),
    ("36.5°C\n37°C", Reading((36.5, 37), unit="°C")),
    ("10명, 20명", Reading((10, 20), unit="명")),
    ("1500원;2500원", Reading((1500, 2500), unit="원")),
    ("1 €\n2 €", Reading((1, 2), unit="€")),
    ("- 1\n- 2\n- 3", Reading((1, 2, 3), unit="-")),  # a list, or three negative numbers
]


@pytest.mark.parametrize(("written", "reading"), READ_WITHOUT, ids=[w for w, _ in READ_WITHOUT])
def test_what_is_left_out_is_named(written: str, reading: Reading) -> None:
    assert parse(written, Z) == reading


def at(row: int, column: int = 1, place: int | None = None) -> dict[str, int]:
    return {"row": row, "column": column, "place": place or column}


BAD = [
    ("", "empty", {}),
    (" \n\t ", "empty", {}),
    (";;;", "empty", {}),
    ("[]", "empty", {}),
    ("Series([], dtype: float64)", "empty", {}),
    # several columns
    ("5 162 60\n2 110 60", "columns", {"count": 3}),
    ("1\t2\n3\t4", "columns", {"count": 2}),
    ("1,2,3\n4,5,6", "columns", {"count": 3}),
    ("1|2\n3|4", "columns", {"count": 2}),
    ("1; 2\n3; 4", "columns", {"count": 2}),
    ("1;2\n3", "ragged", {"row": 2, "count": 1, "usual": 2}),
    ("a,b\n1,2\n3,4", "columns", {"count": 2}),
    ("a,b\n1,\n2,", "columns", {"count": 2}),
    ("name;value\n1;2", "columns", {"count": 2}),
    ("5\t162\t60\n2\t\t60", "columns", {"count": 3}),
    ("5\t162\n2\t", "columns", {"count": 2}),
    ("2024-01-01 1.5\n2024-01-02 2.5", "columns", {"count": 2}),
    ("87\t1\n92\t2\n78\t3", "columns", {"count": 2}),  # which of them is the batch?
    ("1 1\n2 2\n3 3", "columns", {"count": 2}),
    ("3 87\n1 92\n2 78", "columns", {"count": 2}),
    ("1\t1,5\t2\n2\t2,5\t3", "columns", {"count": 3}),
    ("[[1, 2], [3, 4]]", "columns", {"count": 2}),
    ("[[1 2]\n [3 4]]", "columns", {"count": 2}),
    ("[1, 2; 3, 4]", "columns", {"count": 2}),
    ("5 162 60\n2 110", "ragged", {"row": 2, "count": 2, "usual": 3}),
    ("1 2 3\n4 5 6\n7", "ragged", {"row": 3, "count": 1, "usual": 3}),
    ("[[1, 2], [3]]", "ragged", {"row": 2, "count": 1, "usual": 2}),
    ("1\n2 3\n4", "ragged", {"row": 2, "count": 2, "usual": 1}),
    # missing cells
    ("1,,3", "missing", at(1, 2)),
    ("1;;3", "missing", at(1, 2)),
    ("1\t\t3", "missing", at(1, 2)),
    (";1;2", "missing", at(1, 1)),
    ("[1,,3]", "missing", at(1, 2)),
    ("NA", "missing", at(1)),
    ("1 NA 3", "missing", at(1, 2)),
    ("x\n1\nNA\n3", "missing", at(3, 1, 2)),
    ("1\n#N/A\n3", "missing", at(2, 1, 2)),
    ("1\n-\n3", "missing", at(2, 1, 2)),
    ("1\n\n3\n4", "missing", at(2, 1, 2)),
    ("1\n\n3", "missing", at(2, 1, 2)),
    ("1,87\n2,\n3,78", "missing", at(2, 2, 2)),
    ("1\t87\n2\t\n3\t78", "missing", at(2, 2, 2)),
    ("[1, None, 3]", "missing", at(1, 2)),
    ("[1,null]", "missing", at(1, 2)),
    ("[1] 1.5  NA 2.5", "missing", at(1, 2)),
    ("[0. 1. ... 8. 9.]", "cut", at(1, 3)),
    ("0  1.5\n   ...\n9  2.5\nName: x, Length: 10, dtype: float64", "missing", {"row": 2}),
    # thousands
    ("1,000, 2,000", "thousands", {"got": "1,000", **at(1)}),
    ('"1,234","5,678"', "thousands", {"got": "1,234", **at(1)}),
    (f"1{NBSP}234", "thousands", at(1)),
    (f"x\n1{NBSP}234\n5{NBSP}678", "thousands", {"row": 2}),
    ("1\u202f234", "thousands", at(1)),
    ("1 000", "thousands", at(1)),
    ("1.234,5", "thousands", at(1)),
    ("1.234,5; 2.345,6", "thousands", at(1)),
    ("1.234.567", "thousands", at(1)),
    ("1'234 2'345", "thousands", at(1)),
    ("1,234", "thousands", at(1)),
    ("1,234\n5,678", "thousands", at(1)),
    ("1,234.5; 2,345.6", "thousands", at(1)),
    ("1,234,567", "thousands", at(1)),
    ("1,234,567; 2,345,678", "thousands", at(1)),
    ("1,234,567\n2,345,678", "thousands", at(1)),
    ("[1,000, 2,000]", "thousands", at(1)),
    ("[1,000]", "thousands", at(1)),
    ("$1,234; $5,678", "thousands", at(1)),
    # decimal commas
    ("3,5, 4,2, 5,1", "decimal_comma", {"got": "3,5", **at(1)}),
    ("0,12, 0,34", "decimal_comma", {"got": "0,12", **at(1)}),
    ("0,12,0,34", "decimal_comma", at(1)),
    ("1, 2,3", "decimal_comma", {"got": "2,3", **at(1, 2)}),
    ("1,5", "decimal_comma", {"got": "1,5", **at(1)}),
    ("width\n1,5", "decimal_comma", {"row": 2, "column": 1, "place": 1}),
    ("[3,5, 4,2]", "decimal_comma", at(1)),
    # what is no number
    ("some words", "not_number", {"got": "some", **at(1)}),
    ("1 2 abc 4", "not_number", {"got": "abc", **at(1, 3)}),
    ("x\n1\ny", "not_number", {"got": "y", **at(3, 1, 2)}),
    ("1_000", "not_number", at(1)),
    ("1_0", "not_number", at(1)),
    ("٣", "not_number", at(1)),
    ("1٣", "not_number", at(1)),
    ("½", "not_number", at(1)),
    ("5²", "not_number", at(1)),
    ("0x10", "not_number", at(1)),
    ("1.5.2", "not_number", at(1)),
    ("10k\n20k", "not_number", at(1)),
    ("1.5만, 2만", "not_number", at(1)),
    ("10k\n20\n30", "not_number", at(1)),  # no name of a column
    ("2+3j", "not_number", at(1)),
    ("5-", "not_number", at(1)),
    ("<0.5", "not_number", at(1)),
    ("a1, a2", "not_number", at(1)),
    ("print([1, 2])", "not_number", {"got": "print"}),
    ("[1, 2", "not_number", at(1)),
    ("[1, 2)", "not_number", {}),
    ("[" * 50 + "1" + "]" * 50, "not_number", {}),
    ("1" * 101, "not_number", at(1)),
    ("1.5," + "." * 20_000 + ",1.5", "not_number", at(1, 2)),
    ("50%, 0.5", "units", {"unit": "%", **at(1, 2)}),
    ("$1\n€2", "units", {"unit": "$", **at(2, 1, 2)}),
    ("(1.5)", "parentheses", at(1)),
    ("(1.5)\n2.5", "parentheses", at(1)),
    (f"1\n1{ZERO_WIDTH}2", "hidden", {"got": "12", "row": 2}),
    ("1, nan", "not_finite", {"got": "nan", **at(1, 2)}),
    ("NaN\n1\n2", "not_finite", {"got": "NaN", **at(1)}),
    ("1 -inf", "not_finite", at(1, 2)),
    ("∞", "not_finite", at(1)),
    ("[1.0, Infinity]", "not_finite", at(1, 2)),
    ("1 1e308", "too_large", {"got": "1e308", **at(1, 2)}),
    ("1e999", "too_large", at(1)),
    ("1e12, 1000000000001", "too_large", {"limit": "1,000,000,000,000", **at(1, 2)}),
    (",".join(["1"] * 257), "too_many", {"count": "257", "most": 256}),
    ("\n".join(["1.5"] * 10_000), "too_many", {"count": "10,000"}),
    ("[" + "1," * 6_000 + "1]", "too_many", {"count": "6,001", "most": 256}),
    ("PK\0\0", "not_text", {}),
    ("1 \ufffd 2", "not_text", {}),
    ("1 " * MOST, "too_big", {"most": "64\u00a0kB"}),
]
OFFERED = [
    ("1,5\n2,7", [(1.5, 2.7)]),
    ("1,5; 2,7", [(1.5, 2.7)]),
    ("1,5;2,7;3,25", [(1.5, 2.7, 3.25)]),
    ("1,5 2,7 3,25", [(1.5, 2.7, 3.25)]),
    ("1,5\t2,7", [(1.5, 2.7)]),
    ("width\n1,5\n2,7", [(1.5, 2.7)]),
    ("1,5\n2\n3,25", [(1.5, 2, 3.25)]),
    ('"1,5","2,7"', [(1.5, 2.7)]),
    ("-1,5 kg; 2,7 kg", [(-1.5, 2.7)]),
    ("12,5%; 7,25%", [(12.5, 7.25)]),
    ("id;score\n1;1,5\n2;2,5\n3;3,5", [(1.5, 2.5, 3.5)]),
    # or two columns, of which the first counts
    ("1,5\n2,7\n3,25", [(1.5, 2.7, 3.25), (5, 7, 25)]),
    ("1,87\n2,92\n3,78", [(1.87, 2.92, 3.78), (87, 92, 78)]),
]


def refusal(written: str) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        parse(written, Z)
    return caught.value


@pytest.mark.parametrize(
    ("written", "code", "fields"), BAD, ids=[f"{code}:{written[:30]!r}" for written, code, _ in BAD]
)
def test_what_cannot_be_a_batch_is_refused(written: str, code: str, fields: dict) -> None:
    error = refusal(written)
    assert error.code == code
    said = {name: str(value).strip("`") for name, value in error.fields.items()}
    assert {name: str(value) for name, value in fields.items()}.items() <= said.items()
    assert not error.offers  # where two readings are as likely, or none is


@pytest.mark.parametrize(("written", "offers"), OFFERED)
def test_a_decimal_comma_is_offered_and_never_used(written: str, offers: list) -> None:
    error = refusal(written)
    assert error.code == "decimal_comma"
    assert [offer.numbers for offer in error.offers] == offers
    assert all(offer.index for offer in error.offers[1:])


def test_every_refusal_has_one_sentence_in_each_language() -> None:
    errors = {"file_too_big": {"size": "50 MB", "most": "2"}}
    for written, code, _ in BAD:
        errors[code] = refusal(written).fields
    pieces = {
        *("choose", "drop", "numbers", "number", "header", "index", "unit", "looked", "asked"),
        *("taken", "offer", "offer_index", "at_place", "at_cell"),
    }
    for language in languages():
        words = tomllib.loads(
            (text.LOCALES / language / "mini_batch" / "labels.toml").read_text("utf-8")
        )["intake"]
        assert set(errors) == set(words) - pieces
        for code, fields in errors.items():
            placed = {"row", "column", "place"} <= set(fields)
            named = {"where"} if placed else set()
            assert set(text.PLACEHOLDER.findall(words[code])) <= set(fields) | named, code


# --- what others print ---

finite = some.floats(-1e12, 1e12)
lists = some.lists(finite, min_size=1, max_size=256)


def series(numbers: list[float]) -> str:
    with pd.option_context("display.float_format", lambda each: repr(float(each))):
        return pd.Series(numbers, name="x").to_string(dtype=True, name=True)


def array(numbers: list[float]) -> str:
    with np.printoptions(floatmode="unique", threshold=1000):
        return str(np.array(numbers))


def column(numbers: list[float]) -> str:
    with np.printoptions(floatmode="unique", threshold=1000):
        return repr(np.array(numbers)[:, None])


def tensor(numbers: list[float]) -> str:
    lines = [", ".join(map(repr, numbers[k : k + 5])) for k in range(0, len(numbers), 5)]
    return f"tensor([{',{}'.format(chr(10) + ' ' * 8).join(lines)}], dtype=torch.float64)"


def r(numbers: list[float]) -> str:
    width = len(f"[{len(numbers)}]")
    return "\n".join(
        f"[{k + 1}]".rjust(width) + "".join(f" {x!r:>24}" for x in numbers[k : k + 3])
        for k in range(0, len(numbers), 3)
    )


PRINTS: list[Callable[[list[float]], str]] = [repr, array, column, tensor, r, series]


@pytest.mark.parametrize("printed", PRINTS, ids=lambda function: function.__name__)
@given(numbers=lists)
def test_what_others_print_can_be_pasted(printed: Callable, numbers: list[float]) -> None:
    assert list(parse(printed(numbers), Z).numbers) == numbers


@given(lists.map(tuple))
def test_what_a_link_carries_can_be_pasted(numbers: tuple[float, ...]) -> None:
    assert parse(", ".join(Z.write(numbers).split(",")), Z).numbers == numbers


@given(lists, some.sampled_from(["", "x\n", "키\r\n", '"x"\n', "\ufeff"]))
def test_a_column_of_a_csv_can_be_pasted(numbers: list[float], name: str) -> None:
    assert list(parse(name + "\n".join(map(repr, numbers)), Z).numbers) == numbers


SIGNS = some.text("0123456789.,,;-+ \t\n[]()'\"%$e=|x\u00a0\u200b", max_size=60)


@given(some.text(max_size=60) | SIGNS)
def test_any_text_gives_numbers_or_a_sentence(written: str) -> None:
    with contextlib.suppress(IntakeError):
        reading = parse(written, Z)
        assert reading.numbers and all(abs(number) <= Z.limit for number in reading.numbers)


# --- the work grows with the length and no faster ---

WORST = {
    "points": "1.5," + "." * MOST + ",1.5",
    "digits": "1" * MOST,
    "a digit and commas": "1," * MOST,
    "lines": "1\n" * MOST,
    "tabs": "1\t" * MOST,
    "spaces": " " * MOST + "1",
    "blank lines": "1\n\n" * MOST,
    "quotes": "'a " * MOST,
    "both quotes": "\"'" * MOST,
    "open brackets": "[" * MOST,
    "brackets": "[1]\n" * MOST,
    "rows in brackets": "[" + "[1 2]" * MOST,
    "semicolons in brackets": "[" + "1;" * MOST + "]",
    "invisible": "1\u200b " * MOST,
    "narrow spaces": "1\u00a0" * MOST,
    "thousands": "1,000 " * MOST,
    "decimal commas": "1,5\n" * MOST,
    "units": "1 kg\n" * MOST,
    "R": "[1] 1\n" * MOST,
    "signs": "+-" * MOST,
    "options": "tensor([" + "a=" * MOST,
    "sheet": '="' * MOST,
}


def steps(written: str) -> int:
    """How many lines of the reader are run for a text."""
    count = 0

    def trace(frame, event: str, _argument):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with contextlib.suppress(IntakeError):
            parse(written, Z)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", WORST)
def test_a_text_twice_as_long_takes_about_twice_the_steps(name: str) -> None:
    assert steps(WORST[name][:4000]) <= 3 * steps(WORST[name][:2000]) + 1000


@pytest.mark.parametrize("name", WORST)
def test_the_longest_text_freezes_nobody(name: str) -> None:
    """Patterns run in C, where steps cannot be counted; 20 kB once took 12 s, and 60 kB 84 s."""
    start = time.process_time()
    with contextlib.suppress(IntakeError):
        parse(WORST[name][: MOST - 1] + WORST[name][-1], Z)
    assert time.process_time() - start < 5
