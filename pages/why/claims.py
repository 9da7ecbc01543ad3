"""The claims on the board in the order of the page, by what they are about.

They are those of `experiments.claims.board`, which a link to the lesson need not import.
"""

from __future__ import annotations

GROUPS: dict[str, tuple[str, ...]] = {
    "formula": (
        "b_cancels",
        "divides_variance",
        "gives_back",
        "makes_gaussian",
        "sd_is_gamma",
        "scale_free",
        "folds",
    ),
    "start": ("rounder_inputs", "rounder_hidden", "replaces_scaling", "any_init"),
    "speed": (
        "sooner",
        "always_faster",
        "larger_rates",
        "higher_accuracy",
        "every_step",
        "smoother",
        "vanishing",
        "exploding",
    ),
    "shift": (
        "less_shift",
        "shift_explains",
        "independent",
        "protects",
        "other_colours",
        "reestimated",
    ),
    "batch": (
        "before_best",
        "like_dropout",
        "regularizes",
        "decay_regularizes",
        "any_batch",
        "own_batch",
        "unbiased_better",
    ),
}
# Claims that this lesson shows: in which part, and by which experiment of the part on speed.
PLACES: dict[str, dict[str, str]] = {
    "rounder_inputs": {"part": "inputs"},
    "rounder_hidden": {"part": "inputs"},
    "replaces_scaling": {"part": "inputs"},
    "other_colours": {"part": "shift"},
    "independent": {"part": "layers"},
    "shift_explains": {"part": "speed", "test": "noisy"},
    "every_step": {"part": "speed", "test": "once"},
    "smoother": {"part": "speed", "test": "smooth"},
    "larger_rates": {"part": "speed", "test": "rates"},
    "vanishing": {"part": "speed", "test": "flow"},
    "exploding": {"part": "speed", "test": "flow"},
}
CLAIMS = tuple(claim for group in GROUPS.values() for claim in group)


def group(claim: str) -> str:
    """What it is about: one of GROUPS."""
    return next(name for name, claims in GROUPS.items() if claim in claims)
