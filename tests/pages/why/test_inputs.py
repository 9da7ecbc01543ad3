"""Why batch norm works, the parts on inputs and on shifts: what is shown is what was measured."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore.network import Network
from experiments.at_test_time import dimming
from experiments.why import cats, coloured, input_scaling, inputs, spectrum
from pages.why.charts_shift import LOOKS
from pages.why.inputs import PATIENCE
from pages.why.shift import SHOWN, K, ink_arms
from tests.complete import languages
from tests.pages.helpers import ROOT, cells, chart, exact, said
from tests.pages.helpers import opened as opened_lesson
from ui.lessons import LESSONS
from ui.numbers import percent

LESSON = "why"
PARTS = LESSONS[LESSON].control("part").options
RATES = LESSONS[LESSON].control("lr").options
LANGS = pytest.mark.parametrize("lang", languages())


@pytest.fixture(autouse=True)
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was trained")

    monkeypatch.setattr(Network, "gradient", refuse)


def opened(part: str = "inputs", **query: object) -> AppTest:
    return opened_lesson(LESSON, part=part, **query)


def shares(*numbers: float) -> list[str]:
    return [f"{x:.4f}" for x in numbers]


# ------------------------------------------------------------------ parts


def test_only_the_part_that_is_shown_is_imported() -> None:
    """By a process of its own, since other tests have imported them all."""
    start = [sys.executable, str(ROOT / "tests" / "app" / "start.py"), LESSON]
    done = subprocess.run(start, capture_output=True, text=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    assert "pages.why.inputs" in found["modules"]
    assert not {f"pages.why.{part}" for part in PARTS if part != "inputs"} & set(found["modules"])
    assert not [name for name in found["assets"] if "evidence/cats" in name]


@LANGS
def test_the_button_leads_to_the_next_part_and_the_link_follows(lang: str) -> None:
    at = opened(lang=lang)
    at.button(key="onward-inputs").click().run()
    assert at.session_state["why.part"] == "shift" and at.query_params["part"] == "shift"
    assert cells(at, "coats") and not at.exception
    assert any("scrollTo(0, 0)" in each.proto.body for each in at.get("html"))
    at.run()
    assert not any("scrollTo(0, 0)" in each.proto.body for each in at.get("html"))


def test_the_last_part_leads_nowhere() -> None:
    assert not [b for b in opened(PARTS[-1]).button if str(b.key).startswith("onward")]


# ------------------------------------------------------------------ the bowl


@LANGS
def test_the_table_of_the_bowls_is_the_experiments(lang: str) -> None:
    shown = cells(opened(lang=lang), "bowl")
    for row, scaled in enumerate((False, True)):
        bowl = inputs.contours(scaled)
        steps = [inputs.descent(scaled, lr, PATIENCE).steps_to_close for lr in RATES]
        best = min(each for each in steps if each is not None)
        wanted = (bowl.condition, bowl.condition_with_b, bowl.lr_limit, best)
        assert shown[4 * row : 4 * row + 4] == exact(*map(float, wanted))


@LANGS
@pytest.mark.parametrize("lr", [RATES[0], 0.0098, 0.01, 1.5, RATES[-1]])
def test_each_side_says_where_its_descent_leads(lr: float, lang: str) -> None:
    at = opened(lr=lr, lang=lang)
    ways = [inputs.descent(scaled, lr, PATIENCE) for scaled in (False, True)]
    diverges = {"en": "**Diverges**", "ko": "**발산합니다.**"}[lang]
    assert said(at).count(diverges) == sum(way.diverged for way in ways)
    for name, way in zip(("raw", "scaled"), ways, strict=True):
        if way.steps_to_close is not None:
            assert f"{way.steps_to_close} steps" in said(at).replace("스텝", " steps")
        path = next(t for t in chart(at, f"bowl-{name}")["data"] if t["mode"] == "lines+markers")
        assert path["customdata"] is not None


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
@pytest.mark.parametrize(("activation", "seed"), [("sigmoid", 0), ("relu", 3)])
def test_the_table_of_spectra_is_the_experiments(activation: str, seed: int, lang: str) -> None:
    at = opened(nonlinearity=activation, seed=seed, lang=lang)
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
    shown = cells(opened(lang=lang), "arms")
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
    found = re.findall(r'class="answer"[^>]*>(.) \S+ (\d+) %', gallery)
    return [(mark, int(percent)) for mark, percent in found]


@LANGS
@pytest.mark.parametrize(("coat", "learner"), [(0.0, "none"), (0.7, "none"), (1.0, "before")])
def test_below_each_animal_stands_what_both_networks_say(
    coat: float, learner: str, lang: str
) -> None:
    at = opened("shift", coat=coat, learner=learner, lang=lang)
    seen = cats.seen(coat, SHOWN, norm=learner)
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
    at, found = opened("shift", coat=0.7, learner=learner, lang=lang), cats.over_seeds()
    column = cats.SHIFTS.index(0.7)
    assert cells(at, "coats") == shares(*(getattr(found, a)[:, column].mean() for a in LOOKS))
    lines = [t for t in chart(at, "coats")["data"] if t.get("name")]
    assert len(lines) == {"none": 2, "before": 3}[learner]


@LANGS
def test_the_cats_are_labelled_as_drawings(lang: str) -> None:
    word = {"en": "Illustrations", "ko": "설명을 위한 그림"}[lang]
    at = opened("shift", lang=lang)
    assert any(word in caption.value for caption in at.caption)


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
    at, column = opened("shift", ink=ink, lang=lang), list(coloured.INKS).index(ink)
    found = coloured.over_seeds()
    arms = ink_arms()
    assert cells(at, "inks") == shares(*(arm[:, column].mean() for arm in arms.values()))
    np.testing.assert_array_equal(arms["frozen"], found.frozen)
    np.testing.assert_array_equal(arms["reestimated"], found.reestimated[:, found.k == K][:, 0])
    pictures = [m.value for m in at.markdown if 'class="pixels"' in m.value]
    assert sum(body.count("<img") for body in pictures) == 5 * SHOWN


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


# ------------------------------------------------------------------ controls and answers


@pytest.mark.parametrize("part", ["inputs", "shift"])
@pytest.mark.parametrize("which", [0, -1])
def test_all_controls_at_one_end_give_a_page(part: str, which: int) -> None:
    ends = {
        control.name: control.write((control.low, control.high)[which])
        if hasattr(control, "low")
        else control.write(control.options[which])
        for control in LESSONS[LESSON].controls
        if control.name != "part" and (hasattr(control, "low") or hasattr(control, "options"))
    }
    at = opened(part, **ends)
    assert not at.exception


def test_answers_stay_when_the_language_changes() -> None:
    at = opened("shift")
    at.radio(key="answer.why.coats").set_value("bn").run()
    at.button_group(key="lang").set_value("ko").run()
    assert at.radio(key="answer.why.coats").value == "bn"
    assert "BN이 있어도 떨어집니다" in said(at)
