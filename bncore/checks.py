"""What the public functions ask of their arguments, each rule once.

Training does not come through here: it calls the kernels, which check nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import cache
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from bncore.errors import InputError


def number(value: Any) -> float:
    """`value` as a float; NaN for whatever is not a real number (bools and text included)."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # an integer beyond the range of floats
        return math.inf


def floats(value: Any, field: str) -> np.ndarray:
    """`value` as a float array in native byte order; may share memory with `value`.

    float32 and float64 stay, float16 widens to float32, integers and bools become float64.
    """
    if type(value) is np.ndarray and value.dtype.char in "fd" and value.dtype.isnative:
        return value  # as it mostly is
    try:
        array = np.asarray(value)
    except ValueError:  # rows of unequal length
        raise InputError("shape", _seen(field, "rows of equal length", "ragged rows")) from None
    except Exception:  # whatever an object answers that cannot become an array
        got = type(value).__name__
        raise InputError("not_numeric", _seen(field, "real numbers", got)) from None
    if array.dtype.kind not in "fiub":
        raise InputError("not_numeric", _seen(field, "real numbers", str(array.dtype)))
    if np.ma.is_masked(value):  # what stands behind the mask must not be taken for data
        raise InputError("not_numeric", _seen(field, "real numbers", "masked"))
    if array.dtype.kind == "f":
        return array.astype(np.result_type(array.dtype, np.float32), copy=False)
    return array.astype(np.float64)


def batch(value: Any, units: int | None = None, field: str = "z") -> np.ndarray:
    """A batch (..., m, n), m and n at least 1, finite, and small enough to be squared.

    `units` is the n that it must have, if there is one.
    """
    z = floats(value, field)
    if z.size == 0:
        raise InputError("empty_batch", _seen(field, "at least one example", z.shape))
    if z.ndim < 2:
        raise InputError("shape", _seen(field, "(..., m, n)", z.shape))
    if units not in (None, z.shape[-1]):
        raise InputError("shape", _seen(field, (*z.shape[:-1], units), z.shape))
    if not sums_squares(z):
        finite(z, field)
        peak, limit = float(np.abs(z).max()), _ranges(z.dtype).square
        if peak > limit:
            raise InputError("overflow", _seen(field, f"at most {limit:.3g}", peak))
    return z


def like(value: Any, field: str, example: np.ndarray) -> np.ndarray:
    """Finite numbers of the shape and dtype of `example`."""
    return _cast(floats(value, field), field, (example.shape,), example.dtype)


def per_unit(value: Any, field: str, z: np.ndarray, dtype: np.dtype | None = None) -> np.ndarray:
    """One number per unit of `z`, (n,) or (..., n), as a copy in z's dtype or another."""
    *lead, _, n = z.shape
    return _cast(floats(value, field), field, ((n,), (*lead, n)), dtype or z.dtype).copy()


def variance(value: Any, field: str, z: np.ndarray, dtype: np.dtype | None = None) -> np.ndarray:
    """One variance per unit of `z`, likewise."""
    var = per_unit(value, field, z, dtype)
    if var.min() < 0:
        raise InputError("variance", _seen(field, ">= 0", float(var.min())))
    return var


def epsilon(value: Any, dtype: np.dtype) -> float:
    """eps, finite and > 0. One that vanishes in `dtype` counts as the smallest normal number."""
    eps = value if type(value) is float else number(value)
    ranges = _ranges(dtype)
    if not 0 < eps <= ranges.most:
        raise InputError("eps", _seen("eps", f"0 < eps <= {ranges.most:.3g}", value))
    return max(eps, ranges.least)


class Ranges(NamedTuple):
    """Of the numbers of a dtype."""

    least: float  # the smallest that is normal
    most: float
    square: float  # the largest whose square is still one


@cache
def _ranges(dtype: np.dtype) -> Ranges:
    info = np.finfo(dtype)
    return Ranges(float(info.smallest_normal), float(info.max), float(np.sqrt(info.max)))


def weight(value: Any, field: str = "momentum") -> float:
    """A weight between 0 and 1."""
    share = value if type(value) is float else number(value)
    if not 0 <= share <= 1:
        raise InputError("momentum", _seen(field, f"0 <= {field} <= 1", value))
    return share


def one_of(value: Any, field: str, known: Collection[str]) -> None:
    """One of the names that are known."""
    if not isinstance(value, str) or value not in known:
        raise InputError("config", _seen(field, tuple(known), value))


def float_dtype(dtype: DTypeLike) -> np.dtype:
    """float32 or float64, in native byte order."""
    try:
        found = np.dtype(dtype).newbyteorder("=")
    except TypeError:
        found = np.dtype(object)
    if found not in (np.float32, np.float64):
        raise InputError("not_numeric", _seen("dtype", "float32 or float64", str(dtype)))
    return found


