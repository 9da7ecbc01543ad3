"""The papers that the lab leans on: what each says, and what became of it here."""

from __future__ import annotations

import html
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np

from experiments.claims.board import Row, board
from experiments.claims.grading import VERDICTS
from experiments.intervals import Kind, mean
from pages.reference import LESSON, common
from ui.files import ASSETS
from ui.lessons import LESSONS
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import has, t

STAYS = True
ROOM = {"class": 2, "embed": 1}
BOARD = "why"  # the lesson that has the verdicts


@dataclass(frozen=True)
class Paper:
    """A paper by its arXiv id, with _ for the point, and the scenes that there are for it."""

    id: str
    by: str
    title: str
    scenes: tuple[tuple[str, str], ...]

    @property
    def link(self) -> str:
        return f"https://arxiv.org/abs/{self.id.replace('_', '.')}"

    @property
    def claims(self) -> list[Row]:
        """What stands on the board of it."""
        return [row for row in board().values() if row.paper == self.id.replace("_", ".")]


@cache
def listed() -> dict[str, Paper]:
    """All of them that something in the lab leans on."""
    stored = tomllib.loads((ASSETS / "reference" / "papers.toml").read_text("utf-8"))
    every = (
        Paper(name, one["by"], one["title"], tuple(_there(one["scenes"])))
        for name, one in stored.items()
    )
    return {paper.id: paper for paper in every if paper.scenes or paper.claims}


def _there(scenes: list[str]) -> list[tuple[str, str]]:
    """Those of lessons that are there."""
    found = [tuple(each.split(".")) for each in scenes]
    return [
        (lesson, scene)
        for lesson, scene in found
        if lesson in LESSONS and scene in {each.name for each in LESSONS[lesson].scenes}
    ]


def picture(now: Moment) -> None:
    """Who, when, what it is called; what it says; what was found; where."""
    names = list(listed()) if now.whole else common.search("papers", entries())[1]
    if names:
        few, more = common.shown(names, ROOM)
        body = "".join(f"<li>{_told(listed()[name])}</li>" for name in few)
        shown = common.window(f"<ul>{body}</ul>", t(f"{LESSON}.lists.papers"))
        common.show(f'<div class="papers">{shown}{more}</div>')


def entries() -> dict[str, list[str]]:
    """In what a paper is found."""
    return {
        name: [paper.by, paper.title, paper.link, *common.in_both(f"{LESSON}.papers.{name}.says")]
        for name, paper in listed().items()
    }


def _told(paper: Paper) -> str:
    word = f"{LESSON}.papers.{paper.id}"
    lines = [f"<p>{html.escape(t(f'{word}.says'))}</p>"]
    here = [html.escape(t(f"{word}.found", **measured()))] if has(f"{word}.found") else []
    here += [html.escape(_graded(paper))] if paper.claims else []
    if here:
        lines.append(f"<p><b>{html.escape(t(f'{LESSON}.here'))}</b> {' '.join(here)}</p>")
    ways = "".join(f"<span>{common.scene_link(*at)}</span>" for at in paper.scenes)
    title = f"{common.outside(paper.link, paper.by)} {html.escape(paper.title)}"
    return f'<p class="by">{title}</p>{"".join(lines)}{ways}'


def _graded(paper: Paper) -> str:
    """How many of its claims on the board got which verdict."""
    count = Counter(row.verdict for row in paper.claims)
    said = ", ".join(
        t(f"{LESSON}.graded", verdict=t(f"{BOARD}.board.verdicts.{verdict}"), count=count[verdict])
        for verdict in VERDICTS
        if count[verdict]
    )
    return t(f"{LESSON}.on_the_board", verdicts=said)


@cache
def measured() -> dict[str, object]:
    """Every number of the board, as it is said: `<claim>_<number>`."""
    return {
        f"{row.id}_{name}": _said(row.kinds[name], values)
        for row in board().values()
        for name, values in row.numbers.items()
    }


def _said(kind: Kind, values: np.ndarray) -> str:
    middle = mean(values, kind)
    if kind == "share":
        return percent(middle)
    return number(100 * middle if kind == "points" else middle, 3)
