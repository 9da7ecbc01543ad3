"""The page under AppTest: presets train nothing; own runs come, stop, fail and diverge in words."""

from __future__ import annotations

import json
import re
from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore import training as core
from bncore.config import RunConfig
from bncore.errors import InputError
from bncore.network import Network
from experiments import presets
from experiments.pair import Pair
from experiments.runner import GONE_AFTER
from experiments.training import gradient_shift
from pages.training.gradients import NUMBERS
from pages.training.runs import SETTINGS
from tests.complete import languages
from tests.pages.helpers import cells, ends_of, exact, open_lesson, said
from tests.pages.tickets import Ticket, asked_for
from ui import runs
from ui.lessons import LESSONS

LESSON = "training"
opened = partial(open_lesson, LESSON)
CONTROLS = LESSONS[LESSON].controls
#: a run that takes a moment, as a link would name it
SMALL = {"preset": "own", "dataset": "digits", "depth": "2", "width": "16", "steps": "100"}


def settings(at: AppTest) -> dict:
    """What the replay component was sent, but for the run's bytes."""
    (component,) = [c for c in at.get("bidi_component") if c.proto.component_name == "replay"]
    sent = component.proto.bytes
    return json.loads(sent[4 : 4 + int.from_bytes(sent[:4], "little")])


def value(at: AppTest, name: str) -> object:
    return at.session_state[f"{LESSON}.{name}"]


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[Ticket]:
    """Runs finish at once, in this process; the list says which were asked for."""
    return asked_for(monkeypatch)


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was trained")

    monkeypatch.setattr(Network, "gradient", refuse)
    monkeypatch.setattr(runs, "submit", refuse)


def press(at: AppTest, key: str) -> AppTest:
    return at.button(key=key).click().run()


# ------------------------------------------------------------------ presets


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_presets_show_a_shipped_run_and_train_nothing(preset: str, lang: str) -> None:
    at = opened(preset=preset, lang=lang)
    assert not at.exception and not at.error
    assert settings(at)["run"] == preset
    assert bool(re.search("[가-힣]", settings(at)["words"]["play"])) == (lang == "ko")
    seed = presets.PRESETS[preset].seed
    assert re.search(rf"(seed|시드) {seed}\b", said(at))


@pytest.mark.usefixtures("no_training")
def test_picking_a_preset_puts_its_settings_in_place_and_rewinds() -> None:
    at = opened(frame="30", layer="2")
    assert settings(at)["place"] == {"frame": 30, "layer": 2, "view": "u", "speed": 50}
    for preset in reversed(presets.PRESETS):
        config = presets.PRESETS[preset]
        at.button_group(key="training.preset").set_value(preset).run()
        assert {name: value(at, name) for name in SETTINGS} == {
            name: getattr(config, name) for name in SETTINGS
        }
        assert settings(at)["run"] == preset
        assert (value(at, "frame"), value(at, "layer")) == (0, 0)


def test_the_defaults_are_those_of_the_first_preset_and_all_presets_can_be_set() -> None:
    for preset, config in presets.PRESETS.items():
        for name in SETTINGS:
            control = LESSONS[LESSON].control(name)
            assert control.read(control.write(getattr(config, name))) == getattr(config, name)
            if preset == LESSONS[LESSON].control("preset").default:
                assert control.default == getattr(config, name), name


@pytest.mark.parametrize("preset", presets.PRESETS)
def test_a_preset_can_be_run_again_with_its_very_config(
    preset: str, submitted: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ticket, "whole", property(lambda _: presets.load(preset)))
    at = press(opened(preset=preset), "train-now")
    assert [ticket.config for ticket in submitted] == [presets.PRESETS[preset]]
    assert not at.exception and value(at, "preset") == "own"


# ------------------------------------------------------------------ controls


ENDS = [(control.name, raw) for control in CONTROLS for raw in ends_of(control)]


@pytest.mark.parametrize(("name", "raw"), ENDS)
def test_every_controls_ends_give_a_page(
    name: str, raw: str, submitted: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ticket, "whole", property(lambda _: presets.load("plain_dead")))
    at = opened(**{name: raw})
    assert not at.exception and not at.error
    assert len(submitted) == (raw == "own")
    settings(at)


@pytest.mark.parametrize("which", [0, -1])
def test_the_smallest_and_the_largest_network_can_be_asked_for(
    which: int, submitted: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ticket, "whole", property(lambda _: presets.load("figure1")))
    query = {control.name: ends_of(control)[which] for control in CONTROLS}
    at = opened(**query | {"preset": "own", "frame": "0", "layer": "0"})
    assert not at.exception and not at.error
    (ticket,) = submitted
    assert ticket.config.depth == (1, 8)[which]
    assert len(ticket.config.record_steps) > 100


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_a_time_or_layer_that_the_run_has_not_gives_the_start_and_a_sentence(lang: str) -> None:
    at = opened(frame="200", layer="8", lang=lang)
    assert len(at.warning) == 2
    assert "200" in at.warning[0].value and "8" in at.warning[1].value
    assert settings(at)["place"]["frame"] == settings(at)["place"]["layer"] == 0


