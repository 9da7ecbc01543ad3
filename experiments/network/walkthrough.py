"""The little networks of the lesson `network`: which they are, and every place in them by name.

A place is an epoch, a mini-batch and a line of the step on it, all counted from 1.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from bncore.optimizers import OPTIMIZERS
from experiments.network import little
from experiments.network.little import Little, Node, Paths, Settings
from experiments.network.watch import Line

M, EPOCHS = 6, 20
#: by m, the mini-batches of an epoch; each m divides the examples, so that none is left out
BATCHES = {m: little.EXAMPLES["moons"] // m for m in (4, M, 8)}
LINES = 65  # of the longest step
LAYER = 1  # whose way back is shown path by path
DROPS = {
    "nothing": (),
    "z_norm": ("z_norm",),
    "var": ("var",),
    "mean": ("mean",),
    "constants": ("var", "mean"),  # what is forgotten when both are taken for constants
}


def _node_ids() -> tuple[str, ...]:
    """Of all placements of batch norm; what stands only where it comes before g, last."""
    found: dict[str, None] = {}
    for norm in ("none", "after", "before"):
        for kind, layer in little.diagram(Settings(norm=norm)):
            found[f"{kind}{layer or ''}"] = None
    return tuple(found)


NODES = _node_ids()


@lru_cache(maxsize=256)
def at(
    norm: str,
    activation: str,
    optimizer: str,
    epoch: int = 1,
    batch: int = 1,
    m: int = M,
    seed: int = 0,
) -> Little:
    """The network before a mini-batch of m, a key of BATCHES. Epoch and batch count from 1."""
    if epoch == batch == 1:
        return little.start(seed, m, activation, norm, optimizer, OPTIMIZERS[optimizer].lr)
    before = at(norm, activation, optimizer, epoch - (batch == 1), 1, m, seed)
    return little.advance(before, BATCHES[m] if batch == 1 else batch - 1)


@lru_cache(maxsize=256)
def lines(*place: str | int) -> tuple[Line, ...]:
    """What runs at a place (arguments of `at`)."""
    return little.lines(at(*place))


@lru_cache(maxsize=256)
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


# --- what a line reads ---

#: under other names, where batch norm stands behind the activation
BEHIND = {"z": "a", "dz_tilde": "da_tilde"}


def reads(network: Little, steps: tuple[Line, ...], place: int) -> dict[str, np.ndarray]:
    """The arrays that the line of that index takes, by name, as they are before it runs."""
    line, net = steps[place], network.net
    known = {f"{name}{layer}": x for (name, layer), x in little.parameters(net).items()}
    for name in ("running_mean", "running_var"):
        known |= {f"{name}{layer}": x for layer, x in getattr(net, name).items()}
    known |= {"x": network.x, "y": network.y}
    for earlier in steps[:place]:
        known |= earlier.values
    last = len(net.W)
    others = {"a0": "x", "a_tilde0": "x", f"dz{last}": "dlogits"}
    behind = net.norm == "after" and line.function.startswith("batch_norm")
    found = {}
    for name, layer in _names(line, last):
        name = BEHIND.get(name, name) if behind else name
        for full in (f"{name}{'' if layer is None else layer}", name):
            full = others.get(full, full)
            if full in known:
                found[full] = known[full]
                break
    return found


def _names(line: Line, last: int) -> Iterator[tuple[str, int | None]]:
    """(name, layer) of whatever stands at the right of a line, in the order of the text."""
    (statement,) = ast.parse(line.code).body
    for node in _leaves(statement.value):  # type: ignore[attr-defined]
        if isinstance(node, ast.Subscript):
            at = eval(ast.unparse(node.slice), {"layer": line.layer, "L": last})
            yield ast.unparse(node.value), at
        else:
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            yield name, line.layer


def _leaves(node: ast.AST) -> Iterator[Any]:
    """Names, W[layer], cache[layer].var: what a line looks up."""
    if isinstance(node, ast.Attribute) and node.attr == "dtype":
        return
    by_layer = isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Tuple)
    if by_layer or isinstance(node, ast.Name) or _of_cache(node):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            if not (isinstance(child, ast.Name) and child is getattr(node, "func", None)):
                yield from _leaves(child)


def _of_cache(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node.value).startswith("cache")