def sizes(value: Any, field: str = "sizes") -> tuple[int, ...]:
    """(inputs, hidden units ..., outputs): at least two whole numbers, at least 1 each."""
    found = tuple(number(each) for each in value) if np.iterable(value) else ()
    if len(found) < 2 or not all(each >= 1 and each.is_integer() for each in found):
        raise InputError("config", _seen(field, "two or more whole numbers >= 1", value))
    return tuple(int(each) for each in found)


def whole(value: Any, field: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    found = number(value)
    if not (least <= found <= most and found.is_integer()):
        raise InputError("config", _seen(field, (least, most), value))
    return int(found)


def real(value: Any, field: str, least: float, most: float) -> float:
    """A number from `least` to `most`."""
    found = number(value)
    if not least <= found <= most:
        raise InputError("config", _seen(field, (least, most), value))
    return found


def width(array: np.ndarray, field: str, n: int) -> None:
    """Rows (..., m, n) of n numbers each; what they are is not looked at."""
    if array.ndim < 2 or array.shape[-1] != n:
        lead = array.shape[:-1] if array.ndim > 1 else ("m",)
        raise InputError("shape", _seen(field, (*lead, n), array.shape))


def examples(value: Any, field: str, dtype: np.dtype) -> np.ndarray:
    """A batch (m, n) in a dtype; may share memory with `value`."""
    x = batch(value, field=field)
    if x.ndim != 2:
        raise InputError("shape", _seen(field, "(m, n)", x.shape))
    if x.dtype != dtype:
        x = batch(_cast(x, field, (x.shape,), dtype), field=field)
    return x


def labels(value: Any, field: str, m: int, most: int) -> np.ndarray:
    """m class numbers, whole ones from 0 to `most`, as int64."""
    y = floats(value, field)
    shape(y, field, (m,))
    finite(y, field)
    bad = (y < 0) | (y > most) | (y != np.floor(y))
    if bad.any():
        at = int(np.argmax(bad))
        expected = f"class numbers, 0 to {most}"
        raise InputError("config", _seen(field, expected, float(y[at])) | {"at": at})
    return y.astype(np.int64)


def count(values: Any, field: str, expected: int) -> None:
    """A sequence of so many, one for each layer."""
    if not hasattr(values, "__len__") or len(values) != expected:
        got = len(values) if hasattr(values, "__len__") else type(values).__name__
        raise InputError("shape", _seen(field, f"one for each of {expected} layers", got))


def shape(array: np.ndarray, field: str, expected: tuple[int, ...]) -> None:
    """An array of exactly this shape."""
    if array.shape != expected:
        raise InputError("shape", _seen(field, expected, array.shape))


def of_units(value: Any, field: str, n: int, lead: tuple[int, ...]) -> np.ndarray:
    """Finite statistics of n units, (n,) or with axes that meet `lead`; "var" at least 0.

    May share memory with `value`, and keeps its dtype.
    """
    array = floats(value, field)
    try:
        meets = array.ndim > 0 and np.broadcast_shapes(array.shape[:-1], lead) == lead
    except ValueError:
        meets = False
    if not meets or array.shape[-1] != n:
        raise InputError("shape", _seen(field, (*lead, n), array.shape))
    finite(array, field)
    if field == "var" and (array < 0).any():
        raise InputError("variance", _seen(field, ">= 0", float(array.min())))
    return array


def finite(array: np.ndarray, field: str) -> None:
    """Refuse NaN and infinity in what was given."""
    if sums_squares(array):
        return
    bad = ~np.isfinite(array)
    if bad.any():
        at = tuple(int(i) for i in np.argwhere(bad)[0])
        raise InputError("non_finite", _seen(field, "finite", float(array[at])) | {"at": at})


def sums_squares(array: np.ndarray) -> bool:
    """Whether the squares have a finite sum, which no NaN, infinity or large number leaves.

    The cheapest look at all numbers at once, one pass through BLAS. Where it says no, all may
    still be well: look closer.
    """
    return math.isfinite(np.vdot(array, array))


def results(**arrays: np.ndarray) -> None:
    """Refuse to return what has left the range of its dtype on the way."""
    for field, array in arrays.items():
        if not (sums_squares(array) or np.isfinite(array).all()):
            raise InputError("overflow", _seen(field, f"within {array.dtype}", "overflow"))


def _cast(
    array: np.ndarray, field: str, shapes: tuple[tuple[int, ...], ...], dtype: np.dtype
) -> np.ndarray:
    if array.shape not in shapes:
        raise InputError("shape", _seen(field, shapes[0], array.shape))
    finite(array, field)
    if array.dtype == dtype:
        return array
    with np.errstate(over="ignore"):  # refused in the next line
        cast = array.astype(dtype)
    results(**{field: cast})
    return cast


def _seen(field: str, expected: Any, got: Any) -> dict[str, Any]:
    return {"field": field, "expected": expected, "got": got}
