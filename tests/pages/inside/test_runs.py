"""The live runs of the lesson `inside` under AppTest: what is trained, and what is said of it."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from experiments.job import Job
from experiments.network import optimizers, placement, scale
from experiments.pair import Pair, PairRun, train_pair
from pages.inside import growth as growth_scene
from pages.inside import live as one_more
from pages.inside import optimizers as optimizers_scene
from pages.inside import placement as placement_scene
from pages.inside.live import Own, Section
from tests.complete import languages
from tests.pages.helpers import cells, chart, open_lesson, said
from tests.pages.tickets import Ticket, asked_for
from ui.lessons import LESSONS
from ui.numbers import number, percent

LESSON = "inside"
opened = partial(open_lesson, LESSON, view="all")
SECTIONS = {
    section.LIVE.name: section.LIVE for section in (placement_scene, optimizers_scene, growth_scene)
}
SEED = LESSONS[LESSON].control("run").default
NOBODYS = 77  # a seed that is in no evidence


def heights(trace: dict) -> np.ndarray:
    """The y of a trace, as Plotly sends arrays."""
    y = trace["y"]
    return np.frombuffer(base64.b64decode(y["bdata"]), y["dtype"]) if "bdata" in y else np.array(y)


def named(at: AppTest, figure: str) -> dict[str, dict]:
    return {t["name"]: t for t in chart(at, figure)["data"] if t.get("name")}


def own(section: Section, *pairs: Pair) -> Own:
    """What is left of pairs once they have ended."""
    arms = {"none": section.keep(pairs[-1].plain)}
    arms |= {pair.config.norm: section.keep(pair.bn) for pair in pairs}
    last = pairs[-1]
    return Own(last.plain.config, arms, None if last.complete else last.steps)


def beside(at: AppTest, section: Section, *pairs: Pair) -> AppTest:
    """The page after these pairs have been trained."""
    at.session_state[section.own] = own(section, *pairs)
    at.run()
    assert not at.exception
    return at


def at_section(name: str, **query: object) -> AppTest:
    """Its scene alone, with its drawer."""
    return open_lesson(LESSON, (f"more-{name}",), scene=name, seen=1, **query)


trained = cache(train_pair)


def grown(lr: float, decay: float) -> Pair:
    return trained(scale.config(lr, decay, scale.STEPS, NOBODYS))


@cache
def begun(lr: float, decay: float) -> Pair:
    """As it is when it is stopped early."""
    run = PairRun(scale.config(lr, decay, scale.STEPS, NOBODYS))
    run.advance(6 * scale.EVERY)
    return run.upto(6 * scale.EVERY)


def optimized(rule: str, rung: int) -> Pair:
    return trained(optimizers.config(rule, optimizers.rates(rule)[rung - 1], "before", NOBODYS))


# ------------------------------------------------------------------ what is trained


def ended(job: Job) -> Ticket:
    """A run that is over as soon as it is asked for."""
    config = job.key[0]
    if config.lr == 0.1:
        ticket = Ticket(job)
        ticket.stop(at=60)  # between two steps at which shipped runs were looked at
        return ticket
    return Ticket(job, ["failed" if config.lr == 3.0 else "done"], train=trained)


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[Ticket]:
    """Which runs were asked for. At rate 3 they fail, at rate 0.1 they are stopped."""
    return asked_for(monkeypatch, ended)


def pressed(section: str, **query: object) -> AppTest:
    return at_section(section, **query).button(key=f"train-{section}").click().run()


def placed(rate: float, **more: object) -> AppTest:
    return pressed("placement", images="digits", nonlinearity="tanh", rate=rate, **more)


def test_the_first_seed_is_in_no_evidence() -> None:
    digits = optimizers.sweep()
    shown = {s for seeds in placement.SEEDS.values() for s in seeds} | set(scale.SEEDS)
    assert shown | {*digits.seeds.tolist(), *digits.judges.tolist()} == set(range(SEED))


def test_one_more_seed_is_trained_in_all_three_placements(submitted: list[Ticket]) -> None:
    at = placed(1.0, run=NOBODYS)
    assert not at.exception and not at.error
    wanted = [placement.config("tanh", n, 1.0, NOBODYS, "digits") for n in ("after", "before")]
    assert [ticket.config for ticket in submitted] == wanted
    assert list(named(at, "figure-one-more")) == ["without BN", "before g", "after g"]


def test_the_chosen_optimizer_is_trained_at_the_chosen_rate(submitted: list[Ticket]) -> None:
    at = pressed("optimizers", rule="momentum", rung=5, run=NOBODYS)
    assert not at.exception
    assert [ticket.config for ticket in submitted] == [
        optimizers.config("momentum", 0.032, "before", NOBODYS)
    ]
    assert len(cells(at, "optimizers-live")) == 8


def test_w_grows_as_the_controls_say(submitted: list[Ticket]) -> None:
    at = pressed("growth", lr=10.0, decay=0.03, run=NOBODYS)
    assert not at.exception
    assert [t.config for t in submitted] == [scale.config(10.0, 0.03, scale.STEPS, NOBODYS)]


def test_w_grows_in_the_picture_while_it_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as it is handed over, each time as a stop there would leave it; then the whole run."""
    asked = asked_for(monkeypatch, partial(Ticket, states=["running"] * 60, train=trained))
    at = open_lesson(LESSON, scene="growth", seen=1, run=NOBODYS, lr=3.0, decay=0.003)
    at.button(key="train-growth").click().run()
    name, lengths = f"seed {NOBODYS}", [0]
    while len(lengths) < 4:
        at.run()
        assert not at.exception
        lines = {key.lower(): line for key, line in named(at, "figure-live-growth").items()}
        if name not in lines:
            continue
        drawn = heights(lines[name])
        drawn = drawn[np.isfinite(drawn)]
        (ticket,) = asked
        wanted = ticket.pieces()[-1].arms["before"]
        whole = growth_scene._even(wanted, wanted.length)
        if len(drawn) > lengths[-1]:
            np.testing.assert_array_equal(drawn, whole[: len(drawn)])
            lengths.append(len(drawn))
    ticket.state = "done"
    at.run()
    lines = {key.lower(): line for key, line in named(at, "figure-live-growth").items()}
    last = scale.measured(grown(3.0, 0.003).bn)
    np.testing.assert_array_equal(heights(lines[name]), growth_scene._even(last, last.length))


