"""Experiments that a visitor runs anew with a seed: a second or two each.

LIVE = LIVES["noisy"]
LIVE.begin(key, run)     # in a button's callback; run(progress, should_stop) trains, can be
                         # pickled, and returns something that knows whether it is `complete`
LIVE.found(key)          # what came of it, or None
LIVE.grow(key, draw)     # draw(what there is of it by now), again and again while it trains
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import streamlit as st

from experiments.job import Job, Run
from experiments.side_by_side import in_sight
from pages.why.parts import LESSON
from ui import live
from ui.text import t


class Live(live.Live):
    """The run that this visitor has going in one experiment, and what came of the last one."""

    def __init__(self, experiment: str) -> None:
        super().__init__(LESSON, experiment)
        self._place = f"{LESSON}.own.{experiment}"  # in the session: (key, result)

    def begin(self, key: Hashable, run: Run) -> None:
        """Ask for a run."""
        self.start(Job((self.name, key), partial(in_sight, run)))

    def settle(self) -> None:
        """Take over what has ended. Call before any widget is drawn."""
        ticket = self.going()
        found = self.take()
        if ticket is not None and found is not None:
            key: Any = ticket.job.key
            st.session_state[self._place] = (key[1], found)

    def found(self, key: Hashable) -> Any:
        """The result of the last run, if that was one with this key."""
        known = st.session_state.get(self._place)
        return known[1] if known is not None and known[0] == key else None

    def grow(self, key: Hashable, draw: Callable[[Any], None]) -> None:
        """Draw what there is of a run by now, as long as it goes on; then what came of it.

        What is drawn keeps its place.
        """

        @st.fragment(run_every=live.POLL)
        def look() -> None:
            if self.going() is not None:
                draw(self._so_far(key))

        if self.going() is None:
            draw(self.found(key))
        else:
            look()

    def _so_far(self, key: Hashable) -> Any:
        ticket = self.going()
        name: Any = None if ticket is None else ticket.job.key
        if ticket is None or name[1] != key:
            return None
        pieces = ticket.pieces(max(ticket.status().pieces - 1, 0))
        return pieces[-1] if pieces else None

    def button(self, key: Hashable, run: Run) -> None:
        """The button, and the bar and the stop while it goes on."""
        st.button(
            t(f"{LESSON}.live.train"),
            icon=":material/play_circle:",
            type="primary",
            key=f"train-{self.name}",
            on_click=self.begin,
            args=(key, run),
            disabled=self.going() is not None,
        )
        self.rerun_if_pressed()


LIVES = {name: Live(name) for name in ("noisy", "once", "smooth", "rates")}
