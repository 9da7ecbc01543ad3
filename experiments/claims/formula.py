"""What follows from the formula alone."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np

from bncore.batchnorm import batch_norm_forward
from bncore.config import RunConfig
from bncore.data import load
from bncore.folding import fold
from bncore.shift import wasserstein1
from bncore.training import Run
from bncore.variants import divide_by_variance
from experiments import whiteboard
from experiments.claims.grading import (
    FIVE,
    THE_PAPER,
    Claim,
    Measured,
    Verdict,
    below,
    by_seed,
    exact,
    graded,
    identity,
)
from experiments.claims.runs import shipped
from experiments.claims.scope import Scope
from experiments.mini_batch import batch as mini_batch
from experiments.network import bias, scale

BY = 1.7  # is added to b
M, MANY = 64, 256  # images in a batch; where a shape is to be seen
TIMES = 10.0  # the input, and W
FAR_TOO_SMALL = 0.001  # times W: there ε is no longer small beside σ²


def _largest(difference: np.ndarray) -> float:
    return float(np.abs(difference).max())


def _b_cancels(seed: int) -> dict[str, float]:
    """BY is added to every hidden b: how far logits move, and what gradient b gets."""
    before, after = (_shifted(norm, seed) for norm in ("before", "after"))
    return {"moved": before[0], "db": before[1], "moved_after": after[0]}


def _shifted(norm: str, seed: int, by: float = BY) -> tuple[float, float]:
    p, (x, targets) = bias.parameters(norm), bias.batch(M, seed, "float64")
    shifted = replace(p, b=(*(b + by for b in p.b[:-1]), p.b[-1]))
    there, now = (whiteboard.with_caches(each, x) for each in (p, shifted))
    back = whiteboard.backward(now, targets)
    return _largest(now.logits - there.logits), _largest(np.stack(back.db[:-1]))


EPS = 1e-5  # the default


def _first_layer(seed: int, m: int = M) -> np.ndarray:
    """z (m, n) of a batch of training images in the shipped network, float64."""
    return bias.batch(m, seed, "float64")[0] @ bias.parameters().W[0]


def _divides_variance(seed: int) -> dict[str, float]:
    z = _first_layer(seed)
    unit, zero = np.ones(z.shape[1]), np.zeros(z.shape[1])
    _, found = batch_norm_forward(z, unit, zero)
    of_largest = np.abs(found.z_centered).argmax(axis=0), np.arange(z.shape[1])
    divisor = found.z_centered[of_largest] / found.z_norm[of_largest]
    wrong, wrong_ten = (divide_by_variance(one, unit, zero)[0].std() for one in (z, TIMES * z))
    right, right_ten = (batch_norm_forward(one, unit, zero)[0].std() for one in (z, TIMES * z))
    return {
        "off_sd": _largest(divisor / np.sqrt(z.var(axis=0) + EPS) - 1),
        "off_variance": float(np.abs(divisor / (z.var(axis=0) + EPS) - 1).mean()),
        "ten_times": float(right_ten / right),
        "ten_times_variance": float(wrong_ten / wrong),
    }


def _is_variance(found: Measured) -> Verdict:
    return "contradicted" if exact(found["off_sd"]) else "weak"


def _gives_back(seed: int) -> dict[str, float]:
    """Largest |z̃ − z| by the largest |z|; and where γ is σ, as if there were no ε."""
    z = _first_layer(seed)
    mean, var = z.mean(axis=0), z.var(axis=0)
    back, almost = (batch_norm_forward(z, np.sqrt(var + e), mean)[0] for e in (EPS, 0.0))
    return {
        "error": _largest(back - z) / _largest(z),
        "error_sd": _largest(almost - z) / _largest(z),
    }


def standardized(z: np.ndarray) -> np.ndarray:
    """Each column by its own mean and sd: what is left is its shape."""
    return (z - z.mean(axis=0)) / z.std(axis=0)


def from_normal(z: np.ndarray) -> float:
    """Wasserstein-1 from the normal distribution in sd, mean over the columns of z (m, n)."""
    normal = np.array([NormalDist().inv_cdf(p) for p in (np.arange(len(z)) + 0.5) / len(z)])
    return float(wasserstein1(standardized(z).T, normal).mean())


def _makes_gaussian(seed: int) -> dict[str, float]:
    now = whiteboard.with_caches(bias.parameters(), bias.batch(MANY, seed, "float64")[0])
    z = np.concatenate(now.z, axis=1)
    z_norm = np.concatenate([cache.z_norm for cache in now.caches], axis=1)
    normal = np.random.default_rng(seed).standard_normal(z.shape)
    return {
        "shape_moved": _largest(standardized(z_norm) - standardized(z)),
        "before": from_normal(z),
        "after": from_normal(z_norm),
        "chance": from_normal(normal),
    }


def _is_normal(found: Measured) -> Verdict:
    """It comes at least half of the way to what a normal sample of that size shows."""
    way = found["before"] - found["chance"]
    come = (found["before"] - found["after"]) / way
    return graded(come, large=0.5, none=0.2)


def _sd_is_gamma(seed: int) -> dict[str, float]:
    p = bias.parameters()
    now = whiteboard.with_caches(p, bias.batch(M, seed, "float64")[0])
    z_tilde, gamma, beta = np.stack(now.z_tilde), np.stack(p.gamma), np.stack(p.beta)
    pixel = mini_batch.faint_pixel(64, seed)
    return {
        "mean_error": _largest(z_tilde.mean(axis=1) - beta),
        "short": float((1 - z_tilde.std(axis=1) / np.abs(gamma)).max()),
        "short_pixel": 1 - float(mini_batch.spread(pixel, np.array([EPS]))[0]),
    }


def _nearly_gamma(found: Measured) -> Verdict:
    if exact(found["mean_error"], found["short"]):
        return "exact"
    return (
        "clear" if exact(found["mean_error"]) and below(found["short"], 0.01, "factor") else "weak"
    )


def _scale_free(seed: int) -> dict[str, float]:
    large, small = (scale.rescale(alpha, seed=seed) for alpha in (TIMES, FAR_TOO_SMALL))
    return {
        "moved": large.logits_moved_exact,
        "moved_eps": large.logits_moved,
        "changed_small": small.changed,
        "moved_plain": large.plain_logits_moved,
    }


def _to_fold(seed: int) -> RunConfig:
    return RunConfig(steps=200, record_every=200, seed=seed, dtype="float64")


def _folds(seed: int) -> dict[str, float]:
    run = Run(_to_fold(seed))
    run.advance(run.config.steps)
    network, data = run.network, load("digits", seed, np.float64)
    there, folded = (each.predict(data.x_test) for each in (network, fold(network)))
    said = (there.argmax(axis=1) != folded.argmax(axis=1)).mean()
    return {
        "error": _largest(folded - there) / _largest(there),
        "changed": float(said),
        "loss": float(network.evaluate(data.x_test, data.y_test)[1]),
    }


CLAIMS: dict[str, Claim] = {
    "b_cancels": Claim(
        "network",
        THE_PAPER,
        FIVE,
        {"moved": "error", "db": "error", "moved_after": "number"},
        by_seed(_b_cancels),
        identity("moved", "db"),
        cheap=True,
        varied="batches",
        scope=shipped,
    ),
    "divides_variance": Claim(
        "mini_batch",
        THE_PAPER,
        FIVE,
        {
            "off_sd": "error",
            "off_variance": "number",
            "ten_times": "factor",
            "ten_times_variance": "factor",
        },
        by_seed(_divides_variance),
        _is_variance,
        cheap=True,
        varied="batches",
        scope=shipped,
    ),
    "gives_back": Claim(
        "mini_batch",
        THE_PAPER,
        FIVE,
        {"error": "error", "error_sd": "factor"},
        by_seed(_gives_back),
        identity("error"),
        cheap=True,
        varied="batches",
        scope=shipped,
    ),
    "makes_gaussian": Claim(
        "mini_batch",
        THE_PAPER,
        FIVE,
        {"shape_moved": "error", "before": "number", "after": "number", "chance": "number"},
        by_seed(_makes_gaussian),
        _is_normal,
        cheap=True,
        varied="batches",
        scope=shipped,
    ),
    "sd_is_gamma": Claim(
        "mini_batch",
        THE_PAPER,
        FIVE,
        {"mean_error": "error", "short": "factor", "short_pixel": "factor"},
        by_seed(_sd_is_gamma),
        _nearly_gamma,
        cheap=True,
        varied="batches",
        scope=shipped,
    ),
    "scale_free": Claim(
        "network",
        "1706.05350",
        FIVE,
        {
            "moved": "error",
            "moved_eps": "factor",
            "changed_small": "share",
            "moved_plain": "factor",
        },
        by_seed(_scale_free),
        identity("moved"),
        cheap=True,
        varied="batches",
        scope=shipped,
    ),
    "folds": Claim(
        "test_time",
        THE_PAPER,
        FIVE,
        {"error": "error", "changed": "share", "loss": "factor"},
        by_seed(_folds),
        identity("error"),
        cheap=True,
        varied="networks",
        scope=lambda: Scope.of([_to_fold(0)]),
    ),
}
