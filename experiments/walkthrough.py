"""The one little network of the lesson `network`: which it is, and every place in it by name.

A place is an epoch, a mini-batch and a line of the step on it, all counted from 1.
"""

from __future__ import annotations

from functools import lru_cache

from experiments import little
from experiments.little import Little, Node, Paths, Settings
from experiments.watch import Line

M, EPOCHS = 6, 20
BATCHES = little.EXAMPLES["moons"] // M
LINES = 65  # of the longest step
LAYER = 1  # whose way back is shown path by path
#: by optimizer; where all four get on well
LR = {"sgd": 0.1, "momentum": 0.02, "rmsprop": 0.01, "adam": 0.02}
DROPS = {
    "nothing": (),
    "z_norm": ("z_norm",),
    "var": ("var",),
    "mean": ("mean",),
    "constants": ("var", "mean"),  # what is forgotten when both are taken for constants
}


def _node_ids() -> tuple[str, ...]:
    """Of all placements of batch norm, in the order of computation."""
    found: dict[str, None] = {}
    for norm in ("before", "after", "none"):
        for kind, layer in little.diagram(Settings(norm=norm)):
            found[f"{kind}{layer or ''}"] = None
    return tuple(found)


NODES = _node_ids()


@lru_cache(maxsize=512)
def at(norm: str, activation: str, optimizer: str, epoch: int = 1, batch: int = 1) -> Little:
    """The network before a mini-batch. Epoch and batch count from 1."""
    if epoch == batch == 1:
        return little.start(0, M, activation, norm, optimizer, LR[optimizer])
    before = at(norm, activation, optimizer, epoch - (batch == 1), 1)
    return little.advance(before, BATCHES if batch == 1 else batch - 1)


@lru_cache(maxsize=512)
def lines(*place: str | int) -> tuple[Line, ...]:
    """What runs at a place (arguments of `at`)."""
    return little.lines(at(*place))


@lru_cache(maxsize=512)
def nodes(*place: str | int) -> dict[str, Node]:
    """The diagram's nodes by id at a place."""
    return {node.id: node for node in little.nodes(at(*place))}


@lru_cache(maxsize=256)
def paths(*place: str | int) -> Paths:
    """The three ways back through the batch norm of layer LAYER."""
    return little.paths(at(*place), LAYER)


def stack(steps: tuple[Line, ...], place: int) -> tuple[Line, ...]:
    """The line of that index and those that called its function, the outermost first."""
    found = [steps[place]]
    for line in reversed(steps[:place]):
        if line.depth == found[0].depth - 1:
            found.insert(0, line)
    return tuple(found)
