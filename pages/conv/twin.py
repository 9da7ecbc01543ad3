"""A small convolutional network beside its twin without batch norm, trained while one watches."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from experiments.conv import net, twin
from experiments.conv.net import Arms
from experiments.job import Job
from experiments.side_by_side import in_sight
from pages.conv import LESSON, runs
from ui import controls, live, page
from ui.scenes import Moment
from ui.text import t

OWN = f"{LESSON}.own"  # in the session: what was trained, and what came of it
HEIGHTS = {"level": 0.97, "behind": 0.8, "chance": 0.1}  # where a guess is marked
MARKED = tuple(HEIGHTS)
Key = tuple[str, str, int]


class Watched(live.Live):
    """The visitor's run, and what came of the last one."""

    @property
    def key(self) -> Key:
        """What the controls describe."""
        return (str(LESSON), LESSON.value("rate"), LESSON.value("run"))

    def begin(self) -> None:
        """Callback of the button."""
        _, rate, seed = self.key
        self.start(Job(self.key, partial(in_sight, partial(twin.one_seed, seed, rate))))

    def settle(self) -> None:
        """Take over a run that has ended. Call first on the page."""
        ticket = self.going()
        found = self.take()
        if ticket is not None and found is not None:
            st.session_state[OWN] = (ticket.job.key, found)

    def own(self) -> Arms | None:
        """What came of the last one, if it is what the controls describe."""
        made = st.session_state.get(OWN)
        return made[1] if made is not None and made[0] == self.key else None

    def so_far(self) -> Arms | None:
        """What the run that goes on has come to."""
        ticket = self.going()
        if ticket is None or ticket.job.key != self.key:
            return None
        pieces: list[Any] = ticket.pieces(max(ticket.status().pieces - 1, 0))
        return pieces[-1] if pieces else None


LIVE = Watched(LESSON)


def picture(now: Moment) -> None:
    """Both curves, what starts a run, and how far it is."""
    going = LIVE.going() is not None
    controls.choice(LESSON, "rate", wrap=True, disabled=going or not now.seen)

    @st.fragment(run_every=live.POLL if going else None)
    def look() -> None:
        _curves(now, LIVE.so_far() if going else LIVE.own() if now.seen else None)

    look()
    with st.container(key="conv-live"):
        if going:
            LIVE.watch()
            return
        LIVE.say_trouble()
        with st.container(horizontal=True, vertical_alignment="bottom", key="conv-start"):
            controls.entry(LESSON, "run", width=130, disabled=not now.seen)
            st.button(
                t(f"{LESSON}.twin.train"),
                type="primary" if now.seen else "secondary",
                icon=":material/play_circle:",
                key="train-twins",
                on_click=LIVE.begin,
                disabled=not now.seen,
            )
        own = LIVE.own()
        if now.seen and own is not None and not own.complete:
            step = int(own.step[-1])
            LIVE.say_stopped(step, t(f"{LESSON}.twin.stopped", step=step))
        LIVE.rerun_if_pressed()


def _curves(now: Moment, own: Arms | None) -> None:
    """Before the answer the network with batch norm alone."""
    found = twin.of(LESSON.value("rate"))
    runs.curves(now, "twins", twin.ARMS, found, own, before=("bn",), marks=HEIGHTS, height=360)


def said(now: Moment) -> dict[str, object]:
    """Where both ended, at the rates that are chosen; the answer is about those of the question."""
    found = twin.of(LESSON.value("rate"))
    asked = runs.known(twin.of(LESSON.default("rate", now.name)), twin.ARMS)
    about = f"{LESSON}.twin.about_{LESSON.value('rate')}"
    return asked | {"about": t(about, **runs.known(found, twin.ARMS), rate=twin.SAME)}


def more(now: Moment) -> None:
    """Both in numbers, and the network as it stands in code."""
    found = twin.of(LESSON.value("rate"))
    runs.results("twin", twin.ARMS, found)
    run = twin.CONFIG
    first, second = net.CHANNELS
    runs.scope(
        "twin",
        **{"first": first, "second": second, "m": run.batch_size, "steps": run.steps},
        seeds=len(found.seeds),
    )
    page.source(twin.one_seed, net.started, key=f"{LESSON}-twin")
