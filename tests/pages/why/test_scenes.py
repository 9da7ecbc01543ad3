"""The scenes of why: nothing of an answer is sent before it is given; older links find theirs."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from google.protobuf import text_format
from streamlit.testing.v1 import AppTest

from experiments.why import (
    gradient_flow,
    input_scaling,
    noisy,
    once,
    smoothness,
    tolerance,
    two_shifts,
)
from pages.why import EIGHT, LESSON
from tests.complete import languages
from tests.pages.helpers import ROOT, chart, opened, said, told
from ui import scenes, text
from ui.numbers import number, percent
from ui.scenes import Moment

LANGS = pytest.mark.parametrize("lang", languages())
ASKED = [scene for scene in LESSON.scenes if scene.question is not None]
SVG = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


def sent(at: AppTest) -> str:
    """All that a run has sent, pictures as what they are drawn from."""
    protos = (getattr(node, "proto", None) for node in walk(at.main))
    whole = "\n".join(
        told(proto)
        if getattr(proto, "component_name", "") == "chart"
        else text_format.MessageToString(proto, as_utf8=True)
        for proto in protos
        if proto is not None
    )
    return whole + "".join(base64.b64decode(found).decode() for found in SVG.findall(whole))


def walk(block):
    for node in block.children.values():
        if hasattr(node, "children"):
            yield from walk(node)
        else:
            yield node


def named(at: AppTest, key: str) -> set[str]:
    """The names in a chart's legend."""
    return {trace["name"] for trace in chart(at, key)["data"] if trace.get("name")}


def rows(at: AppTest, key: str) -> list[str]:
    return [note["text"] for note in chart(at, key)["layout"].get("annotations", [])]


def points(at: AppTest, key: str) -> int:
    """How many finite numbers the traces of a chart hold upward."""
    found = 0
    for trace in chart(at, key)["data"]:
        y = trace.get("y", [])
        if isinstance(y, dict):
            y = np.frombuffer(base64.b64decode(y["bdata"]), y["dtype"])
        found += sum(each is not None and np.isfinite(each) for each in y)
    return found


# By scene: what its picture holds, as it grows when it is revealed.
HOLDS: dict[str, Callable[[AppTest], int]] = {
    "bowl": lambda at: sent(at).count("<ellipse"),
    "cats": lambda at: said(at).count('class="answer"') + len(named(at, "coats")),
    "layer3": lambda at: points(at, "inside"),
    "apart": lambda at: len(re.findall(r"→ \*\*\d", said(at))),
    "map": lambda at: sum(
        each.isdigit() for arm in ("plain", "bn") for each in rows(at, f"rates-{arm}")
    ),
    "noisy": lambda at: len(named(at, "noisy-accuracy")),
    "wines": lambda at: said(at).count("**2 steps**") + said(at).count("**2스텝**"),
    "replace": lambda at: len(chart(at, "replace")["layout"]["yaxis"]["ticktext"]),
    "once": lambda at: len(named(at, "once-accuracy")),
    "smooth": lambda at: len(named(at, "smooth-range")),
    "flow": lambda at: points(at, "flow-usual"),
}
# What it holds before the answer, and after it.
COUNTS = {
    "bowl": (0, 2 * 17),
    "cats": (0, 2 * 5 + 2),
    "layer3": (2, None),
    "apart": (0, 2),
    "map": (0, 2 * len(tolerance.DEPTHS) * len(tolerance.RATES)),
    "noisy": (2, len(noisy.ARMS)),
    "wines": (0, 1),
    "replace": (2, 6),
    "once": (2, len(once.ARMS)),
    "smooth": (1, len(smoothness.ARMS)),
    "flow": (0, None),
}


def accuracies(arms: tuple[str, ...], found: np.ndarray, *some: str) -> set[str]:
    """Of some arms, as they are written: (A, S, T), the mean of the seeds at the end."""
    return {percent(float(found[arms.index(arm), :, -1].mean())) for arm in some}


