"""The clinic's pages: they find, ask before they tell, and say what the experiments found."""

from __future__ import annotations

import numpy as np
import pytest

from bncore.conventions import CONVENTIONS
from experiments.clinic import (
    accumulated,
    averaged,
    constant,
    decay,
    dropout,
    eval_worse,
    exported,
    few_images,
    frameworks,
    one_example,
    other_answer,
    running_nan,
)
from experiments.trained import trained
from pages.clinic import LESSON, finder
from pages.clinic.common import LIBRARIES, snippet
from pages.clinic.symptoms import MESSAGES, QUESTIONS
from tests.complete import languages
from tests.locales.test_numerals import figures
from tests.pages.helpers import healthy, opened, said
from ui import finding, text
from ui.numbers import number, percent

ASKED = [scene.name for scene in LESSON.scenes if scene.name in QUESTIONS]  # the symptoms


def symptoms(at: object) -> list[str]:
    """The ways that the finder offers."""
    keys = [button.key or "" for button in at.button]
    return [key.removeprefix("to-") for key in keys if key.startswith("to-")]


# --- the finder ---


@pytest.mark.parametrize("lang", languages())
def test_it_lists_every_symptom_and_leads_there(lang: str) -> None:
    at = opened(LESSON, lang=lang)
    assert symptoms(at) == ASKED
    healthy(at.button(key="to-few_images").click().run())
    assert at.session_state[f"{LESSON}.scene"] == "few_images"
    assert "just-show-me" in {button.key for button in at.button}  # asked, not told


@pytest.mark.parametrize(
    ("query", "first"),
    [
        *((message, name) for name, each in MESSAGES.items() for message in each),
        ("validation accuracy much lower in eval mode", "eval_worse"),
        ("eval이 train보다 훨씬 나빠요", "eval_worse"),
        ("my last batch has one sample and it crashes", "one_example"),
        ("predictions are not reproducible, same input different output", "other_answer"),
        ("같은 이미지인데 답이 매번 달라요", "other_answer"),
        ("score is better without eval", "eval_worse"),
        ("freeze batch norm for transfer learning", "few_images"),
        ("파인튜닝하면 나빠집니다", "few_images"),
        ("converted my weights from pytorch to keras", "frameworks"),
        ("moving_variance nan", "running_nan"),
        ("gradient accumulation", "accumulated"),
        ("SyncBatchNorm multi gpu", "accumulated"),
        ("onnx export", "exported"),
        ("stochastic weight averaging", "averaged"),
        ("constant feature", "constant"),
        ("dropout and batch norm together", "dropout"),
        ("weight decay on gamma and beta", "decay"),
        ("do i need bias=False", "bias"),
    ],
)
def test_what_people_write_finds_its_symptom(query: str, first: str) -> None:
    lang = "ko" if any("가" <= sign <= "힣" for sign in query) else "en"
    with text.read_as(lang, "light"):
        assert finding.found(query, finder.entries())[0] == first


def test_nothing_found_is_said_and_nothing_pasted_is_in_the_link() -> None:
    at = opened(LESSON, lang="en")
    healthy(at.text_input[0].set_value("pizza with extra cheese").run())
    assert symptoms(at) == [] and text.t(f"{LESSON}.finder.nothing") in said(at)
    assert "pizza" not in str(at.query_params)
    healthy(at.text_input[0].set_value("").run())
    assert symptoms(at) == ASKED


# --- asked before it is told ---


def told(scene: str) -> list[str]:
    """What only the answer says, where a scene begins."""
    return {
        "eval_worse": [percent(eval_worse.late(20, 0.01).start_weight)],
        "one_example": [percent(one_example.alone(1).train.right)],
        "other_answer": [str(other_answer.asked(11, 8).changed)],
        "few_images": [percent(few_images.tuned("stats", 2).after.right)],
        "frameworks": ["by up to " + number(frameworks.ported("momentum").difference, 2)],
        "running_nan": [str(running_nan.AT)],
        "accumulated": [number(accumulated.accumulated(8)["bn"].off, 2) + " times"],
        "exported": [number(exported.exported("folded").difference, 2)],
        "averaged": [percent(averaged.averaged(11).new.right)],
        "constant": [number(constant.constant(12345.6).z_norm, 3)],
        "dropout": [number(float(dropout.load().ratio[-1, :, 1].mean()), 3)],
        "decay": [number(float(decay.load().gamma[1, 2].mean()), 3)],
        "bias": ["gradient of b is 0"],
    }[scene]


@pytest.mark.parametrize("scene", ASKED)
def test_an_answer_is_told_only_once_it_is_given(scene: str) -> None:
    before = said(opened(LESSON, scene=scene, lang="en"))
    after = said(opened(LESSON, scene=scene, lang="en", seen=1))
    for value in told(scene):
        assert value not in before and value in after


# --- the control makes it come and go ---


def shares(scene: str, **query: object) -> list[str]:
    """The large numbers of the picture."""
    at = opened(LESSON, scene=scene, seen=1, lang="en", **query)
    body = next(each.value for each in at.markdown if '<div class="wards">' in each.value)
    return [part.partition("</b>")[0] for part in body.split('<p class="share"><b>')[1:]]


@pytest.mark.parametrize(
    ("scene", "ill", "well"),
    [
        ("eval_worse", {"updates": 20}, {"updates": 600}),
        ("one_example", {"m": 1}, {"m": 64}),
        ("other_answer", {"company": 2}, {"company": 64}),
        ("few_images", {"freeze": "none"}, {"freeze": "stats"}),
        ("running_nan", {"poison": "huge"}, {"poison": "none"}),
        ("exported", {"export": "train"}, {"export": "folded"}),
        ("averaged", {"statistics": "last"}, {"statistics": "new"}),
    ],
)
def test_it_comes_and_goes_with_its_control(scene: str, ill: dict, well: dict) -> None:
    one, other = ([float(x[:-1]) for x in shares(scene, **query)] for query in (ill, well))
    assert one[1] < one[0] - 15  # percentage points
    assert other[1] > other[0] - 8


# --- the drawer ---


@pytest.mark.parametrize("scene", ASKED)
def test_the_drawer_shows_the_remedy_that_was_run(scene: str) -> None:
    at = opened(LESSON, (f"more-{scene}",), scene=scene, seen=1, lang="en")
    assert [tab.label for tab in at.tabs] == list(LIBRARIES.values())
    code = [each.value for each in at.code]
    for library in LIBRARIES:
        assert snippet(scene, library).strip() in [each.strip() for each in code]


# --- figures that stand typed ---


@pytest.mark.parametrize("lang", languages())
def test_typed_defaults_are_those_of_the_libraries(lang: str) -> None:
    copied = text._labels(lang, str(LESSON))["questions"]["copied"]
    keras, pytorch = CONVENTIONS["keras"], CONVENTIONS["pytorch"]
    assert figures(copied["momentum"]) == [keras.momentum]
    assert figures(copied["eps"]) == sorted([keras.eps, pytorch.eps])
    assert pytorch.eps < keras.eps < np.min(trained().model.running_var) / 50  # "far larger"
    assert f"m = {trained().config.batch_size}" in copied["divisor_why"]
    decayed = text._labels(lang, str(LESSON))["questions"]["decayed"]
    assert figures(decayed["ask"]) == [LESSON.default("decay")]
    moves = text._labels(lang, str(LESSON))["questions"]["moves"]
    assert figures(moves["ask"]) == figures(moves["none_why"]) == [LESSON.default("b")]
