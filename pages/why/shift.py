"""The part on covariate shift: drawn cats, real digits in other inks, and the internal one."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from experiments.at_test_time import dimming
from experiments.presets import FIGURE_1
from experiments.why import cats, coloured, two_shifts
from figures import daylight
from figures.theme import colour
from pages.why import charts_shift as figures
from pages.why.parts import LESSON, STYLE, chart, value, words
from ui import controls, page
from ui.numbers import number, percent
from ui.tables import Cell, table
from ui.text import mode, t

SHOWN = 8  # pictures in a row
ARMS = {
    "none": ("plain", "plain_retrained"),
    "before": ("frozen", "reestimated", "frozen_retrained"),
}
K = 64  # unlabelled images
KINDS = {cats.CAT: "cat", cats.DOG: "dog"}


def show() -> None:
    """Draw this part."""
    page.say(f"{LESSON}/shift")
    page.question(LESSON, "coats", ("same", "drops", "bn"), right="drops", horizontal=True)
    coats()
    page.say(f"{LESSON}/inks")
    inks()
    page.say(f"{LESSON}/light")
    light()
    page.say(f"{LESSON}/internal")
    internal()
    page.say(f"{LESSON}/apart")
    page.question(LESSON, "which", ("night", "below", "renamed"), right="below")
    page.source(
        cats.draw,
        cats.shapes,
        cats.learn,
        coloured.write,
        coloured.one_seed,
        two_shifts.measured,
        key="why-shift",
    )


# --- cats, drawn ---


@page.fragment(LESSON)
def coats() -> None:
    """The same animals in another coat, and what two networks say of them."""
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="large", key="coat-controls"
    ):
        controls.ladder(LESSON, "coat", width=420)
        controls.choice(LESSON, "learner")
    now = cats.seen(value("coat"), SHOWN, norm=value("learner"))
    _learned_from()
    st.markdown(t(f"{LESSON}.coats.meet"))
    page.at_once(_met(now), STYLE)
    shares = {"first": percent(now.accuracy), "second": percent(now.accuracy_retrained)}
    st.markdown(t(f"{LESSON}.coats.others", others=cats.N_TEST, **shares))
    st.caption(t(f"{LESSON}.coats.drawn", side=cats.SIZE))
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        _over_coats()
    with right:
        _in_this_coat()
        st.markdown(t(f"{LESSON}.coats.say"))
        if value("learner") == "before":
            new = cats.over_seeds().reestimated.mean(axis=0)
            here, cream = (percent(float(new[i])) for i in (cats.SHIFTS.index(value("coat")), -1))
            st.markdown(t(f"{LESSON}.coats.renewed", k=K, here=here, cream=cream))


def _learned_from() -> None:
    """What the first network saw, and what the second one saw."""
    both = ("black", False), ("every", True)
    for column, (name, retrained) in zip(st.columns(2, gap="large"), both, strict=True):
        seen = cats.studied(retrained, SHOWN)
        alts = [t(f"{LESSON}.coats.alt_{name}", kind=kind(y)) for y in seen.y]
        with column:
            st.markdown(t(f"{LESSON}.coats.{name}"))
            page.at_once(figures.gallery(seen.rgb, alts, [""] * SHOWN, 48), STYLE)


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
    return figures.gallery(now.rgb, alts, captions, 112)


def _answer(cat: float) -> tuple[int, str]:
    """The likelier of both, and how sure the network is."""
    said = cats.CAT if cat >= 0.5 else cats.DOG
    return said, f"{kind(said)} {100 * max(cat, 1 - cat):.0f} %"


def _over_coats() -> None:
    found, at = cats.over_seeds(), cats.SHIFTS.index(value("coat"))
    arms = {name: getattr(found, name) for name in ARMS[value("learner")]}
    labels = words("coats", "axis", "accuracy") | {name: _arm(name) for name in arms}
    told = ", ".join(f"{_arm(name)} {percent(arm[:, at].mean())}" for name, arm in arms.items())
    chart(
        figures.by_coat(mode(), found.shift, arms, value("coat"), labels),
        "coats.alt",
        "coats",
        shift=number(value("coat")),
        told=told,
    )
    st.caption(t(f"{LESSON}.bands", seeds=len(found.seeds)))


def _arm(name: str) -> str:
    return t(f"{LESSON}.arms.{name}", k=K)


def _in_this_coat() -> None:
    found, at = cats.over_seeds(), cats.SHIFTS.index(value("coat"))
    arms = {name: getattr(found, name)[:, at] for name in figures.LOOKS}
    _compared(arms, t(f"{LESSON}.coats.head", shift=number(value("coat"))), "coats")


def _compared(arms: dict[str, np.ndarray], head: str, name: str) -> None:
    """A row for each arm: the mean over seeds (S,), and from lowest to highest."""
    rows = [
        [
            Cell(_arm(arm), colour=colour(figures.LOOKS[arm][0], mode())),
            Cell(percent(float(seeds.mean())), f"{seeds.mean():.4f}"),
            Cell(f"{100 * seeds.min():.0f}–{100 * seeds.max():.0f} %"),
        ]
        for arm, seeds in arms.items()
    ]
    table(
        [Cell(head), Cell(t(f"{LESSON}.mean")), Cell(t(f"{LESSON}.range"))],
        rows,
        name=name,
        lesson=LESSON,
    )


# --- digits in other inks ---


@page.fragment(LESSON)
def inks() -> None:
    """Digits as in training and in the chosen ink, and how five ways to meet them do."""
    controls.choice(LESSON, "ink", wrap=True)
    ink, names = value("ink"), list(coloured.INKS)
    left, right = st.columns(2, gap="large")
    with left:
        _digits("black", "trained")
    with right:
        _digits(ink, "met")
    arms, at = ink_arms(), names.index(ink)
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    labels = [controls.option_label(LESSON, "ink", each) for each in names]
    with left:
        told = ", ".join(f"{_arm(name)} {percent(arm[:, at].mean())}" for name, arm in arms.items())
        chart_words = words("inks", "accuracy") | {name: _arm(name) for name in arms}
        chart(
            figures.by_ink(mode(), labels, arms, at, chart_words),
            "inks.alt",
            "inks",
            ink=labels[at],
            told=told,
        )
        st.caption(t(f"{LESSON}.bands", seeds=len(coloured.over_seeds().seeds)))
    with right:
        here = {name: arm[:, at] for name, arm in arms.items()}
        _compared(here, t(f"{LESSON}.inks.head", ink=labels[at]), "inks")
        known = {
            f"{name}_{each}": percent(arm[:, names.index(each)].mean())
            for name, arm in arms.items()
            for each in names
        }
        st.markdown(t(f"{LESSON}.inks.say", k=K, **known))


def _digits(ink: str, where: str) -> None:
    rgb, digits = coloured.pictures(ink, SHOWN)
    name = controls.option_label(LESSON, "ink", ink)
    alts = [t(f"{LESSON}.inks.alt_digit", digit=int(digit), ink=name) for digit in digits]
    st.markdown(t(f"{LESSON}.inks.{where}", ink=name))
    page.at_once(figures.gallery(rgb, alts, [""] * SHOWN, 48), STYLE)


def ink_arms() -> dict[str, np.ndarray]:
    """(S, I) accuracy of each arm, the new statistics from K images."""
    found = coloured.over_seeds()
    new = found.reestimated[:, list(found.k).index(K)]
    return {name: new if name == "reestimated" else getattr(found, name) for name in figures.LOOKS}


# --- digits in the dark ---

LIGHT = 0.3  # what is put into words


def light() -> None:
    """The same with dimmed digits, from the lesson on train and test."""
    found = dimming.over_seeds()
    new = found.reestimated[:, list(found.k).index(K)]
    plain, frozen = found.plain, found.frozen
    arms = {"plain": plain, "frozen": frozen, "reestimated": new}
    at = int(np.abs(found.a - LIGHT).argmin())
    known = {name: percent(arm[:, at].mean()) for name, arm in arms.items()}
    known |= {"a": number(LIGHT), "k": str(K)}
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        chart_words = words("light", "axis") | {name: _arm(name) for name in arms}
        chart_words["accuracy"] = t(f"{LESSON}.inks.accuracy")
        figure = daylight.world(mode(), found.a, plain, frozen, new, LIGHT, chart_words)
        chart(figure, "light.alt", "light", **known)
        st.caption(t(f"{LESSON}.bands", seeds=len(found.seeds)))
    with right:
        st.markdown(t(f"{LESSON}.light.say", **known))
        page.link("test_time")


# --- the internal one ---


def internal() -> None:
    """What is given from outside, beside what a layer is given inside."""
    found = two_shifts.measured()
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(t(f"{LESSON}.internal.outside"))
        ink, dark = (number(float(x), 2) for x in (found.inputs[:, 1].mean(), found.dark[1]))
        chart(
            figures.outside(
                mode(),
                found.steps[1:],
                found.inputs,
                found.dark,
                words("internal", "step", "inputs", "training", "test"),
            ),
            "internal.alt_outside",
            "outside",
            ink=ink,
            dark=dark,
        )
    with right:
        st.markdown(t(f"{LESSON}.internal.inside"))
        medians = {
            f"{name}_{end}": number(float(arm[i, 1]), 2)
            for name, arm in (("plain", found.plain), ("bn", found.bn))
            for end, i in (("first", 0), ("last", -1))
        }
        chart(
            figures.inside(
                mode(),
                found.steps,
                found.plain,
                found.bn,
                words("internal", "step", "u", "plain", "bn"),
            ),
            "internal.alt_inside",
            "inside",
            **medians,
        )
    run = FIGURE_1
    known = {"depth": run.depth, "width": run.width, "probe": run.probe}
    known |= dict(zip(("low", "_", "high"), two_shifts.PERCENTILES, strict=True))
    st.caption(t(f"{LESSON}.internal.how", a=number(two_shifts.DARK), **known))
