"""The pictures of the verdict board: seeds on an axis, and the board itself. HTML, at once there.

`words` are finished strings. A verdict has a sign, a word and a place of its own, so that it is
told without its colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from figures.parts import Words
from figures.theme import FAINT, INK, PAPER, Mode, colour

SIGNS = {"exact": "=", "clear": "✓", "weak": "≈", "contradicted": "✕"}
IDEAS = {"exact": "bn", "clear": "bn", "weak": "plain", "contradicted": "error"}
AGREED, DIFFERED = "★", "☆"
AIR = 0.06  # of the axis, on both sides
LEAST = {"share": 0.02, "points": 0.01, "number": 0.01, "factor": 0.1, "error": 1.0}
LOGARITHMIC = ("factor", "error")
TINY = 1e-17  # an error of 0 stands here


@dataclass(frozen=True, eq=False)
class Strip:
    """One number over the seeds: values (S,), the interval of their mean, and what is written.

    `kind` is "share", "points" (a difference of shares), "factor", "number" or "error"; `head`
    stands above the row.
    """

    name: str
    kind: str
    values: np.ndarray
    band: tuple[float, float]
    text: str
    idea: str = ""
    head: str = ""


def strips(
    mode: Mode, rows: Sequence[Strip], words: Words, ends: tuple[float, float] | None = None
) -> str:
    """Rows of dots, one for each seed, over their interval; rows of one kind share an axis.

    Without `ends` the axis has room for all values and no more.
    words: alt, and the name of each kind that occurs, which stands under its axis.
    """
    body = []
    for kind in dict.fromkeys(row.kind for row in rows):
        some = [row for row in rows if row.kind == kind]
        reach = axis(kind, some) if ends is None else ends
        body += [_strip(mode, row, reach) for row in some]
        body.append(_under(kind, reach, words[kind]))
    longest = max((len(row.text) for row in rows), default=0)  # so that all axes begin alike
    inks = f"--ink:{INK[mode]};--faint:{FAINT[mode]};--text:{longest + 1}ch"
    said = escape(words["alt"])
    return (
        f'<figure class="board-strips" aria-label="{said}" style="{inks}">{"".join(body)}</figure>'
    )


def axis(kind: str, rows: Sequence[Strip]) -> tuple[float, float]:
    """From where to where, in the units that `_place` uses; with the zero of what has one."""
    found = np.concatenate([np.r_[row.values, row.band] for row in rows])
    places = _place(kind, found[np.isfinite(found)])
    zero = [] if kind in ("share", "error") else [0.0]
    low, high = min([*places, *zero]), max([*places, *zero])
    missing = max(LEAST[kind] - (high - low), 0.0) / 2
    air = AIR * max(high - low, LEAST[kind])
    low, high = low - missing - air, high + missing + air
    return (max(low, 0.0), min(high, 1.0)) if kind == "share" else (low, high)


def _place(kind: str, values: np.ndarray) -> np.ndarray:
    """A number's place on its axis: its logarithm, or itself."""
    return np.log10(np.maximum(values, TINY)) if kind in LOGARITHMIC else values


def _mean(row: Strip) -> float:
    """In the middle of its places: of what is logarithmic the geometric one."""
    middle = float(_place(row.kind, row.values).mean())
    return 10.0**middle if row.kind in LOGARITHMIC else middle


def _strip(mode: Mode, row: Strip, ends: tuple[float, float]) -> str:
    hue = colour(row.idea, mode) if row.idea else INK[mode]

    def across(value: float) -> float:
        place = float(_place(row.kind, np.array([value]))[0])
        return 100 * float(np.clip((place - ends[0]) / (ends[1] - ends[0]), 0, 1))

    low, high = (across(end) for end in row.band)
    marks = [f'<i class="band" style="left:{low:.2f}%;width:{max(high - low, 0.4):.2f}%"></i>']
    if ends[0] < 0 < ends[1] and row.kind in ("points", "number", "factor"):
        zero = 100 * -ends[0] / (ends[1] - ends[0])
        marks.insert(0, f'<i class="zero" style="left:{zero:.2f}%"></i>')
    marks += [f'<b style="left:{across(float(value)):.2f}%"></b>' for value in row.values]
    head = f'<p class="head">{escape(row.head)}</p>' if row.head else ""
    return (
        f'{head}<div class="strip" style="--hue:{hue}"><span class="name">{escape(row.name)}</span>'
        f'<span class="track">{"".join(marks)}</span>'
        f'<span class="text" data-value="{_mean(row):.4g}">'
        f"{escape(row.text)}</span></div>"
    )


