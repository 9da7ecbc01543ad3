"""The scenes under AppTest: their numbers are the experiments', and nothing is told too early."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore import batch_norm_forward, layer_norm_forward
from bncore.network import Network
from experiments.intervals import interval
from experiments.rivals import cells as experiment
from experiments.rivals import depth, devices, only, small
from experiments.rivals.arms import ARMS
from pages.rivals import LESSON
from pages.rivals.arms import IDEAS
from pages.rivals.devices import UNIT
from tests.complete import languages
from tests.pages.helpers import cells, exact, open_lesson, said
from ui.numbers import percent, short

ORDER = ("batch", "layer", "group", "rms", "dyt", "none")


def scene(name: str, **query: object) -> AppTest:
    """One scene, revealed, with its drawer open."""
    at = open_lesson(LESSON, (f"more-{name}",), scene=name, seen=1, **query)
    assert not at.exception and not at.error and not at.warning
    return at


def asked(name: str, **query: object) -> AppTest:
    at = open_lesson(LESSON, scene=name, **query)
    assert not at.exception and at.button(key="just-show-me")
    return at


def mounted(at: AppTest, name: str) -> dict:
    """What a component was given."""
    (found,) = [c for c in at.get("bidi_component") if c.proto.component_name == name]
    return json.loads(found.proto.json)


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment.network()  # the small one, of the board

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was trained")

    monkeypatch.setattr(Network, "track", refuse)


# --- the board of cells


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_the_board_has_what_the_core_makes_of_each_cell(lang: str) -> None:
    at = scene("cells", lang=lang, example=7, unit=10)
    sent = mounted(at, "cells")
    _, _, z = experiment.batch()
    np.testing.assert_allclose(np.array(sent["z"]).reshape(z.shape), z, atol=5.1e-5)
    assert [way["id"] for way in sent["ways"]] == list(LESSON.options("over"))
    ones, zeros = np.ones(z.shape[1]), np.zeros(z.shape[1])
    expected = {
        "batch": batch_norm_forward(z, ones, zeros)[0],
        "layer": layer_norm_forward(z, ones, zeros)[0],
        "none": z,
    }
    for way in sent["ways"]:
        made = (z.ravel() - way["mean"]) / way["sd"]
        np.testing.assert_allclose(way["z_norm"], made, atol=2e-3)
        if way["id"] in expected:
            np.testing.assert_allclose(way["z_norm"], expected[way["id"]].ravel(), atol=5.1e-5)
    assert len(cells(at, "ways")) == 3 * len(experiment.OVER)
    assert exact(float(expected["batch"][6, 9]))[0] == cells(at, "ways")[2]
    row, column = LESSON.default("example") - 1, LESSON.default("unit") - 1
    for over in ("batch", "layer"):
        assert f"**{short(float(expected[over][row, column].round(2)))}**" in said(at)
    # worth asking about: the two disagree about the sign
    assert expected["batch"][row, column] * expected["layer"][row, column] < -0.1


@pytest.mark.parametrize("lang", languages())
def test_before_an_answer_nothing_of_it_was_sent(lang: str) -> None:
    for name in ("cells", "maps"):
        sent = mounted(asked(name, lang=lang), "cells")
        assert sent["ways"] is None and sent["guess"] is None and sent["locked"]
    sent = mounted(asked("only", lang=lang), "cells")
    assert sent["tells"] is None
    assert {cell["text"] for row in sent["cells"] for cell in row} == {"?"}
    for name, component in (("small", "arms"), ("dyt", "depths")):
        sent = mounted(asked(name, lang=lang), component)
        assert not sent["told"] and {len(arm["shares"]) for arm in sent["arms"]} == {1}
    at = asked("devices", lang=lang)
    assert 'class="mu"' not in said(at) and "<em" not in said(at)


@pytest.mark.parametrize(("name", "options"), [("cells", 3), ("maps", 3)])
def test_a_guess_is_drawn_where_it_lies(name: str, options: int) -> None:
    question = LESSON.scene_of(name).question
    assert question is not None and len(question.options) == options
    drawn = {}
    for option in question.options:
        at = asked(name, lang="en")
        at.button(key=f"guess-{option}").click().run()
        drawn[option] = set(mounted(at, "cells")["guess"]["cells"])
    z = (experiment.batch if name == "cells" else experiment.maps)()[2]
    sets = experiment.normalized(z, "batch").sets.ravel()
    controls = ("example", "unit") if name == "cells" else ("image", "channel")
    row, column = (LESSON.default(each) - 1 for each in controls)
    own = row * z.shape[1] + column
    assert drawn[question.right] == set(np.flatnonzero(sets == sets[own]).tolist())
    assert len({frozenset(each) for each in drawn.values()}) == options
    assert all(own in each for each in drawn.values())


def test_the_maps_say_how_many_share() -> None:
    at = scene("maps", lang="en")
    _, _, z = experiment.maps()
    m, channels, height, width = z.shape
    counts = {
        "batch": m * height * width,
        "layer": channels * height * width,
        "group": channels * height * width // experiment.CHANNEL_GROUPS,
        "instance": height * width,
    }
    assert {way["id"]: way["count"] for way in mounted(at, "cells")["ways"]} == counts
    for count in counts.values():
        assert str(count) in said(at)


# --- what only batch norm has


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
def test_the_board_of_what_stays_is_the_evidence(lang: str) -> None:
    at = scene("only", lang=lang)
    sent, found = mounted(at, "cells"), only.load()
    looks = [[cell["look"] for cell in row] for row in sent["cells"]]
    for r, deed in enumerate(only.DEEDS):
        assert looks[r] == ["stays" if deed in only.FORGETS[arm] else "moves" for arm in ORDER]
    assert looks[-1] == ["moves", *["stays"] * 5]
    for c, arm in enumerate(ORDER):
        moved = float(found.moved[ARMS.index(arm), 0].mean())
        text = sent["cells"][0][c]["text"]
        assert text == ("0" if moved < only.STAYS else percent(moved, 0))
    table = cells(at, "only")
    expected = [
        found.of(name, arm, deed)
        for deed in only.DEEDS
        for name in ("moved", "changed")
        for arm in ORDER
    ]
    assert table == exact(*expected)
    assert percent(found.of("moved", "batch", "companions"), 0) in said(at)
    assert len(sent["tells"]) == len(sent["cells"]) * len(ORDER)


# --- small batches and depth


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(
    ("name", "component", "module", "control", "places", "table"),
    [
        ("small", "arms", small, "m", small.SIZES, "accuracy"),
        ("dyt", "depths", depth, "depth", depth.DEPTHS, "depths"),
    ],
)
def test_the_bars_are_the_evidence(
    lang: str, name: str, component: str, module, control: str, places, table: str
) -> None:
    at, found = scene(name, lang=lang), module.load()
    sent = mounted(at, component)
    assert sent["tracks"][control]["options"] == [str(each) for each in places]
    for arm, shown in zip(IDEAS, sent["arms"], strict=True):
        for place, (mean, low, high) in zip(places, shown["shares"], strict=True):
            values = found.of(arm, place)
            ends = interval(values)
            assert mean == pytest.approx(values.mean(), abs=5.1e-5)
            assert low == pytest.approx(max(ends[0], 0), abs=5.1e-5)
            assert high == pytest.approx(min(ends[1], 1), abs=5.1e-5)
    chosen = LESSON.default(control)
    assert f"**{percent(float(found.of('batch', chosen).mean()))}**" in said(at)
    values = [f"{found.of(arm, place).mean():.4f}" for arm in IDEAS for place in places]
    if name == "small":
        exact_row = [f"{x:.4f}" for x in found.exact.mean(axis=-1)]
        values[len(places) : len(places)] = exact_row
    assert cells(at, table) == values
    # what the questions speak of
    assert {"small": 2, "dyt": 20}[name] == chosen and small.SIZES[0] == 64


# --- devices


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("k", [1, 2, 8])
def test_the_parts_and_their_gradients_are_the_experiments(lang: str, k: int) -> None:
    at, found = scene("devices", lang=lang, devices=k, draw=3), devices.apart()
    body = said(at)
    x, _ = devices.drawn(3)
    z = devices.network().model().forward(x).z[0][:, UNIT]
    for part in np.split(z, k):
        assert (
            f'data-value="{(part.mean() - z.mean()) / z.std():.3f}"'
            in body.replace("-0.000", "0.000")
            or k == 1
        )
    where = devices.DEVICES.index(k)
    for name in ("parts", "accumulated", "synchronized", "layer"):
        assert f'data-value="{getattr(found, name)[where].mean():.4g}"' in body
    assert body.count('class="part"') == k
    if k == 8:
        assert percent(float(found.parts[where].mean()), 0) in body


def test_the_question_about_devices_is_about_the_default() -> None:
    assert devices.M == 64 and LESSON.default("devices") == 8
    assert only.FACTOR == 3 and depth.BASE.width == 50 and depth.BASE.batch_size == 64
