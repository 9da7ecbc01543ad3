"""Exponentially weighted averages of batch statistics: what they know, when, and how well.

decay ρ is the weight on the past, 1 − momentum: running ← ρ running + (1 − ρ) batch. After t
batches the start still has weight ρᵗ. The bias correction takes that share away and divides by
what is left, 1 − ρᵗ: the result forgets the start, but not the old weights of the network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from bncore.model import Model
from experiments.trained import accuracy, exact_statistics, trained, unbiased

STARTS = ("zero_one", "zeros", "first")
POOL = 2**17  # examples that the batches of `static_error` are made of, at most …
BATCHES = 2**12  # … and so many batches


@dataclass(frozen=True, eq=False)
class Followed:
    """Running statistics (S + 1, ...) after 0, 1, ... S batches."""

    mean: np.ndarray
    var: np.ndarray


def follow(
    batch_mean: np.ndarray,
    batch_var: np.ndarray,
    decay: float,
    start: str = "zero_one",
    corrected: bool = False,
) -> Followed:
    """What BatchNorm keeps of S batches with these statistics (S, ...), in float64.

    start: mean 0 and variance 1 ("zero_one", as in libraries), both 0 ("zeros"), or those of the
    "first" batch. The correction leaves nothing of the start but the value before any batch.
    KeyError for another start.
    """
    batches = np.stack([batch_mean, batch_var]).astype(np.float64)
    begin = _start(batches, start)
    zero = np.zeros_like(begin)
    if not corrected:
        return Followed(*average(batches, decay, begin))
    seen = 1 - decay ** np.arange(1, batches.shape[1] + 1)
    running = average(batches, decay, zero)
    running[:, 0] = begin
    running[:, 1:] /= seen.reshape(-1, *[1] * (batches.ndim - 2))
    return Followed(*running)


def average(batches: np.ndarray, decay: float, start: np.ndarray) -> np.ndarray:
    """The recursion itself: batches (k, S, ...) and start (k, ...) give (k, S + 1, ...)."""
    running = np.empty((len(batches), batches.shape[1] + 1, *batches.shape[2:]))
    running[:, 0] = start
    fresh = (1 - decay) * batches
    for s in range(batches.shape[1]):
        running[:, s + 1] = decay * running[:, s] + fresh[:, s]
    return running


def _start(batches: np.ndarray, start: str) -> np.ndarray:
    mean, var = batches[:, 0]
    begin = {
        "zero_one": (np.zeros_like(mean), np.ones_like(var)),
        "zeros": (np.zeros_like(mean), np.zeros_like(var)),
        "first": (mean, var),
    }
    return np.stack(begin[start])


@dataclass(frozen=True, eq=False)
class Lab:
    """A run's running statistics, and the test accuracy they give. See `Trained` for the letters.

    batch_var is what the running variance gathers: unbiased, as in PyTorch.
    """

    batch_mean: np.ndarray  # (S, L, n)
    batch_var: np.ndarray  # (S, L, n)
    running_mean: np.ndarray  # (S + 1, L, n)
    running_var: np.ndarray  # (S + 1, L, n)
    snapshots: np.ndarray  # (T,) steps
    true_mean: np.ndarray  # (T, L, n)
    true_var: np.ndarray  # (T, L, n)
    accuracy: np.ndarray  # (T,) of the network of that step by the running statistics of that step
    exact_accuracy: np.ndarray  # (T,) by the true ones


def lab(
    regime: str = "slow", decay: float = 0.9, start: str = "zero_one", corrected: bool = False
) -> Lab:
    """The shipped run's batches, averaged like this. Training knows nothing of it."""
    net = trained(regime)
    batch_var = unbiased(net.batch_var, net.config.batch_size)
    running = follow(net.batch_mean, batch_var, decay, start, corrected)
    x, y = net.data.x_test, net.data.y_test
    found = [
        accuracy(model.forward(x, (running.mean[step], running.var[step])).logits, y)
        for model, step in zip(_models(regime), net.snapshots, strict=True)
    ]
    return Lab(
        batch_mean=net.batch_mean,
        batch_var=batch_var,
        running_mean=running.mean,
        running_var=running.var,
        snapshots=net.snapshots,
        true_mean=net.true_mean,
        true_var=net.true_var,
        accuracy=np.array(found),
        exact_accuracy=net.exact_accuracy,
    )


@cache
def _models(regime: str) -> list[Model]:
    """The network at each snapshot."""
    net = trained(regime)
    return [net.at(index).model() for index in range(len(net.snapshots))]


# --- on frozen weights: the law ---


@dataclass(frozen=True, eq=False)
class StaticError:
    """How far one unit's running mean is from the true mean, root mean square over replicates."""

    steps: np.ndarray  # (S + 1,) batches seen
    measured: np.ndarray  # (S + 1,)
    law: np.ndarray  # (S + 1,)
    mean: float  # the true ones
    sd: float
    noise: float  # variance of a batch's mean, as a share of σ²/m, which the law takes it for


