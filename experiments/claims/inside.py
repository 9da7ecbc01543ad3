"""Claims on what happens inside: spectra, gradients, curvature, shift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from experiments.claims.grading import (
    FIVE,
    TEN,
    THE_PAPER,
    Claim,
    Measured,
    Verdict,
    above,
    below,
    by_seed,
    graded,
    times,
)
from experiments.claims.training import figure1, final
from experiments.network import scale
from experiments.training.shift import shift
from experiments.why import disturb, gradient_flow, noisy, smoothness, spectrum


def _rounder_hidden(seed: int) -> dict[str, float]:
    """Largest eigenvalue by the median one: plain over batch norm before the activation."""
    found = spectrum.one_seed(seed)
    plain, before = found.norms.index("none"), found.norms.index("before")
    rows = dict(zip(found.activations, found.to_median, strict=True))
    ratios = {name: float(row[plain] / row[before]) for name, row in rows.items()}
    return ratios | {
        f"{name}_{arm}": float(row[at])
        for name, row in rows.items()
        for arm, at in (("plain", plain), ("bn", before))
    }


def _flows(seed: int) -> dict[str, float]:
    return gradient_flow.numbers(gradient_flow.one_seed(seed))


def _vanishing(seed: int) -> dict[str, float]:
    """By what a gradient is multiplied, layer by layer toward the input, in 50 sigmoid layers."""
    found = _flows(seed)
    plain, bn = (found[f"factor.sigmoid.{norm}"] for norm in ("none", "before"))
    return {"plain": plain, "bn": bn}


def _exploding(seed: int) -> dict[str, float]:
    """50 ReLU layers: the gradient near the input over that near the output."""
    found = _flows(seed)
    plain, bn = (found[f"ratio.relu.{norm}"] for norm in ("none", "before"))
    return {
        "plain": plain,
        "bn": bn,
        "factor_plain": found["factor.relu.none"],
        "factor_bn": found["factor.relu.before"],
    }


def _smoother(seed: int) -> dict[str, float]:
    found = {}
    for setting in smoothness.SETTINGS:
        n = smoothness.numbers(smoothness.one_seed(seed, setting))
        for what in ("loss_range", "change"):
            found[f"{setting}_{what}"] = float(n[f"{what}.plain"][0] / n[f"{what}.bn"][0])
    return found


def _less_shift(seed: int) -> dict[str, float]:
    """Of the last hidden layer; plain over batch norm."""
    found = shift(figure1(seed))
    plain, bn = 0, 1
    return {
        "ks_ratio": float(found.ks[plain, -1] / found.ks[bn, -1]),
        "path_ratio": float(found.w1[plain, -1] / found.w1[bn, -1]),
        "late_ratio": float(found.moved_late[plain, -1] / found.moved_late[bn, -1]),
    }


def _shift_explains(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Batch norm whose outputs are made to jump: how much of its lead is left, at what shift."""
    n = noisy.numbers(noisy.train_all(seeds, "three"))
    plain, bn, jumping = (n[f"accuracy.{arm}"] for arm in ("plain", "bn", "noisy_bn"))
    return {
        "kept": (jumping - plain) / (bn - plain),
        "shift_ratio": n["shift.noisy_bn"] / n["shift.plain"],
        "late_ks_ratio": n["late_ks.noisy_bn"] / n["late_ks.plain"],
        "plain": plain,
        "bn": bn,
        "noisy": jumping,
    }


def _independent(seed: int) -> dict[str, float]:
    """Test accuracy that a disturbed layer 2 costs, by what is done to it."""
    n = disturb.numbers(disturb.one_seed(seed))
    return {
        f"{kind}_{way}": float(n[f"intact.{way}"][0] - n[f"accuracy.{kind}.{way}"][0])
        for kind in disturb.KINDS
        for way in disturb.WAYS
    }


RECORDS = 10  # the accuracy of a decayed network goes up and down


