"""Eight sentences about batch norm as one hears them: each is asked before its verdict is shown."""

from __future__ import annotations

import streamlit as st

from pages.why import EIGHT, stage
from pages.why.parts import LESSON, value
from ui import controls
from ui.scenes import Moment
from ui.text import t


def listed(now: Moment) -> tuple[str, ...]:
    """The claims of a scene; on one page all of them."""
    return EIGHT if now.name == "verdicts" and not now.whole else stage.CLAIMS


def picture(now: Moment) -> None:
    """One claim, asked or answered; and the way to the others."""
    these = listed(now)
    claim = stage.claim_of(these)
    with st.container(border=True, key="board-stage"):
        stage.stage(claim, these)
    with st.container(horizontal=True, vertical_alignment="center", key="board-head"):
        stage.menu(these)
        stage.onward(claim, these)
        if these == EIGHT:
            stage.score(these)
        else:
            controls.switch(LESSON, "all")


def more(now: Moment) -> None:
    """How the claim was measured, once it is answered."""
    if now.whole:
        return  # the scene with all of them shows it
    _evidence(now)


def _evidence(now: Moment) -> None:
    claim = stage.claim_of(listed(now))
    if stage.uncovered(claim):
        stage.evidence(claim)
    else:
        st.markdown(t(f"{LESSON}.board.first"))


def everything(now: Moment) -> None:
    """The evidence of the claim, and all that is uncovered so far."""
    _evidence(now)
    stage.score(listed(now))
    stage.board(value("claim"))
    st.button(
        t(f"{LESSON}.board.again"),
        icon=":material/replay:",
        key="board-again",
        on_click=stage.predictions().clear,
        disabled=not stage.predictions(),
    )
    if value("all"):
        stage.everything()
