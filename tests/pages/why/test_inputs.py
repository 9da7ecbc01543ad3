"""Why batch norm works, the scenes on inputs and on shifts: what is shown is what was measured."""

from __future__ import annotations

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore.network import Network
from experiments.at_test_time import dimming
from experiments.why import cats, coloured, floors, input_scaling, inputs, spectrum
from pages.why.arms import K
from pages.why.bowl import NORMS, PATIENCE
from pages.why.cats import MET, ORANGE, SHOWN
from pages.why.charts_shift import LOOKS
from pages.why.inks import SHOWN as DIGITS
from pages.why.inks import ink_arms
from pages.why.wines import BEFORE
from tests.complete import languages
from tests.pages.helpers import cells, chart, exact, said
from tests.pages.helpers import opened as opened_lesson
from ui.lessons import LESSONS
from ui.numbers import percent

LESSON = "why"
RATES = LESSONS[LESSON].control("lr").options
LANGS = pytest.mark.parametrize("lang", languages())


@pytest.fixture(autouse=True)
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was trained")

    monkeypatch.setattr(Network, "gradient", refuse)


def opened(scene: str, **query: object) -> AppTest:
    """A scene, revealed, with its drawer open."""
    return opened_lesson(LESSON, (f"more-{scene}",), scene=scene, seen=1, **query)


def shares(*numbers: float) -> list[str]:
    return [f"{x:.4f}" for x in numbers]


# ------------------------------------------------------------------ the bowl


@LANGS
def test_the_table_of_the_bowls_is_the_experiments(lang: str) -> None:
    shown = cells(opened("wines", lang=lang), "bowl")
    for row, scaled in enumerate((False, True)):
        bowl = inputs.contours(scaled)
        steps = [inputs.descent(scaled, lr, PATIENCE).steps_to_close for lr in RATES]
        best = min(each for each in steps if each is not None)
        wanted = (bowl.condition, bowl.condition_with_b, bowl.lr_limit, best)
        assert shown[4 * row : 4 * row + 4] == exact(*map(float, wanted))


@LANGS
@pytest.mark.parametrize("lr", [RATES[0], 0.0098, 0.01, 1.5, RATES[-1]])
def test_each_side_says_where_its_descent_leads(lr: float, lang: str) -> None:
    at = opened("wines", lr=lr, lang=lang)
    ways = [inputs.descent(scaled, lr, PATIENCE) for scaled in (False, True)]
    diverges = {"en": "**Diverges**", "ko": "**발산합니다.**"}[lang]
    assert said(at).count(diverges) == sum(way.diverged for way in ways)
    for name, way in zip(("raw", "scaled"), ways, strict=True):
        if way.steps_to_close is not None:
            assert f"{way.steps_to_close} steps" in said(at).replace("스텝", " steps")
        path = next(t for t in chart(at, f"bowl-{name}")["data"] if t["mode"] == "lines+markers")
        assert path["customdata"] is not None


def test_before_the_answer_both_sides_bear_a_rate_that_is_a_hundred_times_smaller() -> None:
    """`why.questions.limit`: "about as many steps", "raised a hundredfold"."""
    default = LESSONS[LESSON].control("lr").default
    assert 90 < default / BEFORE < 110
    raw, scaled = (inputs.descent(each, BEFORE, PATIENCE) for each in (False, True))
    assert abs(raw.steps_to_close - scaled.steps_to_close) < 50
    assert inputs.descent(False, default, PATIENCE).diverged
    assert inputs.descent(True, default, PATIENCE).steps_to_close <= 3


def test_the_limits_of_both_sides_lie_within_the_slider() -> None:
    """So that either can be made to diverge, and no rate is good for both."""
    raw, scaled = (inputs.contours(each).lr_limit for each in (False, True))
    assert RATES[0] < raw < scaled < RATES[-1]
    steps = [
        [inputs.descent(each, lr, PATIENCE).steps_to_close or PATIENCE for lr in RATES]
        for each in (False, True)
    ]
    assert min(steps[0]) > 100 * min(steps[1])


# ------------------------------------------------------------------ the output layer


