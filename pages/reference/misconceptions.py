"""What is often believed of batch norm: with the verdict where it was measured, and its scene.

From the board come the claims that are not, or only in part, true; from each lesson what its labels
list under `misconceptions`, by the question whose wrong answer it is.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass

from experiments.claims.board import Row, board
from figures.theme import colour
from pages.reference import LESSON, common
from ui import text
from ui.lessons import LESSONS
from ui.scenes import Moment
from ui.text import mode, t

STAYS = True
ROOM = {"class": 6, "embed": 5}
BOARD = "why"  # the lesson that has the verdicts
FALSE = {"weak": "var", "contradicted": "error"}  # verdicts that are listed, and their colours
#: the scene that treats a claim, where its entry on the board names the lesson alone
TREATED = {
    "divides_variance": ("mini_batch", "broken"),
    "makes_gaussian": ("mini_batch", "four_steps"),
    "any_init": ("training", "dead"),
    "always_faster": ("inside", "optimizers"),
    "higher_accuracy": ("training", "loses"),
    "less_gradient_shift": ("training", "shift"),
    "protects": ("test_time", "shifts"),
    "before_best": ("inside", "placement"),
    "like_dropout": ("noise", "beside"),
    "regularizes": ("noise", "regularize"),
    "decay_regularizes": ("inside", "growth"),
    "any_batch": ("noise", "m2"),
    "own_batch": ("test_time", "answer_jumps"),
    "unbiased_better": ("test_time", "divisor"),
}


@dataclass(frozen=True)
class Believed:
    """A sentence that is not so: the label that says it, the scene that treats it, the verdict."""

    key: str
    lesson: str
    scene: str
    claim: str = ""
    verdict: str = ""


def listed() -> dict[str, Believed]:
    """All of them by id: those with a verdict first, then lesson by lesson."""
    claims = (_claimed(row) for row in board().values() if row.verdict in FALSE)
    return {each.key: each for each in (*claims, *_answered())}


def _claimed(row: Row) -> Believed:
    lesson, scene = TREATED.get(row.id) or (row.lesson, row.place.get("scene", "board"))
    return Believed(f"{BOARD}.claims.{row.id}.say", lesson, scene, row.id, row.verdict)


def _answered() -> Iterator[Believed]:
    for lesson, entry in LESSONS.items():
        asked = {scene.question.name: scene.name for scene in entry.scenes if scene.question}
        for name in text.names(f"{lesson}.misconceptions"):
            yield Believed(f"{lesson}.misconceptions.{name}", str(lesson), asked[name])


def picture(now: Moment) -> None:
    """Every sentence as it is said, struck by its verdict, and where it is looked into."""
    every = listed()
    names = list(every) if now.whole else common.search("misconceptions", entries())[1]
    if names:
        few, more = common.shown(names, ROOM)
        body = "".join(f"<li>{_told(every[name])}</li>" for name in few)
        shown = common.window(f"<ul>{body}</ul>", t(f"{LESSON}.lists.misconceptions"))
        common.show(f'<div class="believed">{shown}{more}</div>')


def entries() -> dict[str, list[str]]:
    """In what a misconception is found: its words and those of its scene."""
    return {
        name: [
            *common.in_both(each.key),
            *common.in_both(f"{each.lesson}.scenes.{each.scene}.title"),
            *common.in_both(f"{each.lesson}.title"),
        ]
        for name, each in listed().items()
    }


def said(now: Moment) -> dict[str, object]:
    """How many of them were measured."""
    every = listed().values()
    return {"all": len(every), "measured": sum(bool(each.verdict) for each in every)}


def _told(each: Believed) -> str:
    quoted = html.escape(t(f"{LESSON}.quoted", words=t(each.key)))
    verdict = ""
    if each.verdict:
        hue = colour(FALSE[each.verdict], mode())
        label = t(f"{BOARD}.board.verdicts.{each.verdict}")
        card = common.scene_link(BOARD, "board", label, claim=each.claim)
        verdict = f'<b style="--hue: {hue}">{card}</b>'
    return f"<q>{quoted}</q>{verdict}<span>{common.scene_link(each.lesson, each.scene)}</span>"
