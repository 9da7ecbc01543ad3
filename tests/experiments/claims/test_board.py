"""The verdict board: rules that can come out otherwise, a table that can be measured again."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import get_args

import numpy as np
import pytest

from bncore import Network
from bncore.variants import divide_by_variance
from experiments import evidence, rates
from experiments.at_test_time import shifts
from experiments.claims import formula as claims_formula
from experiments.claims import grading
from experiments.claims.board import board, differences
from experiments.claims.grading import VERDICTS, distance, moved
from experiments.claims.registry import CLAIMS, GROUPS, group_of
from experiments.network import optimizers
from experiments.training import gradient_shift
from experiments.why import init_scale, input_scaling, once
from ui.lessons import LESSONS

CHEAP = [name for name, claim in CLAIMS.items() if claim.cheap]


def values(name: str) -> dict[str, np.ndarray]:
    """What the committed table says was measured."""
    return dict(board()[name].numbers)


# --- the table ---


def test_the_table_is_of_these_claims(monkeypatch) -> None:
    board.cache_clear()
    monkeypatch.setattr(Network, "__init__", None)  # no network, no training
    assert list(board()) == list(CLAIMS) and len(CLAIMS) >= 16
    for name, row in board().items():
        claim = CLAIMS[name]
        assert (row.lesson, row.place) == (claim.lesson, claim.place), name
        assert row.group == group_of(name)
        assert (row.paper, row.seeds) == (claim.paper, claim.seeds), name
        assert list(row.numbers) == list(row.bands) == list(claim.numbers), name
        assert row.kinds == claim.numbers, name
        assert row.varied == claim.varied in grading.VARIED, name
        assert claim.scope is not None and row.scope == claim.scope(), name
        for key, kind in claim.numbers.items():
            assert row.numbers[key].shape == (len(claim.seeds),)
            assert np.isfinite(row.numbers[key]).all()
            assert row.bands[key] >= grading.FLOORS[kind]
    assert (evidence.FOLDER / "claims.json").stat().st_size < 1e5


@pytest.mark.parametrize("name", CLAIMS)
def test_the_verdict_is_what_the_rule_says_of_the_numbers(name: str) -> None:
    assert board()[name].verdict == CLAIMS[name].verdict(values(name))


def test_every_verdict_is_on_the_board() -> None:
    assert {row.verdict for row in board().values()} == set(VERDICTS)


def test_a_claim_stands_in_one_group() -> None:
    assert sum(len(claims) for claims in GROUPS.values()) == len(CLAIMS)


def test_to_hear_of_a_claim_no_experiment_is_imported() -> None:
    """By a process of its own, since this one has imported them all."""
    ask = "import sys; from experiments.claims.board import board; board(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    house = {name for name in done.stdout.split() if name.startswith(("experiments", "bncore"))}
    board_ = {f"experiments.claims.{name}" for name in ("board", "grading", "scope")}
    apart = {"experiments.evidence", "experiments.intervals"}
    assert house == {"experiments", "experiments.claims"} | board_ | apart


def test_what_a_page_shows_as_source_is_what_measures() -> None:
    for name in ("gives_back", "exploding"):
        assert f"def _{name}(seed: int)" in inspect.getsource(CLAIMS[name].measure)


def test_a_claim_names_where_it_is_shown_and_what_to_read() -> None:
    for claim in CLAIMS.values():
        assert claim.lesson in LESSONS
        assert re.fullmatch(r"\d{4}\.\d{5}|\d{4}\.\d{4}", claim.paper)
        assert len(claim.seeds) >= 5


@pytest.mark.parametrize("name", CLAIMS)
def test_no_verdict_hangs_on_the_machine(name: str) -> None:
    """Move the mean of any number as far as other machines move it: the verdict stays."""
    row = board()[name]
    for key, kind in CLAIMS[name].numbers.items():
        far = row.bands[key] / grading.SAFETY
        for by in (far, -far):
            elsewhere = values(name) | {key: moved(kind, row.numbers[key], by)}
            assert CLAIMS[name].verdict(elsewhere) == row.verdict, (key, by)


# --- rules can come out otherwise ---

RATIOS = [name for name in CLAIMS["like_dropout"].numbers if name.startswith("ratio")]

# What else could have been measured, and what would then be said. One number stands for all seeds.
OTHERWISE: dict[str, list[tuple[dict[str, float], str]]] = {
    "gives_back": [({"error": 1e-3}, "contradicted")],
    "b_cancels": [({"moved": 0.1}, "contradicted"), ({"db": 1e-3}, "contradicted")],
    "scale_free": [({"moved": 1e-3}, "contradicted")],
    "folds": [({"error": 1e-3}, "contradicted")],
    "sd_is_gamma": [({"short": 1e-16}, "exact"), ({"short": 0.3}, "weak")],
    "divides_variance": [({"off_sd": 0.4}, "weak")],
    "makes_gaussian": [({"after": 0.05}, "clear"), ({"after": 0.09}, "weak")],
    "unbiased_better": [({"gain": 0.03}, "clear"), ({"gain": 0.015}, "weak")],
    "rounder_inputs": [({"ratio": 1.0}, "weak"), ({"ratio": 0.5}, "contradicted")],
    "rounder_hidden": [({"relu": 1.2}, "weak"), ({"relu": 0.2, "sigmoid": 0.9}, "contradicted")],
    "replaces_scaling": [
        ({"lost": 0.0, "lost_adam": 0.0}, "clear"),
        ({"lost": 0.03, "lost_adam": 0.03}, "weak"),
    ],
    "sooner": [({"ratio": 1.3}, "weak"), ({"ratio": 0.8}, "contradicted")],
    "always_faster": [
        (dict.fromkeys(CLAIMS["always_faster"].numbers, 2.5), "clear"),
        (dict.fromkeys(CLAIMS["always_faster"].numbers, 0.9), "contradicted"),
    ],
    "larger_rates": [({"ratio": 1.5}, "weak"), ({"ratio": 0.3}, "contradicted")],
    "higher_accuracy": [
        ({"digits_gain": 0.05, "mnist_gain": 0.05, "long_gain": 0.05}, "clear"),
        ({"digits_gain": 0.0, "mnist_gain": 0.0, "long_gain": -0.03}, "contradicted"),
    ],
    "any_init": [({"lost": 0.01}, "clear"), ({"rescued": 0.0}, "contradicted")],
    "every_step": [
        (
            dict.fromkeys((f"{name}_slower" for name in once.SETTINGS), 3.0)
            | dict.fromkeys((f"{name}_way" for name in once.SETTINGS), 0.8),
            "clear",
        ),
        (
            dict.fromkeys((f"{name}_slower" for name in once.SETTINGS), 1.0)
            | dict.fromkeys((f"{name}_way" for name in once.SETTINGS), 0.0)
            | {"rate_ratio": 1.0},
            "contradicted",
        ),
    ],
    "vanishing": [({"bn": 0.6}, "weak"), ({"bn": 0.2}, "contradicted"), ({"plain": 0.9}, "weak")],
    "exploding": [
        ({"bn_usual": 1.0, "bn_twice": 1.0}, "clear"),
        ({"removed": 1.0}, "contradicted"),
        ({"plain_twice": 1.0}, "contradicted"),
    ],
    "smoother": [
        ({"relu_change": 1.1}, "weak"),
        (dict.fromkeys(CLAIMS["smoother"].numbers, 0.9), "contradicted"),
    ],
    "less_shift": [
        ({"ks_ratio": 1.1}, "weak"),
        ({"late_ks_ratio": 1.0}, "weak"),
        (dict.fromkeys(CLAIMS["less_shift"].numbers, 0.5), "contradicted"),
    ],
    "less_gradient_shift": [
        ({"figure1_ratio": 2.0, "figure1_plain": 0.3, "relu_ratio": 2.0}, "clear"),
        ({"relu_ratio": 0.9, "relu_plain": 0.9, "figure1_plain": 0.9}, "contradicted"),
    ],
    "shift_explains": [
        ({"kept": 0.0}, "clear"),
        ({"kept": 0.6}, "weak"),
        ({"shift_ratio": 0.5}, "weak"),
    ],
    "independent": [
        (dict.fromkeys(CLAIMS["independent"].numbers, 0.3), "contradicted"),
        ({f"{kind}_batch": 0.0 for kind in ("scale", "offset", "noise", "swap")}, "clear"),
    ],
    "decay_regularizes": [
        ({"best_gain": 0.03}, "clear"),
        ({"error": 0.1, "best_gain": 0.005}, "weak"),
    ],
    "before_best": [
        (dict.fromkeys(CLAIMS["before_best"].numbers, 0.02), "clear"),
        ({"tanh_3_gain": 0.0}, "contradicted"),
    ],
    "like_dropout": [
        (dict.fromkeys(RATIOS, 1.25) | {"shared": 0.03}, "clear"),
        (dict.fromkeys(RATIOS, 50.0), "contradicted"),
    ],
    "regularizes": [
        (dict.fromkeys(CLAIMS["regularizes"].numbers, 0.04), "clear"),
        (dict.fromkeys(CLAIMS["regularizes"].numbers, -0.01), "contradicted"),
    ],
    "any_batch": [({"behind_2": 0.0}, "clear"), ({"behind_2": 0.05}, "weak")],
    "own_batch": [
        ({"lost_2": 0.0, "lost_sorted": 0.0, "lost_50": 0.0}, "clear"),
        ({"lost_2": 0.05, "lost_sorted": 0.0}, "weak"),
    ],
    "protects": [
        (dict.fromkeys(CLAIMS["protects"].numbers, 0.1), "clear"),
        (dict.fromkeys(list(CLAIMS["protects"].numbers)[-5:], 0.1), "weak"),
    ],
    "other_colours": [
        ({"grey_gain": 0.1, "orange_gain": 0.1, "yellow_gain": 0.1}, "clear"),
        ({"grey_gain": 0.1, "orange_gain": -0.1}, "weak"),
    ],
    "reestimated": [({"repaired": 0.4}, "weak"), ({"repaired": -0.1}, "contradicted")],
    "accumulated": [
        ({"bn_small": 1e-15, "bn_large": 1e-15}, "exact"),
        ({"bn_small": 0.01, "bn_large": 0.005}, "clear"),
        ({"bn_large": 0.05}, "weak"),
        ({"plain": 0.3}, "weak"),  # then it is not batch norm
    ],
    "branch_share": [
        ({"slope_bn": -0.02}, "contradicted"),
        ({"slope_bn": -0.6}, "weak"),
        ({"slope_plain": -1.0}, "weak"),  # it falls without batch norm, too
    ],
    "rank_kept": [
        ({"tanh_plain": 0.97}, "clear"),
        ({"relu_plain": 0.4}, "contradicted"),
        ({"relu_bn": 0.95}, "contradicted"),
    ],
}


def around(value: float, like: np.ndarray) -> np.ndarray:
    """So many seeds, nearly alike."""
    return value * (1 + 1e-3 * np.linspace(-1, 1, len(like)))


@pytest.mark.parametrize("name", CLAIMS)
def test_other_numbers_would_have_another_verdict(name: str) -> None:
    for changes, verdict in OTHERWISE[name]:
        there = values(name)
        assert set(changes) <= set(there)
        there |= {key: around(value, there[key]) for key, value in changes.items()}
        assert CLAIMS[name].verdict(there) == verdict != board()[name].verdict


def test_whoever_judges_a_rate_did_not_pick_it() -> None:
    """Of every claim whose card says that its rates were chosen."""
    sweeps = [optimizers.sweep(one) for one in optimizers.GRIDS]
    picked = {
        "always_faster": {seed for sweep in sweeps for seed in sweep.seeds.tolist()},
        "replaces_scaling": set(input_scaling.PICKERS),
        "any_init": set(init_scale.CHOOSING),
        "less_gradient_shift": set(gradient_shift.CHOOSING),
        "protects": set(shifts.over_seeds().choosing.tolist()),
    }
    for name, claim in CLAIMS.items():
        assert claim.scope is not None
        if claim.scope().chosen in ("swept", "validated", "mixed"):
            assert not set(claim.seeds) & picked.get(name, set(rates.PICKERS)), name
        else:
            assert name not in picked


def test_no_verdict_is_sure_where_seeds_disagree() -> None:
    spread = {"gain": np.array([-0.5, 0.6, -0.4, 0.5, 0.1])}
    assert CLAIMS["reestimated"].verdict({"repaired": spread["gain"]}) == "weak"
    assert CLAIMS["unbiased_better"].verdict(values("unbiased_better") | spread) == "weak"


def test_batch_norm_done_wrong_gives_nothing_back(monkeypatch) -> None:
    monkeypatch.setattr(claims_formula, "batch_norm_forward", divide_by_variance)
    for name, verdict in (("gives_back", "contradicted"), ("divides_variance", "weak")):
        claim = CLAIMS[name]
        assert claim.verdict(claim.measure(claim.seeds)) == verdict


# --- measured again ---


@pytest.mark.parametrize("name", CHEAP)
def test_measured_again_it_is_within_the_bands(name: str) -> None:
    """Where networks are trained, by one seed; `make claims` measures all."""
    seeds = CLAIMS[name].seeds[: 2 if group_of(name) == "formula" else 1]
    found = CLAIMS[name].measure(seeds)
    assert set(found) == set(CLAIMS[name].numbers)
    assert differences(board()[name], found, seeds) == []


def test_what_leaves_its_band_is_named() -> None:
    row, seeds = board()["reestimated"], CLAIMS["reestimated"].seeds
    off = values("reestimated")
    band = row.bands["repaired"]
    swapped = off["repaired"][[1, 0, 2, 3, 4]]  # the mean is what counts
    there = off | {"repaired": swapped + 0.9 * band}
    assert differences(row, there, seeds) == []
    (line,) = differences(row, off | {"repaired": off["repaired"] - 1.1 * band}, seeds)
    assert line.startswith("reestimated.repaired: ")
    other = {key: number[[2, 3]] for key, number in off.items()}
    assert differences(row, other, seeds[:2]) and not differences(row, other, (3, 2))


def test_fewer_seeds_may_be_off_the_farther() -> None:
    row = board()["reestimated"]
    off = {key: number[:2] + 1.2 * row.bands[key] for key, number in values("reestimated").items()}
    assert differences(row, off, row.seeds[:2]) == []
    assert differences(row, {k: n + row.bands[k] for k, n in off.items()}, row.seeds[:2])


# The widest that a band may be: what is wider holds whatever a broken core may bring.
WIDEST = {"share": 0.22, "points": 0.22, "number": 0.05, "factor": np.log(6), "error": 3.0}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_band_can_fail(name: str) -> None:
    row = board()[name]
    for key, kind in row.kinds.items():
        assert grading.FLOORS[kind] <= row.bands[key] <= WIDEST[kind], key


# --- grading ---


def test_a_rule_looks_at_the_whole_interval() -> None:
    numbers = np.array([1.0, 2, 3, 4, 5])
    half = 2.7764 * np.sqrt(2.5 / 5)
    assert grading.above(numbers, 2.99 - half) and not grading.above(numbers, 3.01 - half)
    assert grading.below(numbers, 3.01 + half) and not grading.below(numbers, 2.99 + half)


def test_a_factor_is_judged_by_its_logarithms() -> None:
    """Ten, thirty, thirty, ten and three: whoever takes them as they are is not sure of 1."""
    ratios = np.array([10, 30, 30, 10, 10 / 3])
    assert grading.above(ratios, 3.9, "factor") and not grading.above(ratios, 3.9)
    assert not grading.above(ratios, 4.1, "factor")


class Factor(np.ndarray):
    """Numbers that may be compared, divided and put into logarithms, and not averaged."""

    def mean(self, *_: object, **__: object) -> None:
        raise AssertionError("the plain mean of a factor was taken")

    def __array_ufunc__(self, ufunc, method, *given, **more):
        plain = [np.asarray(one) if isinstance(one, Factor) else one for one in given]
        found = getattr(ufunc, method)(*plain, **more)
        return found.view(Factor) if ufunc in (np.divide, np.multiply) else found


@pytest.mark.parametrize("name", CLAIMS)
def test_no_rule_takes_the_plain_mean_of_a_factor(name: str) -> None:
    claim = CLAIMS[name]
    found = {
        key: numbers.view(Factor) if claim.numbers[key] == "factor" else numbers
        for key, numbers in values(name).items()
    }
    assert claim.verdict(found) == board()[name].verdict


def test_the_band_of_a_mean_is_what_was_seen_and_no_more_than_other_seeds_would_bring() -> None:
    calm, wild = np.full(5, 0.5), np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    assert grading.band("share", calm, 0.0) == grading.FLOORS["share"]
    assert grading.band("share", calm, 0.1) == 0.1
    assert grading.band("share", wild, 0.05) == pytest.approx(0.15)
    redrawn = np.sqrt(2) * 2.7764 * np.sqrt(0.1 / 5)
    assert grading.band("share", wild, 0.3) == pytest.approx(redrawn, rel=1e-4)


def test_what_cancels_in_the_mean_by_luck_is_in_the_band() -> None:
    """Seeds that are off by a tenth each, this way and that: their mean is not off at all."""
    here, there = np.full(4, 0.5), np.array([0.4, 0.6, 0.4, 0.6])
    assert grading.apart("share", here, there) == pytest.approx(0)
    scattered = grading.may_differ("share", here, there)
    assert scattered == pytest.approx(3.1824 * np.std(there, ddof=1) / 2, rel=1e-4)
    assert grading.band("share", here, 0.0, scattered) == scattered
    assert grading.may_differ("share", here, here) == 0


def sure(*effects: float) -> list[np.ndarray]:
    return [effect + 1e-6 * np.arange(-2, 3) for effect in effects]


def test_an_effect_is_graded_by_its_size() -> None:
    grade: Mapping[float, str] = {0.3: "clear", 0.05: "weak", -0.05: "contradicted"}
    for effect, verdict in grade.items():
        assert grading.graded(sure(effect)[0], large=0.1) == verdict
    assert grading.graded(sure(0.05)[0], large=0.2, none=0.1) == "contradicted"
    assert grading.graded(np.array([-1, 0, 1, 2, 3.0]), large=0.1) == "weak"


@pytest.mark.parametrize(
    ("effects", "verdict"),
    [
        ((0.2, 0.3), "clear"),
        ((0.2, 0.05), "weak"),
        ((0.2, -0.05), "weak"),
        ((0.0, -0.05), "contradicted"),
        ((0.05, 0.05), "weak"),
    ],
)
def test_always_is_graded_by_all_places(effects: tuple[float, ...], verdict: str) -> None:
    assert grading.graded_in_all(sure(*effects), large=0.1) == verdict


@pytest.mark.parametrize("kind", get_args(grading.Kind))
def test_a_band_is_in_the_unit_of_the_distance(kind: grading.Kind) -> None:
    here = np.array([0.2, 0.5])
    for by in (0.1, -0.1):
        assert distance(kind, here, moved(kind, here, by)) == pytest.approx([0.1, 0.1])
    assert (moved("share", here, 2.0) == 1).all()


def test_no_error_is_told_from_a_smaller_one() -> None:
    assert distance("error", np.zeros(1), np.array([1e-18])) == 0
    assert distance("error", np.array([1e-16]), np.array([1e-14])) == pytest.approx(2)