@pytest.mark.parametrize(("rate", "error"), [(3.0, True), (0.1, False)])
def test_a_run_that_fails_or_is_stopped_is_the_last(
    rate: float, error: bool, submitted: list[Ticket]
) -> None:
    at = placed(rate)
    assert not at.exception and bool(at.error) == error and len(submitted) == 1
    assert ("Stopped at step 60 of 600" in said(at)) == (not error)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("section", ["optimizers", "growth"])
def test_what_is_stopped_is_shown_and_not_compared(
    section: str, lang: str, submitted: list[Ticket]
) -> None:
    """At learning rate 0.1: the second rung of SGD's ladder that is one."""
    at = pressed(section, rule="sgd", rung=3, lr=0.1, decay=0.003, lang=lang)
    assert not at.exception and [t.state for t in submitted] == ["stopped"]
    figure = {"optimizers": "figure-live-curves", "growth": "figure-live-growth"}[section]
    own = {"en": f"seed {SEED}", "ko": f"시드 {SEED}번"}[lang]
    live = [t for t in chart(at, figure)["data"] if own in t.get("name", "").lower()]
    assert np.isfinite(heights(live[0])).any() and np.isnan(heights(live[0])).any()
    compared = {"en": "shipped seeds (", "ko": "학습한 시드들의 범위("}[lang]
    assert compared not in said(at)


def test_the_seed_is_one_for_all_sections() -> None:
    at = opened(run=4)
    fields = [at.number_input(key=f"inside.run.{name}") for name in SECTIONS]
    assert [field.value for field in fields] == [4, 4, 4]
    fields[1].set_value(NOBODYS).run()
    assert at.session_state["inside.run"] == NOBODYS
    assert [at.number_input(key=f"inside.run.{name}").value for name in SECTIONS] == [NOBODYS] * 3
    assert at.query_params["run"] == str(NOBODYS)


@pytest.mark.parametrize(
    ("seed", "known", "judge"), [(0, 3, 0), (4, 3, 0), (7, 1, 1), (SEED, 0, 0)]
)
def test_a_seed_that_was_shipped_is_said_to_be(seed: int, known: int, judge: int) -> None:
    text = said(opened(run=seed, images="digits"))
    assert len(re.findall(rf"Seed {seed} is one of the \d+ shown above", text)) == known
    assert text.count("one of those that judged the best rates") == judge


def test_a_seed_may_be_new_to_mnist_alone() -> None:
    text = said(opened(run=3, images="mnist"))
    assert len(re.findall(r"Seed 3 is one of the \d+ shown", text)) == 2


