"""The scenes on layers and on speed under AppTest: their numbers, and runs of one's own."""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import replace
from functools import partial
from itertools import cycle

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore.network import Network
from experiments import runner
from experiments.why import disturb, gradient_flow, limits, noisy, once, smoothness, tolerance
from pages.why.live import Live
from tests.complete import languages
from tests.pages.helpers import cells, chart, exact, opened, said
from tests.pages.tickets import runner_here
from ui.lessons import LESSONS
from ui.numbers import percent

LESSON = "why"
LANGS = pytest.mark.parametrize("lang", languages())
PATIENCE = 30  # seconds, for a run that takes none


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was trained")

    monkeypatch.setattr(Network, "gradient", refuse)


def scene(name: str, **query: object) -> AppTest:
    """Revealed, with its drawer open."""
    return opened(LESSON, (f"more-{name}",), scene=name, seen=1, **query)


def options(control: str) -> tuple:
    return LESSONS[LESSON].control(control).options  # type: ignore[attr-defined]


def shares(*numbers: float) -> list[str]:
    """Accuracies as tables keep them."""
    return [f"{x:.4f}" for x in numbers]


# ------------------------------------------------------------------ layers


@pytest.mark.usefixtures("no_training")
@LANGS
@pytest.mark.parametrize("kind", disturb.KINDS)
def test_what_a_disturbance_does_is_what_was_measured(kind: str, lang: str) -> None:
    at = scene("apart", kind=kind, strength=5, draw=3, lang=lang)
    found = disturb.disturb(kind, disturb.STRENGTHS[kind][5], 3)
    rows = zip(found.intact, found.accuracy, found.moved, found.changed, strict=True)
    expected = [
        cell for one, two, moved, changed in rows
        for cell in (*shares(one, two), f"{moved:.4g}", *shares(changed))
    ]  # fmt: skip
    assert cells(at, "disturbed") == expected
    taken = {"en": "Batch norm takes this away", "ko": "배치 정규화가 없앱니다"}[lang]
    assert (taken in said(at)) == (kind in ("scale", "offset"))


@pytest.mark.usefixtures("no_training")
def test_the_axis_does_not_follow_the_strength() -> None:
    at = scene("apart", strength=1)
    before = chart(at, "received-plain")["layout"]["yaxis"]["range"]
    at.slider(key="why.strength").set_value(6).run()
    assert chart(at, "received-plain")["layout"]["yaxis"]["range"] == before
    ranges = [chart(at, f"received-{way}")["layout"]["yaxis"]["range"] for way in disturb.WAYS]
    assert ranges == 3 * [before]


@pytest.mark.usefixtures("no_training")
def test_strength_0_disturbs_nothing_and_says_so() -> None:
    at = scene("apart", strength=0, kind="swap")
    assert "Nothing is disturbed" in said(at)
    assert cells(at, "disturbed")[3::4] == shares(0, 0, 0)


@pytest.mark.usefixtures("no_training")
def test_the_seeds_stand_in_the_table() -> None:
    at = scene("apart")
    found = disturb.over_seeds().accuracy.mean(axis=1)
    at_scale = disturb.STRENGTHS["scale"].index(2.0)
    assert cells(at, "over-seeds")[:6] == shares(*found[:, 0, :, at_scale].ravel())
    assert cells(at, "over-seeds")[-6:] == shares(*found[:, 3, :, -1].ravel())


# ------------------------------------------------------------------ speed


@pytest.mark.usefixtures("no_training")
@LANGS
@pytest.mark.parametrize("chosen", options("noisy"))
def test_noisy_batch_norm(chosen: str, lang: str) -> None:
    at = scene("noisy", noisy=chosen, lang=lang)
    n = noisy.numbers(noisy.load(chosen))
    expected = [
        n[f"{name}.{arm}"].mean() for arm in noisy.ARMS for name in ("accuracy", "shift", "late_ks")
    ]
    assert cells(at, "noisy") == exact(*expected)


@pytest.mark.usefixtures("no_training")
@LANGS
@pytest.mark.parametrize("chosen", options("once"))
def test_normalized_once(chosen: str, lang: str) -> None:
    at = scene("once", once=chosen, lang=lang)
    found = once.load(chosen)
    expected = np.stack([found.spread[..., -1], found.accuracy[..., -1]], axis=1).mean(axis=-1)
    assert cells(at, "once") == exact(*expected.ravel())
    assert f"**{percent(once.numbers(found)['share'].mean(), 0)}**" in said(at)
    assert percent(once.numbers(found)["share_whole"].mean(), 0) in said(at)
    steps = found.steps_to(0.8).mean(axis=-1)
    assert all(f"{each:.0f}" in said(at) for each in steps[1:]) and np.isnan(steps[0])


