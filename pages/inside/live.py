"""Runs that a visitor starts in the lesson `inside`: one seed for all, one pair or more each.

    LIVE = Section("growth", config, scale.measured)
    LIVE.settle()       # first on the page: takes over a pair that has ended
    LIVE.button()       # in its fragment: the seed, the button, the bar
    LIVE.shown()        # what was trained with the settings that are chosen now
    LIVE.grow(draw)     # while it trains: draws what there is of it by now, again and again

A run is a pair, with batch norm and without. A section with two places for batch norm trains two
pairs, one after the other; what they have in common is shown once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from bncore.config import RunConfig
from bncore.trace import Trace
from experiments.job import pair_job
from experiments.pair import Kept, kept
from experiments.so_far import Watch
from pages.inside import LESSON
from ui.live import POLL, Live
from ui.numbers import percent
from ui.text import t

LOST = 0.2  # a test accuracy below this is next to guessing, among ten digits
RESEEDED = f"{LESSON}.reseeded"  # in the session: the other sections must show the new seed, too


@dataclass(frozen=True, eq=False)
class Own:
    """What a visitor's last run of a section came to."""

    config: RunConfig  # of the arm without batch norm, which all pairs of the section share
    arms: dict[str, Any]  # by norm: what the section keeps of a trace
    stopped: int | None  # the step at which it was stopped


class Section:
    """The live runs of one section, and what is left of the last one."""

    def __init__(
        self,
        name: str,
        config: Callable[[str], RunConfig],
        keep: Callable[[Trace], Any],
        norms: tuple[str, ...] = ("before",),
    ) -> None:
        """`config` gives the run that the controls describe, with batch norm at a place."""
        self.name, self.norms = name, norms
        self.config, self.keep = config, keep
        self.live = Live(LESSON, name)
        self.own = f"{LESSON}.own.{name}"

    def settle(self) -> None:
        """Take over a pair that has ended, and start the next one. Call first on the page."""
        found = self.live.take()
        if found is None:
            return
        self.put(found)
        at = self.norms.index(found.config.norm) + 1
        if found.stopped is None and at < len(self.norms):
            self._start(replace(found.config, norm=self.norms[at]))
            self.live.just_pressed()

    def put(self, found: Kept) -> None:
        """Keep a pair beside the others of the same seed and settings."""
        st.session_state[self.own] = self._joined(found)

    def _joined(self, found: Kept) -> Own:
        known: Any = st.session_state.get(self.own)
        config = found.config.twin()
        same = known is not None and known.config == config
        arms = (known.arms if same else {}) | found.arms
        return Own(config, arms, found.stopped)

    def shown(self) -> Own | None:
        """What was trained with the settings that are chosen now."""
        own = st.session_state.get(self.own)
        return own if own is not None and own.config == self.config("none") else None

    def growing(self) -> Own | None:
        """What there is by now of a run with these settings: what a stop would keep."""
        ticket = self.live.going()
        pieces = [] if ticket is None else ticket.pieces()
        own = self._joined(pieces[-1]) if pieces else None
        return own if own is not None and own.config == self.config("none") else None

    def grow(self, draw: Callable[[Own | None], None]) -> None:
        """Draw that again and again, as long as the run goes on. What is drawn keeps its place."""

        @st.fragment(run_every=POLL)
        def look() -> None:
            if self.live.going() is not None:
                draw(self.growing())

        look()

    def stopped(self, own: Own) -> bool:
        """Say so, where a run was stopped; its end is then no end to compare."""
        if own.stopped is None:
            return False
        sentence = t(f"{LESSON}.live.stopped", step=own.stopped, steps=own.config.steps)
        self.live.say_stopped(own.stopped, sentence)
        return True

    def train(self) -> None:
        """Callback of the button."""
        self._start(self.config(self.norms[0]))

    def _start(self, config: RunConfig) -> None:
        self.live.start(pair_job(config, partial(kept, self.keep), partial(Watch, self.keep)))

    def button(self) -> None:
        """The seed, the button, and the bar while it goes on."""
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"live-{self.name}"):
            self._seed()
            st.button(
                t(f"{LESSON}.live.train"),
                type="primary",
                icon=":material/play_circle:",
                key=f"train-{self.name}",
                on_click=self.train,
                disabled=self.live.going() is not None,
            )
        if st.session_state.pop(RESEEDED, False):
            st.rerun()
        self.live.rerun_if_pressed()
        self.live.say_trouble()
        self.live.watch()

    def _seed(self) -> None:
        """A field for the seed that all sections share: each field is a widget of its own."""
        control, field = LESSON.control("run"), f"{LESSON}.run.{self.name}"
        st.session_state[field] = seed()

        def take() -> None:
            LESSON.put(run=st.session_state[field])
            st.session_state[RESEEDED] = True

        st.number_input(
            t(f"{LESSON}.controls.run.label"),
            min_value=control.low,
            max_value=control.high,
            step=1,
            help=t(f"{LESSON}.controls.run.help"),
            key=field,
            on_change=take,
            width=140,
        )


def seed() -> int:
    """Of all live runs of the lesson."""
    return LESSON.value("run")


def of_seed(shipped: Collection[int]) -> str:
    """Whether the shipped runs have this seed, too."""
    which = "known" if seed() in shipped else "new"
    return t(f"{LESSON}.live.{which}", seed=seed(), seeds=len(shipped))


# --- where a run lies among the shipped ones ---


def lies(arm: str, accuracy: float, shipped: np.ndarray | None) -> str:
    """A sentence: an arm's accuracy at the end against those of the shipped seeds (S,)."""
    known = {"arm": arm, "accuracy": percent(accuracy)}
    if shipped is None:
        return t(f"{LESSON}.live.alone", **known)
    low, high = float(shipped.min()), float(shipped.max())
    # the shipped ones were rounded to float32
    near = np.isclose(accuracy, [low, high], rtol=0, atol=1e-6).any()
    where = "within" if near or low < accuracy < high else "above" if accuracy > high else "below"
    ends = {"low": f"{100 * low:.1f}", "high": percent(high)}
    return t(f"{LESSON}.live.{where}", **known, **ends)


def fate(arm: str, accuracy: float, diverged_at: int | None) -> str:
    """A sentence on a run that went wrong; nothing on one that did not."""
    if diverged_at is not None:
        return t(f"{LESSON}.live.diverged", arm=arm, step=diverged_at)
    if accuracy < LOST:
        return t(f"{LESSON}.live.lost", arm=arm, accuracy=percent(accuracy))
    return ""


def luck(shipped: Collection[int]) -> str:
    """How often a new seed lies outside by luck alone; of a shipped one, that it repeats."""
    if seed() in shipped:
        return ""
    return t(f"{LESSON}.live.luck", seeds=len(shipped), all=len(shipped) + 1)


def listed(sentences: Collection[str]) -> None:
    """Those that are there, as a list."""
    st.markdown("\n".join(f"- {each}" for each in sentences if each))
