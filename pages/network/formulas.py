"""What each node of the little network computes, as a formula with shapes and with numbers.

The numbers are those of the first example and the first unit. A function here gives the
placeholders of its formula in labels.toml; the formulas themselves need no language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.network.little import Node, Settings
from ui.little import FUNCTIONS
from ui.numbers import latex
from ui.text import t

INSIDE_BN = 3  # z_norm, behind mean, var and std
SYMBOLS = {
    **{"z_tilde": r"\tilde z", "a_tilde": r"\tilde a"},
    **{"bn": r"\mathrm{BN}", "logits": "z", "loss": "J"},
}


@dataclass(frozen=True, eq=False)
class Scene:
    """A node, what flows into it, and all numbers by name."""

    node: Node
    inputs: Sequence[str]
    nodes: Mapping[str, Node]
    settings: Settings

    def __getitem__(self, name: str) -> np.ndarray:
        return self.known[name]

    @property
    def known(self) -> dict[str, Any]:
        return {name: x for node in self.nodes.values() for name, x in node.values.items()}

    def of_layer(self, name: str) -> np.ndarray:
        return self.known[f"{name}{self.node.layer}"]

    def shaped(self, name: str) -> str:
        """A symbol with its shape below."""
        below = r"\times ".join(map(str, flow(self.nodes[name]))) or "1"
        return rf"\underset{{{below}}}{{{symbol(name)}}}"


def flow(node: Node) -> tuple[int, ...]:
    """The shape of what leaves a node: of batch norm z_norm, of others all there is."""
    return np.shape(list(node.values.values())[INSIDE_BN if node.kind == "bn" else 0])


def symbol(name: str) -> str:
    """A node's symbol: z_tilde2 is z with a tilde and the index 2."""
    kind = name.rstrip("0123456789")
    layer = "3" if kind == "logits" else name[len(kind) :]
    base = SYMBOLS.get(kind, kind)
    return f"{base}_{{{layer}}}" if layer else base


def signed(x: float, digits: int = 4) -> str:
    """A number behind a sign: in parentheses where it is negative."""
    plain = latex(float(x), digits)
    return rf"({plain})" if x < 0 else plain


def dense(scene: Scene) -> dict[str, Any]:
    data, weights, *bias = scene.inputs
    a, W = scene[data][0], scene[weights][:, 0]
    terms = [rf"{signed(x, 3)}\cdot{signed(w, 3)}" for x, w in zip(a, W, strict=True)]
    terms += [signed(scene[one][0], 3) for one in bias]
    if len(terms) > 2:  # in two lines, for a phone
        terms[1:3] = [rf"{terms[1]} \\ {{}}+{terms[2]}"]
    return {
        "a": scene.shaped(data),
        "weights": scene.shaped(weights),
        "b": "".join(f"+{scene.shaped(one)}" for one in bias),
        "terms": "+".join(terms),
        "value": latex(scene[scene.node.id][0, 0]),
    }


def batch_norm(scene: Scene) -> dict[str, Any]:
    (data,) = scene.inputs
    return {
        "z": symbol(data),
        "x": latex(scene[data][0, 0]),
        "mean": signed(scene.of_layer("mean")[0]),
        "var": latex(scene.of_layer("var")[0]),
        "eps": latex(scene.settings.eps),
        "value": latex(scene.of_layer("z_norm")[0, 0]),
    }


def tilde(scene: Scene) -> dict[str, Any]:
    gamma, beta = (signed(scene.of_layer(name)[0]) for name in ("gamma", "beta"))
    z_norm = signed(scene.of_layer("z_norm")[0, 0])
    value = latex(scene[scene.node.id][0, 0])
    return {"gamma": gamma, "beta": beta, "z_norm": z_norm, "value": value}


def activation(scene: Scene) -> dict[str, Any]:
    (data,) = scene.inputs
    g = FUNCTIONS[scene.settings.activation]
    return {
        "g": g.format(scene.shaped(data)),
        "of": g.format(latex(scene[data][0, 0])),
        "value": latex(scene[scene.node.id][0, 0]),
    }


def softmax(scene: Scene) -> dict[str, Any]:
    one, two = scene["logits"][0]
    return {"one": latex(one), "two": latex(two), "value": latex(scene["p"][0, 0])}


def cross_entropy(scene: Scene) -> dict[str, Any]:
    right = (scene["p"] * scene["y"]).sum(axis=1)
    value = latex(float(scene["loss"]))
    return {"first": latex(right[0]), "last": latex(right[-1]), "value": value}


def given(scene: Scene) -> dict[str, Any]:
    shape = r"\times ".join(map(str, flow(scene.node)))
    return {"symbol": symbol(scene.node.id), "shape": shape}


FILLED: dict[str, tuple[str, Callable[[Scene], dict[str, Any]]]] = {
    **dict.fromkeys(("z", "logits"), ("dense", dense)),
    **dict.fromkeys(("z_tilde", "a_tilde"), ("tilde", tilde)),
    **dict.fromkeys(("x", "W", "b", "y"), ("given", given)),
    "bn": ("bn", batch_norm),
    "a": ("a", activation),
    "p": ("p", softmax),
    "loss": ("loss", cross_entropy),
}


def formula(
    node: Node, inputs: Sequence[str], nodes: Mapping[str, Node], settings: Settings
) -> str:
    """LaTeX of what a node computes."""
    scene = Scene(node, inputs, nodes, settings)
    name, fill = FILLED[node.kind]
    general = {"out": scene.shaped(node.id), "l": node.layer, "m": settings.m}
    return t(f"network.formulas.{name}", **general, **fill(scene))