# ------------------------------------------------------------------ own runs


@pytest.mark.parametrize("lang", languages())
def test_a_link_to_an_own_run_trains_and_shows_it(lang: str, submitted: list[Ticket]) -> None:
    at = opened(**SMALL, frame="7", lang=lang)
    assert not at.exception and not at.error and len(submitted) == 1
    assert settings(at)["run"].startswith("own-")
    assert settings(at)["place"]["frame"] == 7
    at.button_group(key="lang").set_value("ko" if lang == "en" else "en").run()
    assert len(submitted) == 1 and settings(at)["place"]["frame"] == 7


@pytest.mark.usefixtures("submitted")
def test_changed_settings_leave_the_shown_run_until_train_is_pressed() -> None:
    at = opened()
    at.selectbox(key="training.optimizer").set_value("adam").run()
    assert settings(at)["run"] == "figure1"
    assert any("Train with these settings" in note.value for note in at.info)


@pytest.mark.usefixtures("no_training")
def test_settings_that_are_back_where_they_were_are_no_change() -> None:
    at = opened()
    at.selectbox(key="training.optimizer").set_value("adam").run()
    at.selectbox(key="training.optimizer").set_value("sgd").run()
    assert not at.info


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[Ticket]:
    """Runs that go on for as long as the test looks."""
    return asked_for(monkeypatch, partial(Ticket, states=["queued"] + 1000 * ["running"]))


def small_settings(at: AppTest) -> AppTest:
    at.button_group(key="training.dataset").set_value("digits")
    at.slider(key="training.depth").set_value(2)
    at.select_slider(key="training.steps").set_value(100)
    return at.run()


def test_while_a_run_goes_on_the_page_shows_progress_and_the_run_before(
    slow: list[Ticket],
) -> None:
    at = press(small_settings(opened()), "train-now")
    assert settings(at)["run"] == "figure1"
    assert at.get("progress") and at.button(key="train-now").disabled
    at.run()
    assert len(slow) == 1


@pytest.mark.parametrize("lang", languages())
def test_stop_keeps_exactly_the_steps_shown(slow: list[Ticket], lang: str) -> None:
    at = press(small_settings(opened(lang=lang)), "train-now")
    at.run()
    press(at, "stop-training").run()
    (ticket,) = slow
    assert ticket.stopped_at is not None and not at.exception
    kept = ticket.stopped_at
    assert any(str(kept) in note.value and "100" in note.value for note in at.info)
    view = at.session_state["training.own"]
    assert view.stopped == kept and view.replay.steps[-1] <= kept
    assert value(at, "preset") == "own" and not at.get("progress")


@pytest.mark.parametrize("lang", languages())
def test_a_run_that_the_server_gave_up_is_not_said_to_be_stopped_by_the_visitor(
    slow: list[Ticket], lang: str
) -> None:
    at = press(small_settings(opened(lang=lang)), "train-now")
    at.run()
    (ticket,) = slow
    ticket.stop()
    ticket.left = True
    at.run()
    server, visitor = {"en": ("The server", "by you"), "ko": ("서버가", "사용자가")}[lang]
    (note,) = [each.value for each in at.info]
    assert not at.exception and server in note and visitor not in note
    assert f" {ticket.stopped_at}" in note and str(round(GONE_AFTER)) in note

    press(at, "again-training")
    assert [each.config for each in slow] == [ticket.config] * 2
    assert at.info[0].value == note and at.button(key="again-training").disabled
    press(at, "stop-training").run()
    (note,) = [each.value for each in at.info]
    assert visitor in note and server not in note and str(slow[1].stopped_at) in note


