"""Noisy batch norm: what shipped, what is claimed of it, and a part of it re-run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import Network, RunConfig, ks, wasserstein1
from bncore.data import load as load_data
from experiments import evidence
from experiments.descent import initial
from experiments.why import noisy
from experiments.why.noisy import ARMS, CLAIMS, SETTINGS, Noisy, jolted, load, numbers


@pytest.fixture
def shipped() -> dict[str, Noisy]:
    return {setting: load(setting) for setting in SETTINGS}


def with_arm(found: dict[str, Noisy], arm: str, by: str) -> dict[str, Noisy]:
    """As if one arm had done what another did."""
    rows = [ARMS.index(by if name == arm else name) for name in ARMS]
    names = ("accuracy", "loss", "shift", "shift_in_sd", "ks", "percentiles")
    return {
        setting: replace(each, **{name: getattr(each, name)[rows] for name in names})
        for setting, each in found.items()
    }


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_shipped_is_of_these_settings(setting: str) -> None:
    found, about = load(setting), evidence.about("noisy")[setting]
    assert RunConfig(**about["config"]) == SETTINGS[setting]
    assert list(found.seeds) == about["seeds"] and len(found.seeds) >= 5
    assert found.step[-1] == SETTINGS[setting].steps and np.diff(found.step).tolist() == [20] * 15
    for name, stated in about["outcome"].items():
        values = numbers(found)[name]
        assert values.mean() == pytest.approx(stated["mean"], rel=1e-4)
        assert values.std(ddof=1) == pytest.approx(stated["sd"], rel=1e-3, abs=1e-5)


def test_no_setting_of_another_name() -> None:
    with pytest.raises(KeyError):
        load("four")


@pytest.mark.parametrize(
    "claim, arm, by",
    [
        ("noise_does_not_slow", "noisy_bn", "noisy_plain"),
        ("noise_does_not_slow", "plain", "bn"),
        ("it_shifts_far_more", "noisy_bn", "bn"),
        ("it_shifts_far_more", "plain", "noisy_plain"),
        ("scale_decides_early", "plain", "bn"),
    ],
)
def test_the_claim_falls_when_the_effect_is_gone(claim: str, arm: str, by: str, shipped) -> None:
    assert not CLAIMS[claim](with_arm(shipped, arm, by))


def test_unlike_in_the_paper_the_noise_does_not_break_the_plain_network(shipped) -> None:
    """It is slower, and does learn."""
    n = numbers(shipped["three"])
    assert (n["accuracy.noisy_plain"] < n["accuracy.plain"]).all()
    assert n["accuracy.noisy_plain"].min() > 0.35


# How it is measured


@pytest.fixture(scope="module")
def jumpy() -> tuple[Network, np.ndarray]:
    network = jolted(initial([RunConfig(depth=3, width=20, activation="tanh")]))
    x, y = load_data("digits").x_train[None, :64], load_data("digits").y_train[None, :64]
    network.gradient(x, np.eye(10, dtype=np.float32)[y], [np.random.default_rng(0)])
    return network, x


def test_what_enters_is_what_training_computed(jumpy) -> None:
    network, x = jumpy
    u = noisy.entering(network, x)
    logits = network.activation.forward(u) @ network.W[-1] + network.b[-1]
    np.testing.assert_allclose(logits, network._last.forward(x), atol=1e-5)
    assert u.mean(axis=1).std() > 0.5 and u.std(axis=1).max() > 1.3


def test_a_jolted_network_starts_like_the_other(jumpy) -> None:
    network, x = jumpy
    still = initial([RunConfig(depth=3, width=20, activation="tanh")])
    np.testing.assert_array_equal(still.forward(x), network.forward(x))


def test_shift_is_between_neighbouring_looks() -> None:
    looks = noisy.Looks(np.zeros((1, 4, 2)))
    looks.seen = [np.array([[[0.0, 1, 2, 3], [0, 0, 2, 2]]])]
    looks.seen.append(looks.seen[0] * 2)
    looks.seen.append(looks.seen[1] + 5)
    moved = [(0 + 1 + 2 + 3) / 4, (0 + 0 + 2 + 2) / 4]
    np.testing.assert_allclose(looks.between(wasserstein1), [[np.mean(moved), 5]])
    in_sd = [moved[0] / np.sqrt(1.25), moved[1] / 1]
    np.testing.assert_allclose(looks.between(noisy.in_sd)[0, 0], np.mean(in_sd))
    assert looks.between(ks)[0, 1] > 0.7
    assert looks.percentiles().shape == (1, 3, 3)
    np.testing.assert_allclose(looks.percentiles()[0, :, 1], [1.5, 3, 8])


# A part of it once more


@pytest.fixture(scope="module")
def short():
    settings = {"three": replace(SETTINGS["three"], steps=100)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(noisy, "SETTINGS", settings)
        return noisy.one_seed(0)


def test_a_rerun_is_what_shipped(short: Noisy) -> None:
    """Within what other matrix kernels make of it."""
    there = load("three")
    assert np.abs(short.accuracy[:, 0] - there.accuracy[:, 0, :6]).max() < 0.06
    assert np.abs(short.ks[:, 0] - there.ks[:, 0, :5]).max() < 0.06
    np.testing.assert_allclose(short.shift[:, 0], there.shift[:, 0, :5], rtol=0.2, atol=0.02)


def test_the_rerun_shows_the_same(short: Noisy) -> None:
    plain, _, bn, noisy_bn = short.accuracy[:, 0, -1]
    assert plain < 0.5 and min(bn, noisy_bn) > 0.85 and abs(bn - noisy_bn) < 0.03
    assert short.shift[3].mean() > 10 * short.shift[2].mean()


def test_one_can_watch_it_and_stop_it() -> None:
    said: list[tuple[int, int]] = []
    found = noisy.one_seed(1, "five", lambda *now: said.append(now), lambda: len(said) >= 8)
    assert not found.complete and list(found.step) == [0, 20]
    assert found.ks.shape == (4, 1, 1) and said[-1] == (24, 300)
