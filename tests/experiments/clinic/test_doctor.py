"""The doctor: each rule against numbers made for it, and against networks that were trained.

What ships is counted by the evidence's own claims; a quick version of both counts is here, with
other seeds.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from experiments.clinic import doctor, patients
from experiments.clinic.doctor import Layer, Patient, examine
from experiments.clinic.patients import FAULTS, codes

QUICK = range(2000, 2003)
N = 40


def layer(seed: int = 0, m: int = 128, **other: object) -> Layer:
    """Healthy: statistics of a long average, and a batch of the same bell."""
    rng = np.random.default_rng(seed)
    mean, sd = rng.normal(0, 2, N), rng.uniform(0.5, 3, N)
    rows = {"running_mean": mean, "running_var": sd**2, "gamma": np.ones(N), "beta": np.zeros(N)}
    return Layer("bn", **(rows | {"z": rng.normal(mean, sd, (m, N))} | other))


def found(*layers: Layer, **known: object) -> set[str]:
    return codes(examine(Patient(layers, **known)))


def put(array: np.ndarray, **at: float) -> np.ndarray:
    """With other values at some places: u3=0 sets the fourth."""
    array = array.copy()
    for place, value in at.items():
        array[int(place[1:])] = value
    return array


# --- quick versions of what ships ---


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_named(name: str) -> None:
    assert patients.named(FAULTS[name], QUICK).sum() >= len(QUICK) - 1


def test_healthy_networks_are_left_in_peace() -> None:
    alarms = [patients.alarms(setting, QUICK).sum() for setting in patients.HEALTHY[::2]]
    assert sum(alarms) <= 1


def test_the_claims_fall_when_faults_are_not_named_or_alarms_are_raised() -> None:
    shipped = patients.EVIDENCE.shipped
    blind = {name: np.zeros_like(each) for name, each in shipped.named.items()}
    assert not patients.CLAIMS["named"](shipped._replace(named=blind))
    loud = np.zeros_like(shipped.alarms)
    loud.flat[:2] = True
    assert not patients.CLAIMS["quiet"](shipped._replace(alarms=loud))
    assert not patients.CLAIMS["example"](shipped._replace(ill=shipped.healthy))


def test_every_code_has_a_planted_fault() -> None:
    rules = {rule.__name__ for rule in doctor.RULES} | {doctor.same_modes.__name__}
    assert {fault.code for fault in FAULTS.values()} == rules


# --- a rule each, with the units it should name ---


@pytest.mark.parametrize(
    ("code", "rows", "units"),
    [
        ("not_finite", {"running_var": {"u3": np.nan}}, (3,)),
        ("not_finite", {"running_mean": {"u3": -np.inf, "u9": np.nan}}, (3, 9)),
        ("not_finite", {"gamma": {"u1": np.inf}}, (1,)),
        ("negative_var", {"running_var": {"u5": -1e-9}}, (5,)),
        ("gamma_zero", {"gamma": {"u0": 0.0, "u2": -9e-5}}, (0, 2)),
        ("dead", {"running_var": {"u7": 0.0}}, (7,)),
        ("var_eps", {"running_var": {"u4": 1e-5}}, (4,)),
    ],
)
def test_it_names_the_units(
    code: str, rows: dict[str, dict[str, float]], units: tuple[int, ...]
) -> None:
    well = layer(z=None)
    ill = replace(well, **{name: put(getattr(well, name), **at) for name, at in rows.items()})
    (one,) = examine(Patient((layer(1), ill)))
    assert (one.code, one.layer, one.units) == (code, 1, units)


def test_it_finds_nothing_in_what_is_well() -> None:
    assert not found(*(layer(seed) for seed in range(20)), m=64)


@pytest.mark.parametrize(("gamma", "named"), [(1.1e-4, False), (1e-4, True), (-1e-9, True)])
def test_gamma_is_small_up_to_a_ten_thousandth(gamma: float, named: bool) -> None:
    assert ("gamma_zero" in found(layer(gamma=put(np.ones(N), u3=gamma)))) == named


def test_epsilon_is_the_files_own() -> None:
    small = put(layer().running_var, u3=2e-3)
    assert "var_eps" not in found(layer(running_var=small, z=None))
    assert "var_eps" in found(layer(running_var=small, z=None, eps=1e-3))


def test_a_unit_is_named_once_by_the_first_rule_that_explains_it() -> None:
    well = layer()
    z = well.z.copy()
    z[:, 3] = 2.0
    (one,) = examine(Patient((replace(well, z=z),), m=64))
    assert (one.code, one.units) == ("dead", (3,))


def test_noise_of_its_size_is_no_disagreement_and_more_is() -> None:
    """The law: the same shift is noise for a small batch and none for a large one."""
    for m, named in ((16, False), (64, False), (900, True)):
        well = layer(m=m)
        shift = put(np.zeros(N), u3=0.6) * np.sqrt(well.running_var)
        ill = replace(well, running_mean=well.z.mean(axis=0) + shift)
        assert ("disagree" in found(ill, m=256)) == named, m


def test_the_limit_grows_with_the_units_that_are_tested() -> None:
    few, many = (doctor.quantile(1 - 0.5 / (doctor.ONE_IN * 2 * n), 100) for n in (10, 10_000))
    assert 4 < few < many < 8


def test_a_students_quantile() -> None:
    """Beside tables: t of 30 and of 100 degrees, at 97.5 % and 99.95 %."""
    for share, freedom, wanted in ((0.975, 30, 2.0423), (0.975, 100, 1.984), (0.9995, 30, 3.646)):
        assert doctor.quantile(share, freedom) == pytest.approx(wanted, rel=0.01)


def test_a_momentum_that_a_file_tells_is_read_from_it() -> None:
    assert "momentum" in found(layer(momentum=0.9, z=None))
    assert not found(layer(momentum=0.1, z=None))
    (one,) = examine(Patient((layer(momentum=0.01, updates=50, z=None),)))
    assert one.code == "warming" and one.evidence["left"] == pytest.approx(0.99**50)


@pytest.mark.parametrize("weight", [0.8, 0.9, 0.99])
def test_the_weight_of_the_newest_batch_is_told_from_it(weight: float) -> None:
    """A running average over batches that are drawn, and the last of them."""
    rng = np.random.default_rng(3)
    mean, var = np.zeros(N), np.ones(N)
    for _ in range(50):
        z = rng.normal(1, 2, (64, N))
        mean += weight * (z.mean(axis=0) - mean)
        var += weight * (z.var(axis=0, ddof=1) - var)
    (one,) = examine(Patient((Layer("bn", mean, var, z=z),), m=64))
    assert one.code == "momentum" and one.evidence["weight"] == pytest.approx(weight, abs=0.05)


def test_statistics_measured_on_all_data_are_no_momentum() -> None:
    """They equal the batch, but that is larger than those in training."""
    z = layer(m=512).z
    assert not found(Layer("bn", z.mean(axis=0), z.var(axis=0, ddof=1), z=z), m=64)


def test_both_modes_are_told_apart_by_more_than_rounding() -> None:
    answers = np.random.default_rng(0).normal(size=(50, 10)).astype(np.float32)
    same = found(layer(), training=answers, evaluation=answers * np.float32(1 + 1e-7))
    assert same == {"same_modes"}
    assert not found(layer(), training=answers, evaluation=answers * 1.001)
    assert not found(layer(), training=answers, evaluation=answers[:, :5])


# --- whatever a file may hold ---


@pytest.mark.parametrize("extreme", [5e-324, 1e-300, 1e300, 1.7e308])
def test_extreme_numbers_are_told_as_numbers(extreme: float) -> None:
    for row in ("running_mean", "running_var", "gamma"):
        for each in examine(Patient((layer(**{row: np.full(N, extreme)}),), m=4)):
            assert all(math.isfinite(value) for value in each.evidence.values()), each
    z = layer().z.copy()
    z[0, :5] = extreme
    for each in examine(Patient((layer(z=z),), m=4)):
        assert all(math.isfinite(value) for value in each.evidence.values()), each


VALUE = some.floats(width=32) | some.sampled_from([0.0, 1.0, 1e-5, -1.0, np.nan, np.inf, 1e38])


@given(data=some.data())
@settings(deadline=None, max_examples=40)
def test_nothing_in_a_file_makes_it_fail(data: some.DataObject) -> None:
    n, m = data.draw(some.integers(1, 9)), data.draw(some.integers(1, 40))
    row, table = arrays(float, n, elements=VALUE), arrays(float, (m, n), elements=VALUE)
    one = Layer(
        "bn",
        *(data.draw(row) for _ in range(4)),
        momentum=data.draw(some.none() | some.floats(1e-9, 1)),
        updates=data.draw(some.none() | some.integers(0, 2**53)),
        z=data.draw(some.none() | table),
    )
    answers = data.draw(table)
    for each in examine(
        Patient((one, one), data.draw(some.none() | some.integers(1, 64)), answers, answers)
    ):
        assert all(0 <= unit < n for unit in each.units)
        assert all(math.isfinite(value) for value in each.evidence.values()), each


def test_a_kept_variance_of_zero_is_not_said_of_a_batch_that_varies() -> None:
    zero = put(layer().running_var, u3=0.0)
    assert found(layer(running_var=zero, z=None)) == {"dead"}
    assert found(layer(running_var=zero)) == {"var_eps"}
