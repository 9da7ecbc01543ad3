"""The lecture's loop in its lines: the one that is chosen lights the map, and tells its numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import streamlit as st

from experiments.network import little as training
from experiments.network import walkthrough
from experiments.network.little import Little
from pages.network import LESSON, diagram
from ui import little, page
from ui.components import Component, settings
from ui.numbers import short
from ui.outside import word
from ui.scenes import Moment
from ui.text import has, t

LAYER = 1  # whose numbers are told
#: by line: how far it is set in, and the kinds of nodes that it lights
LINES: dict[str, tuple[int, tuple[str, ...]]] = {
    "for": (0, ("x", "y")),
    "forward": (1, ("x", "W", "z", "a", "b", "logits", "p", "loss")),
    "norm": (2, ("bn", "z_tilde", "a_tilde")),
    "backward": (1, ("W", "bn")),
    "update": (1, ("W", "bn")),
}

_component = Component(
    "loop",
    {"phase": word()},
    html=("loop/index.html",),
    css=("controls.css", "network/style.css", "loop/style.css"),
    js="loop/index.js",
)


def picture(now: Moment) -> None:
    """The lines beside the map; the next mini-batch is a press away."""
    little.settle(LESSON)
    _component(
        key="loop",
        data={
            "lines": [_line(name) for name in LINES],
            "chosen": LESSON.value("phase"),
            "words": {"loop": t(f"{LESSON}.loop.name")},
            "map": diagram.data(little.place(LESSON), hint=False),
        },
        on_phase=_commit,
    )
    with st.container(horizontal=True, vertical_alignment="center", key="go"):
        _next_batch()
        st.markdown(t(f"{LESSON}.loop.at", **_where()), width="content")


def _commit(phase: str) -> None:
    LESSON.put(**settings(LESSON, ("phase",), {"phase": phase}))


def _next_batch() -> None:
    here = LESSON.value("epoch"), LESSON.value("batch")
    goal = little.next_batch(*here, walkthrough.BATCHES[LESSON.value("m")])
    epoch, batch = goal or here
    st.button(
        t(f"{LESSON}.loop.next"),
        icon=":material/skip_next:",
        key="go-batch",
        disabled=goal is None,
        on_click=lambda: LESSON.put(epoch=epoch, batch=batch),
    )


def _where() -> dict[str, Any]:
    known = {name: LESSON.value(name) for name in ("epoch", "batch")}
    loss = training.numbers(little.lines(LESSON))["loss"]
    return known | {"batches": walkthrough.BATCHES[LESSON.value("m")], "loss": short(float(loss))}


def _line(name: str) -> dict[str, Any]:
    """A line of the loop: its words, what it lights, and its numbers."""
    depth, kinds = LINES[name]
    own = f"{LESSON}.loop.{LESSON.value('norm')}_{name}"
    lit = [node.id for node in walkthrough.nodes(*little.place(LESSON)).values()]
    return {
        "id": name,
        "depth": depth,
        "text": t(own if has(own) else f"{LESSON}.loop.{name}"),
        "nodes": [node for node in lit if node.rstrip("0123456789") in kinds],
        "table": TABLES[name](little.network(LESSON)),
    }


# --- the numbers of a line ---


def _known(network: Little) -> dict[str, Any]:
    """Everything that the step on this mini-batch computes, and what it starts from."""
    found = training.numbers(training.lines(network)) | {"x": network.x}
    before = {f"{name}{layer}": x for (name, layer), x in training.parameters(network.net).items()}
    return found | {f"old_{name}": x for name, x in before.items()}


def _table(caption: str, heads: Iterable[str], rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"caption": t(f"{LESSON}.loop.{caption}"), "heads": list(heads), "rows": list(rows)}


def _row(
    name: str, values: np.ndarray, idea: str = "", faint: bool = False, decimals: int = 2
) -> dict[str, Any]:
    numbers = [float(x) for x in np.ravel(values)]
    texts = [f"{round(x, decimals) + 0.0:.{decimals}f}".replace("-", "−") for x in numbers]
    return {"name": name, "idea": idea, "values": numbers, "texts": texts, "faint": faint}


def _counted(count: int) -> list[str]:
    return [str(n) for n in range(1, 1 + count)]


def _examples(network: Little) -> dict[str, Any]:
    x = network.x
    return _table("of_examples", _counted(len(x)), [_row("x₁", x[:, 0]), _row("x₂", x[:, 1])])


def _forward(network: Little) -> dict[str, Any]:
    known = _known(network)
    rows = [_row("z", known[f"z{LAYER}"][:, 0], "z"), _row("a", known[f"a{LAYER}"][:, 0])]
    return _table("of_unit", _counted(len(network.x)), rows)


def _norm(network: Little) -> dict[str, Any]:
    """μ and σ² of this mini-batch, and of the one before it: each has its own."""
    if network.settings.norm == "none":
        return _table("of_none", (), ())
    known, rows = _known(network), []
    for name, sign in (("mean", "μ"), ("var", "σ²")):
        if (before := _before(network)) is not None:
            earlier = training.numbers(training.lines(before))[f"{name}{LAYER}"]
            rows.append(_row(t(f"{LESSON}.loop.earlier", sign=sign), earlier, name, faint=True))
        rows.append(_row(t(f"{LESSON}.loop.here", sign=sign), known[f"{name}{LAYER}"], name))
    return _table("of_units", _counted(len(known[f"mean{LAYER}"])), rows)


def _before(network: Little) -> Little | None:
    """The network one mini-batch earlier; None before the first one."""
    place = little.place(LESSON)
    norm, activation, optimizer, epoch, batch, m, seed = place
    if epoch == batch == 1:
        return None
    if batch > 1:
        return walkthrough.at(norm, activation, optimizer, epoch, batch - 1, m, seed)
    last = walkthrough.BATCHES[m]
    return walkthrough.at(norm, activation, optimizer, epoch - 1, last, m, seed)


def _backward(network: Little) -> dict[str, Any]:
    known = _known(network)
    names = ("b",) if network.settings.norm == "none" else ("gamma", "beta")
    rows = [
        _row(f"d{SIGNS[name]}", known[f"d{name}{LAYER}"], IDEAS.get(name, ""), decimals=3)
        for name in names
    ]
    dW = known[f"dW{LAYER}"]
    rows += [_row(f"dW ({n})", row, decimals=3) for n, row in enumerate(dW, start=1)]
    return _table("of_units", _counted(dW.shape[1]), rows)


def _update(network: Little) -> dict[str, Any]:
    """γ and β as they were, and as they are after this step."""
    known, rows = _known(network), []
    names = ("b",) if network.settings.norm == "none" else ("gamma", "beta")
    for name in names:
        sign, idea = SIGNS[name], IDEAS.get(name, "")
        was, new = known[f"old_{name}{LAYER}"], known[f"{name}{LAYER}"]
        rows.append(_row(t(f"{LESSON}.loop.was", sign=sign), was, idea, True, 3))
        rows.append(_row(t(f"{LESSON}.loop.new", sign=sign), new, idea, decimals=3))
    return _table("of_units", _counted(len(new)), rows)


SIGNS = {"gamma": "γ", "beta": "β", "b": "b"}
IDEAS = dict.fromkeys(("gamma", "beta"), "z_tilde")
TABLES = {
    "for": _examples,
    "forward": _forward,
    "norm": _norm,
    "backward": _backward,
    "update": _update,
}


def said(now: Moment) -> dict[str, object]:
    return {}


def more(now: Moment) -> None:
    """The loop that runs here, as it runs."""
    from experiments.network import loop

    st.markdown(t(f"{LESSON}.loop.optimizers"))
    page.source(loop.train_epoch, loop.train_step, loop.update, key="loop")