# Numbers that a reader may know before the answer: those of the arms that are drawn, of the first
# step, and an end of a slider.
GIVEN: dict[str, Callable[[], set[str]]] = {
    "noisy": lambda: accuracies(noisy.ARMS, noisy.load().accuracy, "plain", "bn"),
    "once": lambda: accuracies(once.ARMS, once.load("figure1").accuracy, "plain", "bn"),
    "replace": lambda: {
        percent(float(input_scaling.over_seeds().at_best[:, a].mean()))
        for a, arm in enumerate(input_scaling.ARMS)
        if arm in ("raw", "scaled")
    },
    "layer3": lambda: {
        number(float(arm[0, 1]), 2)
        for arm in (two_shifts.measured().plain, two_shifts.measured().bn)
    },
    "wines": lambda: {number(LESSON.options("lr")[-1])},
}
EXACT = re.compile(r"\d+\.\d+(?:×10[⁻⁰-⁹]+)?%?|\d+%")  # too exact to be there by chance


def test_every_scene_that_asks_is_held_to_its_picture() -> None:
    assert {scene.name for scene in ASKED} == set(HOLDS) == set(COUNTS)


@LANGS
@pytest.mark.parametrize("scene", ASKED, ids=lambda scene: scene.name)
def test_nothing_of_the_answer_is_sent_before_it(scene, lang: str) -> None:
    query = {"scene": scene.name, "lang": lang} | dict(scene.sets)
    before, after = COUNTS[scene.name]
    at = opened(LESSON, **query)
    assert HOLDS[scene.name](at) == before
    words = f"{LESSON}.questions.{scene.question.name}"
    told = sent(at)
    for option in scene.question.options:
        first = re.split(r"\[\[|\*", text._label(lang, f"{words}.{option}_why") or "")[0]
        assert len(first) < 8 or first not in told
    at.button(key=f"guess-{scene.question.right}").click().run()
    assert not at.exception and at.success
    holds = HOLDS[scene.name](at)
    assert holds == after if after is not None else holds > 10 * max(before, 1)


@LANGS
@pytest.mark.parametrize("scene", ASKED, ids=lambda scene: scene.name)
def test_every_option_is_explained_by_numbers_that_were_not_sent_before(scene, lang: str) -> None:
    query = {"scene": scene.name, "lang": lang} | dict(scene.sets)
    at = opened(LESSON, **query)
    told, given = sent(at), GIVEN.get(scene.name, set)()
    asked = text._label(lang, f"{LESSON}.questions.{scene.question.name}.ask")
    for tried, option in enumerate(scene.question.options):
        at = opened(LESSON, **query) if tried else at
        at.button(key=f"guess-{option}").click().run()
        assert not at.exception
        (box,) = at.success if option == scene.question.right else at.info
        assert "[[" not in box.value
        shown = EXACT.findall(box.value)
        for each in set(shown) - given - set(EXACT.findall(asked)):
            assert each not in told


# --- what the words claim, whatever the numbers ---


def test_the_map_is_as_the_question_has_it() -> None:
    """`why.questions.depth`: "About four hidden layers", at the rate that it names."""
    from pages.why.map import DEEPEST, RATE, said

    known = said(Moment(LESSON.scene_of("map"), True))
    assert known["plain_deepest"] == DEEPEST["four"] == 4 and known["bn_deepest"] >= 16
    for lang in languages():
        asked = text._label(lang, f"{LESSON}.questions.depth.ask")
        assert number(RATE) in asked


def test_a_unit_of_layer_3_wanders_less_with_batch_norm() -> None:
    found = two_shifts.measured()
    plain, bn = (np.ptp(arm[:, 1]) for arm in (found.plain, found.bn))
    assert plain > 2 * bn
    wide = found.bn[[0, -1], 2] - found.bn[[0, -1], 0]
    assert wide[1] > 1.5 * wide[0]  # γ is learned: "the band ... is ... wide in the end"


