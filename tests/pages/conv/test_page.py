"""The scenes of lesson `conv` under AppTest: their numbers are the experiments', runs come."""

from __future__ import annotations

import base64
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore import batch_norm_forward, data
from bncore.network import Network
from experiments.conv import affine, branch, channel, net, rank, twin
from experiments.conv.net import Arms
from experiments.job import Job
from experiments.runner import Status
from pages.conv import LESSON
from tests.complete import languages
from tests.locales.numerals import texts
from tests.pages.helpers import cells, chart, exact, healthy, open_lesson, said
from ui import runs
from ui.numbers import number, percent, short


def scene(name: str, **query: object) -> AppTest:
    """One scene, revealed, with its drawer open."""
    query = {"seen": 1} | query
    return healthy(open_lesson(LESSON, (f"more-{name}",), scene=name, **query))


def asked(name: str, **query: object) -> AppTest:
    """The same before its answer."""
    return healthy(open_lesson(LESSON, scene=name, lang="en", **query))


def mounted(at: AppTest, name: str) -> dict:
    """What a component was given."""
    (found,) = [c for c in at.get("bidi_component") if c.proto.component_name == name]
    return json.loads(found.proto.json)


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was trained")

    monkeypatch.setattr(Network, "gradient", refuse)
    monkeypatch.setattr(runs, "submit", refuse)


# ------------------------------------------------------------------ one channel


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("at", [1, 6])
def test_the_cloud_is_the_channel_and_its_numbers_are_batch_norm(at: int) -> None:
    page = scene("channel", channel=at, step=4, gamma=1.5, beta=-0.5, lang="en")
    given, found = mounted(page, "stage"), channel.channel(at - 1)
    np.testing.assert_allclose(given["z"], found.z)
    z_tilde, cache = batch_norm_forward(found.z[:, None].astype(float), [1.5], [-0.5])
    np.testing.assert_allclose(given["rows"][3], z_tilde[:, 0])
    assert given["statistics"]["mean"] == pytest.approx(float(cache.mean[0]))
    assert f"**{channel.BATCH * 64}**" in said(page)
    assert f"4 × 64 = {4 * 64}" in said(page)


def test_before_the_answer_nothing_is_normalized() -> None:
    given = mounted(asked("channel"), "stage")
    assert len(given["rows"]) == 1 and given["statistics"] == {} and given["sliders"] == []


@pytest.mark.parametrize("language", languages())
def test_what_questions_name_is_what_is_asked(language: str) -> None:
    words = dict(texts(language))

    def figures(key: str) -> list[int]:
        return [
            int(x) for x in re.findall(r"(?<![\d×])\d+(?![\d×])", words[f"conv.questions.{key}"])
        ]

    counts = channel.counts()
    assert figures("gammas.ask") == [counts["channels"], channel.BATCH]
    for option, count in (("channel", "channels"), ("pixel", "per_pixel")):
        assert figures(f"gammas.{option}")[0] == counts[count]
    assert figures("gammas.image")[0] == channel.BATCH
    assert figures("twin.ask") == [twin.CONFIG.steps]
    assert figures("share.ask") == [LESSON.default("depth", "branch")]
    assert figures("rank.ask") == [LESSON.default("layer", "rank")]
    assert float(re.findall(r"[\d.]+", words["conv.controls.rate.options.same"])[0]) == twin.SAME


# ------------------------------------------------------------------ the twins


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("rate", twin.SETTINGS)
def test_the_shipped_twins_are_shown(rate: str) -> None:
    at, found = scene("twin", rate=rate, lang="en"), twin.of(rate)
    for a in range(2):
        assert percent(float(found.accuracy[a, :, -1].mean())) in said(at)
    assert cells(at, "twin")[1::2] == [f"{x:.4f}" for x in found.accuracy[..., -1].mean(axis=1)]
    names = [trace.get("name") for trace in chart(at, "twins")["data"]]
    assert "with BN" in names and "without BN" in names


def test_at_one_rate_the_twin_is_further_behind() -> None:
    own, same = (twin.of(rate).mean for rate in twin.SETTINGS)
    assert same[0] - same[1] > 2 * (own[0] - own[1]) > 0


def test_before_the_answer_the_twin_is_not_there() -> None:
    figure = chart(asked("twin"), "twins")
    assert [trace["name"] for trace in figure["data"] if trace.get("name")] == ["with BN"]