# ------------------------------------------------------------------ before or after


def test_what_was_trained_is_shown_for_its_settings_alone() -> None:
    at = at_section("placement", images="digits", nonlinearity="tanh", rate=1.0, run=NOBODYS)
    pair = trained(placement.config("tanh", "after", 1.0, NOBODYS, "digits"))
    beside(at, SECTIONS["placement"], pair)
    lines = named(at, "figure-one-more")
    np.testing.assert_allclose(heights(lines["after g"]), pair.bn.accuracy)
    assert list(lines) == ["without BN", "after g"]
    assert cells(at, "live")[2] == f"{pair.bn.accuracy[-1]:.4f}"
    at.select_slider(key="inside.rate").set_value(0.1).run()
    assert not at.exception
    with pytest.raises(ValueError):
        chart(at, "figure-one-more")


# ------------------------------------------------------------------ optimizers


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(("rule", "rung"), [("adam", 10), ("sgd", 13)])
def test_the_live_optimizer_is_told_beside_the_shipped_ones(
    rule: str, rung: int, lang: str
) -> None:
    pair, found = optimized(rule, rung), optimizers.sweep()
    o, r = optimizers.OPTIMIZERS.index(rule), rung - 1
    at = at_section("optimizers", rule=rule, rung=rung, run=NOBODYS, lang=lang)
    beside(at, SECTIONS["optimizers"], pair)
    shown = cells(at, "optimizers-live")
    ends = [arm.accuracy[-1] for arm in (pair.plain, pair.bn)]
    assert shown[0:4:2] == [f"{end:.4f}" for end in ends]
    for n, values in enumerate(found.accuracy[o]):
        assert shown[2 * n + 1] == f"{values[r].min():.4f} {values[r].max():.4f}"
    steps = [optimizers.steps_to_target(arm.loss) for arm in (pair.plain, pair.bn)]
    assert shown[4::2] == ["nan" if np.isnan(s) else f"{s:.0f} {s:.0f}" for s in steps]
    lines = list(named(at, "figure-live-curves").values())
    assert len(lines) == 4
    np.testing.assert_allclose(heights(lines[1]), found.curve[o, 1, r, 0])
    if (at_step := pair.plain.diverged_at) is not None:
        assert {"en": f"After {at_step} steps", "ko": f"{at_step}스텝 만에"}[lang] in said(at)


def test_gamma_and_beta_of_the_live_run_lie_over_the_shipped_ones() -> None:
    pair, found = optimized("adam", 10), optimizers.sweep()
    at = at_section("optimizers", rule="adam", rung=10, run=NOBODYS)
    beside(at, SECTIONS["optimizers"], pair)
    paths = optimizers.paths(pair.bn)
    for name in ("gamma", "beta"):
        band, shipped, mean, least, largest = chart(at, f"figure-live-{name}")["data"][:5]
        assert band["fill"] == "toself"
        np.testing.assert_allclose(heights(shipped), getattr(found, name)[3, 9, 0, :, 0])
        for trace, values in zip((mean, least, largest), getattr(paths, name), strict=True):
            np.testing.assert_allclose(heights(trace), values[:, 0])


@pytest.mark.parametrize("rule", optimizers.OPTIMIZERS)
def test_every_rung_is_a_rate_of_the_sweep(rule: str) -> None:
    found = optimizers.sweep()
    rungs = LESSONS[LESSON].control("rung").options
    rates = [optimizers_scene._rate(rule, rung) for rung in rungs]
    assert rates == found.rates[optimizers.OPTIMIZERS.index(rule)].tolist()


# ------------------------------------------------------------------ W in training


def test_w_is_measured_and_foretold_beside_the_shipped_seeds() -> None:
    pair, found = grown(3.0, 0.003), scale.over_seeds()
    at = at_section("growth", lr=3.0, decay=0.003, run=NOBODYS)
    beside(at, SECTIONS["growth"], pair)
    bn, plain = scale.measured(pair.bn), scale.measured(pair.plain)
    shown = cells(at, "growth-live")
    assert shown[0] == f"{bn.length[-1]:.4g}" and shown[5] == f"{bn.misfit:.4g}"
    low, high = found.growth[2, 3, :, -1].min(), found.growth[2, 3, :, -1].max()
    assert shown[1] == f"{low:.4g} {high:.4g}"
    assert shown[-3] == f"{bn.accuracy:.4f}" and shown[-1] == f"{plain.accuracy:.4f}"
    lines = named(at, "figure-live-growth")
    measured, rings = heights(lines[f"Seed {NOBODYS}"]), heights(lines["from the gradients"])
    drawn = np.isfinite(rings)
    np.testing.assert_allclose(measured, bn.length)
    np.testing.assert_allclose(rings[drawn], measured[drawn], rtol=1e-4)
    text = said(at)
    assert number(bn.misfit, 2) in text and percent(plain.misfit) in text
    assert "among the shipped seeds" in text or "all shipped seeds" in text


