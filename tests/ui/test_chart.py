"""Every chart of every lesson goes to the browser as Plotly itself would write it, and is kept."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest
import streamlit as st

from figures import theme
from figures.theme import Painted, drawn, painted
from tests.pages.helpers import charts, opened
from ui import chart, library, page
from ui.lessons import LESSONS

IN_SCENES = [lesson for lesson, entry in LESSONS.items() if entry.scenes]


def plain(node: Any) -> Any:
    """A JSON value with the numbers that were packed."""
    if isinstance(node, dict) and "bdata" in node:
        found = np.frombuffer(base64.b64decode(node["bdata"]), node["dtype"])
        shape = [int(n) for n in node.get("shape", str(len(found))).split(", ")]
        return [None if x != x else x for x in found] if len(shape) == 1 else found.reshape(shape)
    if isinstance(node, dict):
        return {name: plain(each) for name, each in node.items()}
    return [plain(each) for each in node] if isinstance(node, list) else node


def same(one: Any, other: Any) -> bool:
    """To the last bit, whether numbers came packed or not."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | np.ndarray):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or (one != one and other != other)


@pytest.fixture
def all_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "drawer", lambda *_, **__: st.container())


@pytest.mark.parametrize("lesson", IN_SCENES)
@pytest.mark.usefixtures("all_open")
def test_what_is_sent_is_what_plotly_writes(lesson: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[go.Figure, bytes]] = []
    finished = chart.finished

    def note(figure: go.Figure, alt: str) -> bytes:
        seen.append((figure, finished(figure, alt)))
        return seen[-1][1]

    monkeypatch.setattr(chart, "finished", note)
    at = opened(lesson, lang="en", view="all")
    assert len(charts(at)) == len(seen)
    for figure, packed in seen:
        sent = json.loads(zlib.decompress(packed))
        written = json.loads(plotly.io.to_json(figure, validate=False))
        assert sent["layout"].pop("height") == (written["layout"].pop("height", chart.HEIGHT))
        for part in ("data", "layout"):
            assert same(plain(sent[part]), plain(written[part])), sent["alt"]
        assert sent["alt"] and sent["address"] == library.address()


@pytest.mark.parametrize("lesson", IN_SCENES)
@pytest.mark.usefixtures("all_open")
def test_a_page_that_is_drawn_again_makes_no_chart_anew(
    lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(lesson, lang="en", view="all")
    made: list[object] = []
    monkeypatch.setattr(Painted, "__init__", lambda *_: made.append("figure"))
    monkeypatch.setattr(chart, "_packed", lambda plain, _: made.append(plain))
    before = [proto.proto.bytes for proto in at.get("bidi_component")]
    at.run()
    assert not at.exception and not made
    assert [proto.proto.bytes for proto in at.get("bidi_component")] == before


def test_figures_are_kept_by_all_that_they_are_made_from() -> None:
    made: list[tuple] = []

    @drawn
    def line(mode: theme.Mode, x: np.ndarray, words: dict[str, str]) -> go.Figure:
        made.append((mode, x, words))
        return painted([{"type": "scatter", "y": x, "name": words["a"]}], {}, mode)

    x = np.arange(3.0)
    first = line("light", x, {"a": "one"})
    assert line("light", x.copy(), {"a": "one"}) is first
    others = [
        ("dark", x, {"a": "one"}),
        ("light", x + 1, {"a": "one"}),
        ("light", x, {"a": "하나"}),
    ]
    assert all(line(*other) is not first for other in others)
    assert len(made) == 4
    for k in range(theme.KEPT):
        line("light", x + k + 2, {"a": "one"})
    assert len(theme._kept) == theme.KEPT and line("light", x, {"a": "one"}) is not first
