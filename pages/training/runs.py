"""Which pair of runs the lesson `training` shows, and the run that a visitor has going.

A preset is shown from its shipped trace and trains nothing. A run of the visitor's own is shown
while it trains, and from then on.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import streamlit as st

from bncore.config import RunConfig
from bncore.errors import InputError
from experiments import presets
from experiments.job import pair_job
from experiments.pair import recording
from experiments.training.live import Part, Watch
from experiments.training.shown import Shown
from experiments.training.shown import shown as reduce
from pages.training import LESSON, SETTINGS
from ui.live import Live
from ui.text import t

LIVE = Live(LESSON)
OWN = "own"
#: in the session: the run shown and how it began, the one that is shown live, a link's place
FOUND, AFTER = "training.own", "training.after"
GOING, LINKED = "training.going", "training.linked"


@dataclass(frozen=True, eq=False)
class View(Shown):
    """All that the page shows of a pair."""

    name: str  # tells views apart


def view(name: str, found: Shown) -> View:
    """What is shown, by a name."""
    return View(**vars(found), name=name)


@st.cache_resource(max_entries=8, show_spinner=False)
def preset_view(preset: str) -> View:
    """A shipped pair; loaded once per server."""
    return view(preset, reduce(presets.load(preset)))


@st.cache_resource(max_entries=24, show_spinner=False)
def own_view(config: RunConfig, steps: int, _found: Shown) -> View:
    """The pair of a config as far as it was trained: the same for everyone."""
    digest = zlib.crc32(repr(config).encode())
    return view(f"{OWN}-{digest:08x}-{steps}", _found)


def own() -> View | None:
    """The visitor's own run; None before there is one."""
    return st.session_state.get(FOUND)


def config() -> RunConfig:
    """The run that the settings describe. Raises InputError "config"."""
    chosen = {name: LESSON.value(name) for name in SETTINGS}
    return RunConfig(**chosen, record_every=recording(chosen["steps"]))


def changed(shown: View | None) -> bool:
    """Whether the settings describe another run than the one shown."""
    return shown is None or any(
        LESSON.value(name) != getattr(shown.config, name) for name in SETTINGS
    )


def follow_link() -> None:
    """A link that names a preset and no setting means that preset's settings."""
    given = st.query_params
    if "preset" in given and not any(name in given for name in SETTINGS):
        take_settings(LESSON.value("preset"))


def take_settings(preset: str) -> None:
    """Put the settings of a preset in place."""
    if preset != OWN:
        chosen = presets.PRESETS[preset]
        LESSON.put(**{name: getattr(chosen, name) for name in SETTINGS})


def train() -> None:
    """Start the run of the settings, or the one shown once more."""
    try:
        shown = own()
        run = shown.config if shown is not None and not changed(shown) else config()
        LIVE.start(pair_job(run, reduce, Watch))
    except InputError as error:
        field = t(f"{LESSON}.controls.{error.fields['field']}.label")
        LIVE.refuse(t(f"{LESSON}.refused", field=field))


def train_linked(place: dict[str, Any]) -> None:
    """For a link to an own run: train it, and show in the end the place it asked for."""
    missing = LESSON.value("preset") == OWN and own() is None
    if missing and LIVE.going() is None and LIVE.trouble() is None:
        st.session_state[LINKED] = place
        train()


class Going:
    """What of a run has been sent to the browser."""

    def __init__(self, number: int) -> None:
        self.name = f"live-{number}"
        self.sent = 0

    def parts(self, there: int, *, again: bool) -> list[bytes]:
        """Those that have come since this was last asked, or all, as far as they are of use."""
        ticket = LIVE.going()
        if ticket is None:
            return []
        if again or self.sent > there:
            self.sent = 0
        pieces: list[Part] = ticket.pieces(self.sent)[: there - self.sent]
        self.sent = there
        whole = [k for k, piece in enumerate(pieces) if piece.since == 0]
        return [piece.packed for piece in pieces[whole[-1] if whole else 0 :]]


def going() -> Going:
    """Of the run that is going on."""
    ticket, known = LIVE.going(), st.session_state.get(GOING)
    if known is None or known[0] is not ticket:
        number = known[1] + 1 if known else 1
        known = st.session_state[GOING] = ticket, number, Going(number)
    return known[2]


def settle() -> None:
    """Take over a run that has ended. Call before any widget of the page is drawn."""
    ticket, found = LIVE.going(), LIVE.take()
    if found is None:
        return
    shown = st.session_state[FOUND] = own_view(found.config, found.steps, found)
    known, place = st.session_state.get(GOING), st.session_state.pop(LINKED, None)
    live = known[2] if known is not None and known[0] is ticket else None
    seen = live is not None and live.sent > 0
    last = len(shown.replay.steps) - 1
    LESSON.put(**{"preset": OWN} | (place or {"frame": last if seen else 0}))
    st.session_state[AFTER] = After(
        follows=live.name if live is not None and seen and place is None else "",
        play=not seen and place is None,
    )


class After(NamedTuple):
    """How a run that has ended is shown at first."""

    follows: str = ""  # what was shown live of it
    play: bool = False  # what nobody has seen


def after() -> After:
    """Of the visitor's own run."""
    return st.session_state.get(AFTER, After())