def test_gradients_grow_with_batch_norm_alone_in_the_network_that_is_asked_about() -> None:
    """`why.questions.grows`: twenty ReLU layers, He's weights."""
    assert LESSON.default("layers") == 20 and LESSON.default("nonlinearity", "flow") == "relu"
    n = gradient_flow.numbers(gradient_flow.flow("relu", 0, 20))
    assert n["factor.usual.bn"] > 1.1 > n["factor.usual.plain"]


def test_what_is_normalized_once_is_later_in_every_network() -> None:
    for setting in once.SETTINGS:
        _, repaired, bn = once.load(setting).steps_to()
        n = once.numbers(once.load(setting))
        assert (repaired > bn).all() and n["share"].mean() > 0.9


def test_the_sigmoid_layers_are_smooth_and_learn_nothing() -> None:
    found = smoothness.load("sigmoid")
    plain = list(smoothness.ARMS).index("plain")
    assert found.accuracy[plain, :, -1].mean() < 0.3


def test_in_the_scenes_of_runs_the_plain_relu_network_is_rougher() -> None:
    n = smoothness.numbers(smoothness.load(LESSON.default("smooth")))
    assert (n["loss_range.plain"] > 5 * n["loss_range.bn"]).all()


# --- links ---


@pytest.mark.parametrize(
    ("link", "scene"),
    [
        ({"part": "inputs"}, "wines"),
        ({"part": "inputs", "lr": "0.003", "nonlinearity": "sigmoid"}, "wines"),
        ({"part": "inputs", "nonlinearity": "relu"}, "bowl"),
        ({"part": "shift", "test": "rates"}, "cats"),
        ({"part": "shift", "ink": "yellow"}, "inks"),
        ({"part": "layers", "kind": "swap"}, "apart"),
        ({"part": "speed"}, "noisy"),
        ({"part": "speed", "test": "noisy"}, "noisy"),
        ({"part": "speed", "test": "once"}, "once"),
        ({"part": "speed", "test": "smooth"}, "smooth"),
        ({"part": "speed", "test": "rates", "depth": "16"}, "map"),
        ({"part": "speed", "test": "flow"}, "flow"),
        ({"part": "speed", "test": "loses"}, "loses"),
        ({"part": "board", "claim": EIGHT[2], "all": "0"}, "verdicts"),
        ({"part": "board", "claim": "folds", "all": "0"}, "board"),
        ({"part": "board", "claim": EIGHT[2], "all": "1"}, "board"),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else value,
)
def test_a_link_of_older_versions_opens_its_scene_revealed(link: dict, scene: str) -> None:
    at = opened(LESSON, **link)
    assert at.session_state["why.scene"] == scene
    assert not [button for button in at.button if button.key == "just-show-me"]
    for name, value in link.items():
        assert LESSON.control(name).write(at.session_state[f"why.{name}"]) == value


def test_a_link_to_a_scene_wins_over_what_it_says_besides() -> None:
    at = opened(LESSON, scene="noisy", part="board", test="flow")
    assert at.session_state["why.scene"] == "noisy" and at.button(key="just-show-me")


def test_only_the_scene_that_is_shown_is_imported() -> None:
    """By a process of its own, since other tests have imported them all."""
    start = [sys.executable, str(ROOT / "tests" / "app" / "start.py"), LESSON]
    done = subprocess.run(start, capture_output=True, text=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    assert "pages.why.bowl" in found["modules"]
    others = {f"pages.why.{scene.name}" for scene in LESSON.scenes[1:]}
    assert not others & set(found["modules"])
    assert not [name for name in found["assets"] if "evidence/cats" in name]


@LANGS
def test_the_whole_lesson_stands_on_one_page(lang: str) -> None:
    at = opened(LESSON, view="all", lang=lang)
    titles = [header.value.removeprefix(scenes.DEEP) for header in at.header]
    for scene in LESSON.scenes:
        assert text._label(lang, f"{LESSON}.scenes.{scene.name}.title") in titles
    assert 'class="board-outcome"' in said(at)