@pytest.mark.usefixtures("no_training")
@LANGS
@pytest.mark.parametrize("chosen", options("smooth"))
def test_along_the_gradient(chosen: str, lang: str) -> None:
    at = scene("smooth", smooth=chosen, lang=lang)
    n = smoothness.numbers(smoothness.load(chosen))
    measured = [
        n[f"{name}.{arm}"].mean() for arm in smoothness.ARMS for name in ("loss_range", "change")
    ]
    shown = cells(at, "smooth")
    assert [shown[i] for i in (0, 1, 3, 4)] == exact(*measured)
    counterexample = {"en": "The counterexample", "ko": "반례입니다"}[lang]
    assert (counterexample in said(at)) == (chosen == "sigmoid")


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(("depth", "rate"), [(1, 0.01), (8, 0.3), (24, 10.0)])
def test_learning_rates(depth: int, rate: float) -> None:
    at = scene("map", depth=depth, rate=rate)
    found = tolerance.load().accuracy.mean(axis=-1)
    d, r = tolerance.DEPTHS.index(depth), tolerance.RATES.index(rate)
    for a, arm in enumerate(tolerance.ARMS):
        drawn = chart(at, f"rates-{arm}")
        notes = [note["text"] for note in drawn["layout"]["annotations"]]
        assert notes == [f"{100 * x:.0f}" for x in found[a].ravel()]
        frame = drawn["layout"]["shapes"][0]
        assert (frame["x0"], frame["y0"]) == (r - 0.5, d - 0.5)
    shown = cells(at, "tolerance")
    assert shown[1::2] == shares(*found[:, d, r]) and shown[::2] == shares(*found[:, d].max(axis=1))


@pytest.mark.parametrize(
    ("activation", "lang"), [*zip(options("nonlinearity"), cycle(languages()), strict=False)]
)
def test_gradients_in_depth(activation: str, lang: str) -> None:
    layers = {"sigmoid": options("layers")[0], "tanh": 5, "relu": 10}[activation]
    at = scene(
        "flow",
        layers=layers,
        nonlinearity=activation,
        draw=2,
        lang=lang,
    )
    found = gradient_flow.flow(activation, 2, layers)
    shown = np.concatenate([found.largest, found.factor], axis=1)
    assert cells(at, "flow") == exact(*shown.ravel())
    axes = [
        chart(at, f"flow-{scale}")["layout"]["yaxis"]["range"] for scale in gradient_flow.SCALES
    ]
    assert axes[0] == axes[1] == axes[2]


@pytest.mark.usefixtures("no_training")
@LANGS
def test_where_batch_norm_loses(lang: str) -> None:
    body = said(scene("loses", lang=lang))
    for case in limits.cases().values():
        for values in (case.plain, case.bn):
            assert f'data-value="{values.mean():.4g}"' in body


# ------------------------------------------------------------------ runs of one's own


