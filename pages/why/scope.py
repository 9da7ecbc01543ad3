"""On what a claim was measured, and what varied, in words."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.claims.board import Row
from pages.why.parts import LESSON
from ui.numbers import number
from ui.text import t

WORDS = f"{LESSON}.board.scope"
LISTED = 4  # values that are named one by one; of more, the ends
#: what one trained network meets, whose interval says nothing of another network
OF_ONE_NETWORK = ("batches", "images", "shuffles")


def scope(row: Row) -> str:
    """One line: data, network, training, and how the learning rate was chosen."""
    on = row.scope
    parts = [t(f"{WORDS}.data.{name}", n=examples) for name, examples in on.data]
    parts = [t(f"{WORDS}.and").join(parts), _network(row)]
    if on.chosen == "none":
        parts.append(t(f"{WORDS}.untrained"))
    else:
        known = {"optimizers": _listed([t(f"ui.options.{one}") for one in on.optimizers])}
        known |= {"batches": listed(on.batch_sizes), "steps": listed(on.steps)}
        parts.append(t(f"{WORDS}.training", **known))
        parts.append(t(f"{WORDS}.chosen.{on.chosen}", rates=listed(on.rates)))
    return t(f"{WORDS}.line", parts=t(f"{WORDS}.then").join(parts))


def _network(row: Row) -> str:
    on = row.scope
    if on.depths == (0,):
        return t(f"{WORDS}.one_unit")
    names = [t(f"ui.options.{one}") for one in on.activations]
    known = {"depths": listed(on.depths), "widths": listed(on.widths)}
    return t(f"{WORDS}.network", activations=_listed(names), **known)


def varied(row: Row) -> str:
    """What its repetitions are, and how many."""
    ends = {"n": len(row.seeds), "first": row.seeds[0], "last": row.seeds[-1]}
    said = t(f"{LESSON}.board.varied.{row.varied}", **ends)
    if row.varied in OF_ONE_NETWORK:
        said += " " + t(f"{LESSON}.board.one_network")
    return said


def listed(values: Sequence[float]) -> str:
    """Some numbers in order: all of a few, else from the least to the largest."""
    if len(values) > LISTED:
        return f"{number(min(values), 2)}–{number(max(values), 2)}"
    return _listed([number(value) for value in values])


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