def _decay_regularizes(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """The same function as at a rising rate without decay; and what decay is good for, at .3."""
    same = [scale.decay_as_rate(seed=seed) for seed in seeds]
    runs = [replace(scale.config(0.3, 0.0, 1500, seed), record_every=50) for seed in seeds]
    decayed = final([replace(run, weight_decay=0.01) for run in runs], RECORDS)
    without = final(runs, RECORDS)
    return {
        "error": np.array([np.abs(one.decay - one.rising).max() for one in same]),
        "constant": np.array([np.abs(one.decay - one.constant).max() for one in same]),
        "gain": decayed - without,
        "without": without,
        "decayed": decayed,
    }


# --- rules ---


def _does_not_vanish(found: Measured) -> Verdict:
    """It does without batch norm; with it a layer takes less than a fifth away."""
    if not below(found["plain"], 0.5):
        return "weak"
    return graded(found["bn"], large=0.8, none=0.5)


def _does_not_explode(found: Measured) -> Verdict:
    """Contradicted where batch norm makes it grow tenfold, and further than it does without."""
    if above(found["bn"], 10) and above(found["bn"] / found["plain"], 2):
        return "contradicted"
    return "clear" if below(found["bn"], 10) and above(found["plain"], 10) else "weak"


def _is_smoother(found: Measured) -> Verdict:
    """Twice as smooth where the plain network learns.

    Where it learns nothing, in the setting "sigmoid", its loss is flat: there nothing can be
    smoother, and it is enough that batch norm is not rougher.
    """
    if any(below(found[f"sigmoid_{what}"], 0.8) for what in ("loss_range", "change")):
        return "weak"
    return times(2, *(name for name in SMOOTH if not name.startswith("sigmoid")))(found)


def _is_the_reason(found: Measured) -> Verdict:
    """Of shift: contradicted where it is put back, more than plain ever had, and nothing is lost.

    Clear where with the shift the lead goes too.
    """
    more = above(found["shift_ratio"], 2) and above(found["late_ks_ratio"], 1)
    if not more:
        return "weak"
    if above(found["kept"], 0.9):
        return "contradicted"
    return "clear" if below(found["kept"], 0.3) else "weak"


def _are_independent(found: Measured) -> Verdict:
    """Of disturbances that cost the plain network a lot: all are taken away, some, or none."""
    costly = [kind for kind in disturb.KINDS if above(found[f"{kind}_plain"], 0.05)]
    gone = [kind for kind in costly if below(found[f"{kind}_batch"], 0.02)]
    if gone and len(gone) == len(costly):
        return "clear"
    return "weak" if gone else "contradicted"


def _is_regularizing(found: Measured) -> Verdict:
    """It is not where the same function comes out without any decay, and nothing is gained."""
    if bool((found["error"] < 1e-6).all()) and not above(found["gain"], 0.005):
        return "contradicted"
    return graded(found["gain"], large=0.01)


SMOOTH = tuple(f"{on}_{what}" for on in smoothness.SETTINGS for what in ("loss_range", "change"))

INSIDE: dict[str, Claim] = {
    "rounder_hidden": Claim(
        "why",
        "2108.01110",
        FIVE,
        dict.fromkeys(spectrum.ACTIVATIONS, "factor")
        | {f"{name}_{arm}": "factor" for name in spectrum.ACTIVATIONS for arm in ("plain", "bn")},
        by_seed(_rounder_hidden),
        times(2, "sigmoid", "relu"),
        cheap=True,
    ),
    "vanishing": Claim(
        "why",
        "1902.08129",
        FIVE,
        {"plain": "factor", "bn": "factor"},
        by_seed(_vanishing),
        _does_not_vanish,
    ),
    "exploding": Claim(
        "why",
        "1902.08129",
        FIVE,
        dict.fromkeys(("plain", "bn", "factor_plain", "factor_bn"), "factor"),
        by_seed(_exploding),
        _does_not_explode,
    ),
    "smoother": Claim(
        "why",
        "1805.11604",
        FIVE,
        dict.fromkeys(SMOOTH, "factor"),
        by_seed(_smoother),
        _is_smoother,
    ),
    "less_shift": Claim(
        "training",
        THE_PAPER,
        FIVE,
        {"ks_ratio": "factor", "path_ratio": "factor", "late_ratio": "factor"},
        by_seed(_less_shift),
        times(1.5, "ks_ratio", "path_ratio"),
    ),
    "shift_explains": Claim(
        "why",
        "1805.11604",
        FIVE,
        {"kept": "number", "shift_ratio": "factor", "late_ks_ratio": "factor"}
        | dict.fromkeys(("plain", "bn", "noisy"), "share"),
        _shift_explains,
        _is_the_reason,
        cheap=True,
    ),
    "independent": Claim(
        "why",
        THE_PAPER,
        FIVE,
        {f"{kind}_{way}": "number" for kind in disturb.KINDS for way in disturb.WAYS},
        by_seed(_independent),
        _are_independent,
    ),
    "decay_regularizes": Claim(
        "network",
        "1706.05350",
        TEN,
        {
            "error": "error",
            "constant": "factor",
            "gain": "number",
            "without": "share",
            "decayed": "share",
        },
        _decay_regularizes,
        _is_regularizing,
    ),
}
