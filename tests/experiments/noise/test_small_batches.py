"""Small and class-sorted batches: training breaks with batch norm, and not without."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from bncore import Network, RunConfig, train_together
from experiments.noise import small_batches
from experiments.noise.small_batches import BANDS, CLAIMS, PRESETS
from experiments.pair import Pair, train_pair
from experiments.presets import Bands, distance, outcome

NAMES = list(PRESETS)
OTHER = 11  # a seed that is none of the presets'
BROKEN = [name for name in NAMES if name not in ("m8", "sorted5", "m4")]


@pytest.fixture(scope="module")
def rerun():
    """The pair of a preset and one of another seed, trained here, once for all tests."""
    made: dict[str, list[Pair]] = {}

    def of(name: str) -> list[Pair]:
        if name not in made:
            configs = [PRESETS[name], replace(PRESETS[name], seed=OTHER)]
            bn, plain = train_together(configs), train_together([c.twin() for c in configs])
            made[name] = [Pair(*arms) for arms in zip(bn, plain, strict=True)]
        return made[name]

    return of


def test_the_presets_are_what_their_names_say() -> None:
    assert set(PRESETS) == set(CLAIMS) == set(BANDS)
    for m in (1, 2, 3, 4, 8):
        config = PRESETS[f"m{m}"]
        assert config.batch_size == m and config.classes_per_batch == 0
        assert config.lr == pytest.approx(0.1 * m / 16) and config.steps == 3000 // m
    for k in (1, 2, 5):
        config = PRESETS[f"sorted{k}"]
        assert (config.batch_size, config.classes_per_batch, config.lr) == (50, k, 0.1)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_pair_is_complete_and_of_these_settings(name: str, monkeypatch) -> None:
    monkeypatch.setattr(Network, "__init__", None)  # no network, no training
    pair = small_batches.load(name)
    assert pair.bn.config == PRESETS[name] and pair.plain.config == PRESETS[name].twin()
    assert pair.complete and len(pair.bn.loss) == PRESETS[name].steps
    assert 90 <= len(pair.bn.step) <= 102
    np.testing.assert_array_equal(pair.bn.batch_digest, pair.plain.batch_digest)
    assert pair.bn.w0_digest == pair.plain.w0_digest


def test_no_preset_of_another_name() -> None:
    with pytest.raises(KeyError):
        small_batches.load("../figure1")


@pytest.mark.parametrize("name", NAMES)
def test_the_provenance_is_that_of_the_trace(name: str) -> None:
    about = small_batches.provenance(name)
    assert RunConfig(**about["config"]) == PRESETS[name]
    assert about["bands"] == {arm: asdict(bands) for arm, bands in BANDS[name].items()}
    for key, value in asdict(outcome(small_batches.load(name))).items():
        stated = about["outcome"][key]
        assert stated is value if value is None else stated == pytest.approx(value, rel=1e-5)


def test_the_traces_stay_small() -> None:
    assert sum(file.stat().st_size for file in small_batches.TRACES.iterdir()) < 2.5e6


@pytest.mark.parametrize("name", NAMES)
def test_a_rerun_is_within_the_stated_bands(name: str, rerun) -> None:
    shipped, here = small_batches.load(name), rerun(name)[0]
    for arm in ("bn", "plain"):
        measured = asdict(distance(getattr(shipped, arm), getattr(here, arm)))
        allowed = asdict(Bands(**small_batches.provenance(name)["bands"][arm]))
        assert all(measured[key] <= limit for key, limit in allowed.items()), (arm, measured)
    np.testing.assert_array_equal(here.bn.batch_digest, shipped.bn.batch_digest)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_preset_is_shown_for_is_so(name: str, rerun) -> None:
    for pair in (small_batches.load(name), *rerun(name)):
        assert CLAIMS[name](outcome(pair)), pair.config.seed


@pytest.mark.parametrize("name", BROKEN)
def test_the_claim_falls_when_the_arms_do_not_differ(name: str) -> None:
    pair = small_batches.load(name)
    for arm in (pair.bn, pair.plain):
        assert not CLAIMS[name](outcome(Pair(arm, arm)))
    assert not CLAIMS[name](outcome(Pair(pair.plain, pair.bn)))


def test_the_fewer_examples_the_worse(rerun) -> None:
    """And the loss in training says the same as the accuracy: it is not testing that breaks."""
    for pairs in zip(*(rerun(f"m{m}") for m in (1, 2, 3, 4, 8)), strict=True):
        found = [outcome(pair) for pair in pairs]
        assert (np.diff([o.accuracy_bn for o in found]) > 0).all()
        assert (np.diff([o.loss_bn for o in found]) < 0).all()
        assert min(o.accuracy_plain for o in found) > 0.85


def test_the_fewer_classes_the_worse(rerun) -> None:
    for pairs in zip(*(rerun(f"sorted{k}") for k in (1, 2, 5)), strict=True):
        found = [outcome(pair) for pair in pairs]
        assert (np.diff([o.accuracy_bn for o in found]) > 0).all()
        assert (np.diff([o.loss_bn for o in found]) < 0).all()
        assert min(o.accuracy_plain for o in found) > 0.85


def test_the_same_batches_shuffled_train_well() -> None:
    """What breaks a sorted batch is the sorting: nothing else is changed here."""
    shuffled = train_pair(replace(PRESETS["sorted1"], classes_per_batch=0))
    assert outcome(shuffled).accuracy_bn > 0.95
    assert not CLAIMS["sorted1"](outcome(shuffled))
