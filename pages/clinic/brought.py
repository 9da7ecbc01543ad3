"""A file of the reader's own layers: read in the browser, kept in the session, and nowhere else.

The browser sends what the doctor needs, or why there is nothing: the bounds here are those of
`assets/components/layerfile/refused.js`, and hold for whoever else sends something.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import streamlit as st

from experiments.clinic.doctor import Finding, Layer, Patient, examine
from pages.clinic import LESSON
from ui.components import Component
from ui.intake import size
from ui.outside import (
    Unreadable,
    count,
    finite,
    maybe,
    named,
    plain,
    said,
    several,
    shape,
    whole,
    word,
)
from ui.text import has, t

MOST_BYTES = 20_000_000  # of a file: held to what the browser opens, since it alone sees one
LAYERS, UNITS, KEPT = 200, 4096, 2**18  # layers, units of one, numbers of all statistics
EXAMPLES, TAKEN = 1024, 2**20  # examples of a batch, numbers of all batches
MODES = ("training", "evaluation")
NAME = 64  # characters of a layer's name
#: ε where a file does not say which, by library
EPSILONS = {"torch": 1e-5, "keras": 1e-3, "flax": 1e-5, "other": 1e-5}
FILE = f"{LESSON}.brought"  # in the session


@dataclass(frozen=True, eq=False)
class Brought:
    """Layers that were brought, and what the doctor finds, asked once."""

    patient: Patient

    @cached_property
    def findings(self) -> list[Finding]:
        """What is the matter."""
        return examine(self.patient)


@dataclass(frozen=True)
class Refusal:
    """Why the last file was not read: a code, and what fills its sentence."""

    code: str
    fields: dict[str, str] = field(default_factory=dict)

    def sentence(self) -> str:
        """In the reader's language. KeyError for a code, or fields, that no file of ours has."""
        return t(f"{LESSON}.layer.refused.{self.code}", **self.fields)


def _text(numbers: int) -> Callable[[object], str]:
    """Base64 of so many numbers of 8 bytes."""
    return word(4 * (8 * numbers // 3 + 2))


ROW = _text(UNITS)
TABLE = shape(m=count, n=count, data=_text(TAKEN // 2))
SENT = shape(
    error=maybe(word(32)),
    fields=maybe(named(plain, 8)),
    m=maybe(finite),
    layers=maybe(
        several(
            shape(
                name=word(NAME),
                kind=word(8),
                n=count,
                mean=ROW,
                var=ROW,
                gamma=maybe(ROW),
                beta=maybe(ROW),
                eps=maybe(finite),
                momentum=maybe(finite),
                updates=maybe(finite),
                z=maybe(TABLE),
            ),
            LAYERS,
        )
    ),
    training=maybe(TABLE),
    evaluation=maybe(TABLE),
)

_component = Component(
    "layerfile",
    {"file": SENT},
    html=("layerfile/index.html",),
    css=("controls.css", "intake/style.css"),
    js="layerfile/index.js",
)


def file_input() -> None:
    """A button and a place to drop a file."""
    most = size(MOST_BYTES)
    words = {name: t(f"{LESSON}.layer.{name}", most=most) for name in ("choose", "drop")}
    _component("layerfile", {"words": words}, on_file=take)


def take(sent: dict[str, Any]) -> None:
    """Keep the layers and show them; or remember why there are none, and keep what was there."""
    if sent["error"] is not None:
        _remember(refusal(sent["error"], sent["fields"] or {}))
    elif sent["layers"]:
        _remember(Brought(patient(sent)))
        LESSON.put(patient="own")
    else:
        raise Unreadable("neither layers nor a reason why there are none")


def _remember(what: Brought | Refusal) -> None:
    name = FILE if isinstance(what, Brought) else f"{FILE}.refused"
    st.session_state[name] = what
    if isinstance(what, Brought):
        st.session_state.pop(f"{FILE}.refused", None)


def brought() -> Brought | None:
    """What was brought in this session."""
    found = st.session_state.get(FILE)
    return found if isinstance(found, Brought) else None


def refused() -> Refusal | None:
    """Why the last file was not read, if it was not."""
    found = st.session_state.get(f"{FILE}.refused")
    return found if isinstance(found, Refusal) else None


def refusal(code: str, fields: dict[str, str]) -> Refusal:
    """With what it says in a form that can be shown. Unreadable if it is none of ours."""
    known: dict[str, str] = {}
    for name, value in fields.items():
        known[name] = _bytes(value) if name in ("size", "most_bytes") else said(value, 60)
    found = Refusal(code, known)
    if not code.isidentifier() or not has(f"{LESSON}.layer.refused.{code}"):
        raise Unreadable(f"no refusal is called {code!r}")
    try:
        found.sentence()
    except KeyError as lacking:
        raise Unreadable(f"{code} lacks {lacking}") from None
    return found


def _bytes(value: str) -> str:
    return size(whole(value))


def patient(sent: dict[str, Any]) -> Patient:
    """What was sent as the doctor knows it. Unreadable where it is not what it says."""
    tables = [each["z"] for each in sent["layers"]] + [sent[mode] for mode in MODES]
    numbers = sum(each["m"] * each["n"] for each in tables if each is not None)
    kept = sum(4 * each["n"] for each in sent["layers"])
    m = sent["m"]
    if kept > KEPT or numbers > TAKEN or (m is not None and not 1 <= m <= 1e9):
        raise Unreadable("more than there may be")
    layers = tuple(_layer(each, place) for place, each in enumerate(sent["layers"]))
    answers = [None if sent[mode] is None else _table(sent[mode]) for mode in MODES]
    return Patient(layers, None if m is None else int(m), *answers)


def _layer(sent: dict[str, Any], place: int) -> Layer:
    n, kind = sent["n"], sent["kind"]
    eps, momentum, updates = sent["eps"], sent["momentum"], sent["updates"]
    if not 1 <= n <= UNITS or kind not in EPSILONS:
        raise Unreadable("no layer of ours")
    rows = {name: _row(sent[name], n) for name in ("mean", "var", "gamma", "beta")}
    z = None if sent["z"] is None else _table(sent["z"])
    if z is not None and z.shape[1] != n:
        raise Unreadable("z of another layer")
    return Layer(
        sent["name"] or t(f"{LESSON}.layer.unnamed", place=place + 1),
        running_mean=rows["mean"],
        running_var=rows["var"],
        gamma=rows["gamma"],
        beta=rows["beta"],
        eps=EPSILONS[kind] if eps is None or eps <= 0 else eps,
        momentum=momentum if momentum is not None and 0 < momentum <= 1 else None,
        updates=int(updates) if updates is not None and 0 <= updates < 2**53 else None,
        z=z,
    )


def _row(text: str | None, n: int) -> np.ndarray | None:
    return None if text is None else _numbers(text, np.dtype("<f8"), n)


def _table(sent: dict[str, Any]) -> np.ndarray:
    m, n = sent["m"], sent["n"]
    if not (1 <= m <= EXAMPLES and 1 <= n <= TAKEN):
        raise Unreadable("no table of ours")
    return _numbers(sent["data"], np.dtype("<f4"), m * n).reshape(m, n)


def _numbers(text: str, kind: np.dtype, many: int) -> np.ndarray:
    """Exactly so many numbers of a kind."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("no base64") from None
    if len(raw) != many * kind.itemsize:
        raise Unreadable(f"{len(raw)} bytes for {many} numbers")
    return np.frombuffer(raw, kind).astype(float)
