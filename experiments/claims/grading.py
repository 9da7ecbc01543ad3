"""How a claim is put to the test: what is measured over seeds, and the rule that grades it.

A claim is a sentence as it is told. Its experiment gives numbers, one for each seed; numbers that
are compared come from runs of one seed that share data, start and batches. A rule looks at these
numbers alone and says

- "exact": an identity, to rounding;
- "clear": the effect is there, and large: the whole band of the seeds is past a stated size;
- "weak": smaller than that, or not sure, or true of a part of what the sentence says;
- "contradicted": what the sentence says is absent, or the opposite happens.

The band of the seeds is the mean ± 3 standard errors: with five seeds the mean of a number that is
only noise stays within it 96 times in 100 (Student's t).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Literal

import numpy as np

Verdict = Literal["exact", "clear", "weak", "contradicted"]
VERDICTS: tuple[Verdict, ...] = ("exact", "clear", "weak", "contradicted")
FIVE, EIGHT, TEN = (tuple(range(n)) for n in (5, 8, 10))  # seeds
FRESH = tuple(range(5, 10))  # those that had no say in which learning rate is best
THE_PAPER = "1502.03167"  # Ioffe & Szegedy 2015

Kind = Literal["share", "points", "factor", "number", "error"]  # points: a difference of shares
Measured = Mapping[str, np.ndarray]  # by name, (S,)

ERRORS = 3  # standard errors on each side of the mean
ROUNDING = 1e-12  # below this, relative to what it is an error of, float64 is exact
TINY = 1e-17  # no error is told from a smaller one


@dataclass(frozen=True)
class Claim:
    """One sentence and its test. The sentence itself stands in the locale files, by the same id."""

    lesson: str  # that shows it
    paper: str  # arXiv id of what to read
    seeds: tuple[int, ...]
    numbers: dict[str, Kind]  # what `measure` gives, in the order in which a page shows it
    measure: Callable[[Sequence[int]], dict[str, np.ndarray]]
    verdict: Callable[[Measured], Verdict]
    cheap: bool = False  # a test measures it again
    place: dict[str, str] = field(default_factory=dict)  # where in the lesson: its controls


def by_seed(of_one: Callable[[int], dict[str, float]]) -> Callable[..., dict[str, np.ndarray]]:
    """`measure` from what is measured with one seed at a time."""

    @wraps(of_one)  # so that its source is what the page shows
    def measure(seeds: Sequence[int]) -> dict[str, np.ndarray]:
        found = [of_one(seed) for seed in seeds]
        return {name: np.array([one[name] for one in found]) for name in found[0]}

    return measure


# --- grading ---


def band(values: np.ndarray) -> tuple[float, float]:
    """Of the seeds: the mean less and plus 3 standard errors."""
    half = ERRORS * float(values.std(ddof=1)) / np.sqrt(len(values))
    return float(values.mean()) - half, float(values.mean()) + half


def above(values: np.ndarray, least: float) -> bool:
    """The whole band is."""
    return band(values)[0] > least


def below(values: np.ndarray, most: float) -> bool:
    """The whole band is."""
    return band(values)[1] < most


def graded(effect: np.ndarray, large: float, none: float = 0.0) -> Verdict:
    """Of an effect in favour of the sentence: clear above `large`, contradicted below `none`."""
    if above(effect, large):
        return "clear"
    return "contradicted" if below(effect, none) else "weak"


def graded_in_all(effects: Sequence[np.ndarray], large: float, none: float = 0.0) -> Verdict:
    """Of a sentence that says "always": clear in all places, or contradicted in one.

    Where it is sure to be wrong in one place and sure to be right in another, it is weak.
    """
    if all(above(effect, large) for effect in effects):
        return "clear"
    wrong = any(below(effect, none) for effect in effects)
    right = any(above(effect, max(none, 0.0)) for effect in effects)
    return "contradicted" if wrong and not right else "weak"


def exact(*errors: np.ndarray) -> bool:
    """All are rounding."""
    return all(bool((error < ROUNDING).all()) for error in errors)


# --- rules ---

Rule = Callable[[Measured], Verdict]


def identity(*errors: str) -> Rule:
    """Of a sentence that is exact, or else not true."""
    return lambda found: "exact" if exact(*(found[name] for name in errors)) else "contradicted"


def effect(name: str, large: float, none: float = 0.0) -> Rule:
    """Of a sentence that says: this number is positive. See `graded`."""
    return lambda found: graded(found[name], large, none)


def always(large: float, *names: str, none: float = 0.0) -> Rule:
    """Of a sentence that says: these numbers are positive. See `graded_in_all`."""
    return lambda found: graded_in_all([found[name] for name in names], large, none)


def times(large: float, *names: str) -> Rule:
    """Of a sentence that says: these factors are above 1, all of them; clear from `large` on.

    By their logarithms: threefold and a third are equally far from 1.
    """
    return lambda found: graded_in_all([np.log(found[name]) for name in names], np.log(large))


def nothing_lost(little: float, much: float, *names: str) -> Rule:
    """Of a sentence that says: it costs nothing, anywhere.

    Clear where all losses are below `little`, contradicted where one is above `much`.
    """

    def rule(found: Measured) -> Verdict:
        losses = [found[name] for name in names]
        if all(below(loss, little) for loss in losses):
            return "clear"
        return "contradicted" if any(above(loss, much) for loss in losses) else "weak"

    return rule


# --- comparing ---

# How far a number may be off where nothing but rounding differs, be it ever so calm.
FLOORS: dict[Kind, float] = {
    "share": 0.01,
    "points": 0.02,
    "factor": 0.05,
    "number": 0.02,
    "error": 2.0,
}


def distance(kind: Kind, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Between two measurements, number by number, in the unit of the bands.

    Shares (accuracies) and plain numbers by their difference, factors (and counts of steps) by
    that of their logarithms, errors by powers of ten.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if kind == "factor":
        return np.abs(np.log(a / b))
    if kind == "error":
        return np.abs(np.log10(np.maximum(a, TINY) / np.maximum(b, TINY)))
    return np.abs(a - b)


def moved(kind: Kind, values: np.ndarray, by: float) -> np.ndarray:
    """`values`, all of them `by` further on in the unit of the bands; shares stay in 0 to 1."""
    if kind == "factor":
        return values * np.exp(by)
    if kind == "error":
        return np.maximum(values, TINY) * 10.0**by
    return np.clip(values + by, 0, 1) if kind == "share" else values + by
