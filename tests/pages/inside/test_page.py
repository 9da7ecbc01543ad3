"""The lesson `inside` under AppTest: its scenes, every line, the ways back, programs."""

from __future__ import annotations

import html as escapes
import json
import re
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore.optimizers import OPTIMIZERS
from experiments.network import bias, export, little, optimizers, placement, scale, walkthrough
from experiments.network.walkthrough import EPOCHS, LINES, M
from pages.inside import lines as line_by_line
from tests.complete import languages
from tests.pages import helpers
from tests.pages.arrays import assert_same, blocks
from tests.pages.helpers import chart, ends_of, healthy, said, together
from ui.lessons import LESSONS
from ui.little import PLACE
from ui.numbers import from_to, number, percent, short

LESSON = "inside"
SCENES = {scene.name: scene for scene in LESSONS[LESSON].scenes}
NORMS = ("before", "after", "none")
BATCHES = walkthrough.BATCHES[M]
opened = partial(helpers.opened, LESSON)


def scene(name: str, drawer: bool = True, **query: object) -> AppTest:
    """A scene as a link opens it, revealed."""
    return opened((f"more-{name}",) if drawer else (), scene=name, seen=1, **query)


def guessed(name: str, option: str, **query: object) -> AppTest:
    return healthy(opened(scene=name, **query).button(key=f"guess-{option}").click().run())


def value(at: AppTest, name: str) -> Any:
    return at.session_state[f"{LESSON}.{name}"]


def place(at: AppTest) -> tuple:
    return tuple(value(at, name) for name in PLACE)


def html(at: AppTest) -> list[str]:
    return [each.proto.body for each in at.get("html")]


def answered(at: AppTest) -> str:
    (answer,) = [*at.success, *at.info]
    return answer.value


# ------------------------------------------------------------------ every scene, every control


@pytest.mark.parametrize("name", [scene.name for scene in SCENES.values() if scene.question])
def test_every_option_is_answered(name: str) -> None:
    question = SCENES[name].question
    for option, lang in zip(question.options, cycle(languages())):
        at = guessed(name, option, lang=lang)
        assert bool(at.success) == (option == question.right) and "[[" not in answered(at), option


CONTROLS = {
    control.name: control
    for control in LESSONS[LESSON].controls
    if control.name not in ("scene", "seen")
}
ENDS = {name: ends_of(control) for name, control in CONTROLS.items()} | {"lang": languages()}


@pytest.mark.parametrize("link", together(ENDS))
def test_every_controls_ends_give_a_page(link: dict[str, str]) -> None:
    at = opened(view="all", **link)
    found = {name: control.write(value(at, name)) for name, control in CONTROLS.items()}
    # an epoch of six examples each has fewer mini-batches, a step without batch norm fewer lines
    assert {name for name in CONTROLS if found[name] != link[name]} <= {"batch", "line"}


def data(at: AppTest, figure: str) -> list[dict]:
    return chart(at, f"figure-{figure}")["data"]


def test_before_the_answer_nothing_of_it_is_sent() -> None:
    """Numbers of the paths, b on its way, the arms with batch norm, what α does, W on its way."""
    at = opened(scene="paths")
    assert not blocks(at) and "drop" not in str([group.key for group in at.button_group])
    (picture,) = [body for body in html(at) if 'class="ways"' in body]
    assert not re.search(r"\d", escapes.unescape(picture.partition('alt="')[2]).replace("z_1", ""))
    at = opened(scene="drift")
    assert all(len(line["x"]) == 1 for line in plain(data(at, "wander")))
    names = [line.get("name") for line in data(opened(scene="placement"), "by-rate")]
    assert [name for name in names if name] == ["without BN"]
    names = [line.get("name") for line in data(opened(scene="optimizers"), "usable")]
    assert [name for name in names if name] == ["without BN"]
    assert not [each for each in opened(scene="scale").get("bidi_component") if is_drag(each)]
    (point,) = plain(data(opened(scene="growth"), "live-growth"))
    assert len(point["x"]) == 1 and list(point["y"]) == [1.0]


def plain(traces: list[dict]) -> list[dict]:
    """With arrays as lists, however they were sent."""
    import base64

    def read(values: Any) -> Any:
        if not (isinstance(values, dict) and "bdata" in values):
            return values
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])

    return [{name: read(values) for name, values in trace.items()} for trace in traces]


def is_drag(component: Any) -> bool:
    return "tracks" in json.loads(component.proto.json)


def test_after_it_all_is_there() -> None:
    shown = plain(data(guessed("drift", "stays"), "wander"))
    assert len(shown) == bias.UNITS and len(shown[0]["x"]) == len(bias.drift().step)
    names = [line.get("name") for line in data(guessed("placement", "after"), "by-rate")]
    assert [name for name in names if name] == ["without BN", "before g", "after g"]
    names = [line.get("name") for line in data(guessed("optimizers", "none"), "usable")]
    assert [name for name in names if name] == ["without BN", "with BN"]
    assert [each for each in guessed("scale", "same").get("bidi_component") if is_drag(each)]
    assert len(plain(data(guessed("growth", "same"), "live-growth"))[-1]["x"]) > 10


