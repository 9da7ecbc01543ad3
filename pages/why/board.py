"""The part on the verdicts: what is said of batch norm, what you say, and what is measured.

Each claim is predicted first; then its evidence is uncovered, and the claim takes its place on the
board. Predictions last as long as the session, and the first one counts.
"""

from __future__ import annotations

import html
from functools import cache

import streamlit as st

from experiments.claims import board as claims
from experiments.claims import grading, registry, told
from experiments.intervals import interval
from pages.why import charts_board as figures
from pages.why import parts as why
from pages.why import scope as scopes
from pages.why.charts_board import Strip, Tile
from pages.why.parts import LESSON, value
from pages.why.strips import STYLE, summed, written
from ui import controls, page, state, text
from ui.numbers import number
from ui.tables import Cell, table
from ui.text import mode, t

CLAIMS = tuple(claims.board())
PREDICTIONS = f"{LESSON}.predictions"  # in the session: verdict by claim
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
MOST = 6  # numbers that are shown together, of whatever kind


def predictions() -> dict[str, str]:
    """By claim, what this visitor said first."""
    return st.session_state.setdefault(PREDICTIONS, {})


def predict(claim: str, verdict: str) -> None:
    """Callback of the four buttons."""
    predictions().setdefault(claim, verdict)


def uncovered(claim: str) -> bool:
    """Whether its evidence may be seen."""
    return claim in predictions() or value("all")


@page.fragment(LESSON)
def show() -> None:
    """Draw this part."""
    page.say(f"{LESSON}/board")
    with st.expander(
        t(f"{LESSON}.board.elsewhere"), icon=":material/science:", key="board-elsewhere"
    ):
        page.say(f"{LESSON}/board_elsewhere")
    claim = value("claim")
    with st.container(border=True, key="board-stage"):
        stage(claim)
    with st.container(horizontal=True, vertical_alignment="center", key="board-head"):
        score()
        controls.switch(LESSON, "all")
        st.button(
            t(f"{LESSON}.board.again"),
            icon=":material/replay:",
            key="board-again",
            on_click=predictions().clear,
            disabled=not predictions(),
        )
    menu()
    board(claim)
    if value("all"):
        everything()
    page.source(
        registry.CLAIMS[claim].measure,
        interval,
        grading.graded,
        grading.graded_in_all,
        key=f"{LESSON}-board",
    )


# --- the score, and the way about ---


def score() -> None:
    """How often the visitor and the evidence agree."""
    said = predictions()
    known = {"agreed": agreed(), "said": len(said), "left": len(CLAIMS) - len(said)}
    words = t(f"{LESSON}.board.{'score' if said else 'unscored'}", all=len(CLAIMS), **known)
    rest = t(f"{LESSON}.board.{'left' if known['left'] else 'complete'}", **known)
    stars = f"<b>{figures.AGREED} {known['agreed']}/{known['said']}</b>" if said else ""
    tail = f"<span>{html.escape(rest)}</span>" if said else ""
    page.at_once(
        f'<p class="board-score">{stars}<span>{html.escape(words)}</span>{tail}</p>', STYLE
    )


def agreed() -> int:
    """Predictions that were right."""
    return sum(verdict == claims.board()[claim].verdict for claim, verdict in predictions().items())


def menu() -> None:
    """Every claim by its number, with a star where it has been predicted."""
    st.pills(
        t(f"{LESSON}.controls.claim.label"),
        CLAIMS,
        format_func=_numbered,
        key=state.key(LESSON, "claim"),
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )


def _numbered(claim: str) -> str:
    number, said = str(CLAIMS.index(claim) + 1), predictions().get(claim)
    if said is None:
        return number
    agree = said == claims.board()[claim].verdict
    return f"{number} {figures.AGREED if agree else figures.DIFFERED}"


def onward(claim: str) -> None:
    """The next claim that is still covered; where there is none, the next one."""
    here = CLAIMS.index(claim) + 1
    ahead = [*CLAIMS[here:], *CLAIMS[:here]]
    following = next((each for each in ahead if not uncovered(each)), ahead[0])
    st.button(
        t(f"{LESSON}.board.next"),
        icon=":material/arrow_forward:",
        type="primary",
        key="board-next",
        on_click=lambda: LESSON.put(claim=following),
    )


# --- one claim ---


def stage(claim: str) -> None:
    """The claim; then the question, or what came out."""
    of = t(f"{LESSON}.board.groups.{claims.board()[claim].group}")
    known = {"number": CLAIMS.index(claim) + 1, "all": len(CLAIMS), "group": of}
    stars = f" · {figures.AGREED} {agreed()}/{len(predictions())}" if predictions() else ""
    above = html.escape(t(f"{LESSON}.board.of", **known)) + stars
    sentence = html.escape(t(f"{LESSON}.board.quoted", claim=worded(claim, "say")))
    page.at_once(f'<p class="board-of">{above}</p><p class="board-claim">{sentence}</p>', STYLE)
    if uncovered(claim):
        outcome(claim)
    else:
        ask(claim)


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
    """Verdict, evidence, what to take from it, and where to go on."""
    verdict = claims.board()[claim].verdict
    badge = figures.badge(mode(), verdict, _word(verdict))
    page.at_once(
        f'<div class="board-outcome" data-verdict="{verdict}">{badge}'
        f"<span>{html.escape(compared(claim))}</span></div>",
        STYLE,
    )
    if text.has(f"{LESSON}.claims.{claim}.{verdict}", **known(claim)):
        st.markdown(worded(claim, verdict))
    st.markdown(t(f"{LESSON}.board.measured", how=worded(claim, "how")))
    evidence(claim)
    with st.container(horizontal=True, vertical_alignment="center", key="board-links"):
        onward(claim)
        entry = claims.board()[claim]
        st.link_button(
            t(f"{LESSON}.board.paper", paper=t(f"{LESSON}.papers.{entry.paper.replace('.', '_')}")),
            f"https://arxiv.org/abs/{entry.paper}",
            icon=":material/article:",
        )
        if entry.lesson != LESSON:
            page.link(entry.lesson)
        elif entry.place:
            touch(entry.place)


def touch(place: dict[str, str]) -> None:
    """A button to the part of this lesson where one can try it."""

    def turn() -> None:
        LESSON.put(**place)
        st.session_state[why.TURNED] = True

    part = t(f"{LESSON}.controls.part.options.{place['part']}")
    st.button(t(f"{LESSON}.board.touch", part=part), key="board-touch", on_click=turn)
    if st.session_state.get(why.TURNED):
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
    """Every number over its seeds, as a picture that holds the numbers; many are folded away."""
    rows = [strip(claim, name) for name in claims.board()[claim].numbers]
    first = [row for row in rows if len(rows) <= MOST or row.kind == rows[0].kind]
    picture = pictured(first)
    if rest := [row for row in rows if row not in first]:
        more = html.escape(t(f"{LESSON}.board.more"))
        picture += (
            f'<details class="board-more"><summary>{more}</summary>{pictured(rest)}</details>'
        )
    page.at_once(picture, STYLE)
    row = claims.board()[claim]
    st.caption(f"{scopes.scope(row)}  \n{scopes.varied(row)} {t(f'{LESSON}.board.seeds')}")


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
    st.markdown(t(f"{LESSON}.board.title"))
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
    st.markdown(t(f"{LESSON}.board.all_numbers"))
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
