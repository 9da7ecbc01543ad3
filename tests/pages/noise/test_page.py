"""The page under AppTest: its numbers are the experiments', and live runs come, stop and fail."""

from __future__ import annotations

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
from experiments.noise import ablation, beside_dropout, regularize, small_batches
from experiments.noise import batches as experiment
from experiments.pair import Pair, train_pair
from pages.noise.evidence import LOOKS, clear
from pages.noise.one import ends
from tests.complete import languages
from tests.pages.helpers import cells, chart, ends_of, exact, open_lesson, said
from tests.pages.tickets import Ticket, asked_for
from ui import runs
from ui.lessons import LESSONS
from ui.numbers import percent

LESSON = "noise"
opened = partial(open_lesson, LESSON)
CONTROLS = LESSONS[LESSON].controls


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
    at = opened(lang=lang, **place)
    assert not at.exception and not at.error and not at.warning
    where = (place["image"] - 1, place["layer"] - 1, place["unit"] - 1)
    found = experiment.one_example(*where, place["m"], place["seed"])
    dropped = experiment.dropout(*where, place["keep"], place["seed"])
    assert cells(at, "parts") == exact(
        found.sd_b, found.law_b, found.sd_a, found.law_a, found.sd, found.law
    )
    assert cells(at, "dropout") == exact(found.sd_a, found.sd, dropped.sd_factor, dropped.sd)
    assert ("한" in said(at)) == (lang == "ko")


@pytest.mark.usefixtures("no_training")
def test_another_batch_size_changes_the_readout_and_not_the_axis() -> None:
    at = opened()
    before, axes = cells(at, "parts"), ticks(at)
    assert len(axes) == 2 and axes[0] == axes[1]
    at.select_slider(key="noise.m").set_value(4).run()
    found = experiment.one_example(0, 0, 17, 4, 0)
    assert before[4] != f"{found.sd:.4g}" == cells(at, "parts")[4]
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
    at = opened(m=2, lang=lang)
    word = {"en": "nobody left to draw", "ko": "더 뽑을 이미지가 없으니"}[lang]
    assert word in said(at) and "NaN" not in said(at)
    assert word not in said(opened(m=4, lang=lang))


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("m", [4, 64])
def test_the_correlations_are_those_of_the_experiment(m: int) -> None:
    found = experiment.shared(0, 3, 0, 17, m, 0, 0.8)
    shown = re.findall(r"correlation \*\*([^*]+)\*\*", said(opened(m=m)))
    both = (found.correlation, found.dropped_correlation)
    np.testing.assert_allclose([float(r.replace("−", "-")) for r in shown], both, rtol=0.01)


@pytest.mark.usefixtures("no_training")
def test_the_same_image_twice_is_no_error() -> None:
    assert not opened(image=5, other=5).exception


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_the_sizes_beside_dropout_are_those_of_the_board(lang: str) -> None:
    row = board()["like_dropout"]
    middles = [mean(row.numbers[f"ratio_{m}"], "factor") for m in beside_dropout.M]
    wanted = []
    for middle in middles:
        wanted += [f"{beside_dropout.over_keep(middle, keep):.4g}" for keep in beside_dropout.KEEP]
        wanted.append(f"{float(beside_dropout.as_keep(np.array(middle))):.4g}")
    assert cells(opened(lang=lang), "beside") == wanted


@pytest.mark.parametrize("layer", [1, 2])
def test_the_law_is_said_to_be_that_of_the_first_layer(layer: int) -> None:
    assert ("The law is that of layer 1" in said(opened(layer=layer))) == (layer > 1)


# ------------------------------------------------------------------ what was trained beforehand


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("setting", regularize.SETTINGS)
def test_the_table_of_groups_is_the_evidence(setting: str, lang: str) -> None:
    at = opened(data=setting, lang=lang)
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
        text, found = said(opened(data=setting)), regularize.load(setting)
        gain, net = found.gain(found.best), found.gain(found.best, "plain")
        assert ("there is an effect" in text) == (gain.mean > gain.half)
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
    at, found = opened(way=way, lang=lang), ablation.load()
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
    at = opened(batches=name, lang=lang)
    assert not at.exception and not at.error
    pair = small_batches.load(name)
    shown = [float(cell) for cell in cells(at, "result")]
    accuracies = [arm.accuracy[-1] for arm in (pair.bn, pair.plain)]
    np.testing.assert_allclose([shown[0], shown[2]], accuracies, atol=1e-4)
    curve = chart(at, "curves-accuracy")["data"][0]
    assert curve["x"] is not None and len(at.get("plotly_chart")) >= 7


