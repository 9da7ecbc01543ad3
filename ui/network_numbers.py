"""What the lesson `network` shows of longer runs: b, the placement, optimizers, scale."""

from __future__ import annotations


def bias() -> None:
    pass


def placement() -> None:
    pass


def optimizers() -> None:
    pass


def scale() -> None:
    pass
