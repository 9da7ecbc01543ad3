"""What the doctor found, in words, and as a picture and a report can take it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.clinic.doctor import Finding, Layer, Patient
from figures.theme import palette
from pages.clinic import LESSON
from ui.components import Component
from ui.numbers import number, percent, short
from ui.text import mode, t

WORDS = f"{LESSON}.layer"
NAMED = 6  # units; of more the first are named and the rest counted
MANY = 6  # layers; of more those come first in which something was found

lanes = Component(
    "lanes",
    {},
    html=("lanes/index.html",),
    css=("controls.css", "lanes/style.css"),
    js="lanes/index.js",
)


def told(one: Finding, patient: Patient) -> tuple[str, str]:
    """Its name, and a sentence with its evidence."""
    base = f"{WORDS}.found.{one.code}"
    return t(f"{base}.name"), t(f"{base}.{_variant(one)}", **_fields(one, patient))


def _variant(one: Finding) -> str:
    """Which sentence: some findings rest on one thing or another."""
    evidence = one.evidence
    if one.code in ("momentum", "warming"):
        return "told" if evidence["told"] else "why"
    if one.code == "gamma_zero":
        return "all" if evidence["all"] else "why"
    if one.code == "dead":
        return "why" if evidence["m"] else "kept"
    return "why"


def _fields(one: Finding, patient: Patient) -> dict[str, object]:
    fields: dict[str, object] = {name: short(value) for name, value in one.evidence.items()}
    for name in ("m", "updates", "unit"):
        if name in one.evidence:
            fields[name] = number(one.evidence[name], 9)
    for name in ("weight", "left", "ratio", "factor"):
        if name in one.evidence:
            fields[name] = percent(one.evidence[name], 0)
    if "of_mean" in one.evidence:
        fields["what"] = t(f"{WORDS}.{'mean' if one.evidence['of_mean'] else 'var'}")
    if one.layer is not None:
        fields["units"] = units(one.units, patient.layers[one.layer].n)
    return fields


def units(among: Sequence[int], n: int) -> str:
    """Which units, as code counts them."""
    if len(among) == n > 1:
        return t(f"{WORDS}.units_all", count=n)
    listed = ", ".join(map(str, among[:NAMED]))
    if len(among) == 1:
        return t(f"{WORDS}.unit_one", unit=listed)
    name = "units_some" if len(among) <= NAMED else "units_more"
    return t(f"{WORDS}.{name}", units=listed, count=len(among), more=len(among) - NAMED)


# --- the picture ---


def pictured(patient: Patient, findings: Sequence[Finding]) -> dict[str, Any]:
    """Layers as lanes with what was found, for the component."""
    drawn = [_lane(patient, place, findings) for place in range(len(patient.layers))]
    if len(drawn) > MANY:
        drawn.sort(key=lambda lane: not lane["findings"])
    names = ("running", "z", "bn", "error", "healthy", "reads", "reads_both", "none")
    return {
        "palette": palette(mode()),
        "words": {name: t(f"{WORDS}.lanes.{name}") for name in names},
        "lanes": drawn,
        "whole": [_named(one, patient) for one in findings if one.layer is None],
    }


def _lane(patient: Patient, place: int, findings: Sequence[Finding]) -> dict[str, Any]:
    layer = patient.layers[place]
    mine = [one for one in findings if one.layer == place]
    gamma = layer.gamma
    finite = np.abs(gamma[np.isfinite(gamma)]) if gamma is not None else np.zeros(0)
    return {
        "name": layer.name,
        "about": about(layer),
        "alt": t(f"{WORDS}.lanes.alt", name=layer.name, count=layer.n, found=len(mine)),
        "n": layer.n,
        "mean": _sent(layer.running_mean),
        "sd": _sent(_root(layer.running_var)),
        "gamma": None if gamma is None else _sent(gamma),
        "most": float(finite.max(initial=0.0)) or 1.0,
        "batch": _batch(layer),
        "sick": sorted({unit for one in mine if len(one.units) < layer.n for unit in one.units}),
        "findings": [_named(one, patient) for one in mine],
    }


def _named(one: Finding, patient: Patient) -> dict[str, Any]:
    name, why = told(one, patient)
    return {"name": name, "why": why, "units": list(one.units)}


def about(layer: Layer) -> str:
    """How many units it has, its ε, and the batch that came along."""
    shown = [t(f"{WORDS}.lanes.units", count=layer.n), f"ε = {short(layer.eps or 0)}"]
    if layer.batch is not None:
        shown.append(f"m = {layer.batch.m}")
    return " · ".join(shown)


def _batch(layer: Layer) -> dict[str, Any] | None:
    if layer.batch is None:
        return None
    return {"mean": _sent(layer.batch.mean), "sd": _sent(_root(layer.batch.var))}


def _root(var: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.sqrt(var)


def _sent(values: np.ndarray) -> list[float | None]:
    """Four digits of each; None for what cannot be drawn."""
    return [float(f"{value:.4g}") if np.isfinite(value) else None for value in values.tolist()]


# --- to take away ---


def report(patient: Patient, findings: Sequence[Finding]) -> str:
    """All of it as a text."""
    lines = [t(f"{WORDS}.report.title"), t(f"{WORDS}.report.counted"), ""]
    for place, layer in enumerate(patient.layers):
        lines.append(f"{layer.name} ({about(layer)})")
        mine = [one for one in findings if one.layer == place]
        lines += [_line(one, patient) for one in mine] or [f"  {t(f'{WORDS}.lanes.healthy')}"]
    lines += [_line(one, patient) for one in findings if one.layer is None]
    return "\n".join(lines) + "\n"


def _line(one: Finding, patient: Patient) -> str:
    name, why = told(one, patient)
    listed = ", ".join(map(str, one.units))
    numbers = ", ".join(f"{key} = {value:.6g}" for key, value in one.evidence.items())
    return f"  - {name}: {why} [{one.code}; {numbers}; {listed}]"
