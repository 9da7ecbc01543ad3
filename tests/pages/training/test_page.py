"""The scenes under AppTest: what is asked sends no answer; own runs come, stop, fail, in words."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
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
from experiments.training.shown import shown
from pages.training import SCENES, SETTINGS
from pages.training import runs as runs_of_the_lesson
from pages.training.replay import LACKS
from pages.training.shift import FEW_MOVED, NUMBERS
from tests.complete import languages
from tests.pages.helpers import cells, charts, ends_of, exact, open_lesson, said
from tests.pages.tickets import Ticket, asked_for
from ui import runs
from ui.lesson import Scene
from ui.lessons import LESSONS

LESSON = "training"
opened = partial(open_lesson, LESSON)
own = partial(open_lesson, LESSON, scene="own")
CONTROLS = LESSONS[LESSON].controls
WATCHED = {"one_unit": "figure1", "all_layers": "figure1"} | {
    scene.name: str(scene.sets["preset"]) for scene in SCENES if "preset" in scene.sets
}
ASKED = [name for name in WATCHED if LESSONS[LESSON].scene_of(name).question is not None]
#: a run that takes a moment, as a link would name it
SMALL = {"preset": "own", "dataset": "digits", "depth": "2", "width": "16", "steps": "100"}


def settings(at: AppTest) -> dict:
    """What the replay component was sent, but for the run's bytes."""
    (component,) = [c for c in at.get("bidi_component") if c.proto.component_name == "replay"]
    sent = component.proto.bytes
    return json.loads(sent[4 : 4 + int.from_bytes(sent[:4], "little")])


def frames(at: AppTest) -> tuple[dict, bytes]:
    """What the replay component was sent of a run: the head of its first part, and all parts."""
    (component,) = [c for c in at.get("bidi_component") if c.proto.component_name == "replay"]
    sent = component.proto.bytes
    body = sent[4 + int.from_bytes(sent[:4], "little") :]
    assert len(body) == sum(settings(at)["parts"])
    head = zlib.decompressobj().decompress(body).split(b"\n", 1)[0]
    return json.loads(head), body


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
    monkeypatch.setattr(runs, "ready", lambda: None)


def press(at: AppTest, key: str) -> AppTest:
    return at.button(key=key).click().run()


# ------------------------------------------------------------------ presets


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("scene", WATCHED)
def test_scenes_show_a_shipped_run_and_train_nothing(scene: str, lang: str) -> None:
    at = opened(scene=scene, seen=1, lang=lang, drawers=(f"more-{scene}",))
    assert not at.exception and not at.error and not at.warning
    assert settings(at)["run"] == WATCHED[scene]
    assert frames(at)[1] == shown(presets.load(WATCHED[scene])).packed
    assert bool(re.search("[가-힣]", settings(at)["words"]["play"])) == (lang == "ko")
    seed = presets.PRESETS[WATCHED[scene]].seed
    assert re.search(rf"(seed|시드) {seed}\b", said(at))


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("scene", ASKED)
def test_before_the_answer_nothing_but_step_0_is_sent(scene: str) -> None:
    at = opened(scene=scene)
    head, sent = frames(at)
    assert all(array["shape"][0] == 1 for array in head["arrays"])
    assert head["ended"] == [0, 0] and head["diverged"] == [None, None]
    assert settings(at)["asked"] and not settings(at)["play"]
    pair = presets.load(WATCHED[scene])
    for trace in (pair.bn, pair.plain):
        assert f"{100 * trace.accuracy[-1]:.1f}%" not in said(at)
    at.button(key=f"guess-{LESSONS[LESSON].scene_of(scene).question.options[0]}").click().run()
    assert settings(at)["play"] and len(frames(at)[1]) > 5 * len(sent)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene.question is not None])
@pytest.mark.parametrize("lang", languages())
def test_every_guess_is_answered(scene: Scene, lang: str) -> None:
    assert scene.question is not None
    for option in scene.question.options:
        at = opened(scene=scene.name, lang=lang)
        at.button(key=f"guess-{option}").click().run()
        assert not at.exception and len(at.success) == (option == scene.question.right)
        assert "[[" not in said(at) and len(at.success) + len(at.info) == 1


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_a_link_from_before_there_were_scenes_opens_the_scene_of_its_preset(preset: str) -> None:
    at = opened(preset=preset, view="z", frame="30", layer="2")
    assert WATCHED[value(at, "scene")] == preset and settings(at)["run"] == preset
    assert settings(at)["place"] == {"frame": 30, "layer": 2, "shown": "z", "speed": 50}
    config = presets.PRESETS[preset]
    assert {name: value(at, name) for name in SETTINGS} == {
        name: getattr(config, name) for name in SETTINGS
    }


