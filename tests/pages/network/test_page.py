"""The lesson on the little network under AppTest: its numbers are the experiment's."""

from __future__ import annotations

import inspect
import json
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore import batch_norm_forward
from experiments.network import bias, learned, little, loop, walkthrough
from experiments.network.walkthrough import EPOCHS, M
from pages.network import a_or_z, b, count, learn, nudge
from pages.network.diagram import NODE, edges, layout
from pages.network.loop import LINES
from tests.complete import languages
from tests.pages import helpers
from tests.pages.arrays import assert_same, blocks
from tests.pages.helpers import cells, exact, healthy, said, together
from ui.lessons import LESSONS
from ui.little import PLACE
from ui.numbers import latex, number, short
from ui.state import Choice, Integer, Number

LESSON = "network"
SCENES = {scene.name: scene for scene in LESSONS[LESSON].scenes}
NORMS = ("before", "after", "none")


def scene(name: str, seen: bool = True, **query: object) -> AppTest:
    """A scene as a link opens it; revealed, with its drawer."""
    drawers = (f"more-{name}", "source-network-node") if seen else ()
    return helpers.opened(LESSON, drawers, scene=name, seen=int(seen), **query)


def guessed(name: str, option: str, **query: object) -> AppTest:
    at = helpers.opened(LESSON, scene=name, **query)
    return healthy(at.button(key=f"guess-{option}").click().run())


def value(at: AppTest, name: str) -> Any:
    return at.session_state[f"{LESSON}.{name}"]


def place(at: AppTest) -> tuple:
    return tuple(value(at, name) for name in PLACE)


def sent(at: AppTest, field: str) -> dict[str, Any]:
    """What was sent to the one component whose data has that field."""
    every = [json.loads(each.proto.json) for each in at.get("bidi_component") if each.proto.json]
    (found,) = [data for data in every if field in data]
    return found


def everything(at: AppTest) -> str:
    """All that was sent to the browser, in one string."""
    parts = [json.dumps(json.loads(each.proto.json)) for each in at.get("bidi_component")]
    return "\n".join([*parts, *(each.proto.body for each in at.get("html")), said(at)])


# ------------------------------------------------------------------ every scene, every control


@pytest.mark.parametrize("name", SCENES)
def test_every_option_is_answered(name: str) -> None:
    question = SCENES[name].question
    if question is None:
        for lang in languages():
            healthy(scene(name, lang=lang))
        return
    for option, lang in zip(question.options, cycle(languages())):
        at = guessed(name, option, lang=lang)
        answers = [*at.success, *at.info]
        assert len(answers) == 1 and bool(at.success) == (option == question.right), option
        assert "[[" not in answers[0].value and not at.button(key="scene-back").disabled
        assert not [button for button in at.button if button.key.startswith("guess-")]


def ends(name: str) -> list[object]:
    control = LESSONS[LESSON].control(name)
    if isinstance(control, Integer | Number):
        return [control.low, control.high]
    assert isinstance(control, Choice)
    return [control.options[0], control.options[-1]]


OURS = (*PLACE, "node", "phase", "nudge", "b", "shift", "unit")
ENDS = {name: ends(name) for name in OURS} | {"lang": languages()}


@pytest.mark.parametrize("link", together(ENDS))
def test_every_controls_ends_give_a_page(link: dict[str, Any]) -> None:
    at = helpers.opened(LESSON, view="all", **link)
    assert {name for name in OURS if value(at, name) != link[name]} <= {"node", "batch"}


# ------------------------------------------------------------------ the map


@pytest.mark.parametrize("norm", NORMS)
def test_the_diagram_is_the_experiments(norm: str) -> None:
    at = scene("map", norm=norm, node="z2", epoch=3)
    found, drawn = walkthrough.nodes(*place(at)), sent(at, "edges")
    assert [node["id"] for node in drawn["nodes"]] == list(found) and drawn["chosen"] == "z2"
    for edge in drawn["edges"]:
        node = found[edge["from"]]
        array = node.values[f"z_norm{node.layer}" if node.kind == "bn" else node.id]
        assert edge["shape"] == "×".join(map(str, array.shape))
    for node in drawn["nodes"]:
        shapes = [edge["shape"] for edge in drawn["edges"] if edge["from"] == node["id"]]
        for shape in shapes:  # a screen reader gets the same shape
            assert " × ".join(shape.split("×")) in node["says"]


