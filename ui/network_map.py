"""The map of the lesson `network`: the diagram, what is in the chosen node, the parameters."""

from __future__ import annotations


def diagram() -> None:
    pass


def detail() -> None:
    pass


def counts() -> None:
    pass
