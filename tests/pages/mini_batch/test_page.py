"""The lesson on one mini-batch under AppTest, scene by scene, in both languages."""

from __future__ import annotations

import base64
import json
import re
from inspect import getsource

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore.batchnorm import batch_norm_forward
from bncore.variants import VARIANTS
from experiments.mini_batch import batch as experiment
from experiments.why import inputs
from pages.mini_batch import alone, bowl, next_batch, rescaled, shrunk
from tests.pages import helpers
from tests.pages.helpers import charts, healthy, together
from tests.visits import send, visit
from ui import text
from ui.lessons import LESSONS
from ui.numbers import latex, number, percent
from ui.state import Choice, Integer, Number

LESSON = "mini_batch"
ENTRY = LESSONS[LESSON]
CONTROLS = ENTRY.declare()
SOURCES = ENTRY.control("source").options
ASKED = [scene for scene in ENTRY.scenes if scene.question]


def opened(scene: str = "own", seen: int = 1, drawer: bool = True, **query: object) -> AppTest:
    """A scene, revealed, with its drawer open."""
    drawers = (f"more-{scene}",) if drawer else ()
    return helpers.opened(LESSON, drawers, scene=scene, seen=seen, **query)


def whole(**query: object) -> AppTest:
    """The lesson opened out."""
    return helpers.opened(LESSON, view="all", **query)


def state(at: AppTest, name: str) -> object:
    return at.session_state[f"{LESSON}.{name}"]


def say(at: AppTest, key: str, **values: object) -> str:
    """A label as this session words it."""
    words = text._labels(at.session_state["lang"], LESSON)
    for part in key.split("."):
        words = words[part]
    return text.PLACEHOLDER.sub(lambda match: str(values[match[1]]), words)


def given(at: AppTest, name: str) -> dict:
    """What a component is given."""
    found = [c.proto for c in at.get("bidi_component") if c.proto.component_name == name]
    return json.loads(found[0].json)


def stage(at: AppTest) -> dict:
    """What the picture is given."""
    return given(at, "stage")


def formulas(at: AppTest) -> str:
    return "\n".join(each.value for each in at.markdown if r"\begin{aligned}" in each.value)


def table(at: AppTest) -> dict[str, np.ndarray]:
    """The four columns of numbers, as exact as they were computed."""
    rows = np.array(helpers.cells(at, "examples"), float).reshape(len(stage(at)["z"]), -1)
    return dict(zip(("z", "z_centered", "z_norm", "z_tilde"), rows[:, -4:].T, strict=True))


def press(at: AppTest, key: str) -> AppTest:
    return healthy(at.button(key=key).click().run())


def ends() -> dict[str, list]:
    """By control, its two ends, or all that can be chosen."""
    found = {}
    for control in CONTROLS:
        match control:
            case Number() | Integer():
                found[control.name] = [control.low, control.high]
            case Choice():
                found[control.name] = list(control.options)
            case _:
                rows = [",".join(str(i) for i in range(256)), "-1e12,1e12"]
                found[control.name] = ["1", "3,3,3", *rows]
    return found