# ------------------------------------------------------------------ what is said


def test_what_the_answers_say_is_measured() -> None:
    """Before and after lie close, either may be ahead; tolerance is more than speed; W grows."""
    gaps = [
        float((after - before).mean())
        for images in placement.SEEDS
        for _, before, after in placement.over_seeds(images).at_best
    ]
    assert min(gaps) < 0 < max(gaps) < 0.05
    text = answered(guessed("placement", "close"))
    assert f"{100 * max(gaps):+.1f}" in text and f"{100 * min(gaps):+.1f}".replace("-", "−") in text
    found = optimizers.sweep()
    ratio = found.largest[:, 1] / found.largest[:, 0]
    assert (ratio > found.gain).all() and (ratio > 1.5).all()
    text = answered(guessed("optimizers", "steps"))
    assert from_to(ratio) in text and from_to(found.gain) in text
    grown = scale.over_seeds()
    assert (np.diff(grown.growth[0].mean(axis=1), axis=-1) > -1e-6).all()  # without decay
    adam = bias.drift("adam", "float32")
    assert number(float(adam.b[:, -1].max()), 2) in answered(guessed("drift", "stays"))
    here = scale.rescale(10.0)
    assert short(float(here.grad_ratio[0])) in said(guessed("scale", "smaller"))
    assert here.grad_ratio[0] == pytest.approx(0.1, rel=0.05)


# ------------------------------------------------------------------ every line


@pytest.mark.parametrize("norm", NORMS)
def test_every_line_is_lit_with_the_numbers_it_takes_and_gives(norm: str) -> None:
    """Of a step with batch norm before the activation; of the others, whose lines are mostly the
    same, every third."""
    at = scene("lines", drawer=False, norm=norm, epoch=2, batch=5, line=1)
    steps, network = walkthrough.lines(*place(at)), walkthrough.at(*place(at))
    for i in range(0, len(steps), 1 if norm == "before" else 3):
        line = steps[i]
        at.session_state[f"{LESSON}.line"] = i + 1
        healthy(at.run())
        listing = next(body for body in html(at) if 'class="listing"' in body)
        lit = "".join(re.findall(r'<span class="lit"[^>]*>(.*?)</span>', listing, re.DOTALL))
        assert escapes.unescape(lit).split() == line.code.split()
        taken = walkthrough.reads(network, steps, i)
        shown = blocks(at)
        if taken:
            assert_same(shown.pop(0), taken)
        if line.values:
            (given,) = shown
            for name, array in given.items():
                np.testing.assert_array_equal(array.ravel(), np.ravel(line.values[name]))
            assert set(line.values) - set(given) <= set(taken)


def test_a_link_to_the_lines_begins_inside_batch_norm_on_its_way_back() -> None:
    at = scene("lines")
    line = walkthrough.lines(*place(at))[value(at, "line") - 1]
    assert line.function == "batch_norm_backward" and line.layer == 1


@pytest.mark.parametrize(
    ("first", "last", "rows"), [(0, 0, 40), (39, 39, 40), (20, 22, 40), (3, 3, 9)]
)
def test_the_line_stands_in_the_middle_of_its_window(first: int, last: int, rows: int) -> None:
    begin = line_by_line.around(first, last, rows)
    assert 0 <= begin <= first and last < begin + line_by_line.WINDOW
    assert begin + line_by_line.WINDOW <= rows or begin == 0


@pytest.mark.parametrize("lang", languages())
def test_the_place_and_the_loss_are_told(lang: str) -> None:
    at = scene("lines", lang=lang, epoch=4, batch=2, optimizer="adam")
    network = walkthrough.at(*place(at))
    loss = little.numbers(walkthrough.lines(*place(at)))["loss"]
    assert f"**{number(float(loss))}**" in said(at)
    assert number(float(np.mean(network.losses[-BATCHES:]))) in said(at)
    assert number(OPTIMIZERS["adam"].lr) in said(at)


LAST = (EPOCHS, BATCHES, LINES)


@pytest.mark.parametrize(
    ("button", "before", "after"),
    [
        ("line", (1, 1, 1), (1, 1, 2)),
        ("line", (1, BATCHES, LINES), (2, 1, 1)),
        ("back", (2, 1, 1), (1, BATCHES, LINES)),
        ("back", (2, 3, 4), (2, 3, 3)),
        ("batch", (3, BATCHES, 7), (4, 1, 7)),
        ("epoch", (3, 5, 7), (4, 1, 7)),
        ("restart", (9, 9, 9), (1, 1, 1)),
    ],
)
def test_the_buttons_go_where_they_say(button: str, before: tuple, after: tuple) -> None:
    at = scene("lines", **dict(zip(("epoch", "batch", "line"), before, strict=True)))
    healthy(at.button(key=f"go-{button}").click().run())
    assert tuple(value(at, name) for name in ("epoch", "batch", "line")) == after