@LANGS
@pytest.mark.parametrize(("activation", "step"), [("tanh", 0.3), ("tanh", 0.45), ("relu", 0.2)])
def test_each_bowl_says_where_its_descent_leads(activation: str, step: float, lang: str) -> None:
    body = said(opened("bowl", nonlinearity=activation, step=step, lang=lang))
    ways = [floors.descent(floors.bowl(activation, norm, 0), step, PATIENCE) for norm in NORMS]
    diverges = {"en": "**Diverges**", "ko": "**발산합니다.**"}[lang]
    assert body.count(diverges) == sum(way.diverged for way in ways)
    for way in ways:
        if not way.diverged and way.steps_to_close:
            assert f"{way.steps_to_close} steps" in body.replace("스텝", " steps")


@pytest.mark.parametrize("seed", range(5))
def test_with_batch_norm_descent_is_down_sooner_at_the_rate_that_is_asked_about(seed: int) -> None:
    """Whatever the draw, though not always is the largest rate larger."""
    controls = LESSONS[LESSON]
    activation, step = controls.default("nonlinearity"), controls.default("step")
    plain, bn = (floors.bowl(activation, norm, seed) for norm in NORMS)
    steps = [floors.descent(each, step, 10 * PATIENCE).steps_to_close for each in (plain, bn)]
    assert steps[0] > 3 * steps[1] and plain.axis_ratio > 2 * bn.axis_ratio


@LANGS
@pytest.mark.parametrize(("activation", "seed"), [("sigmoid", 0), ("relu", 3)])
def test_the_table_of_spectra_is_the_experiments(activation: str, seed: int, lang: str) -> None:
    at = opened("bowl", nonlinearity=activation, seed=seed, lang=lang)
    found = spectrum.one_seed(seed)
    assert cells(at, "spectra") == exact(*map(float, found.to_median.T.ravel()))
    assert len([t for t in chart(at, "spectra")["data"] if t["name"]]) == len(found.norms)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_said_of_the_spectra_is_so(seed: int) -> None:
    sigmoid, tanh, relu = spectrum.one_seed(seed).to_median
    for plain, before, after in (sigmoid, relu):
        assert plain > 3 * before > 6 * after
    assert sigmoid[0] > 100 * tanh[0]  # "less narrow to begin with"
    assert 0.7 < tanh[1] / tanh[2] < 1.4  # "little difference"


# ------------------------------------------------------------------ no replacement


@LANGS
def test_the_table_of_arms_is_the_evidence(lang: str) -> None:
    shown = cells(opened("replace", lang=lang), "arms")
    for column, optimizer in ((0, "sgd"), (2, "adam")):
        found = input_scaling.over_seeds(optimizer)
        assert shown[column::4] == shares(*found.at_best.mean(axis=0))
        assert [float(rate) for rate in shown[column + 1 :: 4]] == list(found.best_lr)


def test_what_is_said_of_hidden_batch_norm_is_so() -> None:
    names, found = list(input_scaling.ARMS), input_scaling.over_seeds()
    adam = dict(zip(names, input_scaling.over_seeds("adam").at_best.mean(axis=0), strict=True))
    assert adam["raw_hidden"] - adam["raw"] > 0.03 and adam["scaled"] - adam["raw_hidden"] < 0.06
    mean = dict(zip(names, found.at_best.mean(axis=0), strict=True))
    gain = found.at_best[:, names.index("raw_hidden")] - found.at_best[:, names.index("raw")]
    assert gain.mean() > 3 * gain.std(ddof=1) / np.sqrt(len(gain))  # it helps
    assert mean["scaled"] - mean["raw_hidden"] > 0.1  # and does not replace it
    assert abs(mean["raw_input"] - mean["scaled"]) < 0.03


# ------------------------------------------------------------------ cats


def answers(at: AppTest) -> list[tuple[str, int]]:
    """Mark and percent of every answer below the pictures."""
    (gallery,) = [m.value for m in at.markdown if 'class="answer"' in m.value]
    found = re.findall(r'class="answer"[^>]*>(.) \S+ (\d+)%', gallery)
    return [(mark, int(percent)) for mark, percent in found]


