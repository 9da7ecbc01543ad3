"""What tests of pages under AppTest say in one line."""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.visits import visit
from ui.lessons import LESSONS
from ui.state import Choice, Control, Integer, Switch

ROOT = Path(__file__).parents[2]


def open_lesson(lesson: str, drawers: tuple[str, ...] = (), **query: object) -> AppTest:
    """A lesson as a link opens it, with these drawers open."""
    at = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    for name, value in query.items():
        at.query_params[name] = str(value)
    for drawer in drawers:
        at.session_state[drawer] = True
    visit(at, lesson)
    return at.run()


def opened(lesson: str, drawers: tuple[str, ...] = (), **query: object) -> AppTest:
    """The same, without any complaint."""
    return healthy(open_lesson(lesson, drawers, **query))


def healthy(at: AppTest) -> AppTest:
    """The page itself, if it has nothing to complain about."""
    assert not at.exception and not at.error and not at.warning
    return at


def said(at: AppTest) -> str:
    """All text of the page."""
    found = [*at.markdown, *at.caption, *at.info, *at.warning, *at.error]
    return "\n".join(element.value for element in found)


def cells(at: AppTest, name: str) -> list[str]:
    """The exact values behind a table."""
    (body,) = [h.proto.body for h in at.get("html") if f'<table class="{name}"' in h.proto.body]
    return re.findall(r'<td[^>]*data-value="([^"]*)"', body)


def charts(at: AppTest) -> list[dict[str, Any]]:
    """All charts of the page as the browser gets them, with their keys as names."""
    sent = [c.proto for c in at.get("bidi_component") if c.proto.component_name == "chart"]
    names = re.compile(r"\$\$ID-[0-9a-f]+-(.*)")
    return [json.loads(told(proto)) | {"name": names.fullmatch(proto.id)[1]} for proto in sent]


def told(proto: Any) -> str:
    """What a component is told; a chart's figure is packed."""
    if proto.component_name == "chart":
        return zlib.decompress(proto.bytes).decode()
    return str(proto.json)


def chart(at: AppTest, name: str) -> dict[str, Any]:
    """A chart of the page by its key."""
    (found,) = [each for each in charts(at) if each["name"] == name]
    return found


def exact(*numbers: float) -> list[str]:
    """Numbers as tables keep them."""
    return [f"{x:.4g}" for x in numbers]


def in_link(lesson: str, values: dict[str, object]) -> dict[str, str]:
    """What the address says when a lesson's controls have these values: not what is usual."""
    entry = LESSONS[lesson]
    scene = str(values["scene"]) if entry.scenes else ""
    return {
        control.name: control.write(values[control.name])
        for control in entry.controls
        if not scene
        or control.name == "scene"
        or values[control.name] != entry.default(control.name, scene)
    }


def ends_of(control: Control) -> list[str]:
    """The first and the last value of a control, as a link writes them."""
    match control:
        case Integer():
            return [control.write(control.low), control.write(control.high)]
        case Choice():
            return [control.write(control.options[0]), control.write(control.options[-1])]
        case Switch():
            return ["0", "1"]
    raise AssertionError(f"no ends for {control}")


def together(values: Mapping[str, Sequence[object]]) -> list[dict[str, Any]]:
    """Links that set all these controls at once.

    Each value stands in one link at least, beside others of the other controls from link to link;
    always the same ones.
    """
    links: list[dict[str, Any]] = [{} for _ in range(max(6, *map(len, values.values())))]
    for name, each in values.items():
        order = [each[i % len(each)] for i in range(len(links))]
        random.Random(name).shuffle(order)
        for link, value in zip(links, order, strict=True):
            link[name] = value
    return links
