"""Every claim by its id, in the order of the board. Importing it imports all their experiments.

A claim stands in the module of its group, among the others in the order in which a page shows them.
Its sentence, and the names of its numbers, stand in the locale files of the lesson on why.
"""

from __future__ import annotations

from experiments.claims import batch, beyond, formula, shift, speed, start
from experiments.claims.grading import Claim

GROUPS: dict[str, dict[str, Claim]] = {
    "formula": formula.CLAIMS,
    "start": start.CLAIMS,
    "speed": speed.CLAIMS,
    "shift": shift.CLAIMS,
    "batch": batch.CLAIMS,
    "beyond": beyond.CLAIMS,
}
CLAIMS: dict[str, Claim] = {
    name: claim for claims in GROUPS.values() for name, claim in claims.items()
}


def group_of(name: str) -> str:
    """What a claim is about."""
    return next(group for group, claims in GROUPS.items() if name in claims)