def test_at_both_ends_there_is_no_way_on() -> None:
    assert line_by_line.onward(LAST, LINES, BATCHES) is line_by_line.next_epoch(LAST) is None
    assert line_by_line.back((1, 1, 1), LINES, BATCHES) is None
    at = scene("lines", line=1)
    assert at.button(key="go-back").disabled and at.button(key="go-restart").disabled
    at = scene("lines", epoch=EPOCHS, batch=BATCHES, line=LINES)
    assert all(at.button(key=f"go-{name}").disabled for name in ("line", "batch", "epoch"))


@pytest.mark.parametrize("lang", languages())
def test_a_line_past_the_end_is_replaced_and_said(lang: str) -> None:
    at = scene("lines", lang=lang, norm="none", line=LINES)
    assert value(at, "line") == len(walkthrough.lines(*place(at))) and str(LINES) in said(at)


def test_m_and_seed_are_those_of_every_scene() -> None:
    at = opened(view="all", m=8, seed=3, epoch=2, batch=12, line=1)
    network = walkthrough.at(*place(at))
    assert (network.settings.m, network.settings.seed, network.batch) == (8, 3, 12)
    taken = walkthrough.reads(network, walkthrough.lines(*place(at)), 0)
    assert any(set(block) == set(taken) for block in blocks(at))
    assert export.numpy_program(network).strip() in [each.value.strip() for each in at.code]
    (numerical,) = [block for block in blocks(at) if "numerical gradient" in block]
    assert numerical["numerical gradient"].shape == (8, 3)


# ------------------------------------------------------------------ three ways back


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("drop", walkthrough.DROPS)
@pytest.mark.parametrize("norm", ["before", "after"])
def test_the_paths_and_what_is_wrong_without_one(norm: str, drop: str, lang: str) -> None:
    at = scene("paths", lang=lang, norm=norm, drop=drop, epoch=5, batch=7)
    found, dropped = walkthrough.paths(*place(at)), walkthrough.DROPS[drop]
    shown = list(blocks(at)[-1].values())
    wanted = [*found.through.values(), found.without(*dropped).dz, found.numerical]
    for ours, theirs in zip(shown, wanted, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    (tables,) = [body for body in html(at) if body.count("<table") == 5]
    assert tables.count('class="faint"') == len(dropped)
    left = found.without(*dropped)
    assert f"**{number(left.difference, 3)}**" in said(at)
    assert not dropped or percent(left.share) in said(at)
    assert (left.difference > 1e-3) == bool(dropped)  # and tiny with all three
    (picture,) = [body for body in html(at) if 'class="ways"' in body]
    for x in found.through.values():
        assert number(float(x[0, 0]), 3) in escapes.unescape(picture)


@pytest.mark.parametrize("link", [{"scene": "paths"}, {}], ids=["named", "first"])
def test_the_answer_drops_what_the_question_forgets(link: dict) -> None:
    at = healthy(opened(**link).button(key="guess-fast").click().run())
    assert value(at, "drop") == "constants"
    left = walkthrough.paths(*place(at)).without("var", "mean")
    assert f"**{number(left.difference, 3)}**" in said(at)


def test_without_batch_norm_there_is_one_way_back() -> None:
    at = scene("paths", norm="none")
    assert not [body for body in html(at) if 'class="ways"' in body]
    assert "inside.drop" not in [group.key for group in at.button_group]


# ------------------------------------------------------------------ take it home


def test_the_programs_are_those_of_this_place() -> None:
    at = opened(scene="programs", norm="after", optimizer="adam", epoch=2, batch=3)
    network = walkthrough.at(*place(at))
    assert [code.value.strip() for code in at.code] == [export.numpy_program(network).strip()]


# ------------------------------------------------------------------ old links


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ({"drop": "mean"}, "paths"),
        ({"line": 12, "epoch": 3}, "lines"),
        ({"nonlinearity": "relu"}, "placement"),
        ({"images": "digits", "run": 41}, "placement"),
        ({"rule": "sgd", "run": 41}, "optimizers"),
        ({"alpha": 0.1}, "scale"),
        ({"lr": 1.0}, "growth"),
        ({"decay": 0.01, "run": 41}, "growth"),
    ],
)
def test_a_link_of_old_opens_the_scene_that_it_meant(link: dict, name: str) -> None:
    """It was led here with all controls of its lesson, of which some stayed there."""
    there = {"node": "bn1", "b": 2.0, "shift": 0.0}
    at = opened(**there, **link)
    assert value(at, "scene") == name and value(at, "seen")
    assert all(value(at, key) == wanted for key, wanted in link.items())