@pytest.mark.parametrize("norm", NORMS)
def test_the_arrows_follow_the_computation(norm: str) -> None:
    found = walkthrough.nodes(norm, "tanh", "sgd", 1, 1)
    into = {}
    for one, other in edges(found):
        into.setdefault(other, []).append(one)
    behind = {"before": ["bn1"], "after": ["bn1"], "none": []}[norm]
    last = {"before": "a1", "after": "a_tilde1", "none": "a1"}[norm]
    assert into["z1"] == ["x", "W1"] + (["b1"] if norm == "none" else [])
    assert into["z2"][:2] == [last, "W2"] and into["loss"] == ["p", "y"]
    assert [name for name in into if name == "bn1"] == behind
    if behind:
        assert into["bn1"] == [{"before": "z1", "after": "a1"}[norm]]


@pytest.mark.parametrize("norm", NORMS)
def test_no_two_nodes_touch_and_all_stand_within_the_picture(norm: str) -> None:
    places = list(layout(walkthrough.nodes(norm, "tanh", "sgd", 1, 1)))
    height = sent(scene("map", norm=norm), "edges")["height"]
    assert max(each["top"] for each in places) + NODE <= height
    for i, one in enumerate(places):
        assert 0 <= one["column"] < 5
        for other in places[:i]:
            assert one["column"] != other["column"] or abs(one["top"] - other["top"]) > NODE


@pytest.mark.parametrize("norm", NORMS)
def test_every_node_shows_its_numbers_its_formula_and_its_source(norm: str) -> None:
    query = {"norm": norm, "activation": "relu", "optimizer": "adam", "epoch": 2, "batch": 3}
    at = scene("map", lang="ko" if norm == "after" else "en", **query)
    for name, node in walkthrough.nodes(*place(at)).items():
        at.session_state[f"{LESSON}.node"] = name
        healthy(at.run())
        for wanted in filter(None, (node.values, node.gradients)):
            (shown,) = [block for block in blocks(at) if set(block) == set(wanted)]
            assert_same(shown, wanted)
        assert inspect.getsource(node.shown).strip() in [code.value for code in at.code]
        if node.kind not in ("x", "y", "W", "b"):
            first = np.ravel(node.values[f"z_norm{node.layer}" if node.kind == "bn" else name])[0]
            formula = next(m.value for m in at.markdown if m.value.startswith("$$"))
            assert latex(float(first)) in formula


@pytest.mark.parametrize("norm", ["before", "after"])
def test_batch_norm_opens_into_the_four_steps_of_its_first_unit(norm: str) -> None:
    at = scene("map", norm=norm, node="bn2", epoch=4)
    (look,) = sent(at, "looks")["looks"]
    node, behind = walkthrough.nodes(*place(at)), {"before": "z", "after": "a"}[norm]
    z = node[f"{behind}2"].values[f"{behind}2"][:, 0]
    np.testing.assert_allclose(look["z"], z, atol=1e-12)
    known = node["bn2"].values
    assert look["gamma"] == known["gamma2"][0] and look["beta"] == known["beta2"][0]


@pytest.mark.parametrize("m", walkthrough.BATCHES)
def test_a_mean_for_each_unit_whatever_m_is(m: int) -> None:
    """What is said below the map."""
    at = scene("map", m=m)
    bn = walkthrough.nodes(*place(at))["bn1"].values
    assert bn["mean1"].shape == bn["var1"].shape == (3,) and bn["z_norm1"].shape == (m, 3)
    assert f"over the {m} examples of the mini-batch: 3 units, 3 means" in said(at)


@pytest.mark.parametrize("lang", languages())
def test_what_another_network_does_not_have_is_replaced_and_said(lang: str) -> None:
    at = scene("map", lang=lang, norm="none", node="bn2")
    assert value(at, "node") == "a2" and "bn2" in said(at)
    at = helpers.opened(LESSON, lang=lang, scene="map", norm="after", node="z_tilde1")
    assert value(at, "node") == "a_tilde1"
    assert value(scene("map", norm="before", node="b1"), "node") == "z1"
    at.session_state[f"{LESSON}.norm"] = "before"
    assert value(healthy(at.run()), "node") == "z_tilde1"


