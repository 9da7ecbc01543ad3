"""The lesson on one mini-batch under AppTest: presets, ends, messages, in both languages."""

from __future__ import annotations

import base64
import json
import re
from functools import partial
from inspect import getsource

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore.batchnorm import batch_norm_forward
from bncore.variants import VARIANTS
from experiments.mini_batch import batch as experiment
from tests.pages import helpers
from tests.pages.helpers import healthy
from tests.visits import visit
from ui import text
from ui.lessons import LESSONS
from ui.numbers import latex, number
from ui.state import Choice, Integer, Number

LESSON = "mini_batch"
opened = partial(helpers.opened, LESSON)
CONTROLS = LESSONS[LESSON].controls
SOURCES = LESSONS[LESSON].control("source").options


def state(at: AppTest, name: str) -> object:
    return at.session_state[f"{LESSON}.{name}"]


def say(at: AppTest, key: str, **values: object) -> str:
    """A label as this session words it."""
    words = text._labels(at.session_state["lang"], LESSON)
    for part in key.split("."):
        words = words[part]
    return text.PLACEHOLDER.sub(lambda match: str(values[match[1]]), words)


def wrong(at: AppTest, why: str) -> str:
    """A reason as it stands below a wrong answer: first of all, that it is wrong."""
    words = text._labels(at.session_state["lang"], "ui")["wrong_answer"]
    assert words != "[[why]]"
    return text.PLACEHOLDER.sub(lambda match: why, words)


def stage(at: AppTest) -> dict:
    """What the picture is given."""
    given = [json.loads(c.proto.json) for c in at.get("bidi_component") if c.proto.json]
    return next(data for data in given if "rows" in data)


def formulas(at: AppTest) -> str:
    return "\n".join(each.value for each in at.markdown if r"\begin{aligned}" in each.value)


def table(at: AppTest) -> dict[str, np.ndarray]:
    """The four columns of numbers, as exact as they were computed."""
    rows = np.array(helpers.cells(at, "examples"), float).reshape(len(stage(at)["z"]), -1)
    return dict(zip(("z", "z_centered", "z_norm", "z_tilde"), rows[:, -4:].T, strict=True))


def press(at: AppTest, key: str) -> AppTest:
    return healthy(at.button(key=key).click().run())


def ends() -> list:
    cases = []
    for control in CONTROLS:
        match control:
            case Number() | Integer():
                values = [control.low, control.high]
            case Choice():
                values = list(control.options)
            case _:
                values = ["1", "3,3,3", ",".join(str(i) for i in range(256)), "-1e12,1e12"]
        cases += [pytest.param(control.name, v, id=f"{control.name}={v}"[:40]) for v in values]
    return cases


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("source", SOURCES)
def test_every_preset_stands_in_both_languages(source: str, lang: str) -> None:
    at = opened(source=source, lang=lang)
    origin = "digits" if source == "own" else source
    start = re.split(r"\[\[", text._labels(lang, LESSON)["origin"][origin])[0]
    assert any(caption.value.startswith(start) for caption in at.caption)
    z = experiment.draw(source, 1, 1, 32, 0).z
    assert stage(at)["z"] == z.tolist()


@pytest.mark.parametrize(("name", "value"), ends())
def test_every_end_of_every_control_stands(name: str, value: object) -> None:
    at = opened(**({"source": "own", "z": value} if name == "z" else {name: value}))
    assert state(at, name) == next(c for c in CONTROLS if c.name == name).read(str(value))


@pytest.mark.parametrize("source", ["single", "constant", "own"])
@pytest.mark.parametrize("broken", LESSONS[LESSON].control("broken").options)
@pytest.mark.parametrize("eps", [1e-12, 10])
def test_the_hardest_batches_stand_with_every_mistake(source: str, broken: str, eps: float) -> None:
    at = opened(source=source, z="-1e12", broken=broken, eps=eps, gamma=1e13, eps_case="shown")
    assert len(at.get("plotly_chart")) == 3


def test_the_formulas_and_the_table_hold_the_numbers_of_the_core() -> None:
    at = opened(source="bimodal", m=9, seed=3, gamma=-2.5, beta=0.75, eps=0.01, example=4)
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


def test_an_example_beyond_the_batch_means_the_last() -> None:
    at = opened(m=5, example=200)
    assert "^{(5)}" in formulas(at)
    assert state(at, "example") == 200


def test_a_larger_batch_goes_on_with_the_same_examples() -> None:
    at = opened()
    before = table(at)["z"].tolist()
    healthy(at.slider(key=f"{LESSON}.m").set_value(100).run())
    assert table(at)["z"].tolist()[:32] == before