@pytest.mark.usefixtures("no_training")
def test_another_scene_begins_at_its_start() -> None:
    at = opened(scene="one_unit", seen=1, frame="30")
    at.button(key="scene-next").click().run()
    assert value(at, "scene") == "all_layers" and settings(at)["place"]["frame"] == 0
    assert not settings(at)["play"] and "preset" not in dict(at.query_params)


@pytest.mark.usefixtures("no_training")
def test_the_settings_of_an_example_can_be_put_in_place() -> None:
    at = own(drawers=("more-own",))
    for preset, config in presets.PRESETS.items():
        at.button(key=f"settings-{preset}").click().run()
        assert {name: value(at, name) for name in SETTINGS} == {
            name: getattr(config, name) for name in SETTINGS
        }


def test_the_defaults_are_those_of_the_first_preset_and_all_presets_can_be_set() -> None:
    for preset, config in presets.PRESETS.items():
        for name in SETTINGS:
            control = LESSONS[LESSON].control(name)
            assert control.read(control.write(getattr(config, name))) == getattr(config, name)
            if preset == LESSONS[LESSON].control("preset").default:
                assert control.default == getattr(config, name), name


@pytest.mark.parametrize("preset", presets.PRESETS)
def test_a_preset_can_be_run_again_and_is_recorded_more_often(
    preset: str, submitted: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ticket, "whole", property(lambda _: presets.load(preset)))
    at = own(drawers=("more-own",))
    at.button(key=f"settings-{preset}").click().run()
    press(at, "train-now")
    (asked,) = [ticket.config for ticket in submitted]
    often = presets.PRESETS[preset].record_every
    assert asked.record_every <= often
    assert replace(asked, record_every=often) == presets.PRESETS[preset]
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
    if value(at, "scene") != "shift":
        settings(at)


@pytest.mark.parametrize("which", [0, -1])
def test_the_smallest_and_the_largest_network_can_be_asked_for(
    which: int, submitted: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ticket, "whole", property(lambda _: presets.load("figure1")))
    query = {control.name: ends_of(control)[which] for control in CONTROLS}
    left_out = ("scene", "seen", "shown")
    query = {name: raw for name, raw in query.items() if name not in left_out}
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


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[Ticket]:
    """Runs that go on for as long as the test looks."""
    return asked_for(monkeypatch, partial(Ticket, states=["queued"] + 1000 * ["running"]))


def small(**query: str) -> AppTest:
    """The scene of an own run, with settings that take a moment."""
    return own(**{name: raw for name, raw in SMALL.items() if name != "preset"}, **query)


@pytest.mark.usefixtures("submitted")
def test_a_run_that_is_there_at_once_plays_and_one_that_a_link_asks_for_stands() -> None:
    at = opened(**SMALL, frame="7")
    assert not settings(at)["play"] and settings(at)["place"]["frame"] == 7
    press(at, "train-now")
    assert settings(at)["play"] and settings(at)["place"]["frame"] == 0


def test_a_run_that_was_watched_stands_where_it_ended(slow: list[Ticket]) -> None:
    at = press(small(), "train-now")
    (ticket,) = slow
    ticket.state = "running"
    at.run()
    live = settings(at)["run"]
    ticket.state = "done"
    at.run()
    assert settings(at)["follows"] == live and not settings(at)["play"]
    assert settings(at)["place"]["frame"] == 100


@pytest.mark.usefixtures("submitted")
def test_changed_settings_leave_the_shown_run_until_train_is_pressed() -> None:
    at = opened(**SMALL)
    before = settings(at)["run"]
    at.select_slider(key="training.lr").set_value(1.0).run()
    assert settings(at)["run"] == before
    assert "The picture still shows the run before." in said(at)
    at.select_slider(key="training.lr").set_value(0.5).run()
    assert "The picture still shows the run before." not in said(at)


def test_while_a_run_goes_on_its_frames_take_the_place_of_the_run_before(
    slow: list[Ticket],
) -> None:
    at = press(small(), "train-now")
    assert settings(at)["live"] and settings(at)["run"] == "live-1" and settings(at)["of"] == 100
    assert at.get("progress")  # it waits in line
    assert at.select_slider(key="training.lr").disabled
    (ticket,) = slow
    ticket.state, got = "running", 0
    for _ in range(4):
        parts = settings(at)["parts"]
        if parts:
            head, _ = frames(at)
            assert head["since"] <= got  # only what is new, or all of it on larger axes
            got = max(got, head["since"] + head["arrays"][0]["shape"][0])
        at.run()
    assert got > 1
    at.session_state[LACKS] = True  # a browser that has lost some asks for all
    at.run()
    head, _ = frames(at)
    assert head["since"] == 0 and sum(settings(at)["parts"]) >= len(ticket.parts[0].packed)


