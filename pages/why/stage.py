"""The verdicts: what is said of batch norm, what you say, and what is measured.

Each claim is predicted first; then its evidence is uncovered, and the claim takes its place on the
board. Predictions last as long as the session, and the first one counts.

`verdicts` shows eight of the claims, `board` all of them.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import cache

import streamlit as st

from experiments.claims import board as claims
from experiments.claims import grading, registry, told
from experiments.intervals import interval
from pages.why import charts_board as figures
from pages.why import scope as scopes
from pages.why.charts_board import Strip, Tile
from pages.why.parts import LESSON, value
from pages.why.strips import STYLE, summed, written
from ui import page, progress, scenes, scripts, state, text
from ui.numbers import number
from ui.tables import Cell, table
from ui.text import mode, t

CLAIMS = tuple(claims.board())
PREDICTIONS = f"{progress.ANSWERS}{LESSON}"  # in the session: verdict by claim
# By a word in the name of a number: the idea whose colour it has.
IDEAS = {
    "plain": "plain",
    "bn": "bn",
    "batch": "bn",
    "frozen": "running",
    "once": "z_norm",
    "noisy": "error",
    "dropout": "dropout",
}
FEW = 12  # claims that have room as numbers in a row
MOST = 3  # numbers that are shown with the verdict; the others are in the drawer


def predictions() -> dict[str, str]:
    """By claim, what this visitor said first."""
    return st.session_state.setdefault(PREDICTIONS, {})


def predict(claim: str, verdict: str) -> None:
    """Callback of the four buttons."""
    predictions().setdefault(claim, verdict)


def uncovered(claim: str) -> bool:
    """Whether its evidence may be seen."""
    return (
        claim in predictions()
        or value("all")
        or state.setting("show") == "everything"
        or state.setting("view") == "all"
    )


def claim_of(listed: Sequence[str]) -> str:
    """The one that is chosen; of a scene that has it not, the first that it still asks."""
    if value("claim") not in listed:
        LESSON.put(claim=next((each for each in listed if not uncovered(each)), listed[0]))
    return value("claim")


# --- the score, and the way about ---


def score(listed: Sequence[str]) -> None:
    """How often the visitor and the evidence agree."""
    said = [each for each in listed if each in predictions()]
    known = {"agreed": agreed(said), "said": len(said), "left": len(listed) - len(said)}
    words = t(f"{LESSON}.board.{'score' if said else 'unscored'}", all=len(listed), **known)
    rest = t(f"{LESSON}.board.{'left' if known['left'] else 'complete'}", **known)
    stars = f"<b>{figures.AGREED} {known['agreed']}/{known['said']}</b>" if said else ""
    tail = f"<span>{html.escape(rest)}</span>" if said and len(listed) > FEW else ""
    page.at_once(
        f'<p class="board-score">{stars}<span>{html.escape(words)}</span>{tail}</p>', STYLE
    )


def agreed(said: Sequence[str]) -> int:
    """Predictions that were right."""
    return sum(predictions()[claim] == claims.board()[claim].verdict for claim in said)


def menu(listed: Sequence[str]) -> None:
    """A few claims by their numbers, many by their words; with a star where one has predicted."""
    place, label = state.key(LESSON, "claim"), t(f"{LESSON}.controls.claim.label")
    names = {claim: _numbered(claim, listed) for claim in listed}
    if len(listed) > FEW:
        names |= {claim: f"{name} · {worded(claim, 'say')}" for claim, name in names.items()}
        st.selectbox(
            label,
            listed,
            format_func=names.__getitem__,
            key=place,
            persist_state="session",
            label_visibility="collapsed",
            width=320,
        )
    else:
        st.pills(
            label,
            listed,
            format_func=names.__getitem__,
            key=place,
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )


def _numbered(claim: str, listed: Sequence[str]) -> str:
    number, said = str(listed.index(claim) + 1), predictions().get(claim)
    if said is None:
        return number
    agree = said == claims.board()[claim].verdict
    return f"{number} {figures.AGREED if agree else figures.DIFFERED}"


def onward(claim: str, listed: Sequence[str]) -> None:
    """The next claim that is still covered; where there is none, the next one."""
    here = listed.index(claim) + 1
    ahead = [*listed[here:], *listed[:here]]
    following = next((each for each in ahead if not uncovered(each)), ahead[0])
    st.button(
        t(f"{LESSON}.board.next"),
        icon=":material/arrow_forward:",
        type="primary" if uncovered(claim) else "secondary",
        key="board-next",
        on_click=lambda: LESSON.put(claim=following),
    )


# --- one claim ---


def stage(claim: str, listed: Sequence[str]) -> None:
    """The claim; then the question, or what came out."""
    of = t(f"{LESSON}.board.groups.{claims.board()[claim].group}")
    known = {"number": listed.index(claim) + 1, "all": len(listed), "group": of}
    above = html.escape(t(f"{LESSON}.board.of", **known))
    sentence = html.escape(t(f"{LESSON}.board.quoted", claim=worded(claim, "say")))
    page.at_once(f'<p class="board-of">{above}</p><p class="board-claim">{sentence}</p>', STYLE)
    if uncovered(claim):
        outcome(claim)
    else:
        ask(claim)
    if claim in predictions():
        with st.container(key=f"kept-claim-{claim}"):
            scripts.run("claim", *progress.note(LESSON, claim))


def ask(claim: str) -> None:
    """Four buttons, one for each verdict."""
    st.markdown(t(f"{LESSON}.board.ask"))
    with st.container(horizontal=True, key="predictions"):
        for verdict in grading.VERDICTS:
            st.button(
                t(f"{LESSON}.board.button", sign=figures.SIGNS[verdict], word=_word(verdict)),
                key=f"predict-{verdict}",
                on_click=predict,
                args=(claim, verdict),
                width=230,
            )
    meanings = [f"**{_word(v)}**: {t(f'{LESSON}.board.means.{v}')}" for v in grading.VERDICTS]
    st.caption(" · ".join(meanings))


def _word(verdict: str | None) -> str:
    return t(f"{LESSON}.board.verdicts.{verdict}")


def outcome(claim: str) -> None:
    """Verdict, what to take from it, and the seeds of what it is about."""
    verdict = claims.board()[claim].verdict
    badge = figures.badge(mode(), verdict, _word(verdict))
    page.at_once(
        f'<div class="board-outcome" data-verdict="{verdict}">{badge}'
        f"<span>{html.escape(compared(claim))}</span></div>",
        STYLE,
    )
    if text.has(f"{LESSON}.claims.{claim}.{verdict}"):
        st.markdown(worded(claim, verdict))
    page.at_once(pictured(rows_of(claim)[0]), STYLE)


def links(claim: str) -> None:
    """The paper, and where in the lab one can try it."""
    with st.container(horizontal=True, vertical_alignment="center", key="board-links"):
        entry = claims.board()[claim]
        st.link_button(
            t(f"{LESSON}.board.paper", paper=t(f"{LESSON}.papers.{entry.paper.replace('.', '_')}")),
            f"https://arxiv.org/abs/{entry.paper}",
            icon=":material/article:",
        )
        if entry.lesson != LESSON:
            page.link(entry.lesson, _way(entry), place=entry.place)
        elif entry.place:
            touch(entry)


def _way(entry: claims.Row) -> str:
    """What leads to the scene where one can try it; nothing where it is the whole lesson."""
    if not entry.place:
        return ""
    title = t(f"{entry.lesson}.scenes.{entry.place['scene']}.title")
    return t(f"{LESSON}.board.touch", scene=title)


def touch(entry: claims.Row) -> None:
    """A button to the scene of this lesson where one can try it."""
    place = entry.place
    if st.button(_way(entry), key="board-touch"):
        asked = LESSON.scene_of(place["scene"]).question is not None
        seen = asked and place["scene"] in scenes.seen(LESSON)
        LESSON.put(**place, seen=seen)
        st.session_state[scenes.TURNED] = st.session_state.get(scenes.TURNED, 0) + 1
        st.rerun()


def worded(claim: str, name: str) -> str:
    """What the locale files say of a claim, with its figures."""
    return t(f"{LESSON}.claims.{claim}.{name}", **known(claim))


@cache
def known(claim: str) -> dict[str, str]:
    """What the words of a claim may name: what it counts and was set to, and its means."""
    row = claims.board()[claim]
    counted = told.told(claim, row.numbers)
    means = {name: summed(row.kinds[name], values) for name, values in row.numbers.items()}
    return means | {name: number(value) for name, value in counted.items()}


def compared(claim: str) -> str:
    """The prediction beside the verdict."""
    said = predictions().get(claim)
    if said is None:
        return ""
    agree = said == claims.board()[claim].verdict
    return t(f"{LESSON}.board.{'agree' if agree else 'differ'}", said=_word(said))


def evidence(claim: str) -> None:
    """How it was measured, the other numbers, on what, and what varied."""
    row = claims.board()[claim]
    st.markdown(t(f"{LESSON}.board.measured", how=worded(claim, "how")))
    if rest := rows_of(claim)[1]:
        page.at_once(pictured(rest), STYLE)
    st.caption(f"{scopes.scope(row)}  \n{scopes.varied(row)} {t(f'{LESSON}.board.seeds')}")
    links(claim)
    measure = registry.CLAIMS[claim].measure
    page.source(measure, interval, grading.graded, grading.graded_in_all, key=f"{LESSON}-board")


def rows_of(claim: str) -> tuple[list[Strip], list[Strip]]:
    """Its numbers: a few of the first kind for the picture, and the rest."""
    rows = [strip(claim, name) for name in claims.board()[claim].numbers]
    first = [row for row in rows if row.kind == rows[0].kind][:MOST]
    return first, [row for row in rows if row not in first]


def pictured(rows: list[Strip]) -> str:
    """With the sentence for those who do not see it."""
    words: dict[str, str] = {row.kind: t(f"{LESSON}.board.kinds.{row.kind}") for row in rows}
    listed = "; ".join(f"{row.name}: {row.text}" for row in rows)
    words["alt"] = t(f"{LESSON}.board.alt", numbers=listed)
    return figures.strips(mode(), rows, words)


def strip(claim: str, name: str) -> Strip:
    """A number of a claim, worded."""
    values = claims.board()[claim].numbers[name]
    kind = claims.board()[claim].kinds[name]
    idea = next((IDEAS[part] for part in name.split("_") if part in IDEAS), "")
    return Strip(
        worded(claim, name),
        kind,
        values,
        interval(values, kind),
        written(kind, values),
        idea,
    )


# --- the board ---


def board(claim: str) -> None:
    """All that is uncovered, by its verdict."""
    words = {v: _word(v) for v in grading.VERDICTS} | {"empty": t(f"{LESSON}.board.empty")}
    tiles = [tile(each) for each in CLAIMS if uncovered(each)]
    page.at_once(figures.columns(mode(), tiles, words, CLAIMS.index(claim) + 1), STYLE)


def tile(claim: str) -> Tile:
    """A claim on the board."""
    verdict, said = claims.board()[claim].verdict, predictions().get(claim)
    return Tile(
        CLAIMS.index(claim) + 1,
        worded(claim, "say"),
        verdict,
        "" if said in (None, verdict) else t(f"{LESSON}.board.said", said=_word(said)),
        None if said is None else said == verdict,
    )


def everything() -> None:
    """All numbers of all claims in one table."""
    rows = []
    for claim in CLAIMS:
        found = claims.board()[claim]
        for i, name in enumerate(found.numbers):
            row = strip(claim, name)
            first = f"{CLAIMS.index(claim) + 1} · {_word(found.verdict)}" if i == 0 else ""
            seeds = str(len(found.seeds))
            rows.append([Cell(first), Cell(row.name), Cell(row.text), Cell(seeds)])
    heads = [Cell(t(f"{LESSON}.board.heads.{name}")) for name in ("claim", "number", "mean", "n")]
    table(heads, rows, name="claims", lesson=LESSON)
