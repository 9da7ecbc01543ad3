"""What is said of batch norm, and what is measured of it: the board of the lesson on why.

The sentences stand in the locale files of that lesson, by these ids:

| id                | in a sentence                                                               |
|-------------------|-----------------------------------------------------------------------------|
| gives_back        | γ = √(σ² + ε) and β = μ give z back                                         |
| b_cancels         | b in front of batch norm does nothing                                       |
| scale_free        | multiplying W by a number > 0 changes nothing of what the network says      |
| folds             | after training, batch norm can be folded into W and b                       |
| sd_is_gamma       | after batch norm a unit has mean β and standard deviation γ                 |
| divides_variance  | batch norm divides by the variance                                          |
| makes_gaussian    | batch norm makes the distribution of a unit normal (Gaussian)               |
| unbiased_better   | the running variance should be unbiased, it makes predictions better        |
| rounder_inputs    | scaling the inputs makes the loss rounder                                   |
| rounder_hidden    | batch norm does the same for what the deeper layers learn from              |
| replaces_scaling  | with batch norm in the hidden layers inputs need no scaling                 |
| sooner            | at the same learning rate batch norm trains in far fewer steps              |
| always_faster     | batch norm is always faster, each arm at its own best rate                  |
| larger_rates      | batch norm allows much larger learning rates                                |
| higher_accuracy   | batch norm ends at a higher accuracy                                        |
| any_init          | with batch norm the initial weights do not matter                           |
| every_step        | it is normalizing at every step that does it, not a repaired start          |
| vanishing         | batch norm keeps gradients from vanishing in deep networks                  |
| exploding         | batch norm keeps gradients from exploding in deep networks                  |
| smoother          | batch norm makes the loss smoother along the gradient                       |
| less_shift        | with batch norm what a layer receives is distributed more steadily          |
| shift_explains    | it works because it reduces internal covariate shift                        |
| independent       | with batch norm a layer does not depend on what changes below it            |
| before_best       | batch norm belongs before the activation                                    |
| like_dropout      | the noise of its batches is like dropout                                    |
| regularizes       | the noise of its batches regularizes                                        |
| decay_regularizes | weight decay regularizes W in front of batch norm                           |
| any_batch         | batch norm works with any batch size                                        |
| own_batch         | at test time the statistics of the test batch do as well                    |
| protects          | batch norm protects against test data that has shifted                      |
| other_colours     | with batch norm, whoever learned from black ink reads coloured ink          |
| reestimated       | new statistics from unlabelled images repair what the shift did             |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from experiments import evidence
from experiments.claims.batches import BATCHES
from experiments.claims.formula import FORMULA
from experiments.claims.grading import Claim, Verdict, distance
from experiments.claims.inputs import INPUTS
from experiments.claims.inside import INSIDE
from experiments.claims.training import TRAINING

EVIDENCE = "claims"
CLAIMS: dict[str, Claim] = FORMULA | INPUTS | TRAINING | INSIDE | BATCHES


@dataclass(frozen=True, eq=False)
class Row:
    """What the committed table says of one claim. What a number is (its kind) says CLAIMS."""

    id: str
    verdict: Verdict
    lesson: str  # that shows it
    paper: str  # arXiv id
    seeds: tuple[int, ...]
    versions: dict[str, str]  # that measured it
    numbers: dict[str, np.ndarray]  # (S,) each
    bands: dict[str, float]  # how far a value may be off on another machine, as by `distance`


@cache
def board() -> dict[str, Row]:
    """The committed table, in its order; measures nothing. `make claims` writes it."""
    return {name: row_of(name, one) for name, one in evidence.about(EVIDENCE)["claims"].items()}


def row_of(name: str, stored: Mapping[str, Any]) -> Row:
    """A claim's part of the file."""
    numbers = stored["numbers"]
    return Row(
        id=name,
        verdict=stored["verdict"],
        lesson=stored["lesson"],
        paper=stored["paper"],
        seeds=tuple(stored["seeds"]),
        versions=stored["versions"],
        numbers={key: _locked(one["values"]) for key, one in numbers.items()},
        bands={key: one["band"] for key, one in numbers.items()},
    )


def _locked(values: list[float]) -> np.ndarray:
    array = np.array(values, float)
    array.flags.writeable = False
    return array


def differences(row: Row, measured: Mapping[str, np.ndarray], seeds: Sequence[int]) -> list[str]:
    """Where numbers measured with some of the row's seeds leave its bands; one line for each."""
    at = [row.seeds.index(seed) for seed in seeds]
    found = []
    for name, kind in CLAIMS[row.id].numbers.items():
        there, here, band = row.numbers[name][at], measured[name], row.bands[name]
        off = float(distance(kind, there, here).max())
        if off > band:
            line = f"{row.id}.{name}: {here.tolist()} here, {there.tolist()} in the table"
            found.append(f"{line}; {off:.3g} apart, {band:.3g} allowed")
    return found
