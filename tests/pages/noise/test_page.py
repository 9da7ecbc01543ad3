"""The scenes under AppTest: their numbers are the experiments', live runs come, stop and fail."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore.config import RunConfig
from bncore.network import Network
from experiments.claims.board import board
from experiments.intervals import mean
from experiments.noise import ablation, beside_dropout, in_sight, regularize, small_batches
from experiments.noise import batches as experiment
from experiments.pair import Pair, train_pair
from pages.noise import LESSON
from pages.noise.ablation import LOOKS
from pages.noise.common import ends
from pages.noise.draw import DOTS, WHOLE
from pages.noise.kinds import DRAWS, VALUES
from pages.noise.regularize import clear
from tests.complete import languages
from tests.pages.helpers import cells, chart, ends_of, exact, open_lesson, said
from tests.pages.tickets import Ticket, asked_for
from ui import runs
from ui.numbers import number, percent

whole = partial(open_lesson, LESSON, view="all")  # every scene, revealed, drawers open
CONTROLS = LESSON.declare()
ASKED = [one.name for one in LESSON.scenes if one.question]


def scene(name: str, **query: object) -> AppTest:
    """One scene, revealed, with its drawer open."""
    return open_lesson(LESSON, (f"more-{name}",), scene=name, seen=1, **query)


def mounted(at: AppTest, name: str) -> dict:
    """What a component was given."""
    (found,) = [c for c in at.get("bidi_component") if c.proto.component_name.endswith(name)]
    return json.loads(found.proto.json)


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was trained")

    monkeypatch.setattr(Network, "gradient", refuse)
    monkeypatch.setattr(runs, "submit", refuse)


# ------------------------------------------------------------------ one image

PLACES = [
    {"m": 64, "image": 1, "layer": 1, "unit": 18, "seed": 0, "keep": 0.8, "other": 4},
    {"m": 2, "image": 7, "layer": 1, "unit": 1, "seed": 3, "keep": 0.5, "other": 9},
    {"m": 8, "image": 1347, "layer": 3, "unit": 50, "seed": 9999, "keep": 0.9, "other": 1},
]


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"m{place['m']}")
def test_the_numbers_are_those_of_the_experiments(place: dict, lang: str) -> None:
    at = whole(lang=lang, **place)
    assert not at.exception and not at.error and not at.warning
    where = (place["image"] - 1, place["layer"] - 1, place["unit"] - 1)
    found = experiment.one_example(*where, place["m"], place["seed"])
    dropped = experiment.dropout(*where, place["keep"], place["seed"])
    assert cells(at, "parts") == exact(
        found.sd_b, found.law_b, found.sd_a, found.law_a, found.sd, found.law
    )
    assert cells(at, "dropout") == exact(found.sd_a, found.sd, dropped.sd_factor, dropped.sd)
    assert f"**{number(found.sd, 3)}**" in said(at)
    assert ("한" in said(at)) == (lang == "ko")


@pytest.mark.usefixtures("no_training")
def test_what_is_drawn_is_what_the_experiment_drew() -> None:
    """Every size of a batch, so that the picture can follow a finger."""
    sent = mounted(scene("draw", image=7, unit=3, seed=5), "draws")
    for size in sent["sizes"]:
        found = experiment.one_example(6, 0, 2, size["m"], 5)
        np.testing.assert_allclose(np.array(size["z_norm"]) / 1000, found.z_norm, atol=5.1e-4)
        assert max(map(int, size["batches"])) == experiment.DRAWS - 1
        assert len(size["batches"]) <= WHOLE + 1
        assert (len(size["batches"]) - 1) * size["m"] <= DOTS
        for at, members in size["batches"].items():
            t = np.array(members) / 100
            assert len(t) == size["m"] and t[0] == pytest.approx(found.t, abs=0.0051)
            if size["m"] >= 16:  # what the browser finds by the four steps, from rounded values
                own = (t[0] - t.mean()) / t.std()
                assert own == pytest.approx(found.z_norm[int(at)], abs=0.05)


@pytest.mark.usefixtures("no_training")
def test_the_threads_end_where_the_parts_of_the_noise_lead() -> None:
    sent = mounted(scene("kinds", m=8, keep=0.5), "kinds")
    found = experiment.one_example(0, 0, 17, 8, 0)
    t = np.array([found.t, *VALUES])
    a, b = found.a[:DRAWS, None], found.b[:DRAWS, None]
    added, multiplied = (np.array(sent["strips"][name][0]) for name in ("added", "multiplied"))
    np.testing.assert_allclose(added / 100, t + b, atol=0.0051)
    np.testing.assert_allclose(multiplied / 100, a * t, atol=0.0051)
    np.testing.assert_allclose(
        (added + multiplied)[:, 0] / 100 - t[0], found.z_norm[:DRAWS], atol=0.011
    )
    for keep, all_ends in zip(LESSON.options("keep"), sent["strips"]["dropped"], strict=True):
        for value, column in zip(t, np.array(all_ends).T / 100, strict=True):
            assert all(np.min(np.abs(end - np.array([0, value / keep]))) < 0.0051 for end in column)


# ------------------------------------------------------------------ before and after an answer


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_before_an_answer_nothing_of_it_was_sent(lang: str) -> None:
    def asked(name: str) -> AppTest:
        at = open_lesson(LESSON, scene=name, lang=lang)
        assert not at.exception and at.button(key="just-show-me")
        return at

    found = experiment.one_example(0, 0, 17, 4, 0)
    first = mounted(asked("draw"), "draws")
    sizes = [size for size in first["sizes"] if size is not None]
    assert (
        [len(size["z_norm"]) for size in sizes] == [len(size["batches"]) for size in sizes] == [1]
    )
    assert number(found.sd, 3) not in json.dumps(first)
    assert mounted(asked("kinds"), "kinds")["strips"] is None

    at, evidence = asked("regularize"), regularize.load("digits256")
    sent = json.dumps(chart(at, "regularize-test")) + said(at)
    assert "54%" not in sent and f"{evidence.of('g2')[1].mean():.4f}"[:5] not in sent
    (curve,) = [t for t in chart(at, "regularize-test")["data"] if t.get("mode") == "lines+markers"]
    assert "bdata" in curve["y"] and len(curve["y"]["bdata"]) < 13  # one number

    at = asked("m2")
    pair = small_batches.load("m2")
    assert 'points=""' in said(at) and percent(pair.bn.accuracy[-1]) not in said(at)
    assert at.button(key="train-batches").disabled

    assert len(chart(asked("law"), "law")["data"]) == 1
    at = asked("together")
    both = experiment.shared(0, 3, 0, 17, 4, 0, 0.8)
    assert number(both.correlation, 3) not in said(at)
    assert all(not chart(at, f"together-{idea}")["data"][0]["x"] for idea in ("bn", "dropout"))


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", ASKED)
def test_every_option_is_answered(name: str, lang: str) -> None:
    question = LESSON.scene_of(name).question
    assert question is not None
    answers = set()
    for option in question.options:
        at = open_lesson(LESSON, scene=name, lang=lang)
        at.button(key=f"guess-{option}").click().run()
        assert not at.exception
        (box,) = at.success if option == question.right else at.info
        answers.add(box.value)
        assert "[[" not in box.value and at.session_state["noise.seen"]
    assert len(answers) == len(question.options)


# ------------------------------------------------------------------ side by side


@pytest.mark.usefixtures("no_training")
def test_another_batch_size_changes_the_readout_and_not_the_axis() -> None:
    at = scene("beside")
    before, axes = cells(at, "dropout"), ticks(at)
    assert len(axes) == 2 and axes[0] == axes[1]
    at.select_slider(key="noise.m").set_value(64).run()
    found = experiment.one_example(0, 0, 17, 64, 0)
    assert before[1] != f"{found.sd:.4g}" == cells(at, "dropout")[1]
    assert f'data-sd="{found.sd:.6g}"' in said(at)
    assert ticks(at) == axes and not at.exception


def ticks(at: AppTest) -> list[list[str]]:
    """Where the ticks of each histogram stand."""
    histograms = [m.value for m in at.markdown if 'class="noise-bars"' in m.value]
    return [re.findall(r'class="tick" style="left:(.+?)%"', body) for body in histograms]


def test_the_axis_has_room_for_every_example() -> None:
    furthest = float(np.abs(experiment.population().t).max())
    low, high = ends(furthest)
    assert low < -3 and high > furthest


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_two_images_alone_in_a_batch_have_no_correlation_and_it_is_said(lang: str) -> None:
    at = scene("together", m=2, lang=lang)
    word = {"en": "nobody left to draw", "ko": "더 뽑을 이미지가 없으니"}[lang]
    assert word in said(at) and "NaN" not in said(at)
    assert word not in said(scene("together", m=4, lang=lang))


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("m", [4, 64])
def test_the_correlations_are_those_of_the_experiment(m: int) -> None:
    found = experiment.shared(0, 3, 0, 17, m, 0, 0.8)
    shown = re.findall(r"correlation \*\*([^*]+)\*\*", said(scene("together", m=m)))
    both = (found.correlation, found.dropped_correlation)
    np.testing.assert_allclose([float(r.replace("−", "-")) for r in shown], both, rtol=0.01)


@pytest.mark.usefixtures("no_training")
def test_the_same_image_twice_is_no_error() -> None:
    assert not scene("together", image=5, other=5).exception


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_the_sizes_beside_dropout_are_those_of_the_board(lang: str) -> None:
    row = board()["like_dropout"]
    middles = [mean(row.numbers[f"ratio_{m}"], "factor") for m in beside_dropout.M]
    wanted = []
    for middle in middles:
        wanted += [f"{beside_dropout.over_keep(middle, keep):.4g}" for keep in beside_dropout.KEEP]
        wanted.append(f"{float(beside_dropout.as_keep(np.array(middle))):.4g}")
    assert cells(scene("beside", lang=lang), "beside") == wanted


@pytest.mark.parametrize("layer", [1, 2])
def test_the_law_is_said_to_be_that_of_the_first_layer(layer: int) -> None:
    assert ("The law is that of layer 1" in said(scene("law", layer=layer))) == (layer > 1)


# ------------------------------------------------------------------ what was trained beforehand


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("setting", regularize.SETTINGS)
def test_the_table_of_groups_is_the_evidence(setting: str, lang: str) -> None:
    at = scene("regularize", data=setting, lang=lang)
    assert not at.exception
    found, shown = regularize.load(setting), cells(at, "regularize")
    train, test = (float(part.mean()) for part in found.of("g2"))
    assert shown[:3] == [f"{train:.4f}", f"{test:.4f}", f"{found.gain('g2').mean:.4g}"]
    assert f"{found.of('dropout')[1].mean():.4f}" == shown[-3]
    rates = [found.rate(arm) for arm in dict.fromkeys(("g2", found.best, "g256"))]
    assert [float(rate) for rate in shown[3::4][:2]] == rates[:2]
    lines = {trace.get("name"): trace for trace in chart(at, "regularize-test")["data"]}
    assert len([name for name in lines if name]) == 3


@pytest.mark.usefixtures("no_training")
def test_what_is_said_of_the_groups_follows_the_evidence() -> None:
    ahead = "the plain network without BN is ahead"
    for setting in regularize.SETTINGS:
        text, found = said(scene("regularize", data=setting)), regularize.load(setting)
        gain, net = found.gain(found.best), found.gain(found.best, "plain")
        assert ("a small effect" in text) == (gain.mean > gain.half)
        assert gain.mean < 0.02
        assert (ahead in text) == (net.mean < -net.half)
        assert "ruins everything" in text and found.of("g2")[0].mean() < 0.6


@pytest.mark.parametrize(
    ("mean", "wanted"), [(0.024, "more"), (0.023, "neither"), (-0.023, "neither"), (-0.024, "less")]
)
def test_a_difference_counts_outside_its_interval(mean: float, wanted: str) -> None:
    of_eight = regularize.Difference(mean, 0.01, 8)  # 2.365 standard errors to each side
    assert clear(of_eight, "more", "neither", "less") == wanted


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("way", ablation.WAYS)
def test_the_table_of_single_units_is_the_evidence(way: str, lang: str) -> None:
    at, found = scene("ablation", way=way, lang=lang), ablation.load()
    shown, arms = cells(at, "ablation"), list(LOOKS)
    assert not at.exception and len(shown) == 3 * len(arms)
    for row, arm in enumerate(arms):
        intact = found.intact[list(ablation.ARMS).index(arm)].mean()
        drops = found.mean(arm, way).mean, found.worst(arm, way).mean
        assert shown[3 * row : 3 * row + 3] == [f"{intact:.4f}", *exact(*drops)]
    both = [percent(found.worst("plain", each).mean) for each in ablation.WAYS]
    assert all(number in said(at) for number in both)


def test_what_is_said_of_single_units_is_claimed_by_the_experiment() -> None:
    assert all(claim(ablation.load()) for claim in ablation.CLAIMS.values())
    settings = {name: regularize.load(name) for name in regularize.SETTINGS}
    assert all(claim(settings) for claim in regularize.CLAIMS.values())


# ------------------------------------------------------------------ live runs


def few_steps(config: RunConfig) -> Pair:
    """Of a run, and by the name of the whole."""
    few = train_pair(replace(config, steps=60, record_every=10))
    return Pair(replace(few.bn, config=config), replace(few.plain, config=config.twin()))


def asked(monkeypatch: pytest.MonkeyPatch, *states: str) -> list[Ticket]:
    """Which runs the page asks for; what their status is, look by look."""
    return asked_for(monkeypatch, partial(Ticket, states=states, train=few_steps))


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[Ticket]:
    """Runs finish at once, in this process; the list says which were asked for."""
    return asked(monkeypatch)


def press(at: AppTest, key: str) -> AppTest:
    return at.button(key=key).click().run()


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", small_batches.PRESETS)
def test_presets_show_a_shipped_pair_and_train_nothing(name: str, lang: str) -> None:
    at = scene("m2", batches=name, lang=lang)
    assert not at.exception and not at.error
    pair = small_batches.load(name)
    shown = [float(cell) for cell in cells(at, "result")]
    accuracies = [arm.accuracy[-1] for arm in (pair.bn, pair.plain)]
    np.testing.assert_allclose([shown[0], shown[2]], accuracies, atol=1e-4)
    assert points(at)["bn"] == len(pair.bn.accuracy)
    assert all(percent(accuracy) in said(at) for accuracy in accuracies)


def points(at: AppTest) -> dict[str, int]:
    """How many records the picture shows of each network."""
    found = re.findall(r'<polyline class="(\w+)" points="([^"]*)"', said(at))
    return {arm: len(places.split()) for arm, places in found}


@pytest.mark.usefixtures("no_training")
def test_another_preset_begins_with_the_shipped_seed_and_length() -> None:
    at = scene("m2")
    at.number_input(key="noise.run").set_value(5).run()
    at.button_group(key="noise.batches").set_value("m8").run()
    assert at.session_state["noise.run"] == 0
    assert float(cells(at, "result")[0]) == pytest.approx(
        small_batches.load("m8").bn.accuracy[-1], abs=1e-4
    )


@pytest.mark.parametrize("lang", languages())
def test_train_runs_the_settings_and_shows_them(lang: str, submitted: list[Ticket]) -> None:
    at = scene("m2", lang=lang)
    at.number_input(key="noise.run").set_value(5).run()
    words = {"en": "Press “Train it live”", "ko": "‘바로 학습시키기’를 누르세요"}[lang]
    assert words in said(at) and not submitted
    press(at, "train-batches")
    (ticket,) = submitted
    assert ticket.config == replace(small_batches.PRESETS["m2"], seed=5)
    assert words not in said(at) and not at.exception
    assert f"{ticket.whole.bn.accuracy[-1]:.4f}" == cells(at, "result")[0]


def test_a_link_to_another_run_trains_it_once(submitted: list[Ticket]) -> None:
    at = open_lesson(LESSON, run=7, longer=3, batches="m4")  # as 0.3 wrote it
    preset = small_batches.PRESETS["m4"]
    wanted = replace(preset, seed=7, steps=3 * preset.steps, record_every=3 * preset.record_every)
    at.run().run()
    assert [ticket.config for ticket in submitted] == [wanted]
    assert not at.exception and at.session_state["noise.scene"] == "m2"


def test_a_question_trains_nothing_of_what_its_link_asks_for(submitted: list[Ticket]) -> None:
    at = open_lesson(LESSON, scene="m2", run=7)
    assert not submitted
    at.button(key="just-show-me").click().run()
    assert [ticket.config.seed for ticket in submitted] == [7]


def test_while_a_run_goes_on_the_picture_grows_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    submitted = asked(monkeypatch, "queued", *1000 * ["running"])
    looks = [in_sight.Look(15 * k, 0.1 * k, 0.05 * k) for k in range(4)]
    monkeypatch.setattr(Ticket, "pieces", lambda self, since=0: looks[: self.looks + 1])
    at = scene("m2")
    press(at, "train-batches")
    assert at.get("progress") and len(submitted) == 1
    before = points(at)
    assert before["bn"] == before["plain"] < 4
    at.run()
    assert points(at)["bn"] > before["bn"] and not at.exception


@pytest.mark.parametrize("lang", languages())
def test_stop_keeps_exactly_the_steps_shown(monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    submitted = asked(monkeypatch, *1000 * ["running"])
    at = press(scene("m2", lang=lang), "train-batches")
    press(at, "stop-noise").run()
    (ticket,) = submitted
    kept, steps = ticket.stopped_at, ticket.config.steps
    assert kept is not None and not at.exception and not at.get("progress")
    assert any(f"{kept}" in note.value and f"{steps}" in note.value for note in at.info)
    assert max(chart_steps(at)) <= kept


def chart_steps(at: AppTest) -> np.ndarray:
    return at.session_state["noise.own"].replay.steps


@pytest.mark.parametrize("lang", languages())
def test_a_run_that_fails_is_one_sentence_and_the_curves_stay(
    monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    submitted = asked(monkeypatch, "failed")
    at = scene("m2", lang=lang)
    before = cells(at, "result")
    press(at, "train-batches")
    assert len(at.error) == 1 and bool(re.search("[가-힣]", at.error[0].value)) == (lang == "ko")
    assert cells(at, "result") == before and len(submitted) == 1 and not at.exception


# ------------------------------------------------------------------ controls and answers


ENDS = [(control.name, raw) for control in CONTROLS for raw in ends_of(control)]


@pytest.mark.parametrize(("name", "raw"), ENDS)
def test_every_controls_ends_give_a_page(name: str, raw: str, submitted: list[Ticket]) -> None:
    """As 0.3 wrote them: what a link sets is on the screen that it opens, and revealed."""
    at = open_lesson(LESSON, **{name: raw})
    assert not at.exception and not at.error and not at.warning
    assert len(submitted) == ((name, raw) in {("run", "9999"), ("longer", "10")})
    assert LESSON.control(name).write(at.session_state[f"noise.{name}"]) == raw
    owner = next((one.name for one in LESSON.scenes if name in one.owns), "draw")
    default = LESSON.written_default(name)
    assert at.session_state["noise.scene"] == (owner if raw != default else "draw")
    assert at.session_state["noise.seen"] and not [b for b in at.button if b.key == "just-show-me"]


@pytest.mark.usefixtures("submitted")
@pytest.mark.parametrize("which", [0, -1])
def test_all_controls_at_one_end_give_a_page(which: int) -> None:
    at = whole(**{control.name: ends_of(control)[which] for control in CONTROLS})
    assert not at.exception and not at.error


@pytest.mark.usefixtures("no_training")
def test_what_a_link_chose_can_be_chosen_where_it_is_shown() -> None:
    """The mini-batches of one class have a scene of their own, but old links open them here."""
    at = open_lesson(LESSON, batches="sorted2")
    assert at.session_state["noise.scene"] == "m2"
    assert at.button_group(key="noise.batches").value == "sorted2"


@pytest.mark.usefixtures("no_training")
def test_the_way_is_no_control_of_the_lesson() -> None:
    """The row of scenes once took the key of the control that says how a unit is fixed."""
    at = open_lesson(LESSON, scene="draw")
    assert "way" not in at.query_params and at.session_state["noise.way"] == "zero"


@pytest.mark.usefixtures("no_training")
def test_a_guess_stays_when_the_language_changes() -> None:
    at = open_lesson(LESSON, scene="draw")
    at.button(key="guess-still").click().run()
    at.button_group(key="lang").set_value("ko").run()
    assert "그대로다" in at.info[0].value


def test_both_kinds_of_noise_begin_at_the_size_that_shows_them() -> None:
    """A reader has left the scene before at its smallest or largest mini-batch."""
    for left in (2, 256):
        at = open_lesson(LESSON, scene="draw", seen=1, m=left)
        at.button(key="scene-next").click().run()
        assert LESSON.default("m", "kinds") == at.session_state[f"{LESSON}.m"] == 4
