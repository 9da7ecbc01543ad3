"""The noise that a mini-batch brings: one example among companions that are drawn again and again.

The network is the shipped one (`trained`), at rest: only the company changes. Batch norm gives an
example the value z_norm = (z - mean)/sqrt(var + eps) by the statistics of its batch. Beside its
value t by those of all training images this is

    z_norm = a t + b,   a = sd/sd of the batch,   b = (mean - mean of the batch)/sd of the batch

so a batch stretches and shifts, and it does so to all its examples alike. For a batch of m drawn
from images whose z has skewness s and kurtosis k (3 for a normal distribution), to first order:

    sd(a) = sqrt((k - 1)/4m),   sd(b) = sqrt(1/m),   sd(z_norm) = sqrt((1 + t s + t² (k - 1)/4)/m)

That is the delta method on mean and variance, Cramér 1946, Mathematical Methods of Statistics,
chapters 27 and 28. It holds where z itself does not change with the company: in the first layer.
In the layers behind it z arrives noisy, and b is small, since what comes from below is centred.

Companions are drawn from the training images independently, one image may come twice. Images are
training images by number; layers, units and images count from 0. Nothing here touches a network,
so that threads may share what they call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np

from bncore.layers import Drop
from bncore.model import Model, deviation, moments
from experiments.trained import trained

SIZES = (2, 4, 8, 16, 32, 64, 128, 256)
DRAWS = 400  # batches; a standard deviation from so many errs by 1/sqrt(2 · 400) = 3.5 %
ROWS = 4096  # examples that go through the network at once: they fit the processor's cache


@dataclass(frozen=True, eq=False)
class Population:
    """All N training images in the trained network, taken as one batch: L layers of n units."""

    z_first: np.ndarray  # (N, n) pre-activations of the first layer, the same in any company
    t: np.ndarray  # (N, L, n) normalized values
    mean: np.ndarray  # (L, n)
    std: np.ndarray  # (L, n), sqrt(var + eps)
    skew: np.ndarray  # (L, n)
    kurtosis: np.ndarray  # (L, n)


@cache
def population() -> Population:
    """Computed once, some ten milliseconds."""
    now = trained().model.forward(trained().data.x_train)
    each = [(z, *_statistics(z)) for z in now.z]
    z, mean, std = (np.stack(part, axis=-2).astype(np.float64) for part in zip(*each, strict=True))
    t = (z - mean) / std
    return Population(now.z[0], t, mean, std, (t**3).mean(axis=0), (t**4).mean(axis=0))


@dataclass(frozen=True, eq=False)
class Draws:
    """What E fixed examples became in D batches, in all n units of one layer."""

    z_norm: np.ndarray  # (D, E, n)
    t: np.ndarray  # (D, E, n) their values by the statistics of all images
    a: np.ndarray  # (D, n)
    b: np.ndarray  # (D, n)


@lru_cache(maxsize=64)
def meet(images: tuple[int, ...], layer: int, m: int, seed: int, draws: int = DRAWS) -> Draws:
    """Put the images into `draws` batches of m with random companions, m not below their number."""
    everyone = population()
    batches = drawn(images, m, seed, draws)
    at_once = max(1, ROWS // m)
    parts = [_pass(batches[i : i + at_once], layer, len(images)) for i in range(0, draws, at_once)]
    z, mean, std = (np.concatenate(part).astype(np.float64) for part in zip(*parts, strict=True))
    a = everyone.std[layer] / std
    b = (everyone.mean[layer] - mean) / std
    t = (z - everyone.mean[layer]) / everyone.std[layer]
    found = Draws(a[:, None] * t + b[:, None], t, a, b)
    for array in vars(found).values():
        array.flags.writeable = False
    return found


def drawn(images: tuple[int, ...], m: int, seed: int, draws: int = DRAWS) -> np.ndarray:
    """Which images each batch holds, (D, m): the given ones first."""
    rng = np.random.default_rng((seed, m))
    batches = rng.integers(0, len(population().t), (draws, m))
    batches[:, : len(images)] = images
    return batches


def _pass(
    batches: np.ndarray, layer: int, examples: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Batches of images (D, m) up to this layer: z of the first examples, mean and std."""
    if layer == 0:
        z = population().z_first[batches]
    else:
        z = _upto(layer).forward(trained().data.x_train[batches], keep=False).logits
    return z[:, :examples], *_statistics(z)