def finished(at: AppTest) -> AppTest:
    """Run the page until nothing goes on any more."""
    deadline = time.monotonic() + PATIENCE
    while at.get("progress"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
        at.run()
    return at


def few(found, looks: int, complete: bool):
    """The first seed and looks of a shipped result."""
    return replace(
        found,
        seeds=found.seeds[:1],
        step=found.step[:looks],
        accuracy=found.accuracy[:, :1, :looks],
        loss=found.loss[:, :1, : looks - 1],
        complete=complete,
    )


@LANGS
def test_a_run_of_ones_own_stands_beside_the_seeds(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def one_seed(seed, setting, progress, should_stop):
        asked.append((seed, setting))
        progress(1, 2)
        return few(once.load("five"), 6, complete=True)

    monkeypatch.setattr(once, "one_seed", one_seed)
    runner_here(monkeypatch)
    at = scene("once", once="five", draw=77, lang=lang)
    assert len(cells(at, "once")) == 6
    finished(at.button(key="train-why-once").click().run())
    assert asked == [(77, "five")] and len(cells(at, "once")) == 12 and not at.error
    own = once.load("five").accuracy[:, 0, 5]
    assert cells(at, "once")[3::4] == exact(*own)
    at.number_input(key="why.draw").set_value(78).run()
    assert len(cells(at, "once")) == 6  # it was the run of another seed


@LANGS
def test_a_run_that_is_stopped_keeps_what_is_trained(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_seed(seed, setting, progress, should_stop):
        progress(20, 300)
        while not should_stop():
            time.sleep(0.001)
        return few(shipped, 4, complete=False)

    shipped = once.load("five")
    monkeypatch.setattr(once, "one_seed", one_seed)
    runner_here(monkeypatch)
    at = scene("once", once="five", lang=lang)
    at.button(key="train-why-once").click().run()
    assert at.get("progress") and at.button(key="train-why-once").disabled
    finished(at.button(key="stop-why-once").click().run())
    assert any(str(shipped.step[3]) in note.value for note in at.info) and not at.error
    assert not at.button(key="train-why-once").disabled


def test_the_picture_grows_while_a_run_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    """It showed a bar, and then the end."""
    shipped, told = once.load("five"), threading.Event()

    def one_seed(seed, setting, progress, should_stop):
        progress.piece = few(shipped, 4, complete=False)
        progress(20, 300)
        told.set()
        while not should_stop():
            time.sleep(0.001)
        return few(shipped, 5, complete=False)

    monkeypatch.setattr(once, "one_seed", one_seed)
    runner_here(monkeypatch)
    at = scene("once", once="five")

    def drawn() -> set[int]:
        """How many looks each line of the picture has."""
        sent = [trace["y"] for trace in chart(at, "once-accuracy")["data"] if trace.get("name")]
        lines = [np.frombuffer(base64.b64decode(y["bdata"]), y["dtype"]) for y in sent]
        return {int(np.isfinite(line).sum()) for line in lines}

    assert 4 not in drawn()
    at.button(key="train-why-once").click().run()
    assert told.wait(PATIENCE)
    at.run()
    assert drawn() == {4}
    finished(at.button(key="stop-why-once").click().run())
    assert drawn() == {5}


def test_a_run_that_the_server_gave_up_is_offered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its visitor asks for 0 s before it is given up: a phone that locks at once."""
    told = threading.Event()
    asked = []

    def one_seed(seed, setting, progress, should_stop):
        asked.append(seed)
        complete = len(asked) > 1
        if not complete:
            monkeypatch.setattr(runner, "GONE_AFTER", 0.0)
            while not should_stop():
                time.sleep(0.001)
                progress(20, 300)
            monkeypatch.setattr(runner, "GONE_AFTER", 30.0)
            told.set()
        return few(once.load("five"), 6 if complete else 2, complete=complete)

    monkeypatch.setattr(once, "one_seed", one_seed)
    runner_here(monkeypatch)
    at = scene("once", once="five")
    at.button(key="train-why-once").click().run()
    assert told.wait(PATIENCE)
    finished(at)
    assert any("not you" in note.value for note in at.info) and not at.exception
    finished(at.button(key="again-why-once").click().run())
    assert len(asked) == 2 and asked[0] == asked[1]
    assert not [button for button in at.button if button.key == "again-why-once"]


def test_a_run_that_fails_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_seed(*_: object) -> None:
        raise FloatingPointError

    monkeypatch.setattr(once, "one_seed", one_seed)
    runner_here(monkeypatch)
    at = scene("once")
    finished(at.button(key="train-why-once").click().run())
    assert len(at.error) == 1 and not at.exception


@pytest.mark.parametrize(
    ("test", "run"),
    [
        ("noisy", partial(noisy.one_seed, 0, "three")),
        ("once", partial(once.one_seed, 0, "figure1")),
        ("smooth", partial(smoothness.one_seed, 0, "relu")),
        ("rates", partial(tolerance.cell, 8, 0.3, 0)),
    ],
    ids=["noisy", "once", "smooth", "rates"],
)
def test_a_run_that_is_stopped_at_once_is_shown(
    test: str, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner_here(monkeypatch)
    begin = Live.begin

    def stopped(live: Live, key: tuple, _: object) -> None:
        begin(live, key, lambda progress, should_stop: run(None, lambda: True))

    monkeypatch.setattr(Live, "begin", stopped)
    at = scene({"rates": "map"}.get(test, test))
    finished(at.button(key=f"train-why-{test}").click().run())
    assert any("step 0" in note.value for note in at.info)
    assert "nan" not in " ".join(each.proto.body for each in at.get("html")).lower()
    assert not at.error and not at.exception