@pytest.mark.parametrize("m", walkthrough.BATCHES)
def test_a_mini_batch_past_the_end_of_an_epoch_is_replaced_and_said(m: int) -> None:
    last = walkthrough.BATCHES[m]
    for lang in languages():
        at = scene("loop", lang=lang, m=m, batch=last)
        assert value(at, "batch") == last
    if last < LESSONS[LESSON].control("batch").high:
        at = scene("loop", m=m, batch=last + 1)
        assert value(at, "batch") == last
        assert f"mini-batch {last + 1} is past its end" in said(at)
    healthy(at.button(key="go-batch").click().run())
    assert (value(at, "epoch"), value(at, "batch")) == (2, 1)


# ------------------------------------------------------------------ the loop


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("norm", NORMS)
def test_every_line_of_the_loop_lights_nodes_and_tells_its_numbers(norm: str, lang: str) -> None:
    at = scene("loop", norm=norm, epoch=2, batch=5, lang=lang)
    found = sent(at, "lines")
    nodes = {node["id"] for node in found["map"]["nodes"]}
    network = walkthrough.at(*place(at))
    known = little.numbers(little.lines(network))
    tables = {}
    for line, name in zip(found["lines"], LINES, strict=True):
        assert line["id"] == name and set(line["nodes"]) <= nodes
        assert line["nodes"] or (norm, name) in {("none", "norm"), ("none", "update")} or line
        tables[name] = [row["values"] for row in line["table"]["rows"]]
    assert set().union(*(line["nodes"] for line in found["lines"])) == nodes
    np.testing.assert_array_equal(tables["for"], network.x.T)
    np.testing.assert_array_equal(tables["forward"][0], known["z1"][:, 0])
    if norm != "none":
        earlier = little.numbers(walkthrough.lines(*place(at)[:4], 4, *place(at)[5:]))
        wanted = [earlier["mean1"], known["mean1"], earlier["var1"], known["var1"]]
        np.testing.assert_array_equal(tables["norm"], wanted)
        assert not np.allclose(wanted[0], wanted[1])  # each mini-batch has its own
        np.testing.assert_array_equal(tables["backward"][:2], [known["dgamma1"], known["dbeta1"]])
        was, new = network.net.gamma[1], known["gamma1"]
        np.testing.assert_array_equal(tables["update"][:2], [was, new])


def test_the_next_mini_batch_is_a_press_away_and_ends_with_the_last() -> None:
    at = scene("loop")
    healthy(at.button(key="go-batch").click().run())
    assert (value(at, "epoch"), value(at, "batch")) == (1, 2)
    assert scene("loop", epoch=EPOCHS, batch=walkthrough.BATCHES[M]).button(key="go-batch").disabled


# ------------------------------------------------------------------ one example moves all


def test_before_the_answer_nothing_is_nudged() -> None:
    at = helpers.opened(LESSON, scene="nudge")
    found = sent(at, "one")
    assert found["locked"] and found["before"] == found["after"] and found["guess"] is None


@pytest.mark.parametrize("option", ["none", "own"])
def test_a_nudge_moves_all_examples_and_the_guess_is_marked(option: str) -> None:
    found = sent(guessed("nudge", option), "one")
    before, after = (np.array(found[when]["z_tilde"]) for when in ("before", "after"))
    assert (np.abs(after - before) > 1e-3).all() and not found["locked"]
    z = [np.array(found[when]["z"]) for when in ("before", "after")]
    np.testing.assert_allclose(z[1] - z[0], [1.5, 0, 0, 0, 0, 0], atol=1e-12)
    moved = np.array(found["guess"]) - before
    assert np.count_nonzero(np.abs(moved) > 1e-9) == (option == "own")


def test_the_picture_of_the_nudge_has_room() -> None:
    control = LESSONS[LESSON].control("nudge")
    for by in (control.low, control.high):
        found = nudge_rows(by)
        low, high = nudge.ENDS
        assert all(low < found[name].min() and found[name].max() < high for name in nudge_ideas())


def nudge_rows(by: float) -> dict[str, np.ndarray]:
    network = walkthrough.at("before", "tanh", "sgd")
    z = little.numbers(little.lines(network))["z1"].copy()
    z[nudge.EXAMPLE, nudge.UNIT] += by
    gamma, beta = network.net.gamma[1], network.net.beta[1]
    tilde = loop.batch_norm_forward(z, gamma, beta)[0]
    return {"z": z[:, nudge.UNIT], "z_tilde": tilde[:, nudge.UNIT]}


