"""The one gate for what comes from outside: links, pasted text, files, what a browser sends.

Whatever a stranger wrote is bounded before it is read, read by the readers here, and passes `said`
before it is said. A reader takes anything at all and gives what it was made for, or Unreadable.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Reader = Callable[[object], T]

#: characters of the longest number that is read; the longest that is written has 25
LONGEST = 64
# No part of these patterns can match the same text in two ways: they take linear time.
NUMERAL = r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"  # with re.ASCII
REAL = re.compile(rf"[+-]?{NUMERAL}", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
EXACT = 2**53  # whole numbers of a browser are exact below this
#: what programs hang on a link to see where its readers came from
TRACKING = re.compile(
    "utm_.*|_ga|_gl|_hsenc|_hsmi|dclid|fbclid|gad_campaignid|gad_source|gbraid|gclid|gclsrc|igsh"
    "|igshid|li_fat_id|mc_cid|mc_eid|mkt_tok|msclkid|ref|ref_src|s_cid|si|srsltid|ttclid|twclid"
    "|vero_id|wbraid|yclid",
    re.IGNORECASE | re.DOTALL,
)
STREAMLITS = ("embed", "embed_options")  # it shows the app as a part of another page


class Unreadable(ValueError):
    """Something from outside that is not what it should be."""


# --- numbers ---


def real(text: str) -> float:
    """A finite number in plain ASCII: links, and the numbers in a text, are read by this alone.

    Python's own `float` also takes `1_0`, `١٢`, `１２`, `nan` and blanks around.

    >>> real("-1.5e3"), real(".5"), real("2.")
    (-1500.0, 0.5, 2.0)
    """
    if len(text) > LONGEST or not REAL.fullmatch(text):
        raise Unreadable
    if not math.isfinite(number := float(text)):  # 1e400
        raise Unreadable
    return number


def whole(text: str) -> int:
    """A whole number of at most 15 digits in plain ASCII.

    >>> whole("-12")
    -12
    """
    if not WHOLE.fullmatch(text):
        raise Unreadable
    return int(text)


# --- what is said ---


def said(value: object, most: int = 24) -> str:
    """The beginning of a foreign value, so that Markdown shows it as it stands.

    Letters, digits and the spaces between them stay as they are. All else goes into a code span,
    the one place where Streamlit's Markdown makes nothing of it: links, icons and emoji are also
    made of text whose signs are escaped. What cannot be seen, or turns the text around it, is shown
    by a stand-in.

    >>> said("1,5"), said("[a](b)"), said("x" * 30, most=3), said("a\\nb")
    ('1,5', '`[a](b)`', 'xxx…', '`a␊b`')
    """
    word = value if isinstance(value, str) else str(value)
    cut = "…" if len(word) > most else ""
    word = "".join(map(_visible, word[:most])) + cut
    if _harmless(word):
        return word
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", word)), default=0))
    pad = " " if word[0] in "` " or word[-1] in "` " else ""  # Markdown takes one off each end
    return f"{fence}{pad}{word}{pad}{fence}"


def _harmless(word: str) -> bool:
    if REAL.fullmatch(word):
        return True
    spaced = word == word.strip() and "  " not in word
    return spaced and all(sign.isalnum() or sign in ", …" for sign in word)


def _visible(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Cc" and sign < "\x20":
        return chr(0x2400 + ord(sign))
    if kind[0] == "C" or kind in ("Zl", "Zp"):
        return "\N{REPLACEMENT CHARACTER}"
    return sign


def tracking(name: str) -> bool:
    """Whether a name in a link means nothing to us and is no mistake of anybody's.

    >>> tracking("utm_source"), tracking("embed"), tracking("seed")
    (True, True, False)
    """
    return bool(TRACKING.fullmatch(name)) or name.lower() in STREAMLITS


# --- what a browser sends: readers of JSON ---


def word(most: int = LONGEST) -> Reader[str]:
    """Text of at most so many characters."""

    def read(sent: object) -> str:
        if not isinstance(sent, str) or len(sent) > most:
            raise Unreadable
        return sent

    return read


def count(sent: object) -> int:
    """A whole number from 0, exact in a browser."""
    if type(sent) is not int or not 0 <= sent < EXACT:  # True is no number here
        raise Unreadable
    return sent


def finite(sent: object) -> float:
    """A number that is one: no NaN, no infinity, and none that only Python can hold."""
    if type(sent) is int:
        count(abs(sent))
    elif type(sent) is not float or not math.isfinite(sent):
        raise Unreadable
    return float(sent)


def plain(sent: object) -> str:
    """A value as a link writes it, sent as text or as a number."""
    if type(sent) is int:
        count(abs(sent))
        return str(sent)
    if type(sent) is float and math.isfinite(sent):
        return str(sent)
    return word()(sent)


def maybe(reader: Reader[T]) -> Reader[T | None]:
    """Nothing, or what the reader reads."""
    return lambda sent: None if sent is None else reader(sent)


def several(reader: Reader[T], most: int = 100) -> Reader[list[T]]:
    """A list."""

    def read(sent: object) -> list[T]:
        if not isinstance(sent, list) or len(sent) > most:
            raise Unreadable
        return [reader(one) for one in sent]

    return read


def named(reader: Reader[T], most: int = 100) -> Reader[dict[str, T]]:
    """A dict of any names with values of one kind."""
    name_of = word()

    def read(sent: object) -> dict[str, T]:
        if not isinstance(sent, dict) or len(sent) > most:
            raise Unreadable
        return {name_of(name): reader(one) for name, one in sent.items()}

    return read


def shape(**fields: Reader[Any]) -> Reader[dict[str, Any]]:
    """A dict that has these fields; what else it has is left out, what it lacks counts as None."""

    def read(sent: object) -> dict[str, Any]:
        if not isinstance(sent, dict):
            raise Unreadable
        return {name: reader(sent.get(name)) for name, reader in fields.items()}

    return read
