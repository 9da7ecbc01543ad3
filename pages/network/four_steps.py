"""One unit's four rows as a picture: on a mini-batch, or while the network learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from experiments.network.little import Node, Settings
from figures.theme import palette
from pages.network import LESSON
from ui import text
from ui.components import Component
from ui.text import names, t

UNIT = 0  # of a layer, from 0, that the map shows

_component = Component(
    "rows",
    {},  # it has nothing to tell: where a replay stands is the browser's
    html=("rows/index.html",),
    css=("controls.css", "rows/style.css"),
    js="rows/index.js",
)


def draw(
    key: str,
    looks: Sequence[dict[str, Any]],
    *,
    eps: float,
    height: int,
    mark: str = "",
    **data: Any,
) -> None:
    """z, γ and β of one look or of many; the browser computes the rows of each.

    `mark` is what is written at a guess.
    """
    _component(
        key=key,
        data=data
        | {
            "looks": looks,
            "eps": eps,
            "height": height,
            "words": {name: t(f"{LESSON}.rows.{name}", **_tokens()) for name in _words()}
            | {"guess": mark},
            "palette": palette(text.mode()),
        },
    )


def _words() -> tuple[str, ...]:
    return names(f"{LESSON}.rows")


def _tokens() -> dict[str, str]:
    """What the browser fills in."""
    tokens = ("step", "mean", "sd", "mu", "std", "gamma", "beta")
    return {name: f"{{{name}}}" for name in tokens}


def batch(node: Node, settings: Settings) -> None:
    """The first unit of a layer's batch norm, on the mini-batch of the place."""
    of = {name.rstrip("0123456789"): values for name, values in node.values.items()}
    z = of["z_norm"][:, UNIT] * of["std"][UNIT] + of["mean"][UNIT]
    look = {"z": z.tolist(), "gamma": float(of["gamma"][UNIT]), "beta": float(of["beta"][UNIT])}
    draw("rows-of-node", [look], eps=settings.eps, height=320, run=node.id)