def nudge_ideas() -> tuple[str, ...]:
    return ("z", "z_tilde")


# ------------------------------------------------------------------ b


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(("by", "shift"), [(2.0, 0.0), (-3.3, 0.5), (0.0, -2.0)])
def test_the_numbers_of_b_are_those_of_the_experiment(by: float, shift: float, lang: str) -> None:
    at = scene("b", b=by, shift=shift, lang=lang)
    found = bias.drag(by, shift, unit=b.UNIT)
    assert cells(at, "drag") == exact(
        found.z_moved, found.z_tilde_moved, found.logits_moved, found.db, found.dbeta
    )
    text = said(at)
    assert number(found.dbeta, 3) in text
    assert ((number(found.loss, 4)) in text) == bool(shift)
    assert ("움직" in text) == (lang == "ko")


@pytest.mark.parametrize(("by", "shift"), [(0.0, 0.0), (3.0, -1.5)])
def test_the_picture_gets_the_experiments_numbers(by: float, shift: float) -> None:
    found = bias.drag(by, shift, unit=b.UNIT)
    given = sent(scene("b", b=by, shift=shift), "locked")
    for idea in ("z", "z_tilde"):
        assert given["after"][idea] == getattr(found, idea).tolist()
        assert given["before"][idea] == getattr(found, f"{idea}_at_zero").tolist()
    assert given["tracks"]["b"]["value"] == by and given["tracks"]["shift"]["value"] == shift
    z = np.array(given["before"]["z"]) + by  # what the browser does while b is dragged
    gamma, beta = np.array([given["gamma"]]), np.array([given["beta"] + shift])
    z_tilde, _ = batch_norm_forward(z[:, None], gamma, beta, given["eps"])
    np.testing.assert_allclose(z_tilde[:, 0], found.z_tilde, atol=1e-12)


def test_before_the_answer_b_is_0() -> None:
    at = helpers.opened(LESSON, scene="b")
    given = sent(at, "locked")
    assert given["locked"] and given["before"] == given["after"] and given["guess"] is None
    found = bias.drag(2.0, unit=b.UNIT)
    assert json.dumps(found.z.tolist()[0]) not in everything(at)


@pytest.mark.parametrize("option", ["both", "beta", "none"])
def test_the_guess_about_b_is_marked(option: str) -> None:
    given = sent(guessed("b", option), "locked")
    if option == "none":
        assert given["guess"] is None
        return
    moved = np.array(given["guess"]) - given["before"]["z_tilde"]
    by = {"both": 2.0, "beta": 2.0 / np.std(given["before"]["z"])}[option]
    np.testing.assert_allclose(moved, by)


def test_the_axes_have_room_for_every_b_and_beta() -> None:
    for by in (-4.0, 4.0):
        for shift in (-2.0, 2.0):
            found = bias.drag(by, shift, unit=b.UNIT)
            for idea, (low, high) in b.ENDS.items():
                values = getattr(found, idea)
                assert low < values.min() and values.max() < high


# ------------------------------------------------------------------ γ and β learn


def test_before_the_answer_the_start_alone_is_sent() -> None:
    at = helpers.opened(LESSON, scene="learn")
    (look,) = sent(at, "looks")["looks"]
    assert (look["step"], look["gamma"], look["beta"]) == (0, 1.0, 0.0)
    found = learned.replay()
    for x in (found.gamma[-1, learned.UNIT - 1], found.beta[-1, learned.UNIT - 1]):
        assert short(float(x)) not in said(at)


@pytest.mark.parametrize("option", ["stay", "back", "own"])
def test_the_replay_is_the_run_and_the_guess_is_marked(option: str) -> None:
    at, found, unit = guessed("learn", option), learned.replay(), learned.UNIT - 1
    given = sent(at, "looks")
    assert [look["gamma"] for look in given["looks"]] == found.gamma[:, unit].tolist()
    assert [look["beta"] for look in given["looks"]] == found.beta[:, unit].tolist()
    z = np.array([look["z"] for look in given["looks"]])
    np.testing.assert_allclose(z, found.z[:, :, unit], atol=0.51 * 10**-learn.DIGITS)
    mean, std = found.mean[-1, unit], found.std[-1, unit]
    wanted = {"stay": {"mean": 0.0, "sd": 1.0}, "back": {"mean": mean, "sd": std}, "own": None}
    assert given["guess"] == wanted[option]
    (answer,) = [*at.success, *at.info]
    assert short(float(found.gamma[-1, unit])) in answer.value


