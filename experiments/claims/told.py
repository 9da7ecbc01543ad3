"""What the words of a claim name besides its numbers: settings, and what is counted from numbers.

A figure that is set or measured is typed in no sentence. A claim's words may name its numbers by
their names, and what stands here; each comes from the place where it is set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from experiments.at_test_time import shifts
from experiments.claims import batch, beyond, formula, shift, speed
from experiments.claims.grading import Measured, above, below
from experiments.conv import branch, rank
from experiments.noise import beside_dropout, regularize, small_batches
from experiments.rivals import devices
from experiments.training import gradient_shift
from experiments.why import (
    disturb,
    gradient_flow,
    init_scale,
    inputs,
    once,
    smoothness,
    tolerance,
)

Told = Mapping[str, float | int]


def told(claim: str, numbers: Measured) -> Told:
    """What the words of a claim may name; nothing for most."""
    known = KNOWN.get(claim, {})
    return known(numbers) if callable(known) else known


def _like_dropout(numbers: Measured) -> Told:
    alike = batch.alike(numbers)
    return {
        "least": beside_dropout.M[0],
        "most": beside_dropout.M[-1],
        "m": batch.M_TOGETHER,
        "keep": beside_dropout.USUAL,
        "times": batch.FACTOR,
        "alike": int(alike.sum()),
        "all": alike.size,
    }


def _protects(numbers: Measured) -> Told:
    return shifts.STRENGTHS | {
        "all": len(numbers),
        "helps": sum(above(gain, shift.LITTLE) for gain in numbers.values()),
        "harms": sum(below(gain, -shift.LITTLE) for gain in numbers.values()),
        "little": 100 * shift.LITTLE,
    }


_STARTED = init_scale.config("before", "he")
_DARK = {"light": shift.LIGHT, "k": shift.NEW}

KNOWN: dict[str, Told | Callable[[Measured], Told]] = {
    "b_cancels": {"by": formula.BY, "m": formula.M},
    "divides_variance": {"times": formula.TIMES},
    "gives_back": {"m": formula.M},
    "makes_gaussian": {"m": formula.MANY},
    "sd_is_gamma": {"m": formula.M},
    "scale_free": {"times": formula.TIMES, "small": formula.FAR_TOO_SMALL},
    "rounder_inputs": {"features": len(inputs.FEATURES)},
    "any_init": {
        "depth": _STARTED.depth,
        "steps": _STARTED.steps,
        "tiny": init_scale.STARTS["tiny"][0],
        "huge": init_scale.STARTS["huge"][0],
    },
    "every_step": {f"{name}_layers": one.depth for name, one in once.SETTINGS.items()}
    | {"good": 100 * once.GOOD},
    "larger_rates": {
        "depth": speed.DEEP,
        "steps": tolerance.STEPS,
        "rates": len(tolerance.RATES),
        "good": 100 * tolerance.GOOD,
    },
    "higher_accuracy": {"steps": speed.LONG},
    "smoother": {"least": smoothness.ETAS[0], "most": smoothness.ETAS[-1]}
    | {f"lr_{name}": one.lr for name, one in smoothness.SETTINGS.items()},
    "vanishing": {"layers": gradient_flow.DEPTHS[-1]},
    "exploding": {"layers": gradient_flow.DEPTHS[-1], "twice": gradient_flow.SCALES["twice"]},
    "less_gradient_shift": {"layers": gradient_shift.SETTINGS["relu"].depth},
    "independent": {"ways": len(disturb.KINDS)},
    "protects": _protects,
    "reestimated": _DARK,
    "before_best": {"lr": batch.LARGEST},
    "like_dropout": _like_dropout,
    "regularizes": {name: one.n_train for name, one in regularize.SETTINGS.items()}
    | {"g": batch.GROUP, "all": regularize.BATCH},
    "any_batch": {
        "tiny": min(batch.TINY),
        "small": max(batch.TINY),
        "depth": small_batches.PRESETS["m2"].depth,
    },
    "own_batch": {"few": batch.COMPANY[0], "many": batch.COMPANY[1]},
    "unbiased_better": {"m": batch.M_BIASED, "less": batch.M_BIASED - 1},
    "accumulated": {
        "m": devices.M,
        "small": beyond.SMALL,
        "large": beyond.LARGE,
        "step": devices.STEP,
        "batches": beyond.BATCHES,
    },
    "branch_share": {
        "blocks": branch.BLOCKS,
        "width": branch.WIDTH,
        "images": branch.IMAGES,
    },
    "rank_kept": {"layers": rank.DEPTH, "width": rank.WIDTH, "images": rank.IMAGES},
}