def static_error(
    unit: int,
    layer: int,
    decay: float,
    m: int,
    steps: int,
    replicates: int = 1000,
    seed: int = 0,
    corrected: bool = False,
) -> StaticError:
    """Average independent batches of the trained network, whose weights stand still, from mean 0.

    layer and unit count from 0. The law is √((μρᵗ)² + (1−ρ)/(1+ρ)·(1−ρ²ᵗ)·σ²/m); corrected, it is
    √((1−ρ)/(1+ρ)·(1+ρᵗ)/(1−ρᵗ)·σ²/m). It takes the examples of a batch for independent, and so
    holds in the first layer. In those above, `noise` is some .02: batch norm below has given every
    batch the same mean and variance already, and little is left to chance.
    """
    net = trained()
    mean, var = float(net.exact_mean[layer, unit]), float(net.exact_var[layer, unit])
    known = many_batches(m)[0][:, layer, unit].astype(np.float64)
    drawn = np.random.default_rng((seed, m)).integers(len(known), size=(1, steps, replicates))
    running = average(known[drawn], decay, np.zeros((1, replicates)))[0]
    t = np.arange(steps + 1)
    past = decay**t
    spread = (1 - decay) / (1 + decay) * var / m
    law = np.sqrt((mean * past) ** 2 + spread * (1 - past**2))
    if corrected:
        running[1:] /= (1 - past)[1:, None]
        law[1:] = np.sqrt(spread * ((1 + past) / np.maximum(1 - past, 1e-300))[1:])
    measured = np.sqrt(((running - mean) ** 2).mean(axis=1))
    return StaticError(t, measured, law, mean, var**0.5, float(known.var() * m / var))


@lru_cache(maxsize=8)
def many_batches(m: int) -> tuple[np.ndarray, np.ndarray]:
    """(B, L, n) mean and biased variance of batches of m, dealt from shuffled training images.

    All are of the trained network, whose layers see what they see in training.
    """
    net = trained()
    rng, n_train = np.random.default_rng(m), len(net.data.x_train)
    shuffles = [rng.permutation(n_train) for _ in range(POOL // n_train)]
    rows = np.concatenate(shuffles)[: BATCHES * m]
    batches = rows[: len(rows) // m * m].reshape(-1, m)
    parts = np.array_split(batches, -(-len(rows) // 2**14))
    found = [exact_statistics(net.model, net.data.x_train[part]) for part in parts]
    means, vars_ = zip(*found, strict=True)
    return np.concatenate(means), np.concatenate(vars_)


# --- on moving weights: staleness ---


@dataclass(frozen=True, eq=False)
class Staleness:
    """Error of the running means after each of S steps, in sds of a unit: rms over all units.

    For each unit the error is the sum of three parts, exactly: the start's weight times how far
    off the start is; the lag, since older batches met other weights; and the chance in sampling
    batches. The correction takes the first away and divides the others by 1 − ρᵗ.
    """

    steps: np.ndarray  # (S + 1,)
    error: np.ndarray  # (S + 1,)
    startup: np.ndarray  # (S + 1,)
    lag: np.ndarray  # (S + 1,)
    sampling: np.ndarray  # (S + 1,)
    corrected_error: np.ndarray  # (S + 1,) from step 1 on; at 0 there is nothing to correct
    corrected_lag: np.ndarray  # (S + 1,) likewise
    corrected_sampling: np.ndarray  # (S + 1,) likewise
    start_weight: np.ndarray  # (S + 1,) ρᵗ


def staleness(decay: float, regime: str = "fast") -> Staleness:
    """Take the error of the running means of a shipped run apart; they start at 0.

    Layer 1 alone counts: above it, a batch's mean is a little off the true one even where the
    weights stand still. The measure is the sd that a unit has at the end of the run.
    """
    startup, lag, sampling = parts(decay, regime)
    past = decay ** np.arange(len(startup))
    seen = np.where(past < 1, 1 - past, 1)[:, None]
    rms = _rms_in_sds(regime)
    return Staleness(
        steps=np.arange(len(startup)),
        error=rms(startup + lag + sampling),
        startup=rms(startup),
        lag=rms(lag),
        sampling=rms(sampling),
        corrected_error=rms((lag + sampling) / seen),
        corrected_lag=rms(lag / seen),
        corrected_sampling=rms(sampling / seen),
        start_weight=past,
    )


def parts(decay: float, regime: str) -> np.ndarray:
    """(3, S + 1, n) of layer 1: start-up, lag and sampling; their sum is running − true mean."""
    net = trained(regime)
    true = net.path_mean[:, 0].astype(np.float64)
    batches = net.batch_mean[:, 0].astype(np.float64)
    past = decay ** np.arange(len(true))[:, None]
    # batch s met the weights after s − 1 steps
    of_batches, of_truth = average(
        np.stack([batches, true[:-1]]), decay, np.zeros((2, true.shape[1]))
    )
    return np.stack([-past * true, of_truth - (1 - past) * true, of_batches - of_truth])


def _rms_in_sds(regime: str) -> Callable[[np.ndarray], np.ndarray]:
    sd = np.sqrt(trained(regime).exact_var[0].astype(np.float64))
    return lambda error: np.sqrt(((error / sd) ** 2).mean(axis=-1))