def test_gamma_and_beta_leave_1_and_0_and_do_not_undo_the_normalization() -> None:
    """What the answers say, of every unit and every seed that is listed."""
    for seed in learned.SEEDS:
        found = learned.replay(seed)
        gone = np.hypot(found.gamma[-1] - 1, found.beta[-1])
        back = np.hypot(found.gamma[-1] - found.std[-1], found.beta[-1] - found.mean[-1])
        assert (gone > 0.05).all() and (back > 0.05).all()


def test_the_rows_have_room_for_every_look() -> None:
    found = learned.replay()
    z_norm = (found.z - found.mean[:, None]) / found.std[:, None]
    z_tilde = found.gamma[:, None] * z_norm + found.beta[:, None]
    for rows in (found.z, z_norm, z_tilde):
        assert learn.ENDS[0] < rows.min() and rows.max() < learn.ENDS[1]


# ------------------------------------------------------------------ a or z


def test_what_the_next_layer_gets_behind_batch_norm_is_beta_and_gamma() -> None:
    """The argument for a: mean β and standard deviation γ, up to ε."""
    net = walkthrough.at("after", "tanh", "sgd", EPOCHS, walkthrough.BATCHES[M]).net
    handed = a_or_z.values("after")["a_tilde"]
    assert handed.mean() == pytest.approx(net.beta[1][a_or_z.UNIT])
    assert handed.std() == pytest.approx(abs(net.gamma[1][a_or_z.UNIT]), rel=1e-3)


def test_neither_placement_is_always_ahead() -> None:
    gaps = [mean for mean, _ in a_or_z.gaps().values()]
    assert min(gaps) < 0 < max(gaps)
    at = scene("a_or_z")
    assert f"**{100 * max(map(abs, gaps)):.1f} points**" in said(at)
    assert len(cells(at, "a-or-z")) == 3 * len(gaps)
    assert not at.button(key="scene-next").disabled


# ------------------------------------------------------------------ how many


def test_parameters_are_counted_with_and_without_b() -> None:
    at = scene("count")
    for name, dataset in (("little", "moons"), ("digits", "digits")):
        shown = np.array(list(map(int, cells(at, f"counts {name}")))).reshape(-1, 7)
        own, kept = (
            little.parameter_counts(little.SIZES[dataset], "before", keep_bias=keep)
            for keep in (False, True)
        )
        assert shown[:-1, 4].tolist() == [one.learned for one in own]
        assert shown[:-1, 5].tolist() == [one.learned for one in kept]
        assert (shown[:-1].sum(axis=0) == shown[-1]).all()


def test_a_layer_of_fifty_learns_fifty_numbers_more() -> None:
    """gamma and beta come, b goes."""
    plain, kept, own = (count.layer(arm) for arm in ("plain", "kept", "own"))
    assert plain.learned + 50 == own.learned == kept.learned - 50 and own.running == 100
    assert plain.W == 64 * 50 and plain.b == 50


def test_before_the_answer_the_layer_without_batch_norm_alone_is_shown() -> None:
    before = everything(helpers.opened(LESSON, scene="count"))
    assert "3,250" in before and "3,300" not in before and "3,350" not in before
    after = everything(guessed("count", "hundred"))
    assert "3,300" in after and "← your guess" in after


# ------------------------------------------------------------------ old links


opened = partial(helpers.opened, LESSON)


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ({"node": "z2"}, "map"),
        ({"norm": "after", "m": 8}, "map"),
        ({"b": 1.5}, "b"),
        ({"shift": 0.5, "b": 2.0}, "b"),
        ({"b": 2.0, "node": "bn1"}, "map"),
    ],
)
def test_a_link_of_old_opens_the_scene_that_it_meant(link: dict, name: str) -> None:
    at = opened(**link)
    assert value(at, "scene") == name and value(at, "seen")
    assert all(value(at, key) == wanted for key, wanted in link.items())


def test_an_old_link_may_name_what_has_moved_as_it_was() -> None:
    moved = LESSONS[LESSON].moved
    link = {name: LESSONS[lesson].written_default(name) for name, lesson in moved.items()}
    assert value(opened(**link, node="x"), "node") == "x"
