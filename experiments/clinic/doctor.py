"""What can be told of batch norm layers from their numbers alone: a doctor for files of others.

`examine` looks at what a network keeps of its batch norm layers and, where they are there, at a
batch of what came into them and at the network's answers in both modes. Each rule below is a
function that says what it looks for and where its threshold comes from; what it finds is a
`Finding` with a code, the units, and the numbers it rests on. No rule knows the network's weights.

    >>> layer = Layer("bn1", gamma=[1.0, 0.0], beta=[0.0, 0.0], running_mean=[0.2, -0.1],
    ...               running_var=[0.8, -2.0])
    >>> [(one.code, one.units) for one in examine(Patient((layer,)))]
    [('negative_var', (1,)), ('gamma_zero', (1,))]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np

from bncore.model import gain

#: one healthy file in so many has a unit beyond the limit of the tests against a batch by chance
ONE_IN = 10_000
#: what PyTorch and Flax use where a file does not say which; Keras' is 1e-3
EPS = 1e-5
#: weight of the newest batch where a file does not say which: PyTorch's; Keras' and Flax's is .01
MOMENTUM = 0.1
#: a test needs this many examples: with fewer, a unit's own spread is not known well enough
ENOUGH = 16
#: |γ| up to which a unit passes on nothing: a ten-thousandth of what it began with
SMALL_GAMMA = 1e-4
#: what is left of a unit's spread, √(σ²/(σ² + ε)), below which ε is said to shrink it
SHRUNK = 0.9
#: a unit's z, in single precision, does not differ between inputs where its sd is this part of it
ROUNDING = 1e-6
#: how far a running average may lag behind its network, in σ and in log σ²: both move on while it
#: averages. Chosen with healthy networks of `patients` (other seeds than those that are counted).
LAG_MEAN, LAG_VAR = 0.1, 0.15
#: standard errors beyond which it does not matter how many: what can be written
FAR = 1e6
#: share of the start, 0 and 1, above which it is said to be left in the statistics
LEFT = 0.05
#: below this part of what an average over many batches would differ from its last batch by, it is
#: that batch: a weight of about .7 and more (`weight_of`)
JUMPS = 0.15
#: the factor m/(m − 1) is looked for where it makes this much of log σ²: up to m = 4
TELLING = 0.25


@dataclass(frozen=True, eq=False)
class Layer:
    """A batch norm layer of n units, as a file has it; what is None was not in the file.

    running_mean and running_var (n,) must be there, gamma and beta (n,) may be missing (a layer
    without them counts as γ = 1, β = 0). momentum is the weight of the newest batch, as PyTorch
    counts it. z (m, n) is what came into the layer for m examples, in training mode. They must be
    independent: of images one pixel each, since those of one image are alike.
    """

    name: str
    running_mean: Any
    running_var: Any
    gamma: Any = None
    beta: Any = None
    eps: float | None = None
    momentum: float | None = None
    updates: int | None = None
    z: Any = None

    def __post_init__(self) -> None:
        for name in ("running_mean", "running_var", "gamma", "beta", "z"):
            given = getattr(self, name)
            array = None if given is None else np.asarray(given, float)
            object.__setattr__(self, name, array)

    @property
    def n(self) -> int:
        """Units."""
        return len(self.running_mean)

    @cached_property
    def batch(self) -> Batch | None:
        """What z says of the layer; None where there is none, or too little of it."""
        return None if self.z is None or len(self.z) < 2 else Batch(self.z)


class Batch:
    """Statistics of z (m, n), a unit each: mean, unbiased var, kurtosis (3 for a bell)."""

    def __init__(self, z: np.ndarray) -> None:
        with np.errstate(all="ignore"):
            self.z, self.m = z, len(z)
            self.mean = z.mean(axis=0)
            centered = z - self.mean
            square = np.mean(centered**2, axis=0)
            self.var = square * self.m / (self.m - 1)
            kurtosis = np.mean(centered**4, axis=0) / square**2
            # of few examples it comes out too small, and a heavy tail may not be among them
            self.own_kurtosis = np.fmax(kurtosis, 1.5)  # 1 at least, of two values
            usual = np.nanmedian(kurtosis) if np.isfinite(kurtosis).any() else 3.0
            self.kurtosis = np.fmax(np.fmax(kurtosis, usual), 3.0)

    def standing(self, ready: np.ndarray) -> np.ndarray:
        """How far the squares of each example stand from σ², on average over some units: (m,)."""
        square = (self.z[:, ready] - self.mean[ready]) ** 2
        return np.asarray((square / square.mean(axis=0) - 1).mean(axis=1))

    @property
    def still(self) -> np.ndarray:
        """Whether a unit is the same for all examples, as far as single precision can tell."""
        size = np.maximum(np.abs(self.mean), 1e-6)
        return np.sqrt(self.var) <= ROUNDING * size


@dataclass(frozen=True, eq=False)
class Patient:
    """What was brought: layers in the order of the network, and what is known of it as a whole.

    m is the size of its mini-batches in training. training and evaluation (m, k) are what it
    answers the same examples with in both modes.
    """

    layers: tuple[Layer, ...]
    m: int | None = None
    training: Any = None
    evaluation: Any = None


class Finding(NamedTuple):
    """One thing that is the matter: with units of a layer, or with all of it (no units)."""

    code: str
    layer: int | None  # its place among the layers; None for the network as a whole
    units: tuple[int, ...]
    evidence: dict[str, float]


@dataclass
class Visit:
    """A layer on its way through the rules: which of its units have been explained already."""

    patient: Patient
    place: int
    explained: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))

    def __post_init__(self) -> None:
        self.explained = np.zeros(self.layer.n, bool)

    @property
    def layer(self) -> Layer:
        """The layer itself."""
        return self.patient.layers[self.place]

    @property
    def eps(self) -> float:
        """As the file says, or as most have it."""
        return EPS if self.layer.eps is None else self.layer.eps

    def finding(self, code: str, sick: np.ndarray, **evidence: float) -> Finding:
        """Of these units, which later rules leave alone."""
        return Finding(code, self.place, tuple(np.flatnonzero(sick).tolist()), evidence)

    def compared(self) -> tuple[Batch, np.ndarray] | None:
        """The batch, and the units that can be held against it."""
        batch = self.layer.batch
        if batch is None or batch.m < ENOUGH:
            return None
        ready = ~self.explained & np.isfinite(batch.mean) & np.isfinite(batch.var)
        ready &= (batch.var > 0) & ~batch.still & np.isfinite(batch.kurtosis)
        return (batch, ready) if ready.any() else None

    @property
    def behind(self) -> float:
        """How many examples stand behind the running statistics: (2 − α)/α mini-batches.

        An average that gives the newest of independent values the weight α varies as much as the
        mean of (2 − α)/α of them.
        """
        batch = self.layer.batch
        m = self.patient.m or (batch.m if batch else ENOUGH)
        weight = self.layer.momentum or MOMENTUM
        return m * (2 - min(weight, 1.0)) / min(weight, 1.0)


Rule = Callable[[Visit], Iterator[Finding]]


def not_finite(visit: Visit) -> Iterator[Finding]:
    """NaN or infinity in what a layer keeps, or in the batch: such a unit makes all answers NaN.

    No threshold. In a running average it stays for good: α·NaN + (1 − α)·x is NaN.
    """
    layer = visit.layer
    kept = [
        a for a in (layer.running_mean, layer.running_var, layer.gamma, layer.beta) if a is not None
    ]
    bad = ~np.all([np.isfinite(array) for array in kept], axis=0)
    in_batch = np.zeros_like(bad) if layer.z is None else ~np.isfinite(layer.z).all(axis=0)
    if (sick := bad | in_batch).any():
        visit.explained |= sick
        yield visit.finding("not_finite", sick, kept=float(bad.sum()), batch=float(in_batch.sum()))


def negative_var(visit: Visit) -> Iterator[Finding]:
    """A variance below 0: no average of variances is. No threshold.

    It comes from weights that were extrapolated, subtracted, or stored in too few bits.
    """
    var = visit.layer.running_var
    if (sick := np.isfinite(var) & (var < 0)).any():
        visit.explained |= sick
        yield visit.finding("negative_var", sick, least=float(var[sick].min()))


def start(visit: Visit) -> Iterator[Finding]:
    """All means exactly 0 and all variances exactly 1: nothing was averaged. No threshold.

    A trained network's averages are numbers of seven digits; one that were exactly so would not be
    told from one that never ran in training mode, or had its statistics reset.
    """
    layer = visit.layer
    if (layer.running_mean == 0).all() and (layer.running_var == 1).all():
        visit.explained[:] = True
        yield visit.finding("start", np.ones(layer.n, bool))


def dead(visit: Visit) -> Iterator[Finding]:
    """Units whose z is one and the same for all examples of the batch.

    sd ≤ 10⁻⁶ of the value's size: single precision has 24 bits, and a sum of some hundred terms
    leaves about that much of rounding. Without a batch, a running_var of exactly 0.
    """
    layer = visit.layer
    sick = ~visit.explained & (layer.running_var == 0)
    if layer.batch is not None:
        sick = ~visit.explained & np.isfinite(layer.batch.var) & layer.batch.still
    if sick.any():
        visit.explained |= sick
        m = float(layer.batch.m) if layer.batch is not None else 0.0
        yield visit.finding("dead", sick, m=m)


def var_eps(visit: Visit) -> Iterator[Finding]:
    """Variances at the size of ε: what comes out spreads by √(σ²/(σ² + ε)) in place of 1.

    Named where that is below .9, so where σ² < 4.3 ε: from there on ε, and no longer the unit,
    decides how large its values are.
    """
    var, eps = visit.layer.running_var, visit.eps
    with np.errstate(all="ignore"):
        left = gain(np.sqrt(var), var, eps)
    if (sick := ~visit.explained & (left < SHRUNK)).any():
        visit.explained |= sick
        evidence = {"least": float(var[sick].min()), "eps": eps, "left": float(left[sick].min())}
        yield visit.finding("var_eps", sick, **evidence)


def gamma_zero(visit: Visit) -> Iterator[Finding]:
    """|γ| ≤ 10⁻⁴: whatever comes in, the unit says β.

    γ begins at 1, and gradients move it by parts of that. Among healthy networks trained here the
    smallest was above a hundredth. Where all γ of a layer are 0 it is said to be so: some begin so
    on purpose, at the end of a residual branch.
    """
    gamma = visit.layer.gamma
    if gamma is None:
        return
    if (sick := np.abs(gamma) <= SMALL_GAMMA).any():
        largest = float(np.abs(gamma[sick]).max())
        yield visit.finding("gamma_zero", sick, largest=largest, all=float(sick.all()))


def momentum(visit: Visit) -> Iterator[Finding]:
    """A momentum taken for its complement: the newest batch weighs .9, and not .1.

    Said outright where the file says α ≥ .5. Else by the batch, if it is the last one trained with:
    an average over many batches differs from it by about its own noise, σ/√m in the mean and
    √((κ − 1)/m) in log σ²; squared and in units of that by (1 − α)²·2/(2 − α), which is .85 for
    α = .1 and .02 for α = .9. Named where it is below .15 for means and for variances, over all
    layers together, since units of one network move together; so for α above .7. With a batch that
    is no part of the average, or larger than those in training, nothing is said: it cannot be.
    """
    layer, patient = visit.layer, visit.patient
    if layer.momentum is not None:
        if layer.momentum >= 0.5:
            yield visit.finding("momentum", np.ones(layer.n, bool), weight=layer.momentum, told=1.0)
        return
    if visit.explained.all() or (found := apart_from_last(patient)) is None:
        return
    apart, m = found
    if apart < JUMPS and m <= 2 * (patient.m or m):
        visit.explained[:] = True
        evidence = {"apart": apart, "weight": weight_of(apart), "told": 0.0, "m": float(m)}
        yield visit.finding("momentum", np.ones(layer.n, bool), **evidence)


def apart_from_last(patient: Patient) -> tuple[float, int] | None:
    """How far running statistics are from the batch, squared, in its own noise; and its size.

    The larger one of means and variances, over all layers that have a batch, and 8 units at least.
    """
    parts = []
    for layer in patient.layers:
        batch = layer.batch
        if batch is None or batch.m < ENOUGH:
            continue
        mean, var = distances(layer, batch, 1 / batch.m, 0.0, 0.0, batch.own_kurtosis)
        known = np.isfinite(mean) & np.isfinite(var) & ~batch.still
        parts.append((np.square([mean[known], var[known]]), batch.m))
    units = sum(part.shape[1] for part, _ in parts)
    if units < 8:
        return None
    both = np.concatenate([part for part, _ in parts], axis=1).mean(axis=1)
    return float(both.max()), min(m for _, m in parts)


def weight_of(apart: float) -> float:
    """The weight α of the newest batch at which (1 − α)²·2/(2 − α) is so large.

    >>> round(weight_of(0.018), 2)
    0.9
    """
    weights = np.linspace(0, 1, 1001)
    return float(weights[np.argmin(np.abs((1 - weights) ** 2 * 2 / (2 - weights) - apart))])


def biased(visit: Visit) -> Iterator[Finding]:
    """m/(m − 1) missing: running_var averages what was divided by m, as Keras and Flax do.

    By the first layer alone, whose z hangs on no other layer's batch norm, and for mini-batches up
    to 4, where the factor is more than the lag of an average. The mean of log(running/batch) over
    units must be about log((m − 1)/m), .6 to 1.6 of it, and beyond 4 standard errors; those are
    taken from the batch, example by example, since units of a layer are not independent. With 40
    networks that did not choose these numbers healthy ones came to -.4 to .5 of it, and others to
    .7 to 1.5.
    """
    m, found = visit.patient.m, visit.compared()
    if visit.place or found is None or m is None or m < 2:
        return
    batch, ready = found
    factor = float(np.log(m / (m - 1)))
    if factor < TELLING or ready.sum() < 4:
        return
    with np.errstate(all="ignore"):
        ratio = float(np.mean(np.log(visit.layer.running_var[ready] / batch.var[ready])))
    error = float(batch.standing(ready).std())
    error *= float(np.sqrt(1 / batch.m + 1 / visit.behind))
    if -1.6 * factor < ratio < -0.6 * factor and -ratio > 4 * error:
        visit.explained[:] = True
        evidence = {"m": float(m), "ratio": float(np.exp(ratio)), "factor": (m - 1) / m}
        yield visit.finding("biased", ready, **evidence)


def warming(visit: Visit) -> Iterator[Finding]:
    """Statistics that still hold their start: after t updates (1 − α)^t of the 0 and 1 is left.

    Named above 5 %. Where the file does not say t and α: if units disagree with the batch, and all
    of them lie between start and batch by one and the same share.
    """
    layer = visit.layer
    if layer.updates is not None and layer.momentum is not None and not visit.explained.all():
        left = (1 - layer.momentum) ** layer.updates
        if left > LEFT:
            visit.explained[:] = True
            evidence = {"left": left, "updates": float(layer.updates), "told": 1.0}
            yield visit.finding("warming", np.ones(layer.n, bool), **evidence)
        return
    found = visit.compared()
    if found is None or not (sick := disagreeing(visit, *found)).any():
        return
    batch, ready = found
    left, rest = start_in(layer, batch, ready)
    if not 0.2 < left < 1:
        return
    without = Layer("", layer.running_mean / (1 - left), (layer.running_var - left) / (1 - left))
    still = disagreeing(Visit(Patient((without,), visit.patient.m), 0), batch, ready)
    if rest < 0.5 and still.sum() <= 0.2 * sick.sum():
        visit.explained[:] = True
        yield visit.finding("warming", sick, left=left, told=0.0, m=float(batch.m))


def start_in(layer: Layer, batch: Batch, ready: np.ndarray) -> tuple[float, float]:
    """The share of 0 and 1 in the statistics that fits best, and the part it does not explain.

    By least squares, running − start = (1 − share)·(batch − start), each in the batch's own sd.
    """
    sd = np.sqrt(batch.var[ready])
    spread = batch.var[ready]
    x = np.concatenate([batch.mean[ready] / sd, (batch.var[ready] - 1) / spread])
    y = np.concatenate([layer.running_mean[ready] / sd, (layer.running_var[ready] - 1) / spread])
    slope = float(x @ y / (x @ x))
    rest = float(np.sum((y - slope * x) ** 2) / np.sum((y - x) ** 2))
    return 1 - slope, rest


def sd_for_var(visit: Visit) -> Iterator[Finding]:
    """Standard deviations where variances should be: log running_var = ½ log σ² in all units.

    Looked for only where units disagree with the batch; named where a half fits all but a tenth of
    the units within their noise.
    """
    found = visit.compared()
    if found is None or not (sick := disagreeing(visit, *found)).any():
        return
    batch, ready = found
    rooted = Layer("", visit.layer.running_mean, visit.layer.running_var**2)
    still = disagreeing(Visit(Patient((rooted,), visit.patient.m), 0), batch, ready)
    if sick.sum() >= 3 and still.sum() <= 0.1 * sick.sum():
        visit.explained[:] = True
        worst = int(np.argmax(np.where(sick, np.abs(np.log(batch.var)), -1)))
        evidence = {"unit": float(worst), "running": float(visit.layer.running_var[worst])}
        evidence |= {"batch": float(batch.var[worst])}
        yield visit.finding("sd_for_var", sick, **evidence)


def disagree(visit: Visit) -> Iterator[Finding]:
    """Statistics that disagree with the batch by more than its size explains: the noise law.

    The mean of m examples is off by σ/√m, log σ² by √((κ − 1)/m), which is √(2/m) for a bell; the
    running average has a noise of its own (`Visit.behind`) and lags behind by up to .1 σ and .15
    in log σ². A unit is named beyond the quantile of Student's t at which one healthy file in
    10 000 would have one, over all units of the file, mean and variance.
    """
    found = visit.compared()
    if found is None or not (sick := disagreeing(visit, *found)).any():
        return
    batch, _ = found
    mean, var = distances(visit.layer, batch, 1 / batch.m + 1 / visit.behind)
    far = np.where(sick, np.fmax(mean, var), -1)
    unit = int(np.argmax(far))
    of_mean = bool(mean[unit] >= var[unit])
    layer = visit.layer
    kept, seen = (layer.running_mean, batch.mean) if of_mean else (layer.running_var, batch.var)
    evidence = {"unit": float(unit), "of_mean": float(of_mean), "running": float(kept[unit])}
    evidence |= {"batch": float(seen[unit]), "times": float(far[unit]), "m": float(batch.m)}
    visit.explained |= sick
    yield visit.finding("disagree", sick, **evidence)


def distances(
    layer: Layer,
    batch: Batch,
    noise: float,
    lag_mean: float = LAG_MEAN,
    lag_var: float = LAG_VAR,
    kurtosis: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """How far running and batch statistics are apart, mean and log variance, in standard errors.

    What lies within the lags counts as 0.

    The larger of both variances counts for the mean: what a batch of few examples lacks, a rare
    large value, stands in the running one.
    """
    with np.errstate(all="ignore"):
        sd = np.sqrt(np.fmax(batch.var, layer.running_var))
        mean = np.abs(layer.running_mean - batch.mean) / sd
        var = np.abs(np.log(layer.running_var / batch.var))
        mean = np.fmax(mean - lag_mean, 0) / np.sqrt(noise)
        var = np.fmax(var - lag_var, 0) / np.sqrt(
            ((batch.kurtosis if kurtosis is None else kurtosis) - 1) * noise
        )
    return np.minimum(mean, FAR), np.minimum(var, FAR)


def disagreeing(visit: Visit, batch: Batch, ready: np.ndarray) -> np.ndarray:
    """The units beyond what noise and lag explain, at the limit for all units of the file."""
    mean, var = distances(visit.layer, batch, 1 / batch.m + 1 / visit.behind)
    tests = 2 * sum(layer.n for layer in visit.patient.layers)
    limit = quantile(1 - 0.5 / (ONE_IN * tests), batch.m - 1)
    with np.errstate(all="ignore"):
        far = np.fmax(mean, var) > limit
    return ready & far


def quantile(share: float, freedom: int) -> float:
    """Of Student's t, by the first terms of its expansion around the bell's (exact to a percent).

    Source: Abramowitz & Stegun 26.7.5.

    >>> round(quantile(0.975, 30), 3)
    2.042
    """
    z, f = NormalDist().inv_cdf(share), freedom
    terms = (z, (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96)
    return sum(term / f**power for power, term in enumerate(terms))


RULES: tuple[Rule, ...] = (
    not_finite,
    negative_var,
    start,
    dead,
    var_eps,
    gamma_zero,
    momentum,
    biased,
    sd_for_var,
    warming,
    disagree,
)


def same_modes(patient: Patient) -> Iterator[Finding]:
    """Answers that are the same in both modes: eval() was forgotten, or train().

    Batch and running statistics differ by their noise, so answers do too. Named where all of them
    agree to 10⁻⁶ of their size, which is the rounding of single precision, on at least 2 examples.
    """
    one, other = patient.training, patient.evaluation
    if one is None or other is None or np.shape(one) != np.shape(other) or np.size(one) < 2:
        return
    one, other = np.asarray(one, float), np.asarray(other, float)
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return
    size = float(np.abs(one).max())
    apart = float(np.abs(one - other).max())
    if apart <= 1e-6 * size:
        yield Finding("same_modes", None, (), {"apart": apart, "m": float(len(one))})


def examine(patient: Patient) -> list[Finding]:
    """All that is found: layer by layer in the order of the rules, then of the whole network."""
    found: list[Finding] = []
    with np.errstate(all="ignore"):  # a file may hold anything
        for place in range(len(patient.layers)):
            visit = Visit(patient, place)
            for rule in RULES:
                found += rule(visit)
        return [*found, *same_modes(patient)]