@LANGS
@pytest.mark.parametrize(("coat", "learner"), [(0.0, "none"), (0.7, "none"), (1.0, "before")])
def test_below_each_animal_stands_what_both_networks_say(
    coat: float, learner: str, lang: str
) -> None:
    at = opened("cats", coat=coat, learner=learner, lang=lang)
    seen = cats.seen(coat, SHOWN, MET, learner)
    wanted = []
    for y, *chances in zip(seen.y, seen.cat, seen.cat_retrained, strict=True):
        for chance in chances:
            right = (chance >= 0.5) == (y == cats.CAT)
            wanted.append(("✓" if right else "✗", round(100 * float(max(chance, 1 - chance)))))
    assert answers(at) == wanted
    accuracies = (seen.accuracy, seen.accuracy_retrained)
    assert all(f"**{percent(share)}**" in said(at) for share in accuracies)


@LANGS
@pytest.mark.parametrize("learner", ["none", "before"])
def test_the_table_of_coats_is_the_evidence(learner: str, lang: str) -> None:
    at, found = opened("cats", coat=0.7, learner=learner, lang=lang), cats.over_seeds()
    column = cats.SHIFTS.index(0.7)
    assert cells(at, "coats") == shares(*(getattr(found, a)[:, column].mean() for a in LOOKS))
    lines = [t for t in chart(at, "coats")["data"] if t.get("name")]
    assert len(lines) == {"none": 2, "before": 3}[learner]


@LANGS
def test_the_cats_are_labelled_as_drawings(lang: str) -> None:
    word = {"en": "Illustrations", "ko": "설명을 위한 그림"}[lang]
    at = opened("cats", lang=lang)
    assert any(word in caption.value for caption in at.caption)


def test_of_the_animals_that_are_met_about_as_many_are_told_apart_as_of_all() -> None:
    for norm in ("none", "before"):
        seen = cats.seen(ORANGE, SHOWN, MET, norm)
        share = ((seen.cat >= 0.5) == (seen.y == cats.CAT)).mean()
        assert abs(share - seen.accuracy) < 0.5 / SHOWN + 0.01


def test_what_is_said_of_the_cats_is_so() -> None:
    found = cats.over_seeds()
    assert all(claim(found) for claim in cats.CLAIMS.values())
    orange = cats.SHIFTS.index(0.7)
    assert (found.reestimated[:, orange] > found.frozen[:, orange]).all()
    assert found.reestimated[:, -1].mean() < 0.5  # "they mislead"
    assert np.mean(cats.fur(1.0)) > np.mean(cats.BACKGROUND)  # "lighter than the wall"


# ------------------------------------------------------------------ inks, and the dark


@LANGS
@pytest.mark.parametrize("ink", coloured.INKS)
def test_the_table_of_inks_is_the_evidence(ink: str, lang: str) -> None:
    at, column = opened("inks", ink=ink, lang=lang), list(coloured.INKS).index(ink)
    found = coloured.over_seeds()
    arms = ink_arms()
    assert cells(at, "inks") == shares(*(arm[:, column].mean() for arm in arms.values()))
    np.testing.assert_array_equal(arms["frozen"], found.frozen)
    np.testing.assert_array_equal(arms["reestimated"], found.reestimated[:, found.k == K][:, 0])
    pictures = [m.value for m in at.markdown if 'class="pixels"' in m.value]
    assert sum(body.count("<img") for body in pictures) == 2 * DIGITS


def test_the_inks_offered_are_those_of_the_experiment() -> None:
    assert LESSONS[LESSON].control("ink").options == tuple(coloured.INKS)
    assert LESSONS[LESSON].control("coat").options == cats.SHIFTS


def test_what_is_said_of_inks_and_of_the_dark_is_so() -> None:
    assert all(claim(coloured.over_seeds()) for claim in coloured.CLAIMS.values())
    names, arms = list(coloured.INKS), ink_arms()
    means = {name: dict(zip(names, arm.mean(axis=0), strict=True)) for name, arm in arms.items()}
    assert max(each["inverted"] for each in means.values()) < 0.1
    dark = dimming.over_seeds()
    at = int(np.abs(dark.a - 0.3).argmin())
    assert (dark.frozen[:, at] < dark.plain[:, at] - 0.2).all()
    assert (dark.reestimated[:, list(dark.k).index(K), at] > 0.95).all()
