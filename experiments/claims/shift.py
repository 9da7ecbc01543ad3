"""Shift: of what a layer receives in training, and of the data afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from bncore.data import DATASETS
from experiments.at_test_time import dimming, shifts
from experiments.claims.grading import (
    FIVE,
    TEN,
    THE_PAPER,
    Claim,
    Kind,
    Measured,
    Verdict,
    above,
    always,
    below,
    by_seed,
    effect,
    graded_in_all,
    times,
)
from experiments.claims.runs import figure1, shipped
from experiments.claims.scope import Scope
from experiments.presets import PRESETS
from experiments.trained import REGIMES
from experiments.training import gradient_shift
from experiments.training.shift import shift
from experiments.why import coloured, disturb, noisy


def _less_shift(seed: int) -> dict[str, float]:
    """Of the last hidden layer; plain over batch norm."""
    found = shift(figure1(seed))
    numbers = {
        "ks_ratio": found.ks,
        "path_ratio": found.w1,
        "late_ks_ratio": found.ks_late,
        "late_path_ratio": found.w1_late,
        "late_ratio": found.moved_late,
    }
    plain, bn = 0, 1
    return {name: float(of[plain, -1] / of[bn, -1]) for name, of in numbers.items()}


def _keeps_still(found: Measured) -> Verdict:
    """Much stiller over the whole run, which a plateau can carry, and stiller at its end, too."""
    whole = times(1.5, "ks_ratio", "path_ratio")(found)
    return agreed(whole, times(1.0, "late_ks_ratio", "late_path_ratio")(found))


def agreed(*verdicts: Verdict) -> Verdict:
    """What all say; weak where they differ."""
    return verdicts[0] if len(set(verdicts)) == 1 else "weak"


def _less_gradient_shift(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Of the last hidden layer: what the step below it makes of its gradient."""
    found = {}
    for on in gradient_shift.SETTINGS:
        n = gradient_shift.numbers(gradient_shift.train_all(seeds, on))
        for name, of in RATIOS.items():
            found[f"{on}_{name}"] = n[f"{of}.plain"] / n[f"{of}.bn"]
        found |= {f"{on}_{arm}": n[f"cosine.{arm}"] for arm in gradient_shift.ARMS}
    return {name: found[name] for name in GRADIENT_SHIFT}


# Plain over batch norm: the distance in norms of the gradient, the same late, and as it is.
RATIOS = {"ratio": "relative", "late_ratio": "late_relative", "distance": "distance"}
GRADIENT_SHIFT: dict[str, Kind] = {
    f"{on}_{name}": kind
    for kind, names in {
        "factor": tuple(RATIOS),
        "number": gradient_shift.ARMS,
    }.items()
    for on in gradient_shift.SETTINGS
    for name in names
}


def _gradient_keeps(found: Measured) -> Verdict:
    """By the distance and by the angle, in both networks."""
    by_distance = times(1.5, *(f"{on}_ratio" for on in gradient_shift.SETTINGS))(found)
    cosines = [found[f"{on}_bn"] - found[f"{on}_plain"] for on in gradient_shift.SETTINGS]
    return agreed(by_distance, graded_in_all(cosines, 0.1))


def _rates() -> Scope:
    """Of both settings, as their arms are trained."""
    runs = [
        replace(base, lr=lr)
        for on, base in gradient_shift.SETTINGS.items()
        for lr in gradient_shift.rates_of(on).values()
    ]
    return Scope.of(runs, "mixed")


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


def _is_the_reason(found: Measured) -> Verdict:
    """Of shift: contradicted where it is put back, more than plain ever had, and nothing is lost.

    Clear where with the shift the lead goes too.
    """
    more = above(found["shift_ratio"], 2, "factor") and above(found["late_ks_ratio"], 1, "factor")
    if not more:
        return "weak"
    if above(found["kept"], 0.9):
        return "contradicted"
    return "clear" if below(found["kept"], 0.3) else "weak"


def _independent(seed: int) -> dict[str, float]:
    """Test accuracy that a disturbed layer 2 costs, by what is done to it."""
    n = disturb.numbers(disturb.one_seed(seed))
    return {
        f"{kind}_{way}": float(n[f"intact.{way}"][0] - n[f"accuracy.{kind}.{way}"][0])
        for kind in disturb.KINDS
        for way in disturb.WAYS
    }


def _are_independent(found: Measured) -> Verdict:
    """Of disturbances that cost the plain network a lot: all are taken away, some, or none."""
    costly = [kind for kind in disturb.KINDS if above(found[f"{kind}_plain"], 0.05)]
    gone = [kind for kind in costly if below(found[f"{kind}_batch"], 0.02)]
    if gone and len(gone) == len(costly):
        return "clear"
    return "weak" if gone else "contradicted"


LIGHT = 0.3  # times every pixel
NEW = 64  # images without labels


