"""Where batch norm loses: the plain network and batch norm from the same start."""

from __future__ import annotations

import streamlit as st

from experiments.claims import grading
from experiments.intervals import interval
from experiments.noise import regularize
from experiments.why import limits
from pages.why import charts_board as why_board
from pages.why.charts_board import Strip
from pages.why.parts import LESSON
from pages.why.runs import named
from pages.why.strips import STYLE, written
from ui import page
from ui.numbers import short
from ui.scenes import Moment
from ui.text import mode, t

FAR = 0.05  # the share of the test images by which batch norm is clearly behind in the picture


def picture(now: Moment) -> None:
    """The cases in which batch norm is far behind, over their seeds."""
    _beside([name for name, case in limits.cases().items() if _far_behind(case)])


def _far_behind(case: limits.Case) -> bool:
    return grading.above(case.behind, FAR)


def _beside(names: list[str]) -> None:
    """Some cases, each beside the plain network."""
    some = {name: limits.cases()[name] for name in names}
    rows = [
        Strip(
            named(arm),
            "share",
            values,
            interval(values),
            written("share", values),
            arm,
            head=_case(name, case) if arm == "plain" else "",
        )
        for name, case in some.items()
        for arm, values in (("plain", case.plain), ("bn", case.bn))
    ]
    listed = "; ".join(f"{row.head} {row.name}: {row.text}" for row in rows)
    words = {"share": t(f"{LESSON}.board.kinds.share"), "alt": listed}
    page.at_once(why_board.strips(mode(), rows, words, ends=(0.0, 1.0)), STYLE)


def more(now: Moment) -> None:
    """The other cases, what dots and bars are, large networks, and the lessons with the cases."""
    cases = limits.cases()
    _beside([name for name, case in cases.items() if not _far_behind(case)])
    st.caption(t(f"{LESSON}.loses.seeds"))
    page.say(f"{LESSON}/speed_loses")
    lessons = dict.fromkeys(case.lesson for case in cases.values() if case.lesson != LESSON)
    with st.container(horizontal=True, key="loses-links"):
        for lesson in lessons:
            page.link(lesson)


def _case(name: str, case: limits.Case) -> str:
    """Its name, and how far batch norm is behind, or ahead."""
    which = "level"
    if grading.above(case.behind, 0.0):
        which = "behind"
    elif grading.below(case.behind, 0.0):
        which = "ahead"
    apart = -case.behind if which == "ahead" else case.behind
    said = {"case": t(f"{LESSON}.loses.{name}", **_settings())}
    return t(f"{LESSON}.loses.{which}", apart=written("points", apart).lstrip("+"), **said)


def _settings() -> dict[str, object]:
    """What names of cases say of their networks."""
    return {
        "images": regularize.SETTINGS["mnist512"].n_train,
        "layers": limits.AT_BEST["deep"].depth,
        "light": short(limits.LIGHT),
        "slow": short(limits.SLOW),
        "long_rate": short(limits.LONG.lr),
    }