@cache
def _upto(layer: int) -> Model:
    """The trained network, this layer's dense part being its last."""
    model, upto = trained().model, slice(layer + 1)
    below = {name: getattr(model, name)[:layer] for name in ("gamma", "beta", "eps")}
    known: dict[str, Any] = {"running_mean": (), "running_var": ()}
    return replace(model, W=model.W[upto], b=model.b[upto], **below, **known)


def _statistics(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, var = moments(z)
    return mean, deviation(var, trained().network.eps)


# --- one example ---


@dataclass(frozen=True, eq=False)
class Noise:
    """One example at one unit in D batches; the laws are those of the first layer."""

    t: float  # by the statistics of all images, taken as one batch
    z_norm: np.ndarray  # (D,)
    a: np.ndarray  # (D,)
    b: np.ndarray  # (D,)
    arrived: np.ndarray  # (D,) z_norm = a arrived + b; t in the first layer, where z is fixed
    skew: float  # of z over all images
    kurtosis: float
    sd: float  # of z_norm
    sd_a: float
    sd_b: float
    law: float
    law_a: float
    law_b: float
    law_member: float  # `law`, and that the example is one of the m itself: see `member`


def one_example(image: int, layer: int, unit: int, m: int, seed: int, draws: int = DRAWS) -> Noise:
    """The values of an image at a unit, over random batches of m."""
    found, everyone = meet((image,), layer, m, seed, draws), population()
    z_norm, a, b = found.z_norm[:, 0, unit], found.a[:, unit], found.b[:, unit]
    t = float(everyone.t[image, layer, unit])
    skew, kurtosis = float(everyone.skew[layer, unit]), float(everyone.kurtosis[layer, unit])
    return Noise(
        t=t,
        z_norm=z_norm,
        a=a,
        b=b,
        arrived=found.t[:, 0, unit],
        skew=skew,
        kurtosis=kurtosis,
        sd=float(z_norm.std()),
        sd_a=float(a.std()),
        sd_b=float(b.std()),
        law=float(law(m, t, skew, kurtosis)),
        law_a=float(np.sqrt((kurtosis - 1) / (4 * m))),
        law_b=float(np.sqrt(1 / m)),
        law_member=float(law(m, t, skew, kurtosis) * member(m, t)),
    )


def law(m: int | np.ndarray, t: float, skew: float, kurtosis: float) -> np.ndarray:
    """sd(z_norm) to first order in 1/m, for an example at t."""
    return np.sqrt((1 + t * skew + t**2 * (kurtosis - 1) / 4) / np.asarray(m))


def member(m: int, t: float) -> float:
    """How much less an example at t moves for being one of its own batch: (1 + t²/m)^(-3/2).

    It pulls the mean toward itself and widens the spread, the more so the farther out it is;
    beyond ±sqrt(m - 1) it cannot get. With w its value by the statistics of the m - 1 others,
    z_norm = w sqrt((m - 1)/(m + w²)), and this is the slope of that.
    """
    return (1 + t**2 / m) ** -1.5


@dataclass(frozen=True, eq=False)
class BySize:
    """The spread of one example's z_norm for each batch size."""

    sizes: np.ndarray  # (K,)
    sd: np.ndarray  # (K,)
    law: np.ndarray  # (K,)
    law_member: np.ndarray  # (K,)

    @property
    def slope(self) -> float:
        """Of log sd over log m, from m = 8 on: at 2 the values are ±1, whatever the batch."""
        far = self.sizes >= 8
        return float(np.polyfit(np.log(self.sizes[far]), np.log(self.sd[far]), 1)[0])


def by_size(image: int, layer: int, unit: int, seed: int, draws: int = DRAWS) -> BySize:
    """The same example in batches of 2 to 256."""
    each = [one_example(image, layer, unit, m, seed, draws) for m in SIZES]
    columns = np.array([(one.sd, one.law, one.law_member) for one in each]).T
    return BySize(np.array(SIZES), *columns)


def by_layer(image: int, m: int, seed: int, draws: int = DRAWS) -> np.ndarray:
    """sd(z_norm) of an image in every unit, (L, n)."""
    layers = range(population().t.shape[1])
    return np.stack([meet((image,), k, m, seed, draws).z_norm[:, 0].std(axis=0) for k in layers])


# --- dropout at the same place ---


@dataclass(frozen=True, eq=False)
class Dropped:
    """The same example at the same unit, multiplied by dropout's factor D times."""

    t: float
    values: np.ndarray  # (D,) factor times t
    factors: np.ndarray  # (D,) 0 or 1/keep
    sd: float  # of the values
    sd_factor: float
    law_factor: float  # sqrt((1 - keep)/keep)


def dropout(
    image: int, layer: int, unit: int, keep: float, seed: int, draws: int = DRAWS
) -> Dropped:
    """What dropout's masks do to an example whose value would be t; keep < 1 is the share kept."""
    t = float(population().t[image, layer, unit])
    factors = _factors(keep, seed, draws, 1)[:, 0]
    values = factors * t
    return Dropped(
        t,
        values,
        factors,
        float(values.std()),
        float(factors.std()),
        float(np.sqrt((1 - keep) / keep)),
    )


def _factors(keep: float, seed: int, draws: int, examples: int) -> np.ndarray:
    """(D, E): dropout's masks as a network in training draws them, for one unit."""
    drop = Drop(keep, (draws, examples), np.dtype(np.float64))
    drop.draw([np.random.default_rng(seed)])
    return drop.factors


# --- whole batches ---


@dataclass(frozen=True, eq=False)
class Company:
    """One example in D batches at one unit, and some of these batches with all their members."""

    z_norm: np.ndarray  # (D,) of the example
    shown: np.ndarray  # (K,) which batches
    t: np.ndarray  # (K, m) their members by the statistics of all images, the example first


def company(
    image: int, layer: int, unit: int, m: int, seed: int, shown: int, draws: int = DRAWS
) -> Company:
    """The batches of `one_example`: the first `shown` of them whole, and the last."""
    everyone = population()
    which = np.unique([*range(min(shown, draws)), draws - 1])
    z, _, _ = _pass(drawn((image,), m, seed, draws)[which], layer, m)
    t = (z[..., unit].astype(np.float64) - everyone.mean[layer, unit]) / everyone.std[layer, unit]
    return Company(one_example(image, layer, unit, m, seed, draws).z_norm, which, t)


# --- one value, several kinds of noise ---


@dataclass(frozen=True, eq=False)
class Kinds:
    """What D batches make of E values, part by part, and what dropout makes of them instead."""

    t: np.ndarray  # (E,)
    added: np.ndarray  # (D, E) t + b: the batch's mean alone
    multiplied: np.ndarray  # (D, E) a t: its spread alone
    dropped: np.ndarray  # (D, E) factor times t, a factor for each


def kinds(found: Noise, others: tuple[float, ...], keep: float, seed: int, draws: int) -> Kinds:
    """Of the example's own value and of others, in its first batches."""
    t = np.array([found.t, *others])
    a, b = found.a[:draws, None], found.b[:draws, None]
    return Kinds(t, t + b, a * t, _factors(keep, seed, draws, len(t)) * t)


# --- two examples of one batch ---


@dataclass(frozen=True, eq=False)
class Shared:
    """Two examples of the same D batches at one unit, and under dropout instead."""

    t: tuple[float, float]
    z_norm: np.ndarray  # (D, 2)
    a: np.ndarray  # (D,), for both
    b: np.ndarray  # (D,), for both
    correlation: float  # NaN where nothing varies
    law: float  # of the first layer; far below 1 only where both are far out, on opposite sides
    dropped: np.ndarray  # (D, 2) factor times t
    dropped_correlation: float


def shared(
    first: int,
    second: int,
    layer: int,
    unit: int,
    m: int,
    seed: int,
    keep: float = 0.8,
    draws: int = DRAWS,
) -> Shared:
    """Both images in the same batches of m >= 2, and under a dropout mask each."""
    found, everyone = meet((first, second), layer, m, seed, draws), population()
    z_norm = found.z_norm[:, :, unit]
    t = everyone.t[[first, second], layer, unit]
    factors = _factors(keep, seed, draws, 2)
    skew, kurtosis = everyone.skew[layer, unit], everyone.kurtosis[layer, unit]
    together = 1 + t.mean() * skew + t.prod() * (kurtosis - 1) / 4
    return Shared(
        t=(float(t[0]), float(t[1])),
        z_norm=z_norm,
        a=found.a[:, unit],
        b=found.b[:, unit],
        correlation=_correlation(z_norm),
        law=float(together / np.prod([law(1, one, skew, kurtosis) for one in t])),
        dropped=factors * t,
        dropped_correlation=_correlation(factors),
    )


def _correlation(pairs: np.ndarray) -> float:
    """Of the two columns of (D, 2); NaN where one of them stands still."""
    with np.errstate(invalid="ignore"):
        return float(np.corrcoef(pairs.T)[0, 1])
