"""Pieces: what the button of every scene would save, without a browser.

Runs over the registry: a scene is covered by being in its lesson's list. What a browser makes of
the files is looked at in tests/browser/test_pieces.py.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.helpers import healthy, open_lesson
from ui import pieces
from ui.components import REGISTERED
from ui.lesson import Lesson, Scene
from ui.lessons import FOLDERS, LESSONS
from ui.text import languages, t

MOST = 150_000  # bytes
LEAVING = pieces.leaving()
#: a scene of each component that moves by itself, and one with what stands
SOME = (
    *(("mini_batch", "four_steps"), ("network", "map"), ("training", "one_unit")),
    *(("noise", "law"), ("test_time", "answer_jumps")),
)


def scene_of(lesson: str, scene: str, lang: str = "en", **more: object) -> AppTest:
    """A scene, revealed, with what can be done with it open."""
    query = {"scene": scene, "lang": lang, "seen": 1} | more
    return healthy(open_lesson(lesson, ("share",), **query))


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button}


def taken(at: AppTest) -> tuple[dict[str, Any], str]:
    """What the browser is sent when the button is pressed: about the file, and the file."""
    at.button(key="take-along").click().run()
    assert not at.exception
    (proto,) = (e.proto for e in at.get("bidi_component") if e.proto.component_name == "piece")
    about, _, page = zlib.decompress(proto.bytes).decode().partition("\n")
    return json.loads(about), page


def payload(page: str) -> dict[str, Any]:
    (text,) = re.findall(r'id="payload">([^<]*)<', page)
    return json.loads(zlib.decompress(base64.b64decode(text)))


def mounted(at: AppTest) -> list[Any]:
    """The components of the scene's picture, as Streamlit sends them."""
    found = (each.proto for each in at.get("bidi_component"))
    return [each for each in found if each.component_name not in pieces.OTHERS]


