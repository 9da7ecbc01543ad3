"""The map of the lesson `network`: the diagram, what is in the chosen node, the parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st

from experiments.network import walkthrough
from experiments.network.little import SIZES, Node, parameter_counts
from figures.theme import COLOURS, INK, colour, palette
from pages.network.formulas import flow, formula, symbol
from pages.network.place import LESSON, arrays, little, place, value, written
from ui import page, tables, text
from ui.components import Component, settings
from ui.outside import word
from ui.tables import Cell
from ui.text import t

KEY = "network-diagram"
PARAMETERS = ("W", "b")
WORDS = ("name", "hint", "data", "parameter")

_component = Component(
    "network",
    {"node": word()},
    html=("network/index.html",),
    css=("controls.css", "network/style.css"),
    js="network/index.js",
)


def nodes() -> dict[str, Node]:
    return walkthrough.nodes(*place())


def diagram() -> None:
    """The network as a picture whose nodes can be chosen."""
    found = nodes()
    drawn = [_drawn(node) | at for node, at in zip(found.values(), layout(found), strict=True)]
    _component(
        key=KEY,
        data={
            "nodes": drawn,
            "edges": [
                {"from": one, "to": other, "shape": "×".join(map(str, flow(found[one])))}
                for one, other in edges(found)
            ],
            "columns": 5,
            "chosen": value("node"),
            "words": {word: t(f"{LESSON}.map.{word}") for word in WORDS},
            "palette": palette(text.mode()),
        },
        on_node=_commit,
    )


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


NODE, GAP, BIAS = 44, 52, 34  # heights in px: a node, the gap below a row, b below W


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


def _commit(node: str) -> None:
    """Take over the chosen node, if the registry knows it; else the state stays."""
    LESSON.put(**settings(LESSON, ("node",), {"node": node}))


# --- the chosen node ---


def detail() -> None:
    """What the chosen node is: its formula, its numbers, its source."""
    found = nodes()
    node = found[value("node")]
    layer = f" · {t(f'{LESSON}.map.layer', layer=node.layer)}" if node.layer else ""
    st.markdown(f"### ${symbol(node.id)}$ · {what(node)}{layer}")
    inputs = [one for one, other in edges(found) if other == node.id]
    st.markdown(f"$$\n{formula(node, inputs, found, little().settings)}\n$$")
    if node.gradients:
        st.caption(t(f"{LESSON}.map.gradient"))
    arrays(node.values | node.gradients)
    page.source(node.shown, key="network-node")


# --- parameters, counted ---


def counts() -> None:
    """Learned numbers by layer, here and at the size of the digits, with b and without."""
    st.markdown(f"### {t(f'{LESSON}.counts.title')}")
    columns = st.columns(2, gap="large")
    for column, (name, dataset) in zip(
        columns, (("little", "moons"), ("digits", "digits")), strict=True
    ):
        with column:
            st.caption(t(f"{LESSON}.counts.{name}"))
            _count(SIZES[dataset], name)


def _count(sizes: tuple[int, ...], name: str) -> None:
    norm = value("norm")
    own, kept = (parameter_counts(sizes, norm, keep_bias=keep) for keep in (False, True))
    kinds = ("W", "b", "gamma", "beta")
    symbols = dict(zip(kinds, ("W", "b", "γ", "β"), strict=True))
    heads = [Cell(t(f"{LESSON}.counts.layer")), *(Cell(symbols[kind]) for kind in kinds)]
    heads += [Cell(t(f"{LESSON}.counts.{word}")) for word in ("learned", "kept", "running")]
    rows = []
    for one, other in zip(own, kept, strict=True):
        last = one.layer == len(own)
        head = t(f"{LESSON}.counts.output", layer=one.layer) if last else str(one.layer)
        numbers = [getattr(one, kind) for kind in kinds]
        rows.append([Cell(head), *map(_whole, (*numbers, one.learned, other.learned, one.running))])
    totals = [sum(getattr(one, kind) for one in own) for kind in kinds]
    learned = [sum(one.learned for one in each) for each in (own, kept)]
    running = sum(one.running for one in own)
    rows.append([Cell(t(f"{LESSON}.counts.total")), *map(_whole, (*totals, *learned, running))])
    tables.table(heads, rows, name=f"counts {name}", lesson=LESSON)


def _whole(count: int) -> Cell:
    return Cell(f"{count:,}" if count else "–", value=count)
