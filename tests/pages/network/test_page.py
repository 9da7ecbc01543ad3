"""The lesson on the little network under AppTest: its numbers are the experiment's."""

from __future__ import annotations

import html as escapes
import inspect
import json
import re
from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore.optimizers import OPTIMIZERS
from experiments.network import export, little, loop, walkthrough
from experiments.network.walkthrough import EPOCHS, LINES, M
from pages.network import step as network_step
from pages.network.map import NODE, edges, layout
from pages.network.place import PLACE
from tests.complete import languages
from tests.pages import helpers
from tests.pages.helpers import healthy
from ui.lessons import LESSONS
from ui.numbers import latex, number, percent
from ui.state import Choice, Integer

LESSON = "network"
OURS = ("norm", "activation", "optimizer", "node", "epoch", "line", "drop", "m", "seed")
NORMS = ("before", "after", "none")
BATCHES = walkthrough.BATCHES[M]
opened = partial(helpers.opened, LESSON)


def _sections() -> None:
    """Our sections alone: a hundred lines are soon walked through."""
    from pages.network import map as network_map
    from pages.network import place as network
    from pages.network import step as network_step
    from ui import state
    from ui.lessons import LESSONS

    state.begin("network", LESSONS["network"].controls)
    network.settle()
    network_map.detail()
    network_step.walk()
    network_step.three_paths()


def sections(drawers: tuple[str, ...] = (), **query: object) -> AppTest:
    """What follows from the link in those sections."""
    at = AppTest.from_function(_sections)
    for name, value in query.items():
        at.query_params[name] = str(value)
    for drawer in drawers:
        at.session_state[drawer] = True
    return healthy(at.run())


def value(at: AppTest, name: str) -> object:
    return at.session_state[f"{LESSON}.{name}"]


def place(at: AppTest) -> tuple:
    return tuple(value(at, name) for name in PLACE)


def html(at: AppTest) -> list[str]:
    return [each.proto.body for each in at.get("html")]


def said(at: AppTest) -> str:
    return "\n".join(each.value for each in [*at.markdown, *at.caption])


def diagram(at: AppTest) -> dict:
    (found,) = [
        json.loads(each.proto.json)
        for each in at.get("bidi_component")
        if "edges" in each.proto.json
    ]
    return found


ROW = re.compile(r"<tr><th[^>]*>(.*?)</th>(.*?)</tr>")
CELL = re.compile(r'<td data-value="([^"]*)"')


def numbers_of(body: str) -> dict[str, np.ndarray]:
    """The arrays in one block of tables by name."""
    found = {}
    for look, name, table in re.findall(
        r'<table class="([^"]*)" data-name="([^"]*)".*?>(.*?)</table>', body
    ):
        rows = ROW.findall(table.split("<tbody>")[1])
        if look == "of-units":
            for head, cells in rows:
                found[re.search(r"<code[^>]*>(.*?)<", head)[1]] = np.array(
                    CELL.findall(cells), float
                )
        else:
            caption = re.search(r"<caption>(.*?)</caption>", table)[1]
            found[name or caption] = np.array([CELL.findall(cells) for _, cells in rows], float)
    return found


def blocks(at: AppTest) -> list[dict[str, np.ndarray]]:
    """The numbers of the chosen node, those of the line (taken, given), those of the paths."""
    return [numbers_of(body) for body in html(at) if 'class="arrays"' in body]