def given(piece: dict[str, Any], lang: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The components of a piece, each with what it has in this language."""
    both = zip(piece["parts"], piece["languages"][lang]["parts"], strict=True)
    return [(part, data) for part, data in both if part["kind"] != "still"]


def same(part: dict[str, Any], data: dict[str, Any], proto: Any) -> None:
    """It carries exactly what the app has mounted."""
    if part["kind"] == "chart":
        chart = pieces.unpacked(proto.bytes)
        assert data["alt"] == chart["alt"]
        drawn = sorted(number for trace in chart["data"] for number in floats(trace))
        shown = sorted(
            number for table in part["values"] for column in table for number in numbers(column)
        )
        np.testing.assert_allclose(shown, drawn, rtol=0, atol=0)
    elif "json" in data:
        assert part["name"] == proto.component_name
        assert json.loads(data["json"]) == json.loads(proto.json)
    else:
        assert data["head"].encode("latin-1") + base64.b64decode(part["tail"]) == proto.bytes


def floats(trace: dict[str, Any]) -> list[float]:
    """Every number of a trace that its table has; where a field lies along x stands in its head."""
    found = {axis: array(trace[axis]) for axis in "xyz" if trace.get(axis) is not None}
    if "z" in found and found["z"].ndim == 2:
        found.pop("x", None)
    return [number for each in found.values() for number in numbers(each.ravel().tolist())]


def array(given: Any) -> np.ndarray:
    if not isinstance(given, dict):
        return np.array(given, dtype=object)
    found = np.frombuffer(base64.b64decode(given["bdata"]), given["dtype"])
    return found.reshape([int(n) for n in given.get("shape", "-1").split(",")])


def numbers(column: list[Any]) -> list[float]:
    return [x for x in column if isinstance(x, int | float) and np.isfinite(x)]


@pytest.mark.parametrize(("lesson", "scene"), LEAVING)
def test_every_picture_leaves_as_it_is_in_the_app(lesson: str, scene: str) -> None:
    at = scene_of(lesson, scene)
    protos = mounted(at)
    about, page = taken(at)
    assert len(page.encode()) < MOST
    piece = payload(page)
    assert piece["parts"] and set(piece["languages"]) == set(languages())
    # what drawers show is not in it; the picture comes first
    for (part, data), proto in zip(given(piece, "en"), protos, strict=False):
        same(part, data, proto)
    charts = [str(at) for at, part in enumerate(piece["parts"]) if part["kind"] == "chart"]
    assert list(about["charts"]) == charts and about["name"] == f"{lesson}-{scene}.html"
    for said in about["charts"].values():
        assert set(said) == set(languages())
    words = re.sub(r"<(style|script)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert "\\" not in words and "$" not in words and "[[" not in words and "*" not in words
    for code in languages():
        assert f'data-said lang="{code}"' in words and f"lang={code}" in words
    # AppTest has no address
    assert not re.search(r'(?:src|href)="(?!https://|data:|None[?"]|[a-z_]+\?)', words)


@pytest.mark.parametrize(("lesson", "scene"), SOME)
def test_what_a_piece_has_in_another_language_is_what_the_app_shows_in_it(
    lesson: str, scene: str
) -> None:
    english = payload(taken(scene_of(lesson, scene))[1])
    at = scene_of(lesson, scene, "ko")
    protos, korean = mounted(at), payload(taken(at)[1])
    assert english["languages"] == korean["languages"]  # whichever it was taken along in
    for (part, data), proto in zip(given(english, "ko"), protos, strict=False):
        same(part, data, proto)


def test_a_piece_is_of_the_scene_as_a_hand_has_set_it() -> None:
    at = scene_of("mini_batch", "gamma_beta", gamma="1.75", beta="-0.5")
    before = dict(at.query_params), at.session_state["mini_batch.gamma"]
    _, page = taken(at)
    (part,) = payload(page)["languages"]["ko"]["parts"][-1:]
    assert json.loads(part["json"])["tracks"]["gamma"]["value"] == 1.75
    assert "gamma=1.75" in page and "lang=ko" in page  # so does the way back
    assert (dict(at.query_params), at.session_state["mini_batch.gamma"]) == before
    assert at.session_state["lang"] == "en"


def test_pressed_again_it_is_saved_again() -> None:
    at = scene_of("noise", "law")
    assert taken(at)[0]["turn"] != taken(at)[0]["turn"]


ASKED = [
    (lesson, scene)
    for lesson in LESSONS.values()
    for scene in [each for each in lesson.scenes if each.question is not None][:1]
]


@pytest.mark.parametrize(("lesson", "scene"), ASKED)
def test_nothing_leaves_before_it_is_revealed(lesson: Lesson, scene: Scene) -> None:
    assert "take-along" not in keys(scene_of(lesson, scene.name, seen=0))


def test_what_stays_says_so() -> None:
    for lesson in LESSONS.values():
        for scene in lesson.scenes:
            if pieces.stays(lesson, scene.picture or scene.name):
                assert "take-along" not in keys(scene_of(lesson, scene.name))
                assert (str(lesson), scene.name) not in LEAVING
    named = [f"pages.{FOLDERS[each]}" for each in LESSONS.values() if each.scenes]
    assert all(import_module(name) for name in named)


def test_what_only_the_app_can_answer_is_told() -> None:
    """A component's own control, or one of the page's beside it; not where all of it moves."""
    for scene, told in (("next_batch", True), ("four_steps", False), ("broken", True)):
        _, page = taken(scene_of("mini_batch", scene))
        assert (t("ui.pieces.asks") in page) == told, scene
    named = {name for name, component in REGISTERED.items() if component.asks}
    assert named == {"batches", "network"}


# --- words and colours ---


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("**μ** and *σ*, a < b", "<b>μ</b> and <i>σ</i>, a &lt; b"),
        ("값 *z*를 봅니다.", "값 <i>z</i>를 봅니다."),
        (
            r"$\textcolor{#A93C7F}{\mu_B}$ of $\tilde z$",
            '<i class="math">μ<sub>B</sub></i> of <i class="math">z̃</i>',
        ),
        (
            r"$\textcolor{#007A5A}{z_{\mathrm{norm}}}$",
            '<i class="math">z<sub>norm</sub></i>',
        ),
        (r"$z_{\mathrm{norm}}^2$", '<i class="math">z<sub>norm</sub><sup>2</sup></i>'),
        ("[paper](https://x.org/1) `m`", '<a href="https://x.org/1">paper</a> <code>m</code>'),
        ("[there](noise?m=8)", '<a href="https://lab.org/a/noise?m=8">there</a>'),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_the_little_markdown_of_sentences_becomes_html(words: str, html: str) -> None:
    assert pieces.written(words, "https://lab.org/a/mini_batch?x=1") == html


def test_a_colour_has_one_other_one_on_a_dark_page() -> None:
    pairs = pieces.recoloured()
    count = len(pieces.COLOURS) + 3
    assert len(pairs) == count, "two ideas have one colour on a light page"


@pytest.mark.parametrize(
    ("several", "tail"),
    [([b"ab--tail", b"xyz--tail"], 6), ([b"same", b"same"], 0), ([b"a", b"b"], 0)],
)
def test_bytes_of_several_languages_are_carried_once(several: list[bytes], tail: int) -> None:
    assert pieces._tail(several) == tail


def test_the_page_of_all_pieces_names_each_in_every_language() -> None:
    page = pieces.index(lambda name: name != pieces.file_name(*LEAVING[0]))
    for lesson, scene in LEAVING[1:]:
        assert page.count(f'href="{pieces.file_name(lesson, scene)}"') == len(languages())
    assert pieces.file_name(*LEAVING[0]) not in page
