"""The diagram of the little network: its nodes, where each stands, and its arrows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from experiments.network import walkthrough
from experiments.network.little import Node
from figures.theme import COLOURS, INK, colour, palette
from pages.network import LESSON
from pages.network.formulas import flow
from ui import text
from ui.arrays import written
from ui.little import Place
from ui.text import t

PARAMETERS = ("W", "b")
WORDS = ("name", "hint", "data", "parameter")


def data(place: Place, chosen: str = "", *, hint: bool = True) -> dict[str, Any]:
    """What the browser needs to paint it; with a `hint` below that says what can be done."""
    found = walkthrough.nodes(*place)
    places = list(layout(found))
    drawn = [_drawn(node) | at for node, at in zip(found.values(), places, strict=True)]
    return {
        "nodes": drawn,
        "edges": [
            {"from": one, "to": other, "shape": "×".join(map(str, flow(found[one])))}
            for one, other in edges(found)
        ],
        "columns": 5,
        "height": max(at["top"] for at in places) + NODE,
        "chosen": chosen,
        "hint": hint,
        "words": {word: t(f"{LESSON}.map.{word}") for word in WORDS},
        "palette": palette(text.mode()),
    }


def _drawn(node: Node) -> dict[str, Any]:
    """What a node is called and how it looks."""
    word = node.kind in ("logits", "loss")
    looks = {"bn": node.kind == "bn", "parameter": node.kind in PARAMETERS, "word": word}
    return {
        "id": node.id,
        "symbol": _name(node.kind),
        "tilde": node.kind.endswith("_tilde"),
        "sub": str(node.layer or ""),
        "below": "γ, β" if node.kind == "bn" else "",
        "look": " ".join(look for look, so in looks.items() if so),
        "hue": colour(node.kind, text.mode()) if node.kind in COLOURS else INK[text.mode()],
        "says": t(
            f"{LESSON}.map.aria",
            symbol=_spoken(node),
            what=what(node),
            shape=written(flow(node)),
        ),
    }


def _name(kind: str) -> str:
    if kind in ("logits", "loss"):
        return t(f"{LESSON}.symbols.{kind}")
    return t(f"{LESSON}.map.batch_norm") if kind == "bn" else kind.removesuffix("_tilde")


def _spoken(node: Node) -> str:
    tilde = "\N{COMBINING TILDE}" if node.kind.endswith("_tilde") else ""
    return f"{_name(node.kind)}{tilde}{node.layer or ''}"


def what(node: Node) -> str:
    return t(f"{LESSON}.map.what_{node.kind}", layer=node.layer)


NODE, GAP, BIAS = 44, 38, 34  # heights in px: a node, the gap below a row, b below W


def layout(found: dict[str, Node]) -> Iterator[dict[str, int]]:
    """Column and top of each node: a row per layer, W at its left and b below W."""
    top, column, bottom = 0, 0, NODE
    for node in found.values():
        if node.kind == "x":
            yield {"column": 1, "top": 0}
            continue
        if node.kind == "W":
            top, column = bottom + GAP - (10 if node.layer == 1 else 0), 0
            bottom = top + NODE
        if node.kind == "b":
            bottom = top + NODE + BIAS
            yield {"column": 0, "top": top + NODE + 10}
            continue
        # y stands at the end of its row, from where it meets the loss
        column = {"y": 4, "loss": 3}.get(node.kind, column)
        yield {"column": column, "top": top}
        column += 1


def edges(found: dict[str, Node]) -> Iterator[tuple[str, str]]:
    """(from, to) of every arrow."""
    before, waiting = None, []
    for node in found.values():
        if node.kind in (*PARAMETERS, "y"):
            waiting.append(node.id)
            continue
        if before is not None:
            yield before, node.id
        for other in waiting:
            yield other, node.id
        before, waiting = node.id, []
