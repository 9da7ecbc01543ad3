"""How numbers are written for people: the same everywhere, in tables, sentences and formulas."""

from __future__ import annotations

import math
from collections.abc import Iterable


def number(value: float, digits: int = 4) -> str:
    """A number with `digits` significant digits, a true minus sign, and no trailing zeros.

    >>> number(0.00001), number(-1.5), number(123456.0)
    ('1×10⁻⁵', '−1.5', '123456')
    """
    if not math.isfinite(value):
        return {True: "NaN"}.get(math.isnan(value), "∞" if value > 0 else "−∞")
    mantissa, power = _split(value, digits)
    if power is None:
        return mantissa.replace("-", "−")
    raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}×10{raised}".replace("-", "−")


def percent(share: float, digits: int = 1) -> str:
    """A share in percent, as Plotly writes it on an axis.

    >>> percent(0.914), percent(0.9, 0)
    ('91.4%', '90%')
    """
    return f"{100 * share:.{digits}f}%"


def latex(value: float, digits: int = 4) -> str:
    """The same number for a formula; negative ones in parentheses when `value` < 0.

    >>> latex(-0.00002)
    '-2\\\\times10^{-5}'
    """
    if not math.isfinite(value):
        return r"\mathrm{NaN}" if math.isnan(value) else (r"\infty" if value > 0 else r"-\infty")
    mantissa, power = _split(value, digits)
    return mantissa if power is None else rf"{mantissa}\times10^{{{power}}}"


def short(x: float) -> str:
    return number(x, 3)


def unbroken(text: str) -> str:
    """For a narrow cell: no line ends inside it."""
    return text.replace(" ", "\u00a0").replace("–", "\u2060–\u2060")


def from_to(values: Iterable[float], digits: int = 2) -> str:
    """The range of some numbers: 1.8–3.4."""
    low, high = min(values := list(values)), max(values)
    return f"{low:.{digits}g}–{high:.{digits}g}"


def _split(value: float, digits: int) -> tuple[str, int | None]:
    """Mantissa and power of ten; no power where plain decimals read better (1e-3 to 1e6)."""
    value += 0.0  # no minus sign before zero
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        decimals = digits - 1 - math.floor(math.log10(abs(value))) if value else 0
        plain = f"{value:.{max(decimals, 0)}f}"
        return (plain.rstrip("0").rstrip(".") if "." in plain else plain), None
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa), int(power)
