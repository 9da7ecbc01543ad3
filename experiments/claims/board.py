"""What is said of batch norm, and what came out: the board of the lesson on why, as committed.

`make claims` measures the claims of `experiments.claims.registry` and writes the table. All that a
page wants to know stands in it, so that nobody imports an experiment to hear of a claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from experiments import evidence
from experiments.claims.grading import Kind, Varied, Verdict, apart
from experiments.claims.scope import Scope

TABLE = "claims"


@dataclass(frozen=True, eq=False)
class Row:
    """What the committed table says of one claim."""

    id: str
    verdict: Verdict
    group: str  # what it is about
    lesson: str  # that shows it
    place: dict[str, str]  # where there: controls and their values; empty for the whole lesson
    paper: str  # arXiv id
    seeds: tuple[int, ...]
    varied: Varied  # what a seed draws
    scope: Scope
    versions: dict[str, str]  # that measured it
    numbers: dict[str, np.ndarray]  # (S,) each
    kinds: dict[str, Kind]  # of the numbers
    bands: dict[str, float]  # how far a mean may be off on another machine, as by `apart`


@cache
def board() -> dict[str, Row]:
    """The committed table, in the order of the page; measures nothing."""
    return {name: row_of(name, one) for name, one in evidence.about(TABLE)["claims"].items()}


def row_of(name: str, stored: Mapping[str, Any]) -> Row:
    """A claim's part of the file."""
    numbers = stored["numbers"]
    return Row(
        id=name,
        verdict=stored["verdict"],
        group=stored["group"],
        lesson=stored["lesson"],
        place=stored["place"],
        paper=stored["paper"],
        seeds=tuple(stored["seeds"]),
        varied=stored["varied"],
        scope=Scope.from_dict(stored["scope"]),
        versions=stored["versions"],
        numbers={key: _locked(one["values"]) for key, one in numbers.items()},
        kinds={key: one["kind"] for key, one in numbers.items()},
        bands={key: one["band"] for key, one in numbers.items()},
    )


def _locked(values: list[float]) -> np.ndarray:
    array = np.array(values, float)
    array.flags.writeable = False
    return array


def differences(row: Row, measured: Mapping[str, np.ndarray], seeds: Sequence[int]) -> list[str]:
    """Where means over some of the row's seeds leave its bands; one line for each.

    The mean of fewer seeds may be off the farther.
    """
    at = [row.seeds.index(seed) for seed in seeds]
    wider = np.sqrt(len(row.seeds) / len(seeds))
    found = []
    for name, kind in row.kinds.items():
        there, here, band = row.numbers[name][at], measured[name], row.bands[name] * wider
        off = apart(kind, there, here)
        if not off <= band:  # nor where it is NaN
            line = f"{row.id}.{name}: {here.tolist()} here, {there.tolist()} in the table"
            found.append(f"{line}; means {off:.3g} apart, {band:.3g} allowed")
    return found