def test_give_back_and_undo() -> None:
    at = opened(gamma=3, beta=-1, source="skewed")
    press(at, "give-back-button")
    z = experiment.draw("skewed", 1, 1, 32, 0).z
    assert (state(at, "gamma"), state(at, "beta")) == experiment.give_back(z, 1e-5)
    gap = np.abs(np.array(stage(at)["rows"][3]) - z).max()
    assert gap < 1e-15
    sentence = say(at, "given_back.exact", gap=number(gap, 2))
    assert sentence in [each.value for each in at.markdown]
    press(at, "undo-button")
    assert (state(at, "gamma"), state(at, "beta")) == (3, -1)


def test_eps_moves_on_its_own_slider_as_on_the_stage() -> None:
    at = opened(eps=0.1)
    slider = at.slider(key=f"{LESSON}.eps_power")
    assert slider.value == pytest.approx(-1)
    healthy(slider.set_value(-3.5).run())
    assert state(at, "eps") == pytest.approx(10**-3.5, rel=1e-3)
    assert stage(at)["eps"] == state(at, "eps")


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("case", LESSONS[LESSON].control("eps_case").options)
def test_with_and_without_eps_stand_side_by_side(case: str, lang: str) -> None:
    at = opened(eps_case=case, lang=lang)
    (table,) = [h.proto.body for h in at.get("html") if '<table class="eps"' in h.proto.body]
    assert ("NaN" in table) == (case in ("constant", "single"))


def test_the_mistakes_are_shown_with_the_numbers_of_the_core() -> None:
    for variant in LESSONS[LESSON].control("broken").options:
        at = opened(broken=variant)
        found = experiment.compare(variant, experiment.draw("digits", 1, 1, 32, 0), 1e-5)
        sentence = say(at, "broken.largest", gap=number(found.difference))
        assert sentence in [each.value for each in at.markdown]
        chart = json.loads(at.get("plotly_chart")[2].proto.spec)
        wrong = [trace for trace in chart["data"] if trace["mode"] == "markers"][1]
        assert _numbers(wrong["x"]) == pytest.approx(found.wrong.z_norm)


def _numbers(values: object) -> np.ndarray:
    """Plotly writes arrays as lists or as base64 with a dtype."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return np.array(values, float)


def test_offered_gammas_and_betas_reach_the_stage() -> None:
    at = press(opened(), "why-wide")
    assert (stage(at)["gamma"], stage(at)["beta"]) == (4, 0)
    press(at, "why-aside")
    assert (stage(at)["gamma"], stage(at)["beta"]) == (1, 3)
    press(at, "why-as_normalized")
    assert (stage(at)["gamma"], stage(at)["beta"]) == (1, 0)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_the_shares_are_said(activation: str) -> None:
    at = opened(activation=activation, gamma=4)
    z = experiment.draw("digits", 1, 1, 32, 0).z
    steps = experiment.walk(z, 4, 0, 1e-5)
    shares = [experiment.squash(x, activation).share for x in (steps.z_norm, steps.z_tilde)]
    said = next(each.value for each in at.markdown if "%" in each.value)
    assert re.findall(r"\d+%", said) == [f"{share:.0%}" for share in shares]


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


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    ("written", "code"),
    [
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
    ],
)
def test_bad_numbers_get_one_sentence_and_the_batch_stays(
    written: str, code: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
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


# --- questions ---


def answer_key(name: str) -> str:
    return f"answer.{LESSON}.{name}"


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    ("name", "options", "right"),
    [
        ("shape", ("bell", "same", "unit"), "same"),
        ("units", ("same", "wide", "moved"), "same"),
        ("sd", ("gamma", "less", "more"), "less"),
        ("single", ("beta", "scaled", "nan"), "beta"),
    ],
)
def test_every_answer_is_explained(
    name: str, options: tuple, right: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "FALLBACK", lang)  # AppTest words options outside the session
    at = opened(lang=lang)
    for option in options:
        healthy(at.radio(key=answer_key(name)).set_value(option).run())
        why = say(at, f"questions.{name}.{option}_why")
        if option == right:
            assert [box.value for box in at.success] == [why]
        else:
            assert [box.value for box in at.info] == [wrong(at, why)]


def test_answers_and_controls_survive_another_lesson_and_another_language() -> None:
    at = opened(gamma=2)
    at.radio(key=answer_key("sd")).set_value("gamma").run()
    for lesson in ("home", LESSON):
        at.query_params.clear()  # as a link of the menu does
        visit(at, lesson).run()
    at.segmented_control(key="lang").set_value("ko").run()
    healthy(at)
    assert at.radio(key=answer_key("sd")).value == "gamma"
    assert at.info[0].value == wrong(at, say(at, "questions.sd.gamma_why"))
    assert state(at, "gamma") == 2


def test_the_drawers_show_the_source_that_ran() -> None:
    at = opened(broken="pooled_units")
    assert not at.code  # filled when opened
    for drawer in ("source-forward", "source-broken"):
        at.session_state[drawer] = True
    shown = [each.value.strip() for each in healthy(at.run()).code]
    for function in (batch_norm_forward, VARIANTS["pooled_units"]):
        assert getsource(function).strip() in shown
