"""How a claim is put to the test: what is measured over seeds, and the rule that grades it.

A claim is a sentence as it is told. Its experiment gives numbers, one for each seed; numbers that
are compared come from runs of one seed that share data, start and batches. A rule looks at these
numbers alone and says

- "exact": an identity, to rounding;
- "clear": the effect is there, and large: the whole interval is past a stated size;
- "weak": smaller than that, or not sure, or true of a part of what the sentence says;
- "contradicted": what the sentence says is absent, or the opposite happens.

The interval is that of `experiments.intervals`: Student's t, 95 %, of the mean over what varies.
A claim says what varies, and on what it was measured (`Scope`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Literal, get_args

import numpy as np

from experiments.claims.scope import Scope
from experiments.intervals import TINY, in_unit, interval, reach
from experiments.intervals import Kind as Kind  # claims name their kinds

Verdict = Literal["exact", "clear", "weak", "contradicted"]
VERDICTS: tuple[Verdict, ...] = ("exact", "clear", "weak", "contradicted")
FIVE, EIGHT, TEN = (tuple(range(n)) for n in (5, 8, 10))  # seeds
FRESH = tuple(range(5, 10))  # those that had no say in which learning rate is best
THE_PAPER = "1502.03167"  # Ioffe & Szegedy 2015

Measured = Mapping[str, np.ndarray]  # by name, (S,)

# What the seeds of a claim draw: only where they draw all of it does the interval speak of
# networks to be trained, rather than of one network and its batches.
Varied = Literal[
    "matched",  # networks trained side by side, which share split, start and batches
    "networks",  # networks trained, one for each seed
    "starts",  # split and initial weights, of networks that are not trained
    "batches",  # mini-batches that one trained network meets
    "images",  # two images and the mini-batches around them, that one trained network meets
    "shuffles",  # orders in which one trained network meets the test images
    "resamples",  # examples drawn again from a data set, with replacement
]
VARIED: tuple[Varied, ...] = get_args(Varied)

ROUNDING = 1e-12  # below this, relative to what it is an error of, float64 is exact


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
    varied: Varied | None = field(default=None, kw_only=True)  # what a seed draws
    scope: Callable[[], Scope] | None = field(default=None, kw_only=True)  # on what it is measured


def by_seed(of_one: Callable[[int], dict[str, float]]) -> Callable[..., dict[str, np.ndarray]]:
    """`measure` from what is measured with one seed at a time."""

    @wraps(of_one)  # so that its source is what the page shows
    def measure(seeds: Sequence[int]) -> dict[str, np.ndarray]:
        found = [of_one(seed) for seed in seeds]
        return {name: np.array([one[name] for one in found]) for name in found[0]}

    return measure


# --- grading ---


def above(values: np.ndarray, least: float, kind: Kind = "number") -> bool:
    """The whole interval is. Factors say that they are: their interval is one of logarithms."""
    return interval(values, kind)[0] > least


def below(values: np.ndarray, most: float, kind: Kind = "number") -> bool:
    """The whole interval is."""
    return interval(values, kind)[1] < most


def graded(effect: np.ndarray, large: float, none: float = 0.0, kind: Kind = "number") -> Verdict:
    """Of an effect in favour of the sentence: clear above `large`, contradicted below `none`."""
    if above(effect, large, kind):
        return "clear"
    return "contradicted" if below(effect, none, kind) else "weak"


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

# How far a mean may be off where nothing but rounding differs, be it ever so calm.
FLOORS: dict[Kind, float] = {
    "share": 0.005,
    "points": 0.01,
    "factor": 0.02,
    "number": 0.01,
    "error": 2.0,
}


def distance(kind: Kind, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Between two measurements, number by number, in the unit of the bands.

    Shares (accuracies) and plain numbers by their difference, factors (and counts of steps) by
    that of their logarithms, errors by powers of ten.
    """
    return np.abs(in_unit(kind, a) - in_unit(kind, b))


def apart(kind: Kind, a: np.ndarray, b: np.ndarray) -> float:
    """Between the means of two measurements, in the unit of the bands."""
    return float(abs(in_unit(kind, a).mean() - in_unit(kind, b).mean()))


SAFETY = 3  # times what was seen to differ


def may_differ(kind: Kind, a: np.ndarray, b: np.ndarray) -> float:
    """How far the means of two measurements may be apart by what their seeds differ, one by one.

    What single seeds are off may by luck cancel in the mean: 95 % of such luck, by Student's t.
    """
    return float(reach(in_unit(kind, a) - in_unit(kind, b)))


def band(kind: Kind, values: np.ndarray, seen: float, scattered: float = 0.0) -> float:
    """How far the mean of these values may be off on another machine, in the unit of the bands.

    `seen` is how far it was off on machines that were tried: so far at least, and three times so
    far. But where runs are chaotic, another machine's rounding does what another seed does, and no
    more: the most is then how far the means of two draws of so many seeds are apart. `scattered` is
    how far it may be off there by what single seeds were (`may_differ`): at least so far.
    """
    redrawn = np.sqrt(2) * reach(in_unit(kind, values))
    return max(FLOORS[kind], seen, scattered, min(SAFETY * seen, float(redrawn)))


def moved(kind: Kind, values: np.ndarray, by: float) -> np.ndarray:
    """`values`, all of them `by` further on in the unit of the bands; shares stay in 0 to 1."""
    if kind == "factor":
        return values * np.exp(by)
    if kind == "error":
        return np.maximum(values, TINY) * 10.0**by
    return np.clip(values + by, 0, 1) if kind == "share" else values + by
