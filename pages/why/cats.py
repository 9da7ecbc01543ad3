"""Black cats, coloured cats: what a network that learned from one colour makes of another."""

from __future__ import annotations

import html

import streamlit as st

from experiments.why import cats
from figures.parts import guessed
from pages.why import charts_shift as figures
from pages.why.arms import K, arm, compared
from pages.why.parts import LESSON, STYLE, chart, value, words
from ui import controls, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import mode, t

SHOWN = 5  # animals that are met
MET = 2  # the seed that draws them: of these about as many are told apart as of 400 others
ORANGE = 0.7  # of what the answers say
MARKED = ("same",)
STUDIED = 8  # and of those learned from
ARMS = {
    "none": ("plain", "plain_retrained"),
    "before": ("frozen", "reestimated", "frozen_retrained"),
}
KINDS = {cats.CAT: "cat", cats.DOG: "dog"}


def picture(now: Moment) -> None:
    """The fur, the animals in it, and how many of them are told apart: answers come later."""
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="medium", key="coat-controls"
    ):
        controls.ladder(LESSON, "coat", width=300)
        controls.choice(LESSON, "learner")
    now_seen = cats.seen(value("coat"), SHOWN, MET, value("learner"))
    page.at_once(_met(now_seen) if now.seen else _waiting(now_seen), STYLE)
    st.caption(t(f"{LESSON}.coats.rows"))
    _over_coats(now.seen, now.mark(*MARKED))


def _waiting(seen: cats.Seen) -> str:
    """The animals, before anybody says what they are."""
    alts = [t(f"{LESSON}.coats.alt_waiting", kind=kind(y)) for y in seen.y]
    rows = '<span class="waiting">…</span>' * 2
    captions = [f"<b>{html.escape(kind(y))}</b>{rows}" for y in seen.y]
    return figures.gallery(seen.rgb, alts, captions, 104)


def kind(y: int) -> str:
    return t(f"{LESSON}.coats.{KINDS[int(y)]}")


def _met(now: cats.Seen) -> str:
    """Each animal large, with both answers below it."""
    alts, captions = [], []
    for y, *chances in zip(now.y, now.cat, now.cat_retrained, strict=True):
        answers = [_answer(float(chance)) for chance in chances]
        both = {"black": answers[0][1], "every": answers[1][1]}
        alts.append(t(f"{LESSON}.coats.alt_met", kind=kind(y), **both))
        lines = [f"<b>{html.escape(kind(y))}</b>"]
        lines += [figures.answer(mode(), said == y, text) for said, text in answers]
        captions.append("".join(lines))
    return figures.gallery(now.rgb, alts, captions, 104)


def _answer(cat: float) -> tuple[int, str]:
    """The likelier of both, and how sure the network is."""
    said = cats.CAT if cat >= 0.5 else cats.DOG
    return said, f"{kind(said)} {100 * max(cat, 1 - cat):.0f}%"


def _over_coats(seen: bool, mark: str) -> None:
    """Over every colour; before the answer the axes alone. `mark`: as right as in black."""
    found, at = cats.over_seeds(), cats.SHIFTS.index(value("coat"))
    arms = {name: getattr(found, name) for name in ARMS[value("learner")] if seen}
    labels = words("coats", "axis", "accuracy") | {name: arm(name) for name in arms}
    told = ", ".join(f"{arm(name)} {percent(each[:, at].mean())}" for name, each in arms.items())
    black = float(found.plain[:, cats.SHIFTS.index(0.0)].mean())
    figure = figures.by_coat(mode(), found.shift, arms, value("coat"), labels)
    chart(
        guessed(figure, mark, ORANGE, black, mode(), below=True),
        "coats.alt" if seen else "coats.alt_before",
        "coats",
        shift=number(value("coat")),
        told=told,
    )


def said(now: Moment) -> dict[str, object]:
    """How many are told apart in this coat, by whom."""
    found, at = cats.over_seeds(), cats.SHIFTS.index(value("coat"))
    shares = {name: percent(float(getattr(found, name)[:, at].mean())) for name in figures.LOOKS}
    orange = cats.SHIFTS.index(ORANGE)
    known = {
        f"orange_{name}": percent(float(each[:, orange].mean()))
        for name, each in (("plain", found.plain), ("frozen", found.frozen))
    }
    return shares | known | {"k": K}


# --- the drawer ---


def more(now: Moment) -> None:
    """What they learned from, every learner in this coat, and what new statistics do."""
    _learned_from()
    shown = cats.seen(value("coat"), SHOWN, MET, value("learner"))
    shares = {"first": percent(shown.accuracy), "second": percent(shown.accuracy_retrained)}
    st.markdown(t(f"{LESSON}.coats.meet"))
    st.markdown(t(f"{LESSON}.coats.others", others=cats.N_TEST, **shares))
    found, at = cats.over_seeds(), cats.SHIFTS.index(value("coat"))
    arms = {name: getattr(found, name)[:, at] for name in figures.LOOKS}
    compared(arms, t(f"{LESSON}.coats.head", shift=number(value("coat"))), "coats")
    st.caption(t(f"{LESSON}.bands", seeds=len(found.seeds)))
    new = found.reestimated.mean(axis=0)
    here, cream = percent(float(new[at])), percent(float(new[-1]))
    st.markdown(t(f"{LESSON}.coats.renewed", k=K, here=here, cream=cream))
    st.caption(t(f"{LESSON}.coats.drawn", side=cats.SIZE))
    page.source(cats.draw, cats.shapes, cats.learn, key="cats")


def _learned_from() -> None:
    """What the first network saw, and what the second one saw."""
    both = ("black", False), ("every", True)
    for column, (name, retrained) in zip(st.columns(2, gap="large"), both, strict=True):
        seen = cats.studied(retrained, STUDIED)
        alts = [t(f"{LESSON}.coats.alt_{name}", kind=kind(y)) for y in seen.y]
        with column:
            st.markdown(t(f"{LESSON}.coats.{name}"))
            page.at_once(figures.gallery(seen.rgb, alts, [""] * STUDIED, 48), STYLE)