@pytest.mark.usefixtures("no_training")
def test_another_preset_begins_with_the_shipped_seed_and_length() -> None:
    at = opened()
    at.number_input(key="noise.run").set_value(5).run()
    at.button_group(key="noise.batches").set_value("sorted1").run()
    assert at.session_state["noise.run"] == 0
    assert float(cells(at, "result")[0]) == pytest.approx(
        small_batches.load("sorted1").bn.accuracy[-1], abs=1e-4
    )


@pytest.mark.parametrize("lang", languages())
def test_train_runs_the_settings_and_shows_them(lang: str, submitted: list[Ticket]) -> None:
    at = opened(lang=lang)
    at.number_input(key="noise.run").set_value(5).run()
    words = {"en": "Press “Train it live”", "ko": "‘바로 학습시키기’를 누르세요"}[lang]
    assert words in said(at) and not submitted
    press(at, "train-batches")
    (ticket,) = submitted
    assert ticket.config == replace(small_batches.PRESETS["m2"], seed=5)
    assert words not in said(at) and not at.exception
    assert f"{ticket.whole.bn.accuracy[-1]:.4f}" == cells(at, "result")[0]


def test_a_link_to_another_run_trains_it_once(submitted: list[Ticket]) -> None:
    at = opened(run=7, longer=3, batches="m4")
    preset = small_batches.PRESETS["m4"]
    wanted = replace(preset, seed=7, steps=3 * preset.steps, record_every=3 * preset.record_every)
    at.run().run()
    assert [ticket.config for ticket in submitted] == [wanted]
    assert not at.exception


def test_while_a_run_goes_on_the_page_shows_progress_and_the_shipped_pair(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    submitted = asked(monkeypatch, "queued", *1000 * ["running"])
    at = opened()
    before = cells(at, "result")
    press(at, "train-batches")
    assert at.get("progress") and at.button(key="train-batches").disabled
    assert cells(at, "result") == before and len(submitted) == 1


@pytest.mark.parametrize("lang", languages())
def test_stop_keeps_exactly_the_steps_shown(monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    submitted = asked(monkeypatch, *1000 * ["running"])
    at = press(opened(lang=lang), "train-batches")
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
    at = opened(lang=lang)
    before = cells(at, "result")
    press(at, "train-batches")
    assert len(at.error) == 1 and bool(re.search("[가-힣]", at.error[0].value)) == (lang == "ko")
    assert cells(at, "result") == before and len(submitted) == 1 and not at.exception


# ------------------------------------------------------------------ controls and answers


ENDS = [(control.name, raw) for control in CONTROLS for raw in ends_of(control)]


@pytest.mark.parametrize(("name", "raw"), ENDS)
def test_every_controls_ends_give_a_page(name: str, raw: str, submitted: list[Ticket]) -> None:
    at = opened(**{name: raw})
    assert not at.exception and not at.error and not at.warning
    assert len(submitted) == ((name, raw) in {("run", "9999"), ("longer", "10")})


@pytest.mark.usefixtures("submitted")
@pytest.mark.parametrize("which", [0, -1])
def test_all_controls_at_one_end_give_a_page(which: int) -> None:
    at = opened(**{control.name: ends_of(control)[which] for control in CONTROLS})
    assert not at.exception and not at.error


@pytest.mark.usefixtures("no_training")
def test_answers_stay_when_the_language_changes() -> None:
    at = opened()
    at.radio(key="answer.noise.predict").set_value("whole").run()
    at.button_group(key="lang").set_value("ko").run()
    assert at.radio(key="answer.noise.predict").value == "whole"