def assert_same(shown: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> None:
    assert list(shown) and set(shown) == set(wanted)
    for name, array in wanted.items():
        np.testing.assert_array_equal(shown[name].ravel(), np.ravel(array), err_msg=name)


# ------------------------------------------------------------------ every end of every control


def ends(name: str) -> list[object]:
    control = LESSONS[LESSON].control(name)
    if isinstance(control, Integer):
        return [control.low, control.high]
    assert isinstance(control, Choice)
    return [control.options[0], control.options[-1]]


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(("name", "end"), [(name, end) for name in OURS for end in ends(name)])
def test_every_controls_ends_give_a_page(name: str, end: object, lang: str) -> None:
    at = opened(("programs", "source-network-node"), lang=lang, **{name: end})
    assert value(at, name) == end
    assert len(blocks(at)) >= (2 if value(at, "norm") == "none" else 4)


# ------------------------------------------------------------------ the map


@pytest.mark.parametrize("norm", NORMS)
def test_the_diagram_is_the_experiments(norm: str) -> None:
    at = opened(norm=norm, node="z2", epoch=3)
    found, drawn = walkthrough.nodes(*place(at)), diagram(at)
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
    assert max(each["top"] for each in places) + NODE <= 446  # its height in style.css
    for i, one in enumerate(places):
        assert 0 <= one["column"] < 5
        for other in places[:i]:
            assert one["column"] != other["column"] or abs(one["top"] - other["top"]) > NODE


@pytest.mark.parametrize("norm", NORMS)
def test_every_node_shows_its_numbers_its_formula_and_its_source(norm: str) -> None:
    query = {"norm": norm, "activation": "relu", "optimizer": "adam", "epoch": 2, "batch": 3}
    lang = "ko" if norm == "after" else "en"
    at = sections(("source-network-node",), lang=lang, **query)
    for name, node in walkthrough.nodes(*place(at)).items():
        at.session_state[f"{LESSON}.node"] = name
        healthy(at.run())
        assert_same(blocks(at)[0], node.values | node.gradients)
        assert inspect.getsource(node.shown).strip() in [code.value for code in at.code]
        if node.kind not in ("x", "y", "W", "b"):
            first = np.ravel(node.values[f"z_norm{node.layer}" if node.kind == "bn" else name])[0]
            formula = next(m.value for m in at.markdown if m.value.startswith("$$"))
            assert latex(float(first)) in formula


@pytest.mark.parametrize("norm", NORMS)
def test_parameters_are_counted_with_and_without_b(norm: str) -> None:
    at = opened(norm=norm)
    for name, dataset in (("little", "moons"), ("digits", "digits")):
        (body,) = [each for each in html(at) if f'class="counts {name}"' in each]
        cells = [int(x) for x in re.findall(r'data-value="(\d+)"', body)]
        own, kept = (
            little.parameter_counts(little.SIZES[dataset], norm, keep_bias=keep)
            for keep in (False, True)
        )
        shown = np.array(cells).reshape(-1, 7)
        assert shown[:-1, 4].tolist() == [one.learned for one in own]
        assert shown[:-1, 5].tolist() == [one.learned for one in kept]
        assert (shown[:-1].sum(axis=0) == shown[-1]).all()


def test_a_layer_of_fifty_learns_fifty_numbers_more() -> None:
    """Check 1: gamma and beta come, b goes."""
    sizes = little.SIZES["digits"]
    plain, normed = (little.parameter_counts(sizes, norm)[1] for norm in ("none", "before"))
    assert plain.learned + 50 == normed.learned and normed.running == 100


def test_one_example_moves_all_behind_batch_norm() -> None:
    """The question at the top."""
    network = walkthrough.at("before", "tanh", "sgd")
    z = little.numbers(little.lines(network))["z1"]
    moved = z.copy()
    moved[0] += 0.1
    gamma, beta = network.net.gamma[1], network.net.beta[1]
    one, other = (loop.batch_norm_forward(each, gamma, beta)[0] for each in (z, moved))
    assert (np.abs(one - other).max(axis=1) > 1e-3).all()


# ------------------------------------------------------------------ the step


@pytest.mark.parametrize("norm", NORMS)
def test_every_line_is_lit_with_the_numbers_it_takes_and_gives(norm: str) -> None:
    at = sections(norm=norm, epoch=2, batch=5)
    steps, network = walkthrough.lines(*place(at)), walkthrough.at(*place(at))
    for i, line in enumerate(steps):
        assert value(at, "line") == i + 1
        listing = next(body for body in html(at) if 'class="listing"' in body)
        lit = "".join(re.findall(r'<span class="lit"[^>]*>(.*?)</span>', listing, re.DOTALL))
        assert escapes.unescape(lit).split() == line.code.split()
        taken = walkthrough.reads(network, steps, i)
        shown = blocks(at)[1 : None if norm == "none" else -1]
        if taken:
            assert_same(shown.pop(0), taken)
        if line.values:
            (given,) = shown
            for name, array in given.items():
                np.testing.assert_array_equal(array.ravel(), np.ravel(line.values[name]))
            assert set(line.values) - set(given) <= set(taken)
        healthy(at.button(key="go-line").click().run())
    assert (value(at, "line"), value(at, "batch")) == (1, 6)


@pytest.mark.parametrize("lang", languages())
def test_the_place_and_the_loss_are_told(lang: str) -> None:
    at = opened(lang=lang, epoch=4, batch=2, optimizer="adam")
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
    at = sections(**dict(zip(("epoch", "batch", "line"), before, strict=True)))
    healthy(at.button(key=f"go-{button}").click().run())
    assert tuple(value(at, name) for name in ("epoch", "batch", "line")) == after


def test_at_both_ends_there_is_no_way_on() -> None:
    assert network_step.onward(LAST, LINES, BATCHES) is network_step.next_epoch(LAST) is None
    assert network_step.back((1, 1, 1), LINES, BATCHES) is None
    at = opened()
    assert at.button(key="go-back").disabled and at.button(key="go-restart").disabled
    at = opened(epoch=EPOCHS, batch=BATCHES, line=LINES)
    assert all(at.button(key=f"go-{name}").disabled for name in ("line", "batch", "epoch"))


@pytest.mark.parametrize("lang", languages())
def test_what_another_network_does_not_have_is_replaced_and_said(lang: str) -> None:
    at = opened(lang=lang, norm="none", line=LINES, node="bn2")
    assert value(at, "line") == len(walkthrough.lines(*place(at))) and value(at, "node") == "a2"
    assert str(LINES) in said(at) and "bn2" in said(at)
    at = sections(lang=lang, norm="after", node="z_tilde1")
    assert value(at, "node") == "a_tilde1"
    assert value(opened(norm="before", node="b1"), "node") == "z1"
    at.session_state[f"{LESSON}.norm"] = "before"
    assert value(healthy(at.run()), "node") == "z_tilde1"


@pytest.mark.parametrize("m", walkthrough.BATCHES)
def test_a_mini_batch_past_the_end_of_an_epoch_is_replaced_and_said(m: int) -> None:
    last = walkthrough.BATCHES[m]
    for lang in languages():
        at = sections(lang=lang, m=m, batch=last)
        assert value(at, "batch") == last and f"{last + 1}" not in at.caption[0].value
    if last < LESSONS[LESSON].control("batch").high:
        at = sections(m=m, batch=last + 1)
        assert value(at, "batch") == last
        assert f"mini-batch {last + 1} is past its end" in at.caption[0].value
    healthy(at.button(key="go-batch").click().run())
    assert (value(at, "epoch"), value(at, "batch")) == (2, 1)


def test_m_and_seed_are_those_of_every_section() -> None:
    at = opened(("programs",), m=8, seed=3, epoch=2, batch=12, node="z1", line=1)
    network = walkthrough.at(*place(at))
    assert (network.settings.m, network.settings.seed, network.batch) == (8, 3, 12)
    assert_same(
        blocks(at)[0],
        walkthrough.nodes(*place(at))["z1"].values
        | (walkthrough.nodes(*place(at))["z1"].gradients),
    )
    assert blocks(at)[0]["z1"].shape == (8, 3)
    assert_same(blocks(at)[1], walkthrough.reads(network, walkthrough.lines(*place(at)), 0))
    assert "**12** of 12" in said(at) and "of 8 examples" in said(at)
    assert export.numpy_program(network).strip() in [each.value.strip() for each in at.code]
    (numerical,) = [block for block in blocks(at) if "numerical gradient" in block]
    assert numerical["numerical gradient"].shape == (8, 3)


# ------------------------------------------------------------------ three ways back


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("drop", walkthrough.DROPS)
@pytest.mark.parametrize("norm", ["before", "after"])
def test_the_paths_and_what_is_wrong_without_one(norm: str, drop: str, lang: str) -> None:
    at = sections(lang=lang, norm=norm, drop=drop, epoch=5, batch=7)
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


def test_without_batch_norm_there_is_one_way_back() -> None:
    at = opened(norm="none")
    assert not [body for body in html(at) if 'class="ways"' in body]
    assert "drop" not in [group.key for group in at.button_group]


# ------------------------------------------------------------------ take it home


def test_the_programs_are_those_of_this_place() -> None:
    at = opened(("programs",), norm="after", optimizer="adam", epoch=2, batch=3)
    shown = [code.value for code in at.code]
    for program in export.PROGRAMS.values():
        assert program(walkthrough.at(*place(at))).strip() in [each.strip() for each in shown]