@pytest.mark.parametrize("lang", languages())
def test_a_run_that_learned_nothing_is_told_as_that(lang: str) -> None:
    """The largest rate: with decay, nothing is left in the end but the decay."""
    at = at_section("growth", lr=10.0, decay=0.03, run=NOBODYS, lang=lang)
    assert {"en": "No shipped run has", "ko": "미리 학습한 결과는 없습니다"}[lang] in said(at)
    pair = grown(10.0, 0.03)
    bn, text = scale.measured(pair.bn), said(beside(at, SECTIONS["growth"], pair))
    assert bn.accuracy < one_more.LOST and bn.length[-1] < growth_scene.FADED
    assert {"en": "Nothing learned", "ko": "배운 것이 없습니다"}[lang] in text
    assert {"en": "Hardly a gradient arrives", "ko": "기울기가 거의 오지 않아"}[lang] in text
    # long before float32 runs out of digits
    assert bn.length[7] / bn.length[6] == pytest.approx((1 - 10.0 * 0.03) ** scale.EVERY, rel=0.02)


@pytest.mark.parametrize(("lr", "decay"), [(0.03, 0.0), (0.1, 0.03), (10.0, 0.0)])
def test_the_pictures_have_room_for_what_they_show(lr: float, decay: float) -> None:
    """From the first looks at a run on: its axes are made anew at each."""
    at = at_section("growth", lr=lr, decay=decay, run=NOBODYS)
    beside(at, SECTIONS["growth"], begun(lr, decay))
    for figure in ("figure-live-growth", "figure-live-effective"):
        axis, (line, *_) = chart(at, figure)["layout"]["yaxis"], chart(at, figure)["data"]
        low, high = axis["range"] if axis.get("type") != "log" else 10 ** np.array(axis["range"])
        drawn = heights(line)[np.isfinite(heights(line))]
        assert len(drawn) > 3 and low < drawn.min() and drawn.max() < high


# ------------------------------------------------------------------ where it lies


@pytest.mark.parametrize(
    ("accuracy", "where"), [(0.5, "below"), (0.9, "within"), (0.95, "within"), (0.96, "above")]
)
def test_a_live_run_lies_below_among_or_above(
    accuracy: float, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(one_more, "t", lambda key, **_: asked.append(key))
    one_more.lies("", accuracy, np.array([0.9, 0.93, 0.95], np.float32))
    assert asked == [f"inside.live.{where}"]


def test_a_shipped_seed_is_not_placed_beside_itself() -> None:
    """That it would be trained as it shipped is seen in test_scale."""
    left = own(SECTIONS["growth"], grown(3.0, 0.003))
    at = at_section("growth", lr=3.0, decay=0.003, run=2)
    at.session_state[SECTIONS["growth"].own] = replace(left, config=replace(left.config, seed=2))
    at.run()
    kept = left.arms["before"]
    assert not at.exception and f"{kept.accuracy:.4f}" in cells(at, "growth-live")
    assert "By luck alone" not in said(at)


def test_by_luck_alone_two_in_n_lie_outside_all_others() -> None:
    others = len(scale.over_seeds().seeds)
    draws = np.random.default_rng(0).normal(size=(20_000, others + 1))
    new, old = draws[:, 0], draws[:, 1:]
    outside = (new < old.min(axis=1)) | (new > old.max(axis=1))
    assert outside.mean() == pytest.approx(2 / (others + 1), abs=0.01)
    at = at_section("growth", lr=3.0, decay=0.003, run=NOBODYS)
    beside(at, SECTIONS["growth"], grown(3.0, 0.003))
    assert f"{others} others in 2 cases of {others + 1}" in said(at)


def test_a_ticket_stopped_early_is_the_runs_beginning() -> None:
    pair = train_pair(scale.config(1.0, 0.0, 60, 5))
    part, whole = scale.measured(pair.upto(30).bn), scale.measured(pair.bn)
    np.testing.assert_array_equal(part.step, [0, 25, 30])
    np.testing.assert_allclose(part.length[:2], whole.length[:2])
