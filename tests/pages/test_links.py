"""Every registered control travels in the link, from one language to the other, to the last digit.

Runs over the registry: a control is covered by being registered. That a browser hands on what the
link says, and shows it, is seen in `tests/browser/test_links.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.helpers import charts, in_link, opened
from tests.pages.test_frame import link
from ui.lessons import LESSONS
from ui.state import Choice, Control, Integer, Number, Numbers, Switch, key

VALUE, WORDS = re.compile(r'data-value="([^"]*)"'), re.compile(r"\\text\{[^}]*\}")


#: what the scenes decide themselves, whatever a link says
DECIDED: dict[str, dict[str, object]] = {"training": {"preset": "figure1"}}


def another_value(control: Control) -> object:
    """A value that is not the default."""
    match control:
        case Number():
            middle = (control.default + min(control.high, control.default + 1)) / 2
            return middle if middle != control.default else (control.low + control.default) / 2
        case Integer():
            return control.default + (1 if control.default < control.high else -1)
        case Choice():
            return next(option for option in control.options if option != control.default)
        case Switch():
            return not control.default
        case Numbers():
            return (1.5, -2.0, 0.25)
    raise AssertionError(f"no sample for {control}")


def leaves(node: Any) -> Iterator[object]:
    """The numbers of a JSON value, also those that Plotly packs; words are another language's."""
    if isinstance(node, dict):
        packed = node.get("bdata")
        yield from [packed] if packed else leaves(list(node.values()))
    elif isinstance(node, list):
        for each in node:
            yield from leaves(each)
    elif isinstance(node, int | float):
        yield node


def told(body: str) -> list[str]:
    """The exact values that a text marks, and its formulas with numbers in them."""
    formulas = [WORDS.sub("", formula) for formula in re.split(r"\$+", body)[1::2]]
    return VALUE.findall(body) + [formula for formula in formulas if re.search(r"\d\.\d", formula)]


def packed(data: bytes) -> list[object]:
    """What a component gets as bytes: the length of what describes them, that, and arrays."""
    end = 4 + int.from_bytes(data[:4], "little")
    return [*leaves(json.loads(data[4:end])), data[end:]]


def numbers(at: AppTest) -> dict[str, list[object]]:
    """What a page computed and shows, apart from the language and the order of its words."""
    texts = [e.proto.body for kind in ("markdown", "html", "latex") for e in at.get(kind)]
    drawn = [chart["data"] for chart in charts(at)]
    parts = [e.proto for e in at.get("bidi_component")]
    others = [part for part in parts if part.component_name != "chart"]
    return {
        "told": [each for text in texts for each in sorted(told(text))],
        "drawn": list(leaves(drawn)),
        "sent": list(leaves([json.loads(part.json) for part in parts if part.json])),
        "packed": [each for part in others if part.bytes for each in packed(part.bytes)],
    }


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_link_opens_the_same_state_in_the_other_language(lesson: str) -> None:
    """With all controls at other values at once, and all scenes on one page."""
    controls = LESSONS[lesson].controls
    values = {control.name: another_value(control) for control in controls} | DECIDED.get(
        lesson, {}
    )
    raw = {control.name: control.write(values[control.name]) for control in controls}
    view = {"view": "all"} if LESSONS[lesson].scenes else {}
    sent, received = (opened(lesson, lang=lang, **view, **raw) for lang in ("en", "ko"))
    for at, lang in ((sent, "en"), (received, "ko")):
        assert {name: at.session_state[key(lesson, name)] for name in values} == values
        assert link(at) == {"lang": lang} | view | in_link(lesson, values)
    shown = numbers(sent)
    assert any(shown.values())
    for kind, found in numbers(received).items():
        assert found == shown[kind], kind