@pytest.mark.parametrize("lang", languages())
def test_stop_keeps_exactly_the_steps_shown(slow: list[Ticket], lang: str) -> None:
    at = press(small(lang=lang), "train-now")
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
    at = press(small(lang=lang), "train-now")
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
    assert settings(at)["live"] and not at.info
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
    at = press(own(lang=lang), "train-now")
    assert len(at.error) == 1 and bool(re.search("[가-힣]", at.error[0].value)) == (lang == "ko")
    assert settings(at)["run"] == "figure1-first" and not at.exception
    assert len(submitted) == 1


@pytest.mark.parametrize("lang", languages())
def test_a_refused_config_is_one_sentence_and_the_picture_stays(
    monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    def refuse(config: RunConfig) -> None:
        raise InputError("config", {"field": "batch_size", "expected": (1, 2), "got": 3})

    monkeypatch.setattr(runs, "submit", refuse)
    at = press(own(lang=lang), "train-now")
    assert len(at.error) == 1
    assert {"en": "Mini-batch size", "ko": "미니배치 크기"}[lang] in at.error[0].value
    assert settings(at)["run"] == "figure1-first" and not at.exception


def tables(at: AppTest) -> str:
    return "\n".join(html.proto.body for html in at.get("html"))


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_a_diverged_arm_is_said_to_have_diverged(lang: str) -> None:
    at = opened(preset="deep_relu", lang=lang, drawers=("more-diverges",))
    step = presets.load("deep_relu").plain.diverged_at
    words = {"en": f"diverged at step {step}", "ko": f"스텝 {step}에서 발산"}[lang]
    assert words in tables(at) and not at.exception


def test_an_own_run_may_diverge(submitted: list[Ticket]) -> None:
    query = SMALL | {"depth": "8", "width": "50", "lr": "1.0", "batch_size": "64"}
    drawers = ("more-own",)
    at = opened(
        **query, activation="relu", init="he", init_scale="1.0", frame="80", drawers=drawers
    )
    assert not at.exception and "diverged at step" in tables(at)
    assert len(submitted) == 1


# ------------------------------------------------------------------ numbers and sentences


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_the_table_of_results_is_that_of_the_traces(preset: str) -> None:
    scene = next(name for name, watched in WATCHED.items() if watched == preset)
    found = cells(opened(scene=scene, seen=1, drawers=(f"more-{scene}",)), "result")
    pair = presets.load(preset)
    for arm, kept in ((pair.bn, found[:3]), (pair.plain, found[3:])):
        assert kept[0] == f"{arm.accuracy[-1]:.4f}"
        assert kept[2] == str(presets.steps_to_80(arm))


def units(pair: Pair, name: str) -> np.ndarray:
    """(T, P): what the first unit of the last layer says of every image."""
    return getattr(pair, name).u[:, -1, :, 0].astype(np.float64)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_what_the_step_below_makes_of_a_gradient_stands_in_the_table(lang: str) -> None:
    at = opened(scene="shift", seen=1, lang=lang, drawers=("more-shift",))
    expected = []
    for found in gradient_shift.shipped().found.values():
        n = gradient_shift.numbers(found)
        for a in (1, 0):
            arm = gradient_shift.ARMS[a]
            means = [n[f"{name}.{arm}"].mean() for name in NUMBERS]
            expected += exact(found.rates[a], *means)
    assert cells(at, "gradients") == expected
    assert not charts(at)  # until the drawer is opened


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


def test_the_plain_network_of_figure_1_learns_when_its_unit_spreads() -> None:
    pair = presets.load("figure1")
    wide, accuracy = spread(units(pair, "plain")), pair.plain.accuracy
    assert wide[accuracy < 0.2].max() < 0.5 * wide[accuracy > 0.8].min()


def test_by_most_measures_the_distributions_of_figure_1_move_less_with_bn() -> None:
    found = runs_of_the_lesson.preset_view("figure1").shift
    less = {n: (getattr(found, n)[1] < getattr(found, n)[0]).all() for n in FEW_MOVED}
    assert sum(less.values()) > len(less) / 2 and not all(less.values())


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
