"""Scenes on longer runs under AppTest: the numbers are the evidence, the words follow them."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore.network import Network
from experiments.network import bias, optimizers, placement, scale
from pages.inside.placement import CLOSE, LOOKS, ahead
from pages.inside.scale import BROKEN
from tests.complete import languages
from tests.pages.helpers import cells, chart, exact, open_lesson, said
from ui import runs
from ui.lessons import LESSONS

LESSON = "inside"


def opened(scene: str, **query: object) -> AppTest:
    """A scene, revealed, with its drawer open."""
    return open_lesson(LESSON, (f"more-{scene}",), scene=scene, seen=1, **query)


ALPHAS = LESSONS[LESSON].control("alpha").options


def heights(trace: dict) -> np.ndarray:
    """The y of a trace, as Plotly sends arrays."""
    y = trace["y"]
    return np.frombuffer(base64.b64decode(y["bdata"]), y["dtype"]) if "bdata" in y else np.array(y)


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the little network of the other sections may descend here, which is no `Network`."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was trained")

    scale.decay_as_rate()  # a live computation of a fifth of a second, kept from here on
    monkeypatch.setattr(Network, "gradient", refuse)
    monkeypatch.setattr(runs, "submit", refuse)


# ------------------------------------------------------------------ b left in


@pytest.mark.usefixtures("no_training")
def test_the_table_of_the_drift_is_the_evidence() -> None:
    shown = cells(opened("drift"), "drift")
    for row, name in enumerate(bias.RATES):
        of32, of64 = (bias.drift(name, dtype) for dtype in bias.DTYPES)
        wanted = of32.db.max(), of32.dbeta.max(), of32.b[:, -1].max(), of64.b[:, -1].max()
        assert shown[5 * row : 5 * row + 4] == exact(*map(float, wanted))


def test_what_is_said_of_the_drift_is_so() -> None:
    adam, sgd = (bias.drift(name, "float32") for name in ("adam", "sgd"))
    assert adam.b[:, -1].max() > 1e5 * sgd.b[:, -1].max()
    assert bias.drift("adam", "float64").db.max() < 1e-6 * 1e-8
    lines = [
        trace for trace in chart(opened("drift"), "figure-largest-b")["data"] if trace.get("name")
    ]
    assert len(lines) == 8


# ------------------------------------------------------------------ before or after


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("images", "lang"), [*((images, "en") for images in placement.SEEDS), ("mnist", "ko")]
)
@pytest.mark.parametrize("activation", placement.ACTIVATIONS)
def test_the_placements_are_the_evidence(activation: str, images: str, lang: str) -> None:
    at = opened("placement", nonlinearity=activation, images=images, rate=0.1, lang=lang)
    assert not at.exception and not at.warning
    found, a = placement.over_seeds(images), placement.ACTIVATIONS.index(activation)
    shown = cells(at, "placement")
    for n in range(len(LOOKS)):
        here, best = found.final[a, n, 1].mean(), found.at_best[a, n].mean()
        assert shown[4 * n : 4 * n + 2] == [f"{here:.4f}", f"{best:.4f}"]
        assert shown[4 * n + 2] == f"{found.rates[found.best[a, n]]:.4g}"
        up_to = found.rates[found.final[a, n].mean(axis=-1) > best - CLOSE].max()
        assert shown[4 * n + 3] == f"{up_to:.4g}"
    if lang == "en":
        _, before, after = found.at_best[a]
        phrase = {"more": "after is ahead", "less": "before is ahead", "level": "a tie"}
        assert phrase[ahead(after, before)[0]] in said(at)
        assert (f"flat parts of {activation}" in said(at)) == (activation != "relu")


def test_lines_over_the_steps_are_at_the_chosen_rate() -> None:
    found = placement.over_seeds("digits")
    at = opened("placement", nonlinearity="relu", images="digits", rate=0.3)
    lines = {
        trace["name"]: trace for trace in chart(at, "figure-by-step")["data"] if trace.get("name")
    }
    r = placement.RATES.index(0.3)
    np.testing.assert_allclose(heights(lines["before g"]), found.accuracy[2, 1, r].mean(axis=0))
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("shift", "wanted"), [(0.03, "more"), (0.0, "level"), (0.01, "level"), (-0.03, "less")]
)
@pytest.mark.parametrize("seeds", sorted({len(each) for each in placement.SEEDS.values()}))
def test_a_lead_counts_outside_its_interval(seeds: int, shift: float, wanted: str) -> None:
    base = np.linspace(0.9, 0.95, seeds)
    wobble = 0.009 * np.resize([1.0, -1.0, 0.0], seeds)
    which, _, half = ahead(base + shift + wobble - wobble.mean(), base)
    assert which == wanted and 0.01 < half < 0.03


# ------------------------------------------------------------------ optimizers


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("rule", "lang"), [*((rule, "en") for rule in optimizers.OPTIMIZERS), ("adam", "ko")]
)
def test_the_optimizers_are_the_evidence(rule: str, lang: str) -> None:
    at = opened("optimizers", rule=rule, lang=lang)
    assert not at.exception and not at.warning
    found, o = optimizers.sweep(), optimizers.OPTIMIZERS.index(rule)
    shown = cells(at, "optimizers")[o :: len(optimizers.OPTIMIZERS)]
    plain, bn = found.largest[o]
    rates = found.rates[o][found.best[o]]
    steps = found.judged[o].mean(axis=-1)
    assert shown == exact(*rates, *steps, found.gain[o], plain, bn, bn / plain)
    line = chart(at, "figure-gamma")["data"][1]
    np.testing.assert_allclose(heights(line), found.gamma[o, found.best[o, 1], 0, :, 0])
    curve = chart(at, "figure-curves")["data"][-1]
    np.testing.assert_allclose(heights(curve), found.curve[o, 1, found.best[o, 1], 0])


@pytest.mark.parametrize("images", optimizers.GRIDS)
def test_tolerance_is_more_than_the_gain_best_against_best(images: str) -> None:
    """What the passage says of both data sets."""
    found = optimizers.sweep(images)
    ratio = found.largest[:, 1] / found.largest[:, 0]
    assert (found.gain > 1).all() and (ratio > 2).all()
    assert (ratio > found.gain).all()


# ------------------------------------------------------------------ scale


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("alpha", [0.001, 1.0, 10.0])
def test_the_numbers_of_alpha_are_those_of_the_experiment(alpha: float, lang: str) -> None:
    at = opened("scale", alpha=alpha, lang=lang)
    assert not at.exception and not at.warning
    found, shown = scale.rescale(alpha), cells(at, "scale")
    assert shown[0] == f"{found.logits_moved:.4g}" and shown[1] == f"{found.changed:.4f}"
    assert shown[4:7] == exact(*(found.grad_ratio * alpha))
    assert f"{alpha:g}" in said(at)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_it_is_said_to_hold_where_it_holds(alpha: float) -> None:
    found = scale.rescale(alpha)
    away = np.abs(found.grad_ratio * alpha - 1).max()
    if found.var_ratio.min() > BROKEN:
        assert away < 0.05 and found.changed == 0 and found.logits_moved < 0.5
        assert alpha == 1 or found.plain_logits_moved > 20 * found.logits_moved
    else:
        assert away > 0.05 and found.logits_moved > 0.5
    assert found.logits_moved_exact < 1e-12


def test_the_page_says_where_it_breaks() -> None:
    assert "breaks through ε" in said(opened("scale", alpha=0.001))
    assert "breaks through ε" not in said(opened("scale", alpha=0.1))


@pytest.mark.usefixtures("no_training")
def test_the_growth_of_w_is_the_evidence() -> None:
    at, found = opened("growth"), scale.over_seeds()
    shown = cells(at, "growth")
    for r in range(len(found.rates)):
        assert shown[4 * r] == f"{found.growth[0, r, :, -1].mean():.4g}"
        assert shown[4 * r + 2] == f"{found.accuracy[0, r].mean():.4f}"
    names = [trace.get("name") for trace in chart(at, "figure-effective")["data"]]
    assert names.count(None) == 4 and len(names) == 8  # a band and a line for each decay
