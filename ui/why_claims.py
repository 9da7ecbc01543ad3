"""The claims on the board in the order of the page, by what they are about.

They are those of `experiments.claims`, which a link to the lesson need not import.
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
CLAIMS = tuple(claim for group in GROUPS.values() for claim in group)


def group(claim: str) -> str:
    """What it is about: one of GROUPS."""
    return next(name for name, claims in GROUPS.items() if claim in claims)
