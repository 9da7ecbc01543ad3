"""The shipped pairs: they are what they say, they show what they are shown for, they re-run."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace

import numpy as np
import pytest

from bncore import Network, RunConfig
from bncore.trace import PER_RECORD, PER_STEP
from experiments import presets
from experiments.pair import Pair, PairRun, train_pair
from experiments.presets import BANDS, CLAIMS, PRESETS, Bands, Outcome, distance, outcome

NAMES = list(PRESETS)
ARMS = ("bn", "plain")
WHOLE = ("deep_relu", "bn_loses")  # those that train in half a second


@pytest.fixture(scope="module")
def rerun():
    """The pair of a preset, trained here, once for all tests: the long ones, how they begin."""
    made: dict[str, Pair] = {}

    def of(name: str) -> Pair:
        if name not in made:
            run = PairRun(PRESETS[name])
            while not run.done and (name in WHOLE or run.step < PRESETS[name].steps / 4):
                run.advance(PRESETS[name].record_every)
            made[name] = run.pair()
        return made[name]

    return of


def digest(pair: Pair) -> str:
    sha = hashlib.sha256()
    for arm in (pair.bn, pair.plain):
        for name in PER_RECORD + PER_STEP:
            sha.update(np.ascontiguousarray(getattr(arm, name)))
    return sha.hexdigest()


def within(measured: Bands, allowed: Bands) -> bool:
    return all(asdict(measured)[name] <= limit for name, limit in asdict(allowed).items())


@pytest.mark.parametrize("name", NAMES)
def test_loading_trains_nothing(name: str, monkeypatch) -> None:
    def refuse(*_) -> None:
        raise AssertionError("a preset trained")

    monkeypatch.setattr(Network, "__init__", refuse)  # no network, no training
    with pytest.raises(AssertionError):
        train_pair(PRESETS[name])
    assert presets.load(name).config == PRESETS[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_pair_is_complete_and_of_these_settings(name: str) -> None:
    pair = presets.load(name)
    assert pair.bn.config == PRESETS[name]
    assert pair.plain.config == PRESETS[name].twin()
    assert pair.complete and len(pair.bn.loss) == PRESETS[name].steps
    assert tuple(pair.bn.step) == tuple(PRESETS[name].record_steps)
    assert 100 <= len(pair.bn.step) <= 200
    assert (pair.bn.z.shape[2:], len(pair.bn.z)) == ((128, 8), len(pair.bn.step))


@pytest.mark.parametrize("name", NAMES)
def test_the_arms_of_a_shipped_pair_began_alike_and_saw_the_same_batches(name: str) -> None:
    pair = presets.load(name)
    assert pair.bn.w0_digest == pair.plain.w0_digest
    common = min(len(pair.bn.batch_digest), len(pair.plain.batch_digest))
    assert common > 0
    np.testing.assert_array_equal(pair.bn.batch_digest[:common], pair.plain.batch_digest[:common])


def test_no_preset_of_another_name() -> None:
    with pytest.raises(KeyError):
        presets.load("../data/digits")


@pytest.mark.parametrize("name", NAMES)
def test_the_provenance_is_that_of_the_trace(name: str) -> None:
    about = presets.provenance(name)
    assert RunConfig(**about["config"]) == PRESETS[name]
    assert about["bands"] == {arm: asdict(bands) for arm, bands in BANDS[name].items()}
    for key, value in asdict(outcome(presets.load(name))).items():
        stated = about["outcome"][key]
        assert stated is value if value is None else stated == pytest.approx(value, rel=1e-5)
    at_seed = {
        key: table["values"][about["over_seeds"]["seeds"].index(PRESETS[name].seed)]
        for key, table in about["over_seeds"].items()
        if key != "seeds"
    }
    assert at_seed == about["outcome"]
    assert set(about["versions"]) == {"python", "numpy", "blas", "machine"}


def test_the_traces_stay_small() -> None:
    assert sum(file.stat().st_size for file in presets.TRACES.iterdir()) < 10e6


@pytest.mark.parametrize("name", NAMES)
def test_a_rerun_is_within_the_stated_bands(name: str, rerun) -> None:
    here = rerun(name)
    shipped, stated = presets.load(name).upto(here.steps), presets.provenance(name)["bands"]
    assert here.steps >= PRESETS[name].steps / 4
    for arm in ARMS:
        measured = distance(getattr(shipped, arm), getattr(here, arm))
        assert within(measured, Bands(**stated[arm])), (arm, measured)
    np.testing.assert_array_equal(here.bn.batch_digest, shipped.bn.batch_digest)


@pytest.mark.parametrize("name", NAMES)
def test_the_bands_tell_one_seed_from_another(name: str, rerun) -> None:
    """Wide enough for another machine, too narrow for another run. Chaotic arms excepted."""
    other = replace(PRESETS[name], seed=99, steps=60, record_every=PRESETS[name].record_every)
    there, shipped = train_pair(other), presets.load(name)
    calm = [arm for arm in ARMS if BANDS[name][arm].percentiles < 0.5]
    assert calm
    for arm in calm:
        measured = distance(getattr(shipped, arm), getattr(there, arm))
        assert measured.percentiles > BANDS[name][arm].percentiles


@pytest.mark.parametrize("name", NAMES)
def test_two_runs_on_one_machine_are_equal_bit_for_bit(name: str, rerun) -> None:
    prefix = 60
    again = PairRun(PRESETS[name])
    while again.step < prefix and not again.done:
        again.advance(7)
    assert digest(again.pair()) == digest(rerun(name).upto(again.step))


def test_a_whole_run_twice_is_equal_bit_for_bit(rerun) -> None:
    assert digest(train_pair(PRESETS["deep_relu"])) == digest(rerun("deep_relu"))


@pytest.mark.parametrize("name", NAMES)
def test_what_a_preset_is_shown_for_is_so(name: str, rerun) -> None:
    """And was so with each seed that `make traces` tried."""
    assert CLAIMS[name](outcome(presets.load(name)))
    assert name not in WHOLE or CLAIMS[name](outcome(rerun(name)))
    table = dict(presets.provenance(name)["over_seeds"])
    seeds = table.pop("seeds")
    assert len(seeds) >= 5
    for at, seed in enumerate(seeds):
        there = Outcome(**{key: numbers["values"][at] for key, numbers in table.items()})
        assert CLAIMS[name](there), seed


@pytest.mark.parametrize("name", WHOLE)
def test_it_is_so_with_another_seed(name: str) -> None:
    assert CLAIMS[name](outcome(train_pair(replace(PRESETS[name], seed=11))))


@pytest.mark.parametrize("name", NAMES)
def test_the_claim_falls_when_the_arms_do_not_differ(name: str) -> None:
    pair = presets.load(name)
    for arm in (pair.bn, pair.plain):
        assert not CLAIMS[name](outcome(Pair(arm, arm)))
    assert not CLAIMS[name](outcome(Pair(pair.plain, pair.bn)))


def test_in_deep_relu_the_plain_arm_diverges_early() -> None:
    diverged_at = presets.load("deep_relu").plain.diverged_at
    assert diverged_at is not None and diverged_at < 40


def test_distance_sees_what_it_measures() -> None:
    trace = presets.load("deep_relu").plain
    other = replace(
        trace,
        accuracy=trace.accuracy + 0.5,
        loss=trace.loss + 0.25,
        z=trace.z + trace.z.std(axis=(2, 3), keepdims=True),
        diverged_at=30,
    )
    measured = distance(trace, other)
    assert measured.accuracy == pytest.approx(0.5)
    assert 0.1 < measured.loss <= 0.25  # where the loss is above 10 it counts as 10
    assert measured.percentiles == pytest.approx(1, rel=1e-3)
    assert measured.diverged_at == 3
    assert distance(trace, replace(trace, diverged_at=None)).diverged_at == float("inf")
    assert distance(trace, trace) == Bands(0, 0, 0, 0)
