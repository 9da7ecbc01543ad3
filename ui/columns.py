"""From a sheet to the one column that is the batch, decided per column and per cell.

What can be read in two ways is refused by name and place; where one reading is likely, it is
offered, and the user decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from ui.outside import NUMERAL, said
from ui.pasted import (
    DIGITS,
    LONGEST,
    MOST_CELLS,
    Cell,
    IntakeError,
    Row,
    Sheet,
    is_padded,
    run,
    run_of,
)
from ui.state import Numbers

NUMBER = re.compile(NUMERAL, re.ASCII)
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(['\s]\d{3})+(\.\d*)?|[+-]?\d{1,3}(\.\d{3}){2,}", re.ASCII)
MISSING = {"", "-", "--", ".", "?", "na", "n/a", "#n/a", "<na>", "nat", "null", "none", "nil"}
CUT = {"...", ".."}  # where a print leaves numbers out
BULLETS = set("•·*‣▪◦●○■□➤✓-+")
#: letters that may stand before a number: currencies
CURRENCIES = {"US$", "A$", "C$", "R$", "NT$", "HK$", "USD", "EUR", "KRW", "JPY", "GBP", "CHF", "RS"}
#: what after a number is no unit but changes it: thousands and more, i, the rest of an exponent
FACTORS = {*"kKMGTBijeExX", "bn", "mn", "Mio", "Mrd"}
KOREAN_FACTORS = ("천", "만", "억", "조")
UNIT_SIGNS = set("%‰°′″\"'/²³")
#: above a column that counts
INDEX_NAMES = {
    "",
    "index",
    "idx",
    "id",
    "no",
    "no.",
    "#",
    "nr",
    "nr.",
    "row",
    "i",
    "n",
    "번호",
    "순번",
}


@dataclass(frozen=True)
class Reading:
    """The numbers of a text, and what else it held.

    header: the name that stood above them. index: the column that was left out because it only
    counts or names the rows. unit: what stood before or after every number.
    """

    numbers: tuple[float, ...]
    header: str | None = None
    index: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Column:
    """The cells of the batch, and what was left out."""

    cells: list[Cell]
    header: str | None = None
    index: str | None = None
    bullet: str | None = None  # one that could be a sign


def read(sheet: Sheet, control: Numbers) -> Reading:
    """Raises IntakeError."""
    rows, header = _without_blank_rows(*_header(_trimmed(sheet.rows)))
    if not any(cell.text for row in rows for cell in row.cells):
        raise IntakeError("empty")
    if (count := sum(row.parts for row in rows)) > MOST_CELLS:
        raise IntakeError("too_many", count=f"{count:,}", most=control.most)
    if sheet.series:
        return _numbers(_series(rows, sheet.name), control)
    rows, bullet = _without_bullets(rows)

    def finish(rows: list[Row]) -> Reading:
        column = _one_column(_with_units(rows), header)
        return _numbers(replace(column, bullet=bullet), control)

    return finish(_split(rows)) if sheet.settled else _settled(rows, header, finish)


def _trimmed(rows: list[Row]) -> list[Row]:
    full = [place for place, row in enumerate(rows) if row.cells]
    return rows[full[0] : full[-1] + 1] if full else []


def _header(rows: list[Row]) -> tuple[list[Row], Row | None]:
    """A first line of names above lines with numbers."""
    names = rows[0].cells if rows else []
    numbers = any(_like_a_number(cell.text) for row in rows[1:] for cell in row.cells)
    known = any(cell.text.lower() not in MISSING for cell in names)
    if numbers and known and all(_is_name(cell.text) for cell in names):
        return _trimmed(rows[1:]), rows[0]
    return rows, None


def _is_name(text: str) -> bool:
    """Whether a cell can name a column: "x1", "(cm)", "#", but no number with a mistake in it."""
    if len(text) <= LONGEST and NOT_FINITE.fullmatch(text):
        return False
    first = next((sign for sign in text if sign.isalnum()), None)
    return text in ("", "#", "%") if first is None else first.isalpha()


def _without_blank_rows(rows: list[Row], header: Row | None) -> tuple[list[Row], Row | None]:
    """Blank lines after every line are spacing; one among others is an empty cell."""
    gaps, gap = [], 0
    for row in rows[1:]:
        if row.cells:
            gaps.append(gap)
        gap = 0 if row.cells else gap + 1
    if len(set(gaps)) > 1 or (len(gaps) == 1 and gaps != [0]):  # of two numbers, who can say
        blank = next(row for row in rows if not row.cells)
        place = sum(len(row.cells) for row in rows if row.number < blank.number) + 1
        raise Cell("", blank.number, 1).refused("missing", place=place)
    return [row for row in rows if row.cells], header


def _without_bullets(rows: list[Row]) -> tuple[list[Row], str | None]:
    """The rows without the bullet that begins each; it is returned where it could be a sign."""
    (bullet, *others) = {row.cells[0].text for row in rows}
    if others or bullet not in BULLETS or any(len(row.cells) == 1 for row in rows):
        return rows, None
    signed = bullet in "+-"
    if signed and len(rows) == 1:
        return rows, None
    return [replace(row, cells=row.cells[1:]) for row in rows], bullet if signed else None


def _with_units(rows: list[Row]) -> list[Row]:
    """Join units to their numbers where the same word follows, or precedes, every number."""
    words = [cell for row in rows for cell in row.cells]
    units = {cell.text for cell in words if not _like_a_number(cell.text)}
    (unit, *others) = units or {""}
    if others or unit.lower() in MISSING | {"+"} or NOT_FINITE.fullmatch(unit[:LONGEST]):
        return rows
    if not (_is_unit(unit) or _is_currency(unit)):
        return rows
    joined = []
    for row in rows:
        pairs = list(zip(row.cells[::2], row.cells[1::2], strict=False))
        place = [(a.text == unit) - (b.text == unit) for a, b in pairs]
        together = all(b.apart for _, b in pairs)
        if len(row.cells) % 2 or not together or set(place) not in ({1}, {-1}):
            return rows
        joined.append(replace(row, cells=[a._replace(text=a.text + b.text) for a, b in pairs]))
    return joined


def _like_a_number(text: str) -> bool:
    return _parted(text.replace(",", "")) is not None


# --- commas ---


def _settled(
    rows: list[Row], header: Row | None, finish: Callable[[list[Row]], Reading]
) -> Reading:
    """Read the rows as what their commas are; refuse where these may be two things.

    A comma separates for sure where one has a space beside it, where three numbers hang together
    on them, beside a decimal point, and between columns that have names or empty cells.
    """
    inside = [cell for row in rows for cell in row.cells if "," in cell.text.strip(",")]
    if not inside:
        return finish(rows)
    kinds = [run_of(run(cell)) for cell in inside]
    quoted = all(cell.quoted for cell in inside)
    if not quoted and _is_table(rows, header, kinds):
        return finish(_split(rows))
    if "thousands" in kinds:
        raise _placed(inside[kinds.index("thousands")], "thousands", rows)
    if "decimal" not in kinds:
        return finish(_split(rows))
    alone = sum(bool(cell.text) for row in rows for cell in row.cells) == 1
    loose = not quoted and any(row.commas > row.open_end for row in rows)
    refused = _placed(inside[kinds.index("decimal")], "decimal_comma", rows)
    if not (alone or loose or "list" in kinds):
        offers = [_attempt(_with_points(rows), finish)]
        if all(len(row.cells) == 1 == row.cells[0].text.count(",") for row in rows) and not header:
            offers.append(_attempt(_split(rows), finish, table=True))
        refused.offers = tuple(offer for offer in offers if offer)
    raise refused


def _placed(cell: Cell, code: str, rows: list[Row]) -> IntakeError:
    cells = [each for row in rows for each in row.cells]
    return cell.refused(code, place=cells.index(cell) + 1)


def _is_table(rows: list[Row], header: Row | None, kinds: list[str]) -> bool:
    """Whether commas stand between columns: as many in every row, and something else says so."""
    closed = all(row.open_end for row in rows[:-1])  # each line ends with one: not a column more
    counts = {row.parts - (closed and row.open_end) for row in rows}
    if len(counts) > 1 or any(row.bars or row.spaces for row in rows):
        return False
    (count,) = counts
    if header and header.commas and len(_names(header)) == count > 1:
        return True
    loose = any(row.commas > (closed and row.open_end) for row in rows)
    surely = loose or "list" in kinds or (count > 2 and set(kinds) != {"thousands"})
    return len(rows) > 1 and surely


def _split(rows: list[Row]) -> list[Row]:
    """Every comma separates; the places are counted anew."""
    result = []
    for row in rows:
        texts = [
            (text, cell.quoted)
            for cell in row.cells
            for text in ([cell.text] if cell.quoted else cell.text.split(","))
        ]
        cells = [Cell(text, row.number, k, quoted) for k, (text, quoted) in enumerate(texts, 1)]
        result.append(replace(row, cells=cells))
    return result


def _with_points(rows: list[Row]) -> list[Row]:
    return [
        replace(row, cells=[c._replace(text=c.text.replace(",", ".")) for c in row.cells])
        for row in rows
    ]


def _attempt(
    rows: list[Row], finish: Callable[[list[Row]], Reading], table: bool = False
) -> Reading | None:
    """A reading to offer, if there is one: of one column, or where `table`, of one of two.

    What is a table even if its commas are decimal commas stays refused as a table.
    """
    try:
        return finish(rows)
    except IntakeError as error:
        if error.code in ("columns", "ragged", "missing") and not table:
            raise
        return None


# --- one column ---


def _one_column(rows: list[Row], header: Row | None) -> Column:
    """All cells of one row, or the only column, or the column beside one that counts."""
    names = _names(header)
    if header and not (header.commas or header.bars) and all(len(row.cells) == 1 for row in rows):
        names = [" ".join(names)]
    cells, names = _without_empty_edges([row.cells for row in rows], names)
    widths = Counter(map(len, cells))
    (usual, _), *_ = widths.most_common()
    title = names[-1] if names and names[-1] else None
    if len(cells) == 1 and len(names) < 2:
        for cell, following in pairwise(cells[0]):
            if following.apart and is_padded(cell.text, following.text):  # 1 000
                raise cell.refused("thousands", got=said(f"{cell.text} {following.text}"))
        return Column(cells[0], title)
    if len(widths) > 1 and all(row.by_hand for row in rows if len(row.cells) > 1):
        return Column([cell for row in cells for cell in row], title)  # a list over several lines
    if len(widths) > 1:
        odd = next(row for row in cells if len(row) != usual)
        raise odd[0].refused("ragged", count=len(odd), usual=usual)
    if usual == 1 and len(names) < 2:
        return Column([row[0] for row in cells], title)
    index = [row[0].text for row in cells]
    beside = [row[1].text for row in cells if usual == 2 >= len(names)]
    if beside and _is_index(index, names) and not _counts(beside):
        return Column([row[1] for row in cells], title, _few(index))
    raise IntakeError("columns", count=max(usual, len(names)))


def _names(header: Row | None) -> list[str]:
    """The names of the columns; spaces belong to names where something else separates them."""
    names: list[str] = []
    for cell in header.cells if header else ():
        if cell.apart and header and (header.commas or header.bars):
            names[-1] += f" {cell.text}"
        else:
            names.append(cell.text)
    return names


def _without_empty_edges(
    rows: list[list[Cell]], names: list[str]
) -> tuple[list[list[Cell]], list[str]]:
    """Without the empty first and last columns that spreadsheets add, and a comma at the end."""
    many = len(rows) > 1

    def is_empty(column: int) -> bool:
        return not any(row[column].text for row in rows if column < len(row)) and not any(
            names[column : column + 1]
        )

    start, end = 0, max(map(len, rows))
    while many and start < end and is_empty(start):
        start += 1
    while end > start + 1 and is_empty(end - 1):
        end -= 1
        if not many:
            break  # of one row, more than one is a cell without a number
    kept = names[start:end]
    return [row[start:end] for row in rows], kept if any(names) else []


def _is_index(texts: list[str], names: list[str]) -> bool:
    """Whether a first column surely counts the rows: over three of them, or by its name."""
    named = len(names) == 1 or (bool(names) and names[0].lower() in INDEX_NAMES)
    return _counts(texts) and (len(texts) > 2 or named)


def _counts(texts: list[str]) -> bool:
    """0, 1, 2 … or 1, 2, 3 …"""
    numbers = [text.rstrip(".):") for text in texts]
    return any(numbers == [str(k + start) for k in range(len(texts))] for start in (0, 1))


def _few(texts: list[str]) -> str:
    return ", ".join(texts) if len(texts) < 4 else f"{', '.join(texts[:3])}, …"


def _series(rows: list[Row], name: str | None) -> Column:
    """pandas prints a Series with its index before each value."""
    for row in rows:
        if len(row.cells) == 1:
            raise row.cells[0].refused("missing")
    index = _few([" ".join(cell.text for cell in row.cells[:-1]) for row in rows])
    return Column([row.cells[-1] for row in rows], name, index)


# --- numbers ---


def _numbers(column: Column, control: Numbers) -> Reading:
    cells = column.cells
    found = [_number(cell, place, control) for place, cell in enumerate(cells[: control.most], 1)]
    unit = _same_unit(cells, [unit for _, unit in found])
    if len(cells) > control.most:
        raise IntakeError("too_many", count=f"{len(cells):,}", most=control.most)
    numbers = tuple(number for number, _ in found)
    return Reading(numbers, column.header, column.index, unit or column.bullet)


def _number(cell: Cell, place: int, control: Numbers) -> tuple[float, str]:
    """A number and its unit."""
    word, text = cell.text.lower(), cell.text
    if word in CUT:
        raise cell.refused("cut", place)
    if word in MISSING:
        raise cell.refused("missing", place)
    if len(text) > LONGEST:
        raise cell.refused("not_number", place)
    if NOT_FINITE.fullmatch(text):
        raise cell.refused("not_finite", place)
    if THOUSANDS.fullmatch(text) or ("," in text and run_of(run(cell)) == "thousands"):
        raise cell.refused("thousands", place)
    if text[0] == "(" and text[-1] == ")":
        raise cell.refused("parentheses", place)
    parted = _parted(text)
    if parted is None:
        raise cell.refused("not_number", place)
    if abs(number := float(parted[0])) > control.limit:
        raise cell.refused("too_large", place, limit=f"{control.limit:,.0f}")
    return number, parted[1]


def _parted(text: str) -> tuple[str, str] | None:
    """A number and the currency before it or the unit after it; None where it is no number."""
    if len(text) > LONGEST:
        return None
    at = next((k for k, sign in enumerate(text) if sign in DIGITS), None)
    if at is None:
        return None
    at -= text[at - 1 : at] == "."
    digits = NUMBER.match(text, at)
    if not digits:
        return None
    head, tail = text[:at], text[digits.end() :].strip()
    signs = [sign for sign in head if sign in "+-"]
    before = head.replace("+", "").replace("-", "").strip()
    known = (not before or _is_currency(before)) and (not tail or _is_unit(tail))
    if len(signs) > 1 or not known:
        return None
    return "".join(signs) + digits[0], before + tail


def _is_currency(text: str) -> bool:
    kinds = [unicodedata.category(sign) for sign in text]
    if text in BULLETS or text.upper() in CURRENCIES:
        return True
    return kinds.count("Sc") == 1 and all(kind in ("Sc", "Lu") for kind in kinds)


def _is_unit(text: str) -> bool:
    """Letters and signs that leave the number what it is."""
    if text in FACTORS or text.startswith(KOREAN_FACTORS) or text[0] in "²³":
        return False
    return all(
        sign in UNIT_SIGNS or unicodedata.category(sign)[0] == "L" or sign in "€$£¥₩"
        for sign in text
    )


def _same_unit(cells: list[Cell], units: list[str]) -> str | None:
    """The unit of every number; refuse a sheet where they differ, since 50% is no 50."""
    counts = Counter(units)
    if len(counts) == 1:
        return units[0] or None
    bare = counts.pop("", 0)
    (unit, _), *_ = counts.most_common()
    code, right = ("not_number", "") if bare * 2 > len(units) else ("units", unit)
    place = next(place for place, each in enumerate(units) if each != right)
    raise cells[place].refused(code, place + 1, unit=said(unit))
