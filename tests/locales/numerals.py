"""Which figures stand typed in the words, where they might be measured or set elsewhere."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "assets" / "locales"
ALLOWED = Path(__file__).with_name("numerals.toml")

# What is no prose: placeholders, formulas, code, addresses, names with a digit in them.
NOT_PROSE = re.compile(
    r"\[\[\w+\]\]|\$\$.*?\$\$|\$[^$\n]+\$|`[^`]*`|\((?:https?|/)[^)]*\)|https?://\S+"
    r"|\b[A-Za-z_]+\d\w*|\[arXiv [\d.]+\]|[₀-₉⁰-⁹¹²³]+",
    re.DOTALL,
)
NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
ROOM = 60  # letters on each side that a pattern may look at


@dataclass(frozen=True)
class Numeral:
    """One figure: the label or passage it stands in, and what stands around it."""

    language: str
    key: str  # "noise.spread.say", or "noise/law" for a passage
    text: str
    around: str
    at: int  # in `around`
    end: int


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Every label and passage of a language, by key."""
    folder = LOCALES / language
    for file in sorted(folder.rglob("*.md")):
        yield file.relative_to(folder).with_suffix("").as_posix(), file.read_text("utf-8")
    for file in sorted(folder.rglob("*.toml")):
        part = "ui" if file.parent == folder else file.parent.name
        yield from _labels(part, tomllib.loads(file.read_text("utf-8")))


def _labels(key: str, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, node in table.items():
        if isinstance(node, dict):
            yield from _labels(f"{key}.{name}", node)
        else:
            yield f"{key}.{name}", node


def typed(language: str) -> Iterator[Numeral]:
    """Every figure in the prose of a language."""
    for key, text in texts(language):
        if key.split(".")[-1].isdigit() and text.strip() == key.split(".")[-1]:
            continue  # an option that is a number is its own name
        if key.startswith(("network.formulas", "inside.formulas", "mini_batch.broken.formula")):
            continue  # formulas throughout
        prose = NOT_PROSE.sub(lambda found: "\u2007" * len(found[0]), text)
        for found in NUMERAL.finditer(prose):
            low, high = max(found.start() - ROOM, 0), found.end() + ROOM
            at = found.start() - low
            yield Numeral(language, key, found[0], text[low:high], at, at + len(found[0]))


def allowed() -> dict[str, Any]:
    """The list of those that may: `patterns` and `keys`."""
    return tomllib.loads(ALLOWED.read_text("utf-8"))


def reason(numeral: Numeral, lists: dict[str, Any]) -> str:
    """Which entry lets it stand; empty if none does."""
    for entry in lists["patterns"]:
        for found in re.finditer(entry["pattern"], numeral.around):
            if found.start() <= numeral.at and numeral.end <= found.end():
                return entry["pattern"]
    for pattern in lists["keys"]:
        if fnmatchcase(numeral.key, pattern):
            return pattern
    return ""
