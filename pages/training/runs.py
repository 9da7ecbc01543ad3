"""Which pair of runs the lesson `training` shows, and the run that a visitor has going.

A preset is shown from its shipped trace and trains nothing. A run of the visitor's own is shown
when it is done or stopped; until then what was shown stays.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import streamlit as st

from bncore.config import RunConfig
from bncore.errors import InputError
from experiments import presets
from experiments.job import pair_job
from experiments.pair import recording
from experiments.training.shown import Shown
from experiments.training.shown import shown as reduce
from pages.training import LESSON, replay
from ui.live import Live
from ui.text import t

LIVE = Live(LESSON)
OWN = "own"
#: the controls that decide a run
SETTINGS = (
    *("dataset", "depth", "width", "activation", "optimizer", "lr", "batch_size"),
    *("init", "init_scale", "steps", "seed"),
)
PATIENCE = 15.0  # seconds that a link to an own run waits for it before the page is drawn without


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


def shown() -> View | None:
    """What the replay shows now; None while a link's own run is not there yet."""
    preset = LESSON.value("preset")
    if preset != OWN:
        return preset_view(preset)
    return st.session_state.get("training.own")


def config() -> RunConfig:
    """The run that the settings describe. Raises InputError "config"."""
    chosen = {name: LESSON.value(name) for name in SETTINGS}
    return RunConfig(**chosen, record_every=recording(chosen["steps"]))


def changed(view: View | None) -> bool:
    """Whether the settings describe another run than the one shown."""
    return view is None or any(
        LESSON.value(name) != getattr(view.config, name) for name in SETTINGS
    )


def pick() -> None:
    """Callback of the preset control: its settings, from the start."""
    take_settings()
    replay.rewind()


def follow_link() -> None:
    """A link that names a preset and no setting means that preset's settings.

    The page's own links name them all.
    """
    given = st.query_params
    if "preset" in given and not any(name in given for name in SETTINGS):
        take_settings()


def take_settings() -> None:
    """Put the settings of the chosen preset in place."""
    preset = LESSON.value("preset")
    if preset != OWN:
        chosen = presets.PRESETS[preset]
        LESSON.put(**{name: getattr(chosen, name) for name in SETTINGS})


def train() -> None:
    """Start the run of the settings, or the one shown once more."""
    try:
        now = shown()
        run = now.config if now is not None and not changed(now) else config()
        LIVE.start(pair_job(run, reduce))
    except InputError as error:
        field = t(f"{LESSON}.controls.{error.fields['field']}.label")
        LIVE.refuse(t(f"{LESSON}.refused", field=field))


def settle() -> None:
    """Take over a run that has ended. Call before any widget of the page is drawn."""
    found = LIVE.take()
    if found is not None:
        st.session_state["training.own"] = own_view(found.config, found.steps, found)
        LESSON.put(preset=OWN)
        replay.rewind()


def wait_for_own() -> None:
    """For a link to an own run: train it, and give it a little time before the page is drawn."""
    if LESSON.value("preset") != OWN or "training.own" in st.session_state:
        return
    if LIVE.going() is None and LIVE.trouble() is None:
        train()
        LIVE.just_pressed()
        place = replay.place()
        LIVE.wait(PATIENCE)
        settle()
        if shown() is not None:
            LESSON.put(**place)
