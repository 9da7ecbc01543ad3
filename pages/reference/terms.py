"""The glossary: every term with a sentence, and how lecture, paper and libraries write it."""

from __future__ import annotations

import html
import tomllib
from functools import cache

from pages.reference import LESSON, common
from ui import terms
from ui.files import ASSETS
from ui.scenes import Moment
from ui.text import language, languages, mode, name_of, read_as, t

STAYS = True  # a field to search in
SYSTEMS = ("lecture", "paper", "lab", "pytorch", "keras", "flax", "mlx")
EXAMPLES, UNITS = 5, 3  # of the batch that is drawn both ways: reference.css
ROOM = {"class": 0, "embed": 0}  # besides the one that is marked
OPENED = 4  # so many that were found stand open


@cache
def notation() -> dict[str, dict[str, str]]:
    """By term, how it is written where; `symbol` is its short name here."""
    return tomllib.loads((ASSETS / "reference" / "notation.toml").read_text("utf-8"))


def picture(now: Moment) -> None:
    """One term, marked; below it all others, each to be opened; beside it which way Ng writes."""
    asked, names = ("", list(terms.every())) if now.whole else common.search("terms", entries())
    first = LESSON.value("term") if not asked else next(iter(names), None)
    others, more = common.shown([name for name in names if name != first], ROOM)
    opened = others if now.whole else others[: OPENED - 1] if asked else []
    chosen = _entry(first, opened=True, marked=True) if first in names else ""
    listed = "".join(_entry(name, opened=name in opened) for name in others)
    below = common.window(listed, t(f"{LESSON}.lists.terms")) if listed else ""
    top = f'<div class="top">{chosen}{_transposed()}</div>'
    common.show(f'<div class="glossary">{top}{below}{more}</div>')


def entries() -> dict[str, list[str]]:
    """In what a term is found: its name, its symbols, its words and its sentence."""
    return {
        term: [
            *common.in_both(f"{terms.NAMES}.{term}"),
            *notation().get(term, {}).values(),
            *(
                w
                for each in common.in_both(f"{terms.ENTRIES}.{term}.match")
                for w in each.split(", ")
            ),
            *common.in_both(f"{terms.ENTRIES}.{term}.say"),
        ]
        for term in terms.every()
    }


def _entry(term: str, *, opened: bool, marked: bool = False) -> str:
    """Its name here and in the other languages; when opened its sentence and its notation."""
    others = "".join(
        f'<i lang="{code}" aria-hidden="true">{html.escape(name)}</i>'  # said below
        for code, name in _elsewhere(term)
    )
    said = f"<p>{html.escape(t(f'{terms.ENTRIES}.{term}.say'))}</p>"
    link = f'<a class="self" href="{terms.address(term)}">{html.escape(t(f"{LESSON}.link"))}</a>'
    looks = f' class="{"marked" if marked else ""}" aria-current="{str(marked).lower()}"'
    return (
        f'<details id="term-{term}"{looks if marked else ""}{" open" if opened else ""}>'
        f"<summary><b>{html.escape(terms.name(term))}</b>{others}</summary>"
        f"{said}{_notation(term)}{link}</details>"
    )


def _elsewhere(term: str) -> list[tuple[str, str]]:
    found = []
    for code in languages():
        if code != language():
            with read_as(code, mode()):
                found.append((code, terms.name(term)))
    return [each for each in found if each[1] != terms.name(term)]


def _notation(term: str) -> str:
    """What it is called in each system, side by side; nothing for a term that has no names."""
    written = notation().get(term, {})
    cells = "".join(
        f"<div><dt>{html.escape(t(f'{LESSON}.systems.{system}'))}</dt>"
        f"<dd><code>{_raised(written[system])}</code></dd></div>"
        for system in SYSTEMS
        if system in written
    )
    names = "".join(
        f'<div class="told"><dt lang="{code}">{html.escape(name_of(code))}</dt>'
        f'<dd lang="{code}">{html.escape(name)}</dd></div>'
        for code, name in _elsewhere(term)
    )
    return f'<dl class="notation">{cells}{names}</dl>' if cells or names else ""


def _raised(symbol: str) -> str:
    """z^(i) with its upper index above."""
    said, comma, shape = html.escape(symbol).partition(", ")
    base, upper, index = said.partition("^")
    return (f"{base}<sup>{index}</sup>" if upper else base) + comma + shape


def _transposed() -> str:
    """The same batch as the lecture writes it, one column for an example, and as code does."""
    grids = "".join(
        f'<div class="{way}"><span>{"<u></u>" * EXAMPLES * UNITS}</span>'
        f"<b>{html.escape(t(f'{LESSON}.transpose.{way}'))}</b></div>"
        for way in ("columns", "rows")
    )
    said = html.escape(t(f"{LESSON}.transpose.alt", m=EXAMPLES, n=UNITS))
    return f'<div class="transpose" role="img" aria-label="{said}">{grids}</div>'