def test_a_run_is_asked_for_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = np.arange(0, twin.CONFIG.steps + 1, twin.EVERY)
    mine = Arms(np.array([5]), np.ones(2), looks, np.full((2, 1, len(looks)), 0.321))
    jobs: list[Job] = []

    def submit(job: Job) -> SimpleNamespace:
        jobs.append(job)
        over = Status("done", 0, 300, 300, None, False, 0)
        return SimpleNamespace(job=job, status=lambda: over, result=lambda: mine)

    monkeypatch.setattr(runs, "submit", submit)
    at = scene("twin", run=5, lang="en")
    healthy(at.button(key="train-twins").click().run())
    assert [job.key for job in jobs] == [("conv", "own", 5)]
    healthy(at.run())
    (line,) = [each for each in chart(at, "twins")["data"] if each.get("name") == "without BN"]
    y = np.frombuffer(base64.b64decode(line["y"]["bdata"]), line["y"]["dtype"])
    assert len(jobs) == 1 and set(y.tolist()) == {0.321}


# ------------------------------------------------------------------ deep


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("block", [1, 7, 50])
def test_the_trunk_is_the_experiment(block: int) -> None:
    at = scene("branch", depth=block, lang="en")
    panels = mounted(at, "deep")["panels"]
    for arm, norm in ((0, "none"), (1, "before")):
        found = branch.growth(norm)
        np.testing.assert_allclose(panels[0]["arms"][arm]["values"], found.trunk[1:], rtol=1e-4)
        np.testing.assert_allclose(panels[1]["arms"][arm]["values"], found.share, rtol=1e-4)
        assert percent(float(found.share[block - 1])) in said(at)
        assert number(float(found.trunk[block]), 3) in said(at)
    for panel in panels:
        low, high = panel["ends"]
        values = [v for arm in panel["arms"] for v in arm["values"]]
        assert low <= min(values) and max(values) <= high


@pytest.mark.parametrize("name", ["branch", "rank"])
def test_before_the_answer_two_layers_are_known(name: str) -> None:
    given = mounted(asked(name), "deep")
    assert given["told"] is False and given["locked"] is True
    assert {len(arm["values"]) for panel in given["panels"] for arm in panel["arms"]} == {2}


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("activation", rank.ACTIVATIONS)
def test_rank_and_cosine_are_the_experiment(activation: str) -> None:
    at = scene("rank", layer=20, activation=activation, lang="en")
    panels = mounted(at, "deep")["panels"]
    for arm, norm in ((0, "none"), (1, "before")):
        found = rank.collapse(norm, activation)
        np.testing.assert_allclose(panels[0]["arms"][arm]["values"], found.rank, rtol=1e-4)
        np.testing.assert_allclose(panels[1]["arms"][arm]["values"], found.cosine, rtol=1e-3)
        assert number(float(found.rank[19]), 3) in said(at)
        assert short(float(found.cosine[19])) in said(at)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("name", "module", "before"),
    [("necessary", branch, 2), ("affine", affine, 1)],
)
def test_trained_arms_are_the_shipped_ones(name, module, before) -> None:
    found, at = module.load(), scene(name, lang="en")
    for mean in found.accuracy[..., -1].astype(float).mean(axis=1):
        assert percent(float(mean)) in said(at)
    means = cells(at, name)
    assert means[0::2] == exact(*found.rate)
    first = chart(asked(name), name)["data"]
    assert len([trace for trace in first if trace.get("name")]) == before


def test_affine_counts_are_those_of_the_network() -> None:
    counts, width = affine.counts(), affine.CONFIG.width
    assert counts["affine"] == 2 * affine.CONFIG.depth * width
    assert counts["last"] == 10 * width + 10
    at = scene("affine", lang="en")
    assert f"{counts['affine']} numbers" in said(at) and f"{counts['last']} numbers" in said(at)


@pytest.mark.parametrize("lang", languages())
def test_the_network_is_the_one_that_is_told(lang: str) -> None:
    at = scene("twin", lang=lang)
    for count in (*net.CHANNELS, twin.CONFIG.batch_size, twin.CONFIG.steps, len(twin.SEEDS)):
        assert str(count) in said(at)
    assert data.DATASETS["digits"].image_shape == (8, 8)
