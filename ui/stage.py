"""The stage: one batch through the four steps, a picture that moves under the finger.

A lesson shows it with controls of its own, of the names in `HELD`; what it has none for begins as
in `BEGINS` and stays so. The words are those of `mini_batch`.

The browser paints during a drag; on release it sends what was set as `{"mount", "n", "set"}`, every
value written as in a link, so that the registry's own reader checks both. Python answers with
bncore's numbers and with the `mount` and `n` it has seen: until then the component keeps what its
user set, and from then on Python wins (a preset, a link, Back, another language).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from bncore import batch_norm_forward
from figures.theme import palette
from ui import state, text
from ui.components import Component
from ui.lesson import Lesson
from ui.outside import LONGEST, Unreadable, count, named, shape, word

KEY = "stage"
HELD = ("z", "eps", "gamma", "beta", "step", "axis", "example")  # what the browser may set
BEGINS = {"eps": 1e-5, "gamma": 1.0, "beta": 0.0, "step": 4, "axis": "shared", "example": 1}
EPS = (1e-12, 10.0)  # between which ε may be, where a lesson has no control for it
TOLD = "mini_batch.stage"  # where its words are

Took = Callable[[dict[str, Any]], dict[str, Any]]

WORDS = (
    *("walk", "back", "play", "pause", "on", "axis", "shared", "own", "picture", "mean", "sd"),
    *("row_z", "row_z_centered", "row_z_norm", "row_z_tilde", "eps", "gamma", "beta", "hint"),
    *("said_z", "said_z_centered", "said_z_norm", "said_z_tilde", "example", "short"),
    *("step_1", "step_2", "step_3", "step_4", "single", "constant", "eps_large"),
    *("gamma_zero", "gamma_negative", "crowded", "own_note"),
    *("spoken_eps", "spoken_gamma", "spoken_beta", "spoken_power"),
)
# The component fills these in while something is dragged.
TOKENS = (
    *("m", "i", "mean", "var", "sd", "std", "eps", "gamma", "beta", "sd_norm", "sd_tilde"),
    *("z", "z_norm", "z_tilde", "value", "mean_tilde", "mantissa", "power"),
)


_component = Component(
    "stage",
    {"commit": shape(mount=word(32), n=count, set=named(word(256 * (LONGEST + 1))))},
    html=("stage/index.html",),
    css=("controls.css", "stage/style.css"),
    js="stage/index.js",
)


@dataclass(frozen=True)
class Guess:
    """Where values of a row were expected; `mark` is written there, or nothing is shown."""

    mark: str
    row: str
    values: np.ndarray

    def data(self) -> dict[str, Any] | None:
        """For the browser."""
        found = {"row": self.row, "values": self.values.tolist(), "text": self.mark}
        return found if self.mark else None


def stage(
    lesson: Lesson,
    name: str,
    z: np.ndarray,
    *,
    took: Took = dict,
    words: Mapping[str, str] | None = None,
    levels: int = 4,
    shown: int = 4,
    sliders: tuple[str, ...] = ("eps", "gamma", "beta"),
    walk: bool = True,
    hand: bool = False,
    steady: bool = False,
    play: bool = False,
    before: Mapping[str, Any] | None = None,
    guess: Guess | None = None,
    **fixed: Any,
) -> None:
    """Mount the picture of the batch z, shape (m,), with ε, γ, β, step and axis from the state.

    A scene says how many rows are laid out (`levels`) and how many of them may be seen (`shown`:
    of the others nothing is sent), which sliders there are, whether one may walk through the rows
    and take a point in `hand`. `steady` keeps the axis of z_norm while ε moves. It begins to walk
    with `play`, or moves from what stood there `before` (z, eps, gamma, beta). Where the reader had
    expected the values of a row is its `guess`. What is `fixed` stands in place of the state.
    `took` is told what a hand has set, and says what is to be set for it. `words` stand in place
    of its own; `tokens()` are their placeholders.

    Raises bncore's InputError where z cannot be normalized (empty, not finite, squares overflow).
    """
    z = np.asarray(z, dtype=np.float64)
    own = held_by(lesson)
    held: dict[str, Any] = (
        BEGINS | {name: lesson.value(name) for name in own if name != "z"} | fixed
    )
    gamma, beta = np.array([held["gamma"]]), np.array([held["beta"]])
    z_tilde, cache = batch_norm_forward(z[:, None], gamma, beta, held["eps"])
    rows = (z, cache.z_centered[:, 0], cache.z_norm[:, 0], z_tilde[:, 0])
    mean, var, std = float(cache.mean[0]), float(cache.var[0]), float(cache.std[0])
    key = f"{KEY}-{name}"
    _component(
        key=key,
        data={
            "z": z.tolist(),
            **held,
            "rows": [row.tolist() for row in rows[:shown]],
            "statistics": {"mean": mean, "var": var, "std": std} if shown > 1 else {},
            "ranges": {
                "eps": _bounds(lesson) if "eps" in own else EPS,
                "gamma": visible_range(held["gamma"], std),
                "beta": visible_range(held["beta"], mean),
            },
            "levels": levels,
            "open": shown,
            "sliders": sliders,
            "walk": walk,
            "hand": hand,
            "steady": steady,
            "tight": state.setting("view") == "class",
            "play": play,
            "from": before,
            "guess": None if guess is None else guess.data(),
            "seen": st.session_state.get(f"{key}.seen"),
            "words": _words() | dict(words or {}),
            "palette": palette(text.mode()),
        },
        on_commit=partial(_commit, lesson, took, key),
    )


def visible_range(*values: float) -> float:
    """The end of a slider that reaches all of `values`: the smallest of 3, 10, 30, 100 …

    >>> visible_range(1.0, 2.5), visible_range(-4.0), visible_range(0.0, 31.0)
    (3.0, 10.0, 100.0)
    """
    largest, end = max(map(abs, values)), 3.0
    for power in range(1, 400):
        if end >= largest:
            break
        end = float(f"1e{(power + 1) // 2}" if power % 2 else f"3e{power // 2}")
    return end


def held_by(lesson: Lesson) -> tuple[str, ...]:
    """What of `HELD` a lesson has controls for."""
    names = {control.name for control in lesson.controls}
    return tuple(name for name in HELD if name in names)


def _bounds(lesson: Lesson) -> list[float]:
    control: Any = lesson.control("eps")
    return [control.low, control.high]


def _words() -> dict[str, str]:
    return {word: text.t(f"{TOLD}.{word}", **tokens()) for word in WORDS}


def tokens() -> dict[str, object]:
    """What the component fills in, as values of placeholders."""
    return {token: "{" + token + "}" for token in TOKENS}


def _commit(lesson: Lesson, took: Took, key: str, sent: dict[str, Any]) -> None:
    """Take over what the browser sent, if the registry can read it; else the state stays."""
    st.session_state[f"{key}.seen"] = {"mount": sent["mount"], "n": sent["n"]}
    own = held_by(lesson)
    values = {
        name: _value(lesson, name, raw)
        for name, raw in sent["set"].items()
        if name in own or name not in HELD
    }
    if not values:
        raise Unreadable("nothing that this lesson has")
    lesson.put(**took(values))


def _value(lesson: Lesson, name: str, raw: str) -> Any:
    """One value from the browser, exactly as a link that carries it would give it back."""
    if name not in HELD:
        raise Unreadable("a control that is not held there")
    control = lesson.control(name)
    value = control.read(control.write(control.read(raw)))
    if name == "z" and not (value and math.isfinite(sum(number * number for number in value))):
        raise Unreadable("numbers that cannot be normalized")
    return value
