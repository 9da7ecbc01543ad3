"""Numbers for people."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ui.numbers import latex, number


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "−1.5"),
        (100.0, "100"),
        (0.00001, "1×10⁻⁵"),
        (-123456.0, "−123456"),
        (12345678.0, "1.235×10⁷"),
        (9.9999, "10"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
    ],
)
def test_written_for_people(value: float, written: str) -> None:
    assert number(value) == written


@given(some.floats(-1e12, 1e12).filter(lambda value: abs(value) > 1e-12))
def test_four_digits_are_kept(value: float) -> None:
    table = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    back = float(number(value).translate(table).replace("×10", "e"))
    assert math.isclose(back, value, rel_tol=5.1e-4)


def test_a_formula_takes_the_same_number() -> None:
    assert latex(-2e-5) == r"-2\times10^{-5}"
    assert latex(math.inf) == r"\infty"
