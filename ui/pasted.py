"""From pasted text to a sheet: rows of cells, each with its place.

Every step walks over the text once: quotes, brackets and separators are found by looking at single
characters, and patterns see only single cells, which are short. What prints of libraries put around
numbers is taken off here; what the cells mean is decided in `ui.columns`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from ui.outside import said

DIGITS = frozenset("0123456789")
HIDDEN = "\u200b"  # all invisible characters become this one
NARROW = "\u00a0"  # and all spaces that do not break a line this one
MOST_CELLS = 5_000  # of a sheet that is looked at closely
LONGEST = 100  # characters of a cell that may be a number; 0.1 to its last binary digit has 57

TYPOGRAPHY = str.maketrans(
    {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}  # full-width signs and digits
    | dict.fromkeys("−‐‑‒–—﹣", "-")
    | dict.fromkeys("“”„‟«»「」『』", '"')
    | dict.fromkeys("‘’‚‛`", "'")
    | dict.fromkeys("、､", ";")  # these separate and nothing else
    | dict.fromkeys("│┃", "|")
    | dict.fromkeys("\u3000\u2002\u2003", " ")
    | dict.fromkeys("\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f", NARROW)
    | dict.fromkeys("\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u180e", HIDDEN)
    | dict.fromkeys("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", HIDDEN)
    | {"…": "..."}
)
RULE = frozenset("-|:+= ─━┼┿╪═├┤╞╡┌┐└┘┬┴╭╮╰╯")
FOOT = ("dtype:", "Name:", "Length:", "Freq:")  # how the last line of a pandas Series begins


class IntakeError(ValueError):
    """Text that does not become a batch; `code` names its sentence, `fields` fill it.

    `offers` are readings that the user may choose where the text alone does not decide.
    """

    def __init__(self, code: str, offers: tuple[Any, ...] = (), **fields: object) -> None:
        super().__init__(code, fields)
        self.code, self.offers, self.fields = code, offers, fields


class Cell(NamedTuple):
    """What stands in one place. Commas between two digits are still inside."""

    text: str
    row: int
    column: int
    quoted: bool = False
    apart: bool = False  # only spaces stand between it and the cell before

    def refused(self, code: str, place: int | None = None, **fields: object) -> IntakeError:
        """A refusal that names this cell; `place` counts the numbers, not the cells of a row."""
        where: dict[str, Any] = {
            "place": place or self.column,
            "row": self.row,
            "column": self.column,
        }
        return IntakeError(code, **({"got": said(self.text)} | where | fields))


@dataclass
class Row:
    """A line: its number, its cells, and how many separators of which kind it has."""

    number: int
    cells: list[Cell] = field(default_factory=list)
    commas: int = 0  # that separate for sure
    bars: int = 0  # tabs, semicolons, bars
    open_end: bool = False  # it ends with a comma
    by_hand: bool = False  # "1; 2": no program puts a space behind a semicolon

    @property
    def spaces(self) -> int:
        return sum(cell.apart for cell in self.cells)

    @property
    def parts(self) -> int:
        """How many cells there are if every comma separates."""
        return sum(1 if c.quoted else c.text.count(",") + 1 for c in self.cells)


@dataclass
class Sheet:
    """All rows; blank lines are rows without cells.

    series: the last word of every row is the value, what stands before it is the index.
    settled: every comma separates.
    """

    rows: list[Row]
    name: str | None = None
    series: bool = False
    settled: bool = False


def sheet(text: str, most: int) -> Sheet:
    """`most` is how many numbers there may be: what a refusal says. Raises IntakeError where
    signs stand in the way: not_text, hidden, thousands, and what brackets can be wrong about
    (not_number, parentheses, decimal_comma, too_many)."""
    text = _visible(text)
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'" and bare.count(bare[0]) == 2:
        text = bare[1:-1]
    return _bracketed(text.strip(), most) or _lines(text.splitlines(), most)


def _visible(text: str) -> str:
    """One sign for each meaning; no invisible characters; spaces inside numbers stay narrow."""
    if "\0" in text or "\ufffd" in text:
        raise IntakeError("not_text")
    before, *others = text.translate(TYPOGRAPHY).split(HIDDEN)
    kept = [before]
    for part in filter(None, others):
        if {kept[-1][-1:], part[:1]} <= DIGITS:
            got = kept[-1][-8:].split()[-1] + part[:8].split()[0]
            row = sum(piece.count("\n") for piece in kept) + 1
            raise IntakeError("hidden", got=said(got), row=row, column=1)
        kept.append(part)
    return "".join(kept)


# --- what a comma between two digits means ---


def run_of(parts: list[str]) -> str:
    """What numbers on a string of commas are: a list, decimal (1,5) or thousands (1,234).

    >>> run_of(["1", "2", "3"]), run_of(["1", "5"]), run_of(["1", "234", "567"])
    ('list', 'decimal', 'thousands')
    >>> run_of(["100", "200", "300"]), run_of(["1.5", "2"]), run_of(["1.234", "5"])
    ('list', 'list', 'thousands')
    """
    first, *rest = parts
    if not rest:
        return "list"
    german = _is_german(first) and len(rest) == 1 and "." not in rest[0]
    if german or _is_grouped(parts):
        return "thousands"
    whole = [part.isdecimal() for part in parts]
    if len(rest) == 1 and whole[0] and "." not in rest[0]:
        return "decimal"
    zeros = len(parts) % 2 == 0 and set(parts[::2]) == {"0"}
    if zeros and all(whole) and all(len(part) > 1 for part in parts[1::2]):
        return "decimal"  # 0,12,0,34
    return "list"


def _is_head(part: str) -> bool:
    """What may begin a number with thousands: 1 to 999."""
    return part.isdecimal() and len(part) <= 3 and part[0] != "0"


def _is_tail(part: str) -> bool:
    """Three digits, and perhaps decimals or a unit."""
    return len(part) - len(part.lstrip("0123456789")) == 3


def _is_german(part: str) -> bool:
    """1.234: with a decimal comma behind it, these are thousands."""
    head, *tails = part.split(".")
    return bool(tails) and _is_head(head) and all(len(tail) == 3 for tail in tails)


def is_padded(part: str, following: str) -> bool:
    """1 and 000, 20 and 050: nobody writes the second alone."""
    return _is_head(part) and _is_tail(following) and following[0] == "0"


def _is_grouped(parts: list[str]) -> bool:
    """Whether all of it can be numbers with thousands: 1,234 or 1,000,2,000."""
    if any(is_padded(part, following) for part, following in pairwise(parts)):
        return True
    if len(parts) > 2 and all(_is_tail(part) for part in parts):
        return False  # 100,200,300
    inside = False  # whether a head stands before that lacks its thousands
    for place, part in enumerate(parts):
        if place and _is_tail(part) and parts[place - 1].isdecimal():
            inside = False
        elif _is_head(part) and not inside:
            inside = True
        else:
            return False
    return not inside


def run(cell: Cell) -> list[str]:
    """The numbers that hang together on commas in a cell, without a sign or a unit before them."""
    first = next((at for at, sign in enumerate(cell.text) if sign in DIGITS), 0)
    return cell.text[first:].lower().split(",")


# --- lines ---


def _lines(lines: list[str], most: int) -> Sheet:
    written = [number for number, line in enumerate(lines) if line.strip()]
    found = Sheet([])
    if not written:
        return found
    if len(written) > MOST_CELLS:
        raise IntakeError("too_many", count=f"{len(written):,}", most=most)
    first, last = written[0], written[-1]
    start, end = lines[first].strip(), lines[last].strip()
    if start.lower().startswith("sep="):
        found.settled = start[4:] == ","
        lines[first] = ""
    if end.startswith(FOOT) and "dtype:" in end:
        found.series = True
        if end.startswith("Name: "):
            found.name = end.removeprefix("Name: ").split(",")[0]
        lines[last] = ""
    elif end.startswith("[") and end.endswith("columns]"):
        lines[last] = ""  # [3 rows x 1 columns]
    framed = any("|" in line for line in lines)
    tabbed = any("\t" in line.strip() for line in lines)
    for number, line in enumerate(lines, 1):
        if len(line) < 3 or not (framed or "+" in line) or not RULE.issuperset(line):
            found.rows.append(_cells(line if tabbed else line.strip(), number))
    _without_r_prefixes(found.rows)
    return found


def _without_r_prefixes(rows: list[Row]) -> None:
    """R begins each line with the place of its first number: `[1]`, `[13]`."""
    place, full = 1, [row for row in rows if row.cells]
    for row in full:
        if row.cells[0].text != f"[{place}]" or len(row.cells) == 1:
            return
        place += len(row.cells) - 1
    numbered = iter(range(1, place))
    cells = [c._replace(row=1, column=next(numbered)) for row in full for c in row.cells[1:]]
    if full:
        rows[:] = [Row(1, cells)]


def _cells(line: str, number: int) -> Row:
    """Cut a line at separators; two of them with nothing between hold an empty cell."""
    bare = line.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == "|":
        line = bare[1:-1]
    row = Row(number)
    waiting = ""  # the separator after which no cell has come yet
    apart = False
    at, end = 0, len(line)

    def put(text: str, quoted: bool = False, apart: bool = False) -> None:
        row.cells.append(Cell(text, number, len(row.cells) + 1, quoted, apart))

    while at < end:
        sign = line[at]
        if sign in " \u00a0":
            apart = True
            at += 1
        elif sign in ",;|\t":
            # a tab beside a comma or a semicolon is a space
            if sign == "\t" and waiting in (",", ";"):
                pass
            elif sign in ",;" and waiting == "\t":
                waiting = sign
            else:
                if waiting or not row.cells:
                    put("")
                row.commas += sign == ","
                row.bars += sign != ","
                row.by_hand |= sign == ";" and line[at + 1 : at + 2] == " "
                waiting = sign
            apart = False
            at += 1
        else:
            text, quoted, at = _word(line, at)
            apart = apart and not waiting and bool(row.cells)
            for part in [text] if quoted else _unspaced(Cell(text, number, len(row.cells) + 1)):
                put(part, quoted, apart)
                apart = True
            waiting, apart = "", False
    if waiting and row.cells:
        put("")
    row.open_end = waiting == ","
    return row


def _word(line: str, start: int) -> tuple[str, bool, int]:
    """The cell that begins here, whether it stood in quotes, and where it ends."""
    opening = start + (line[start : start + 2] in ('="', "='"))  # ="1.5" keeps a sheet from sums
    if line[opening] in "\"'":
        closing = line.find(line[opening], opening + 1)
        if closing > 0 and line[closing + 1 : closing + 2] in ("", *" ,;|\t\u00a0"):
            return line[opening + 1 : closing].strip(), True, closing + 1
    at = start
    while at < len(line):
        inside = line[at - 1 : at] in DIGITS and line[at + 1 : at + 2] in DIGITS
        if line[at] in " ;|\t" or (line[at] in ",\u00a0" and not (at > start and inside)):
            break
        at += 1
    return line[start:at], False, at


def _unspaced(cell: Cell) -> list[str]:
    """Numbers between narrow spaces: refused where they may be one number, as in `1 234`."""
    parts = cell.text.split(NARROW)
    heads = (part.lstrip("+-$€£¥₩") for part in parts)
    if any(_is_head(a) and _is_tail(b) for a, b in zip(heads, parts[1:], strict=False)):
        raise cell.refused("thousands")
    return parts


# --- brackets ---

OPEN, CLOSE = "[({", "])}"
DEEPEST = 8
SCALARS = {"float", "int", "Decimal", "bfloat16"} | {
    f"{kind}{bits}" for kind in ("float", "int", "uint") for bits in (8, 16, 32, 64)
}
CALLS = SCALARS | {
    *("array", "asarray", "Array", "DeviceArray", "tensor", "as_tensor", "Tensor", "FloatTensor"),
    *("c", "list", "tuple", "deque", "vector", "Series", "Index"),
}
BEGINNING = re.compile(r"(?:[^\W\d][\w.]{0,40} ?(?:=|<-|:) ?)?([^\W\d][\w.]{0,40})?")


@dataclass
class Group:
    """What stands in a pair of brackets."""

    bracket: str
    name: str = ""
    items: list[Any] = field(default_factory=list)  # cells and groups
    rows: list[Any] = field(default_factory=list)  # finished by semicolons, as in MATLAB
    runs: list[list[Cell]] = field(default_factory=list)  # cells on commas without a space
    waiting: bool = False  # a comma came, and nothing after it yet
    loose: bool = False  # some comma has a space beside it
    skipping: bool = False  # the value of an option: dtype=float32

    def add(self, item: Any) -> None:
        if not self.skipping:
            self.items.append(item)
        self.waiting = False


def _bracketed(text: str, most: int) -> Sheet | None:
    """A list as Python, NumPy, torch, R, JSON or MATLAB writes it; None if it is none."""
    text = text.rstrip("; \n")
    if text.startswith("<tf.Tensor"):
        text = text.removesuffix(">").partition("numpy=")[2]
    if text.startswith("Out["):
        text = text.partition("]:")[2].strip()
    starts = [at for at in map(text[:80].find, OPEN) if at >= 0]
    if not starts or text[-1:] not in CLOSE:
        return None
    begin = BEGINNING.fullmatch(text[: min(starts)].rstrip("\n"))
    if not begin or "\n" in text[: min(starts)].strip():
        return None
    count = max(text.count(",") + text.count(";") + 1, *map(text.count, OPEN))
    if count > MOST_CELLS:
        raise IntakeError("too_many", count=f"{count:,}", most=most)
    rows = _rows(_tree(text, begin.start(1) if begin[1] else min(starts)))
    return Sheet([_numbered(number, row) for number, row in enumerate(rows, 1)], settled=True)


def _numbered(number: int, cells: list[Cell]) -> Row:
    return Row(number, [c._replace(row=number, column=k) for k, c in enumerate(cells, 1)])


def _marks(text: str, at: int) -> Iterator[tuple[str, str, int, int]]:
    """Brackets, separators, quoted texts and words: (kind, text, start, end)."""
    while at < len(text):
        sign, start = text[at], at
        at += 1
        if sign in OPEN or sign in CLOSE or sign in ",;":
            yield sign, sign, start, at
        elif sign in "\"'":
            closing = text.find(sign, at)
            at = closing + 1 if closing > 0 else len(text)
            yield "quoted", text[start + 1 : at - (closing > 0)], start, at
        elif not sign.isspace():
            while at < len(text) and text[at] not in "[](){},;\"'" and not text[at].isspace():
                at += 1
            yield "word", text[start:at], start, at


def _tree(text: str, begin: int) -> Group:
    """Brackets in brackets, without the options that prints add (dtype=…, device=…)."""
    root = Group("")
    stack, count, touching, name = [root], 0, False, ""
    for kind, word, start, end in _marks(text, begin):
        group = stack[-1]
        if kind in ("word", "quoted"):
            count += 1
            cell = Cell(word, 1, count, kind == "quoted")
            if kind == "word" and end < len(text) and text[end] == "(":
                name = word.rpartition(".")[2]
                if not group.skipping and "=" not in word and name not in CALLS:
                    raise cell.refused("not_number", place=count)
                count -= 1
            elif kind == "word" and ("=" in word or word.endswith(":")):
                count -= 1
            else:
                if not (touching and group.runs):
                    group.runs.append([])
                group.runs[-1].append(cell)
                group.add(cell)
            group.skipping |= kind == "word" and ("=" in word or word.endswith(":"))
            touching = False
        elif kind in OPEN:
            if len(stack) > DEEPEST:
                raise Cell(word, 1, count + 1).refused("not_number", place=count + 1)
            stack.append(Group(kind, name))
            name = ""
        elif kind in CLOSE:
            if kind != dict(zip(OPEN, CLOSE, strict=True)).get(group.bracket):
                raise Cell(kind, 1, count + 1).refused("not_number", place=count + 1)
            stack.pop()
            stack[-1].add(_closed(group))
        elif kind == "," and group.skipping:
            group.skipping = False
        elif kind == ",":
            if group.waiting or not group.items:
                count += 1
                group.add(Cell("", 1, count))
            group.waiting = True
            touching = text[start - 1] in DIGITS and text[end : end + 1] in DIGITS
            group.loose |= not touching
        else:
            group.rows.append(Group("[", items=group.items))
            group.items, group.waiting = [], False
    stray = [item for item in root.items if isinstance(item, Cell)]
    if len(stack) > 1 or stray:
        wrong = stray[0] if stray else Cell(stack[-1].bracket, 1, 1)
        raise wrong.refused("not_number", place=wrong.column)
    return root


def _closed(group: Group) -> Any:
    """The group, or the one number in it: np.float64(1.5)."""
    for cells in group.runs:
        parts = [cell.text.lower().lstrip("+-") for cell in cells]
        kind = run_of(parts)
        padded = kind == "thousands" and any(p[0] == "0" and len(p) > 1 for p in parts[1:])
        if kind != "list" and (group.loose or padded):
            code = "thousands" if kind == "thousands" else "decimal_comma"
            got = said(",".join(cell.text for cell in cells))
            raise cells[0].refused(code, got=got, place=cells[0].column)
    if group.rows:
        rows = [*group.rows, Group("[", items=group.items)] if group.items else group.rows
        return Group("[", items=rows)
    alone = len(group.items) == 1 and isinstance(group.items[0], Cell)
    if alone and group.name in SCALARS:
        return group.items[0]
    if alone and group.bracket == "(" and not group.name and not group.waiting:
        # in a ledger (1.5) means -1.5
        raise group.items[0].refused("parentheses", place=group.items[0].column)
    if group.name == "array" and len(group.items) == 2 and isinstance(group.items[1], Group):
        return group.items[1]  # array('d', [1.0, 2.5])
    return group


def _rows(group: Group) -> list[list[Cell]]:
    """One row for each innermost pair of brackets."""
    while len(group.items) == 1 and isinstance(group.items[0], Group):
        group = group.items[0]
    if all(isinstance(item, Cell) for item in group.items):
        return [group.items]
    rows = []
    for item in group.items:
        rows += [[item]] if isinstance(item, Cell) else _rows(item)
    return rows
