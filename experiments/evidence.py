"""What was trained once and ships in assets/evidence/: reading it trains nothing.

An experiment whose training takes too long for a page has an `EVIDENCE` in its module; being there
is all that is needed to be built, read, tested and watched. `make evidence` measures it, refuses to
write it where one of its claims does not hold, and puts beside <name>.npz a <name>.json that says
how it was made: versions, settings, outcome, and a fingerprint of settings and code
(`tools.provenance`), by which a test tells when what ships is older than what would make it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

FOLDER = Path(__file__).parents[1] / "assets" / "evidence"

T = TypeVar("T")
Arrays = Mapping[str, np.ndarray]
Claims = Mapping[str, Callable[[Any], bool]]


@dataclass(frozen=True, eq=False)
class Evidence(Generic[T]):
    """One experiment that ships.

    `measure` trains, and returns its arrays and, for the record, what came out. `read` makes of the
    arrays what pages show; the claims are asked of just that, so of what ships and nothing else.
    """

    name: str  # of the files
    settings: Mapping[str, Any]  # for the record: configs and seeds; lies over the outcome
    measure: Callable[[], tuple[Arrays, Mapping[str, Any]]]
    claims: Claims = field(default_factory=dict)  # what it is shown for
    read: Callable[[Arrays], T] = dict  # type: ignore[assignment]

    @cached_property
    def shipped(self) -> T:
        """As `read` gives it; trains nothing. Its arrays are read-only."""
        return self.read(arrays(self.name))

    @property
    def about(self) -> dict[str, Any]:
        """How it was made."""
        return about(self.name)

    def build(self) -> tuple[Arrays, dict[str, Any]]:
        """Train everything: the arrays, and what is to be known of them.

        SystemExit if one of the claims does not hold.
        """
        found, outcome = self.measure()
        refuse_unless_so(self.claims, self.read(found))
        return found, merged(self.settings, outcome)


@cache
def registry() -> dict[str, Evidence[Any]]:
    """By name: the `EVIDENCE` of every module of this folder."""
    found = {}
    root = Path(__file__).parent
    for file in sorted(root.rglob("*.py")):
        parts = (root.name, *file.relative_to(root).with_suffix("").parts)
        one = getattr(import_module(".".join(parts).removesuffix(".__init__")), "EVIDENCE", None)
        if isinstance(one, Evidence):
            found[one.name] = one
    return dict(sorted(found.items()))


def against(claims: Claims, found: Any) -> list[str]:
    """Those that do not hold."""
    return [name for name, claim in claims.items() if not claim(found)]


def refuse_unless_so(claims: Claims, found: Any) -> None:
    """SystemExit if one of the claims does not hold."""
    if names := against(claims, found):
        raise SystemExit(f"what it is shown for does not hold: {', '.join(names)}")


# --- the files ---


def arrays(name: str) -> dict[str, np.ndarray]:
    """By name, read-only."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        found = {key: file[key] for key in file.files}
    for array in found.values():
        array.flags.writeable = False
    return found


def about(name: str) -> dict[str, Any]:
    """How it was made."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def under(arrays: Mapping[str, Any], head: str) -> dict[str, Any]:
    """Those that are called <head>.<something>, by that something. KeyError if there are none."""
    found = {key: array for key, array in arrays.items() if key.startswith(f"{head}.")}
    if not found:
        raise KeyError(head)
    return {key.removeprefix(f"{head}."): array for key, array in found.items()}


def merged(settings: Mapping[str, Any], outcome: Mapping[str, Any]) -> dict[str, Any]:
    """Both as one, at any depth; what has a place in both comes first as in the settings."""
    both = dict(settings)
    for key, value in outcome.items():
        both[key] = merged(both[key], value) if key in both else value
    return both