@pytest.mark.parametrize("lang", languages())
def test_a_run_that_fails_is_one_sentence_and_the_picture_stays(
    submitted: list[Ticket], monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    made = Ticket.__init__
    monkeypatch.setattr(
        Ticket, "__init__", lambda self, config: made(self, config, iter(["failed"]))
    )
    at = press(opened(lang=lang), "train-now")
    assert len(at.error) == 1 and bool(re.search("[가-힣]", at.error[0].value)) == (lang == "ko")
    assert settings(at)["run"] == "figure1" and not at.exception
    assert len(submitted) == 1


@pytest.mark.parametrize("lang", languages())
def test_a_refused_config_is_one_sentence_and_the_picture_stays(
    monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    def refuse(config: RunConfig) -> None:
        raise InputError("config", {"field": "batch_size", "expected": (1, 2), "got": 3})

    monkeypatch.setattr(runs, "submit", refuse)
    at = press(opened(lang=lang), "train-now")
    assert len(at.error) == 1
    assert {"en": "Mini-batch size", "ko": "미니배치 크기"}[lang] in at.error[0].value
    assert settings(at)["run"] == "figure1" and not at.exception


def tables(at: AppTest) -> str:
    return "\n".join(html.proto.body for html in at.get("html"))


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_a_diverged_arm_is_said_to_have_diverged(lang: str) -> None:
    at = opened(preset="deep_relu", lang=lang)
    step = presets.load("deep_relu").plain.diverged_at
    words = {"en": f"diverged at step {step}", "ko": f"스텝 {step}에서 발산"}[lang]
    assert words in tables(at) and not at.exception


def test_an_own_run_may_diverge(submitted: list[Ticket]) -> None:
    query = SMALL | {"depth": "8", "width": "50", "lr": "1.0", "batch_size": "64"}
    at = opened(**query, activation="relu", init="he", init_scale="1.0", frame="80")
    assert not at.exception and "diverged at step" in tables(at)
    assert len(submitted) == 1


# ------------------------------------------------------------------ numbers and sentences


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_the_table_of_results_is_that_of_the_traces(preset: str) -> None:
    shown = re.findall(r'<td[^>]*data-value="([^"]*)"', tables(opened(preset=preset)))[:6]
    pair = presets.load(preset)
    for arm, kept in ((pair.bn, shown[:3]), (pair.plain, shown[3:])):
        assert kept[0] == f"{arm.accuracy[-1]:.4f}"
        assert kept[2] == str(presets.steps_to_80(arm))


@pytest.mark.usefixtures("no_training")
def test_answers_stay_when_the_language_changes() -> None:
    at = opened()
    at.radio(key="answer.training.predict").set_value("higher").run()
    at.button_group(key="lang").set_value("ko").run()
    assert at.radio(key="answer.training.predict").value == "higher"


def units(pair: Pair, name: str) -> np.ndarray:
    """(T, P): what the first unit of the last layer says of every image."""
    return getattr(pair, name).u[:, -1, :, 0].astype(np.float64)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_what_the_step_below_makes_of_a_gradient_stands_in_the_table(lang: str) -> None:
    at = opened(lang=lang)
    expected = []
    for found in gradient_shift.shipped().found.values():
        n = gradient_shift.numbers(found)
        for a in (1, 0):
            arm = gradient_shift.ARMS[a]
            means = [n[f"{name}.{arm}"].mean() for name in NUMBERS]
            expected += exact(found.rates[a], *means)
    assert cells(at, "gradients") == expected
    assert not at.get("plotly_chart")  # until the drawer is opened


def spread(u: np.ndarray) -> np.ndarray:
    low, high = np.percentile(u, (15, 85), axis=1)
    return high - low


def test_the_dead_network_says_the_same_of_every_image() -> None:
    pair = presets.load("plain_dead")
    assert spread(units(pair, "plain")).max() < 0.1 < spread(units(pair, "bn")).min()
    assert pair.plain.accuracy[-1] < 0.15


def test_percentiles_of_figure_1_start_together_and_open_up_without_bn() -> None:
    wide = spread(units(presets.load("figure1"), "plain"))
    assert wide[0] < 0.2 and wide[-1] > 10 * wide[0]


def test_deep_relu_diverges_without_bn_and_learns_with_it() -> None:
    pair = presets.load("deep_relu")
    assert pair.plain.diverged_at is not None and pair.bn.diverged_at is None
    assert pair.bn.accuracy[-1] > 0.9


def test_bn_does_not_make_bell_curves_and_gamma_and_beta_leave_1_and_0() -> None:
    pair = presets.load("figure1")
    u = pair.bn.u[-1].astype(np.float64)  # (L, P, K)
    z = (u - u.mean(axis=1, keepdims=True)) / u.std(axis=1, keepdims=True)
    kurtosis = (z**4).mean(axis=1)
    assert (abs(kurtosis - 3) > 0.5).mean() > 0.25
    assert abs(pair.bn.gamma[-1] - 1).max() > 0.1 and abs(pair.bn.beta[-1]).max() > 0.1
    assert np.ptp(np.median(u, axis=1), axis=None) > 0


def test_a_learning_rate_of_10_is_too_much_for_bn_as_well() -> None:
    config = presets.PRESETS["deep_relu"]
    trace = core.train(RunConfig(**config.to_dict() | {"lr": 10.0}))
    assert trace.accuracy[-1] < 0.5


def test_at_a_tenth_the_plain_network_of_that_depth_learns() -> None:
    config = presets.PRESETS["deep_relu"].twin()
    trace = core.train(RunConfig(**config.to_dict() | {"lr": 0.1}))
    assert trace.accuracy[-1] > 0.8


def test_the_accuracy_with_bn_uses_running_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spoil them, and the accuracy is gone."""
    config = RunConfig(depth=2, width=16, steps=100, record_every=50)
    good = core.train(config).accuracy[-1]
    track = Network.track

    def spoil(network: Network) -> None:
        track(network)
        network.running[...] = 1e6

    monkeypatch.setattr(Network, "track", spoil)
    assert core.train(config).accuracy[-1] < 0.3 < 0.8 < good