def _under(kind: str, ends: tuple[float, float], name: str) -> str:
    low, high = (written(kind, end) for end in ends)
    return (
        f'<div class="under"><span class="track"><span>{low}</span>'
        f"<em>{escape(name)}</em><span>{high}</span></span></div>"
    )


def written(kind: str, place: float) -> str:
    """An end of an axis.

    >>> written("factor", 2.875), written("factor", 6.3), written("error", -15.0)
    ('750', '2.0×10⁶', '10⁻¹⁵')
    >>> written("factor", -17.7), written("number", 0.0)
    ('2.0×10⁻¹⁸', '0')
    """
    if kind == "share":
        return f"{100 * place:.0f}%" if place in (0, 1) else f"{100 * place:.1f}%"
    if kind == "points":
        return f"{100 * place:+.1f}".replace("-", "−")
    if kind == "error":
        return _power(round(place))
    value = 10**place if kind == "factor" else place
    if value == 0 or 1e-4 < abs(value) < 1e5:
        return f"{float(f'{value:.2g}'):g}".replace("-", "−")
    mantissa, power = f"{value:.1e}".split("e")
    return f"{mantissa}×{_power(int(power))}".replace("-", "−")


def _power(of_ten: int) -> str:
    return f"10{str(of_ten).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def badge(mode: Mode, verdict: str, word: str) -> str:
    """A verdict with its sign."""
    return (
        f'<span class="board-badge {verdict}" style="{_hue(mode, verdict)}">'
        f"<i>{SIGNS[verdict]}</i>{escape(word)}</span>"
    )


def _hue(mode: Mode, verdict: str) -> str:
    return f"--hue:{colour(IDEAS[verdict], mode)};--paper:{PAPER[mode]}"


@dataclass(frozen=True)
class Tile:
    """A claim that has been uncovered: its number, itself, its verdict, and what was predicted."""

    number: int
    name: str
    verdict: str
    said: str = ""  # how the prediction is told where it was another one
    agreed: bool | None = None  # None: nobody predicted


def columns(mode: Mode, tiles: Sequence[Tile], words: Words, chosen: int) -> str:
    """The board: a column for each verdict, with the claims that belong there.

    words: exact, clear, weak, contradicted, and empty (what an empty column says).
    """
    body = []
    for verdict in SIGNS:
        mine = [tile for tile in tiles if tile.verdict == verdict]
        title = f"<i>{SIGNS[verdict]}</i><span>{escape(words[verdict])}</span>"
        count = f'<b data-value="{len(mine)}">{len(mine)}</b>'
        head = f'<div class="head" role="heading" aria-level="3">{title}{count}</div>'
        items = "".join(_tile(tile, chosen) for tile in mine)
        rest = f"<ul>{items}</ul>" if mine else f"<p>{escape(words['empty'])}</p>"
        body.append(
            f'<section class="{verdict}" style="{_hue(mode, verdict)}">{head}{rest}</section>'
        )
    return f'<div class="board-columns">{"".join(body)}</div>'


def _tile(tile: Tile, chosen: int) -> str:
    star = {True: AGREED, False: DIFFERED, None: ""}[tile.agreed]
    said = f"<small>{escape(tile.said)}</small>" if tile.said else ""
    here = ' class="here"' if tile.number == chosen else ""
    return (
        f'<li{here} data-claim="{tile.number}"><span>{tile.number}</span>'
        f"<p>{escape(tile.name)}{said}</p><b>{star}</b></li>"
    )