# --- every scene ---


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("scene", ASKED, ids=lambda scene: scene.name)
def test_every_answer_is_explained_and_a_wrong_one_says_so(
    scene, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each option in one language."""
    monkeypatch.setattr(text, "FALLBACK", lang)  # AppTest words options outside the session
    asked = scene.question
    right, wrong = (text._labels(lang, "ui")[f"{each}_answer"] for each in ("right", "wrong"))
    for option in asked.options[lang == "ko" :: 2]:
        at = helpers.opened(LESSON, scene=scene.name, lang=lang)
        assert not at.success and not at.info
        press(at, f"guess-{option}")
        why = say(at, f"questions.{asked.name}.{option}_why")
        if option == asked.right:
            assert [box.value for box in at.success] == [right.replace("[[why]]", why)]
        else:
            (box,) = at.info
            assert box.value.endswith(wrong.replace("[[why]]", why))
        assert at.query_params["seen"] in ("1", ["1"])


@pytest.mark.parametrize("scene", ENTRY.scenes, ids=lambda scene: scene.name)
def test_a_link_to_a_scene_opens_it_with_its_best_example(scene) -> None:
    at = helpers.opened(LESSON, scene=scene.name)
    for name, value in scene.sets.items():
        assert state(at, name) == value
    assert set(at.query_params) == {"lang", "scene"}


def test_before_the_answer_there_are_the_starts_and_no_way() -> None:
    at = opened("bowl", seen=0, drawer=False)
    before = given(at, "bowl")
    assert before["ways"] == [] and before["closed"]
    starts = [bowl["start"] for bowl in before["bowls"]]
    assert starts == [inputs.contours(scaled, points=3).start.tolist() for scaled in (False, True)]
    press(at, "guess-scaled")
    after = given(at, "bowl")
    rates = ENTRY.options("lr")
    assert len(after["ways"]) == len(rates) and after["bowls"] == before["bowls"]
    for lr, pair in zip(rates, after["ways"], strict=True):
        for scaled, way in enumerate(pair):
            down = inputs.descent(bool(scaled), lr, 1000)
            assert way["diverged"] == down.diverged
            assert np.allclose(way["w"], down.w[: len(way["w"])], atol=1e-5)
    raw, scaled = after["ways"][rates.index(1.0)]  # what the question asks
    assert raw["diverged"] and not scaled["diverged"]
    assert scaled["told"] == say(at, "bowl.close", steps=2)


@pytest.mark.parametrize("scene", ["four_steps", "epsilon", "alone", "shrunk"])
def test_before_the_answer_only_the_first_row_is_sent(scene: str) -> None:
    at = opened(scene, seen=0, drawer=False)
    before = stage(at)
    assert before["open"] == 1 and len(before["rows"]) == 1 and not before["statistics"]
    assert not any(r"\displaystyle" in each.value for each in at.markdown)
    right = ENTRY.scene_of(scene).question.right
    after = stage(press(at, f"guess-{right}"))
    z = np.array(after["z"])
    steps = experiment.walk(z, after["gamma"], after["beta"], after["eps"])
    rows = [steps.z, steps.z_centered, steps.z_norm, steps.z_tilde]
    assert after["rows"] == [row.tolist() for row in rows[: after["open"]]]
    assert after["open"] == after["levels"] and after["z"] == before["z"] and after["play"]


def test_before_the_answer_gamma_and_beta_are_as_they_begin() -> None:
    at = opened("gamma_beta", seen=0, drawer=False)
    before = given(at, "bends")
    assert before["z_tilde"] == before["z_norm"] and before["closed"]
    assert [before["tracks"][name]["value"] for name in ("gamma", "beta")] == [1, 0]
    after = given(press(at, "guess-gamma"), "bends")
    assert after["from"] == {"gamma": 1, "beta": 0}
    assert np.std(after["z_tilde"]) == pytest.approx(2.5, rel=1e-5)
    assert after["z_norm"] == before["z_norm"]


def test_before_the_answer_there_is_one_mini_batch() -> None:
    at = opened("next_batch", seen=0, drawer=False)
    (first,) = given(at, "batches")["batches"]
    press(at, "guess-other")
    old, new = given(at, "batches")["batches"]
    assert old == first and new["z"][0] == old["z"][0]
    assert new["z"][1:] != old["z"][1:] and new["z_norm"] != old["z_norm"]
    said = say(
        at,
        "scenes.next_batch.say",
        **{name: number(new[name], 3) for name in ("mean", "sd", "z_norm")},
    )
    assert said in [each.value for each in at.markdown]


def test_a_press_draws_the_mini_batch_that_comes_next() -> None:
    at = opened("next_batch")
    for seed in range(2, 8):
        wanted = given(at, "batches")["next"]
        send(at, "batches", "commit", json.dumps({"mount": "m", "n": 1, "set": {"seed": wanted}}))
        healthy(at)
        assert state(at, "seed") == seed
        seeds = [batch["seed"] for batch in given(at, "batches")["batches"]]
        assert seeds == list(range(max(0, seed - next_batch.ROWS + 1), seed + 1))


def test_the_drawer_counts_mini_batches_as_the_picture_does() -> None:
    """The picture writes a batch's seed plus one beside the z_norm of the example."""
    at = opened("next_batch", seed=3)
    shown = given(at, "batches")["batches"]
    (body,) = [h.proto.body for h in at.get("html") if '<table class="batches"' in h.proto.body]
    names = [say(at, "batches.batch", number=batch["seed"] + 1) for batch in shown]
    places = [body.find(name) for name in names]
    assert min(places) >= 0 and places == sorted(places)
    assert say(at, "batches.batch", number=shown[0]["seed"]) not in body


def test_every_z_of_the_unit_has_a_place_on_the_axis_of_its_mini_batches() -> None:
    layer, unit, *pair = experiment.most_bimodal()
    everyone = experiment.population()
    z = everyone.z[np.isin(everyone.digits, pair), layer, unit]
    low, high = next_batch.ENDS
    assert low < z.min() and z.max() < high


def test_before_the_answer_the_wrong_formula_is_not_computed() -> None:
    at = opened("broken", seen=0, drawer=False)
    assert len(charts(at)[0]["data"]) == 2
    assert not at.latex
    press(at, "guess-pooled_units")
    assert state(at, "broken") == "pooled_units"  # what was chosen is what is looked at
    assert len(charts(at)[0]["data"]) == 5


def test_the_questions_say_what_their_pictures_show() -> None:
    for lang in ("en", "ko"):
        words = text._labels(lang, LESSON)["questions"]
        gamma, beta = (f"{alone.FIXED[name]:g}" for name in ("gamma", "beta"))
        for part in (f"z = {alone.Z:g}", f"γ = {gamma}", f"β = {beta}"):
            assert part in words["single"]["ask"]
        assert f"{rescaled.FACTOR:g} z + {rescaled.OFFSET:g}" in words["units"]["ask"]
    assert (shrunk.VAR, shrunk.EPS, shrunk.GAMMA) == (1e-6, 1e-5, 2)
    assert np.var(stage(opened("shrunk", drawer=False))["z"]) == pytest.approx(1e-6)
    assert stage(opened("alone", drawer=False))["rows"][3] == [0.5]


def test_rescaled_z_leave_a_trace_on_z_tilde() -> None:
    at = opened("rescaled", seen=0, drawer=False)
    before = stage(at)
    after = stage(press(at, "guess-same"))
    assert after["from"]["z"] == before["z"]
    assert np.allclose(after["z"], 10 * np.array(before["z"]) + 5)
    assert 0 < np.abs(np.subtract(after["rows"][3], before["rows"][3])).max() < 1e-5


# --- the lesson opened out ---


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("source", SOURCES)
def test_every_preset_stands_in_both_languages(source: str, lang: str) -> None:
    at = opened(source=source, lang=lang)
    origin = "digits" if source == "own" else source
    start = re.split(r"\[\[", text._labels(lang, LESSON)["origin"][origin])[0]
    assert any(caption.value.startswith(start) for caption in at.caption)
    z = experiment.draw(source, 1, 1, 32, 0).z
    assert stage(at)["z"] == z.tolist()


@pytest.mark.parametrize("link", together(ends()))
def test_every_end_of_every_control_stands(link: dict) -> None:
    """With the chosen batch, and with numbers of one's own."""
    link = {name: value for name, value in link.items() if name not in ("scene", "seen")}
    for source in (link["source"], "own"):
        at = whole(**link | {"source": source})
        found = {name: state(at, name) for name in link}
        wanted = {name: ENTRY.control(name).read(str(value)) for name, value in link.items()}
        assert found == wanted | {"source": source}


@pytest.mark.parametrize("source", ["single", "constant", "own"])
@pytest.mark.parametrize("eps", [1e-12, 10])
def test_the_hardest_batches_stand_with_every_mistake(source: str, eps: float) -> None:
    batch = {"source": source, "z": "-1e12", "eps": eps, "gamma": 1e13}
    assert len(charts(whole(**batch, eps_case="shown"))) == 2
    for broken in ENTRY.options("broken"):
        assert len(charts(opened("broken", **batch, broken=broken))) == 1, broken


@pytest.mark.parametrize(
    ("link", "scene"),
    [
        ({"source": "skewed"}, "own"),
        ({"source": "own", "z": "1,2,3"}, "own"),
        ({"m": 8, "gamma": 2, "step": 2}, "own"),
        ({"eps_case": "faint"}, "epsilon"),
        ({"activation": "relu"}, "gamma_beta"),
        ({"broken": "pooled_units"}, "broken"),
    ],
)
def test_a_link_of_before_opens_what_it_meant(link: dict, scene: str) -> None:
    """Links of 0.3 carry every control; what differs from its default says which part was meant."""
    every = {c.name: c.write(c.default) for c in CONTROLS if c.name != "lr"} | link
    at = helpers.opened(LESSON, **every)
    assert state(at, "scene") == scene and state(at, "seen")
    for name, value in link.items():
        assert state(at, name) == ENTRY.control(name).read(str(value))
    if scene == "own":
        asked = [state(at, name) for name in ("source", "layer", "unit", "m", "seed", "z")]
        assert stage(at)["z"] == experiment.draw(*asked).z.tolist()
        assert stage(at)["step"] == state(at, "step")


# --- the four steps ---


def test_the_formulas_and_the_table_hold_the_numbers_of_the_core() -> None:
    at = opened("four_steps", m=9, seed=3, gamma=-2.5, beta=0.75, eps=0.01, example=4)
    z = experiment.draw("bimodal", 1, 1, 9, 3).z
    steps = experiment.walk(z, -2.5, 0.75, 0.01)
    shown = formulas(at)
    for value in (steps.mean, steps.var, steps.z_norm[3], steps.z_tilde[3], z[0], z[-1]):
        assert latex(value, 3) in shown or latex(value) in shown
    assert "}{9}" in shown and "^{(4)}" in shown
    frame = table(at)
    for name in ("z", "z_centered", "z_norm", "z_tilde"):
        assert np.array_equal(frame[name], getattr(steps, name))
    picture = stage(at)
    assert picture["rows"][3] == steps.z_tilde.tolist()


@pytest.mark.parametrize(
    ("step", "value"), [(1, "mean"), (2, "var"), (3, "z_norm"), (4, "z_tilde")]
)
def test_the_card_is_that_of_the_step(step: int, value: str) -> None:
    at = opened("four_steps", step=step, drawer=False)
    (card,) = [each.value for each in at.markdown if r"\displaystyle" in each.value]
    steps = experiment.walk(experiment.draw("bimodal", 1, 1, 32, 0).z, 1, 0, 1e-5)
    found = getattr(steps, value)
    assert card.startswith(f"**{step} · ")
    assert latex(found if np.isscalar(found) else found[0]) in card
    assert stage(at)["play"] == (step == 1)  # it walks by itself once


def test_an_example_beyond_the_batch_means_the_last() -> None:
    at = opened("four_steps", m=5, example=200)
    assert "^{(5)}" in formulas(at)
    assert state(at, "example") == 200


def test_a_larger_batch_goes_on_with_the_same_examples() -> None:
    at = opened(source="digits")
    before = table(at)["z"].tolist()
    healthy(at.slider(key=f"{LESSON}.m").set_value(100).run())
    assert table(at)["z"].tolist()[:32] == before


# --- γ and β ---


def test_give_back_prints_its_numbers_and_undo() -> None:
    at = opened("gamma_beta", gamma=3, beta=-1, source="skewed")
    z = experiment.draw("skewed", 1, 1, 32, 0).z
    gamma, beta = experiment.give_back(z, 1e-5)
    assert number(gamma) not in helpers.said(at)
    press(at, "give-back-button")
    assert (state(at, "gamma"), state(at, "beta")) == (gamma, beta)
    gap = np.abs(np.array(given(at, "bends")["z_tilde"]) - z).max()
    assert gap < 1e-15
    numbers = {"var": z.var(), "eps": 1e-5, "gamma": gamma, "beta": beta}
    facts = {name: number(value) for name, value in numbers.items()}
    sentence = say(at, "given_back", gap=number(gap, 2), **facts)
    assert sentence in [each.value for each in at.markdown]
    track = given(at, "bends")["tracks"]["gamma"]
    assert track["low"] < track["value"] < track["high"]
    press(at, "undo-button")
    assert (state(at, "gamma"), state(at, "beta")) == (3, -1)
    press(at, "why-as_normalized")
    assert (state(at, "gamma"), state(at, "beta")) == (1, 0)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_the_shares_are_said(activation: str) -> None:
    at = opened("gamma_beta", activation=activation, gamma=4)
    z = experiment.draw("bimodal", 1, 1, 32, 0).z
    steps = experiment.walk(z, 4, 0, 1e-5)
    shares = [experiment.squash(x, activation).share for x in (steps.z_norm, steps.z_tilde)]
    said = next(each.value for each in at.markdown if "%" in each.value)
    assert re.findall(r"\d+%", said) == [percent(share, 0) for share in shares]


# --- ε ---


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("case", ENTRY.control("eps_case").options)
def test_with_and_without_eps_stand_side_by_side(case: str, lang: str) -> None:
    at = opened("epsilon", eps_case=case, lang=lang)
    (table,) = [h.proto.body for h in at.get("html") if '<table class="eps"' in h.proto.body]
    assert ("NaN" in table) == (case in ("constant", "single"))
    assert (
        stage(at)["z"]
        == experiment.eps_cases(experiment.draw("bimodal", 1, 1, 32, 0), 0)[case].tolist()
    )


def test_the_one_image_that_differs_is_the_one_that_is_followed() -> None:
    at = opened("epsilon", drawer=False)
    z = np.array(stage(at)["z"])
    differs = np.flatnonzero(z != np.median(z))
    assert differs.tolist() == [stage(at)["example"] - 1]
    far = number(experiment.walk_without_eps(z, 1, 0).z_norm.max(), 3)
    assert any(far in each.value for each in at.markdown)


# --- broken ---


def test_the_mistakes_are_shown_with_the_numbers_of_the_core() -> None:
    for variant in ENTRY.control("broken").options:
        at = opened("broken", broken=variant, source="digits")
        found = experiment.compare(variant, experiment.draw("digits", 1, 1, 32, 0), 1e-5)
        sentence = say(at, "broken.largest", gap=number(found.difference))
        assert sentence in [each.value for each in at.markdown]
        chart = charts(at)[0]
        wrong = [trace for trace in chart["data"] if trace["mode"] == "markers"][1]
        assert _numbers(wrong["x"]) == pytest.approx(found.wrong.z_norm)


def test_the_mistake_that_hides_is_the_one_that_changes_least() -> None:
    """What the question asks, on the batch of its picture."""
    batch = experiment.draw("bimodal", 1, 1, 32, 0)
    gaps = {name: experiment.compare(name, batch, 1e-5).difference for name in VARIANTS}
    right = ENTRY.scene_of("broken").question
    assert min(right.options, key=gaps.__getitem__) == right.right
    assert gaps[right.right] < 0.05


def _numbers(values: object) -> np.ndarray:
    """Plotly writes arrays as lists or as base64 with a dtype."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return np.array(values, float)


# --- own numbers ---


def write(at: AppTest, numbers: str) -> AppTest:
    at.text_area(key=f"{LESSON}.draft").set_value(numbers).run()
    return at.button(key="own-use").click().run()


def test_own_numbers_start_as_the_batch_that_stood_there() -> None:
    at = opened(source="outlier", m=7)
    z = stage(at)["z"]
    healthy(at.selectbox(key=f"{LESSON}.source").set_value("own").run())
    assert stage(at)["z"] == z
    assert at.text_area(key=f"{LESSON}.draft").value == ", ".join(map(str, z))


def test_written_numbers_become_the_batch_and_the_link() -> None:
    at = healthy(write(opened(source="own"), "1; 2.5\n-3"))
    assert stage(at)["z"] == [1, 2.5, -3]
    assert at.query_params["z"] in ("1,2.5,-3", ["1,2.5,-3"])
    assert at.success[0].value == "3 numbers: 1, 2.5, −3. In use."
    assert "digit" not in table(at)


BAD = [
    (" ", "empty"),
    ("one two", "not_number"),
    ("1 nan", "not_finite"),
    ("inf", "not_finite"),
    ("1e308", "too_large"),
    ("1 " * 1_000, "too_many"),
    ("1 " * 100_000, "too_big"),
    ("3,5, 4,2, 5,1", "decimal_comma"),
    ("1,000, 2,000", "thousands"),
    ("x\n1\nNA", "missing"),
    ("1\t2\n3\t4", "columns"),
    ("1 2\n3", "ragged"),
    ("50%, 0.5", "units"),
    ("(1.5)", "parentheses"),
    ("[1, ..., 9]", "cut"),
    ("1\u200b2", "hidden"),
]


@pytest.mark.parametrize("number", range(len(BAD)), ids=[code for _, code in BAD])
def test_bad_numbers_get_one_sentence_and_the_batch_stays(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in one language."""
    (written, code), lang = BAD[number], ("en", "ko")[number % 2]
    monkeypatch.setattr(text, "FALLBACK", lang)  # AppTest words options outside the session
    at = opened(source="own", z="4,5,6", lang=lang)
    write(at, written)
    assert not at.exception
    (error,) = at.error
    words = text._labels(lang, LESSON)["intake"][code]
    for piece in re.split(r"\[\[[a-z]+\]\]", words):  # whatever the fields are
        assert piece in error.value
    assert "[[" not in error.value
    assert stage(at)["z"] == [4, 5, 6]
    assert at.text_area(key=f"{LESSON}.draft").value == written


def test_the_draft_and_the_sentence_survive_a_change_of_language() -> None:
    at = opened(source="own", z="4,5,6")
    write(at, "1,5; 2,7")
    assert at.button(key="own-offer-0").label == "Read as 1.5, 2.7?"
    at.segmented_control(key="lang").set_value("ko").run()
    assert at.text_area(key=f"{LESSON}.draft").value == "1,5; 2,7"
    where = say(at, "intake.at_place", place=1)
    assert at.error[0].value == say(at, "intake.decimal_comma", got="1,5", where=where)
    assert at.button(key="own-offer-0").label == say(at, "intake.offer", numbers="1.5, 2.7")
    assert stage(at)["z"] == [4, 5, 6]


def test_good_numbers_take_the_complaint_away() -> None:
    at = opened(source="own", z="4,5,6")
    write(at, "x")
    healthy(write(at, "7 8"))
    assert stage(at)["z"] == [7, 8]


def typed(at: AppTest, numbers: str) -> AppTest:
    """What stands there once the user has left the field, before any button."""
    return at.text_area(key=f"{LESSON}.draft").set_value(numbers).run()


LOOKED = {
    "en": [
        ("87\n92\n78", "3 numbers: 87, 92, 78."),
        ("-7", "1 number: −7."),
        (
            ",".join(map(str, range(256))),
            "256 numbers: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …, 255.",
        ),
        (
            "id,score\n1,87\n2,92\n3,78",
            "3 numbers: 87, 92, 78. The first line, “score”, was taken for a name. The first "
            "column (1, 2, 3) only counts or names the rows and was left out.",
        ),
        ("$1.5, $2", "2 numbers: 1.5, 2. “`$`” at every number was left out."),
    ],
    "ko": [
        ("87\n92\n78", "수 3개: 87, 92, 78."),
        ("7", "수 1개: 7."),
        (
            "번호,점수\n1,87\n2,92\n3,78",
            "수 3개: 87, 92, 78. 첫 줄은 이름으로 보았습니다(“점수”). "
            "첫 열은 행 번호나 행 이름이어서 뺐습니다(1, 2, 3).",
        ),
        ("1.5%, 2%", "수 2개: 1.5, 2. 수마다 붙은 기호(“`%`”)는 뺐습니다."),
    ],
}


@pytest.mark.parametrize("lang", LOOKED)
def test_what_was_read_is_said_before_it_is_used(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "FALLBACK", lang)  # AppTest words options outside the session
    at = opened(source="own", z="4,5,6", lang=lang)
    for written, sentence in LOOKED[lang]:
        healthy(typed(at, written))
        button = say(at, "own_use")
        assert [box.value for box in at.info][-1] == f"{sentence} " + say(
            at, "intake.looked", button=button
        )
        assert stage(at)["z"] == [4, 5, 6]  # not before the button
    healthy(at.button(key="own-use").click().run())
    assert at.success[0].value == f"{sentence} {say(at, 'intake.taken')}"


def test_what_a_reading_leaves_out_is_asked_for_where_nobody_has_seen_it() -> None:
    """A file is read and used in one go: without the question nobody would know of the column."""
    at = opened(source="own", z="4,5,6")
    at.session_state["mini_batch.draft"] = "1\t87\n2\t92\n3\t78"
    at.session_state["mini_batch.looked"] = ""
    healthy(at.button(key="own-use").click().run())
    assert stage(at)["z"] == [4, 5, 6]
    assert at.button(key="own-offer-0").label == "Read as 87, 92, 78, with 1, 2, 3 for row numbers?"
    press(at, "own-offer-0")
    assert stage(at)["z"] == [87, 92, 78]
    assert at.success[0].value.startswith("3 numbers: 87, 92, 78.")


def test_a_decimal_comma_is_used_when_its_reading_is_chosen() -> None:
    at = opened(source="own", z="4,5,6")
    typed(at, "1,5\n2,7\n3,25")
    labels = [button.label for button in at.button if str(button.key).startswith("own-offer")]
    assert labels == [
        "Read as 1.5, 2.7, 3.25?",
        "Read as 5, 7, 25, with 1, 2, 3 for row numbers?",
    ]
    assert stage(at)["z"] == [4, 5, 6]
    press(at, "own-offer-0")
    assert stage(at)["z"] == [1.5, 2.7, 3.25]
    assert at.text_area(key=f"{LESSON}.draft").value == "1.5, 2.7, 3.25"
    assert not any(str(button.key).startswith("own-offer") for button in at.button)


def test_a_place_is_said_as_the_sheet_counts_it() -> None:
    at = opened(source="own", z="4,5,6")
    typed(at, "id,score\n1,87\n2,\n3,78")
    assert at.error[0].value.startswith("A number is missing in row 3, column 2;")
    typed(at, "1, 2, x")
    assert at.error[0].value.startswith("“x” at place 3 is not")


def test_where_the_first_row_lacks_digits_it_is_said() -> None:
    near = opened(source="own", z="1000000000000,999999999000,999999998000")
    sentence = say(near, "digits_alike", size="1×10¹²", spread="2000")
    assert sentence in [caption.value for caption in near.caption]
    assert np.abs(np.array(stage(near)["rows"][1])).tolist() == [1000, 0, 1000]
    apart = opened(source="own", z="51780579,1423000000,335000000")
    assert not any("CSV" in caption.value for caption in apart.caption)


def test_nobody_complains_while_the_field_is_emptied() -> None:
    at = opened(source="own", z="4,5,6")
    healthy(typed(at, ""))
    assert not at.info and stage(at)["z"] == [4, 5, 6]


def test_a_foreign_value_in_a_sentence_stays_a_value() -> None:
    at = opened(source="own", z="4,5,6")
    typed(at, "[a](https://evil.example)\n1\n2")
    assert "`[a](https" in at.info[0].value


@pytest.mark.parametrize("z", ["1e308,1", "nan", "1,,2", ",".join(["1"] * 257)])
def test_a_link_with_impossible_numbers_gives_a_sentence_and_a_batch(z: str) -> None:
    at = helpers.open_lesson(LESSON, source="own", z=z)
    assert not at.exception and not at.error
    assert len(at.warning) == 1
    assert stage(at)["z"] == experiment.draw("digits", 1, 1, 32, 0).z.tolist()


def test_a_link_cannot_pass_off_latex_as_ours() -> None:
    assert not helpers.open_lesson(LESSON, eps=r"\c{x}{y}").exception


def test_what_was_dragged_can_be_undone_a_drag_at_a_time() -> None:
    at = opened(source="digits", m=3)
    z = stage(at)["z"]
    assert at.button(key="undo-drag").disabled
    for moved in ("9," + ",".join(map(str, z[1:])), "9,9,9"):
        commit = {"mount": "m", "n": 1, "set": {"z": moved, "example": "1"}}
        send(at, "stage", "commit", json.dumps(commit))
        healthy(at)
    assert stage(at)["z"] == [9, 9, 9] and state(at, "source") == "own"
    press(at, "undo-drag")
    assert stage(at)["z"] == [9, *z[1:]]
    assert at.text_area(key=f"{LESSON}.draft").value.startswith("9, ")
    press(at, "undo-drag")
    assert stage(at)["z"] == z and state(at, "source") == "digits"
    assert at.button(key="undo-drag").disabled


def test_a_dragged_start_is_in_the_link_and_both_ways_begin_there() -> None:
    at = opened("bowl")
    before = given(at, "bowl")
    assert at.button(key="undo-start").disabled
    for n, place in enumerate(((0.5, 1.2), (0.5, -0.05)), start=1):
        put = dict(zip(bowl.START, map(str, place), strict=True))
        commit = {"mount": "m", "n": n, "set": {"lr": "0.1", **put}}
        send(at, "bowl", "commit", json.dumps(commit))
        healthy(at)
        assert {name: at.query_params[name] for name in bowl.START} == put
        found = given(at, "bowl")
        ways = found["ways"][ENTRY.options("lr").index(0.1)]
        for way, shown in zip(ways, found["bowls"], strict=True):
            np.testing.assert_allclose(way["w"][0], np.array(place) * shown["units"], atol=1e-5)
        assert found["bowls"] == before["bowls"]  # the picture stays where it is
    press(at, "undo-start")
    assert [state(at, name) for name in bowl.START] == [0.5, 1.2]
    press(at, "undo-start")
    assert given(at, "bowl")["tracks"]["start_alcohol"]["value"] == -1.0
    assert at.button(key="undo-start").disabled and state(at, "lr") == 0.1


def test_a_start_beyond_the_picture_is_refused() -> None:
    at = helpers.open_lesson(LESSON, scene="bowl", seen=1, start_alcohol=5)
    assert len(at.warning) == 1 and state(at, "start_alcohol") == -1.0


# --- the session ---


def test_answers_and_controls_survive_another_lesson_and_another_language() -> None:
    at = press(helpers.opened(LESSON, scene="shrunk", gamma=2), "guess-gamma")
    for lesson in ("home", LESSON):
        at.query_params.clear()  # as a link of the menu does
        visit(at, lesson).run()
    healthy(at.segmented_control(key="lang").set_value("ko").run())
    assert state(at, "gamma") == 2
    assert at.info[0].value.endswith(say(at, "questions.sd.gamma_why"))


def test_the_drawers_show_the_source_that_ran() -> None:
    for scene, function in (
        ("four_steps", batch_norm_forward),
        ("broken", VARIANTS["pooled_units"]),
        ("next_batch", experiment.in_company),
        ("bowl", inputs.descent),
    ):
        at = opened(scene, broken="pooled_units")
        assert not at.code  # filled when opened
        for key in ("forward", "broken", "batches", "bowl"):
            at.session_state[f"source-{key}"] = True
        shown = [each.value.strip() for each in healthy(at.run()).code]
        assert getsource(function).strip() in shown