@lru_cache(maxsize=len(FIVE))
def _dimmed(seed: int) -> dict[str, float]:
    """Test accuracy of a pair on the digits, at full light and at LIGHT of it."""
    found = dimming.train_and_sweep(replace(REGIMES["slow"], seed=seed), (NEW,))[0]
    bright, dark = (list(found.a).index(a) for a in (1.0, LIGHT))
    return {
        "bright": float(found.frozen[bright]),
        "plain": float(found.plain[dark]),
        "frozen": float(found.frozen[dark]),
        "reestimated": float(found.reestimated[dark]),
    }


def _protects(seed: int) -> dict[str, float]:
    """How much less a shift of the test images costs with batch norm, by shift."""
    found = shifts.cost(*shifts.pair(seed, shifts.over_seeds().best), seed)
    return {
        f"gain_{name}": float(gain) for name, gain in zip(shifts.SHIFTS, found.gain, strict=True)
    }


def _pairs() -> Scope:
    best = zip(shifts.ARMS, shifts.over_seeds().best, strict=True)
    return Scope.of([shifts.config(arm, rate, 0) for arm, rate in best], "validated")


LITTLE = 0.02  # of the test images; less is neither help nor harm


def _does_protect(found: Measured) -> Verdict:
    """In most shifts and harmful in none; contradicted where it harms at least as often.

    What helps in less than a quarter of them does not protect.
    """
    helps = sum(above(gain, LITTLE) for gain in found.values())
    harms = sum(below(gain, -LITTLE) for gain in found.values())
    if helps > len(found) / 2 and not harms:
        return "clear"
    return "contradicted" if harms >= helps and helps < len(found) / 4 else "weak"


DARK: dict[str, Kind] = dict.fromkeys(("bright", "plain", "frozen", "reestimated"), "share")

COLOURS = ("grey", "orange", "yellow")


def _other_colours(seed: int) -> dict[str, float]:
    found, inks = coloured.one_seed(seed), list(coloured.INKS)
    by_ink = {ink: inks.index(ink) for ink in COLOURS}
    return {
        **{f"{ink}_gain": float(found.frozen[at] - found.plain[at]) for ink, at in by_ink.items()},
        **{f"{ink}_plain": float(found.plain[at]) for ink, at in by_ink.items()},
        **{f"{ink}_frozen": float(found.frozen[at]) for ink, at in by_ink.items()},
        **{f"{ink}_retrained": float(found.frozen_retrained[at]) for ink, at in by_ink.items()},
    }


def _inked() -> Scope:
    return Scope(
        data=(("digits", DATASETS["digits"].n_train),),
        activations=("relu",),
        depths=(len(coloured.HIDDEN),),
        widths=tuple(sorted(set(coloured.HIDDEN))),
        optimizers=("sgd",),
        batch_sizes=(coloured.BATCH,),
        steps=(coloured.STEPS,),
        rates=(coloured.LR,),
        chosen="set",
    )


def _reestimated(seed: int) -> dict[str, float]:
    found = _dimmed(seed)
    gap = found["bright"] - found["frozen"]
    return {"repaired": (found["reestimated"] - found["frozen"]) / gap} | found


CLAIMS: dict[str, Claim] = {
    "less_shift": Claim(
        "training",
        THE_PAPER,
        TEN,
        dict.fromkeys(
            ("ks_ratio", "path_ratio", "late_ks_ratio", "late_path_ratio", "late_ratio"), "factor"
        ),
        by_seed(_less_shift),
        _keeps_still,
        varied="matched",
        scope=lambda: Scope.of([PRESETS["figure1"]]),
    ),
    "less_gradient_shift": Claim(
        "training",
        "1805.11604",
        TEN,
        GRADIENT_SHIFT,
        _less_gradient_shift,
        _gradient_keeps,
        varied="matched",
        scope=_rates,
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
        place={"scene": "noisy"},
        varied="matched",
        scope=lambda: Scope.of([noisy.SETTINGS["three"]]),
    ),
    "independent": Claim(
        "why",
        THE_PAPER,
        FIVE,
        {f"{kind}_{way}": "points" for kind in disturb.KINDS for way in disturb.WAYS},
        by_seed(_independent),
        _are_independent,
        place={"scene": "apart"},
        varied="matched",
        scope=shipped,
    ),
    "protects": Claim(
        "test_time",
        "2006.16971",
        TEN,
        {f"gain_{name}": "points" for name in shifts.SHIFTS},
        by_seed(_protects),
        _does_protect,
        cheap=True,
        varied="matched",
        scope=_pairs,
    ),
    "other_colours": Claim(
        "why",
        "2006.16971",
        TEN,
        {f"{ink}_gain": "points" for ink in COLOURS}
        | {f"{ink}_{arm}": "share" for arm in ("plain", "frozen", "retrained") for ink in COLOURS},
        by_seed(_other_colours),
        always(0.05, *(f"{ink}_gain" for ink in COLOURS)),
        cheap=True,
        place={"scene": "inks"},
        varied="matched",
        scope=_inked,
    ),
    "reestimated": Claim(
        "test_time",
        "2006.16971",
        FIVE,
        {"repaired": "number"} | DARK,
        by_seed(_reestimated),
        effect("repaired", large=0.8),
        cheap=True,
        varied="networks",
        scope=shipped,
    ),
}
