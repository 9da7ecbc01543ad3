"""Whether batch noise regularizes: what shipped, what is claimed of it, and a part of it re-run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig
from experiments import evidence
from experiments.noise import regularize
from experiments.noise.regularize import ARMS, CLAIMS, SEEDS, SETTINGS, Evidence, load, measure


@pytest.fixture
def shipped() -> dict[str, Evidence]:
    return {setting: load(setting) for setting in SETTINGS}


def with_noise_of(found: dict[str, Evidence], arm: str) -> dict[str, Evidence]:
    """The same as if every group size had done what this arm did."""
    as_row = [list(ARMS).index(arm if name.startswith("g") else name) for name in ARMS]
    return {
        name: Evidence(each.train[as_row], each.test[as_row], each.score[as_row])
        for name, each in found.items()
    }


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_shipped_is_of_these_settings(setting: str) -> None:
    found, about = load(setting), evidence.about("regularize")[setting]
    assert found.train.shape == found.test.shape == (len(ARMS), len(SEEDS[setting]))
    assert len(SEEDS[setting]) >= 6
    assert RunConfig(**about["config"]) == SETTINGS[setting]
    for arm, numbers in about["arms"].items():
        train, test = found.of(arm)
        assert (train.mean(), test.mean()) == pytest.approx(
            (numbers["train"], numbers["test"]), 1e-5
        )
        stated = tuple(numbers["over_whole"].values())
        assert found.gain(arm)[:2] == pytest.approx(stated, 1e-4, 1e-9)
        assert numbers["lr"] == pytest.approx(found.rate(arm))
    assert (found.train <= 1).all() and (found.test > 0).all()


def test_no_setting_of_another_name() -> None:
    with pytest.raises(KeyError):
        load("wine")


@pytest.mark.parametrize("claim, noise", [("some_helps", "g256"), ("too_much_harms", "g8")])
def test_the_claim_falls_when_the_noise_does_not_differ(claim: str, noise: str, shipped) -> None:
    assert not CLAIMS[claim](with_noise_of(shipped, noise))


@pytest.mark.parametrize("claim", ["not_everywhere", "little_data_is_no_loss"])
def test_the_claim_falls_where_batch_norm_does_better(claim: str, shipped) -> None:
    assert not CLAIMS[claim]({"mnist512": shipped["digits256"]})


def test_a_network_at_the_rate_of_another_is_no_match(shipped) -> None:
    """What a best rate is for: at the rate that was set for all, batch norm looked far behind."""
    found, at = shipped["mnist512"], regularize.RATES.index(0.1)
    plain, bn = (found.search(arm).score[at].mean() for arm in ("plain", regularize.WHOLE))
    assert plain - bn > 0.02
    assert abs(found.search("plain").highest - found.search(regularize.WHOLE).highest) < 0.01


def test_it_is_weak(shipped) -> None:
    """No group size gains as much as 5 points, and the one that does best does not stand out."""
    for found in shipped.values():
        assert 0 < found.gain(found.best).mean < 0.05
        assert found.gain(found.best, "g16").mean < 0.02


def test_differences_are_taken_seed_by_seed() -> None:
    test = np.zeros((len(ARMS), 4))
    test[list(ARMS).index("g8")] = [0.5, 0.6, 0.7, 0.8]
    test[list(ARMS).index("g256")] = [0.4, 0.5, 0.6, 0.7]
    score = np.repeat(test[:, :1], len(regularize.RATES), axis=1)[..., None]
    found = Evidence(test + 0.1, test, score)
    assert found.gain("g8")[:2] == pytest.approx((0.1, 0.0))
    assert found.gain("g8", "plain").se == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 20)
    assert found.gap("g8")[:2] == pytest.approx((0.1, 0.0)) and found.best == "g8"


def test_the_arms_of_a_seed_differ_in_one_thing() -> None:
    base = SETTINGS["digits256"]
    for arm, change in ARMS.items():
        config = replace(base, **change)
        changed = {key for key in config.to_dict() if getattr(config, key) != getattr(base, key)}
        assert changed == set(change), arm
    assert ARMS["g8"] == {"group": 8} and ARMS["dropout"] == {"norm": "none", "keep": 0.8}


@pytest.fixture(scope="module")
def rerun() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {arm: measure("digits256", arm, range(2)) for arm in ("plain", "g8", "g256")}


@pytest.mark.parametrize("arm", ["plain", "g8", "g256"])
def test_a_rerun_is_what_shipped(arm: str, rerun) -> None:
    """Within what other matrix kernels make of it."""
    for here, there in zip(rerun[arm], load("digits256").of(arm), strict=True):
        assert np.abs(here - there[:2]).max() < 0.02
        assert abs(here.mean() - there[:2].mean()) < 0.01


def test_the_noise_makes_the_difference_here_too(rerun) -> None:
    for quiet in ("plain", "g256"):
        gain = rerun["g8"][1] - rerun[quiet][1]
        assert gain.mean() > 0 and gain.min() > -0.03


def test_one_group_for_the_whole_batch_is_no_group(rerun) -> None:
    ungrouped = replace(SETTINGS["digits256"], group=0)
    regularize_arms, lr = {"ungrouped": {"group": ungrouped.group}}, load("digits256").rate("g256")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regularize, "ARMS", regularize_arms)
        train, test = measure("digits256", "ungrouped", range(2), lr)
    np.testing.assert_array_equal(test, rerun["g256"][1][:2])
    np.testing.assert_array_equal(train, rerun["g256"][0][:2])
