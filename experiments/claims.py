"""What is said of batch norm, and what is measured of it: the board of the lesson on why.

The sentences stand in the locale files of that lesson, by these ids:

| id                | in a sentence                                                               |
|-------------------|-----------------------------------------------------------------------------|
| gives_back        | γ = √(σ² + ε) and β = μ give z back                                         |
| b_cancels         | b in front of batch norm does nothing                                       |
| scale_free        | multiplying W by a number changes nothing of what the network says          |
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

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np

from bncore.batchnorm import batch_norm_forward
from bncore.config import RunConfig
from bncore.data import load
from bncore.folding import fold
from bncore.shift import wasserstein1
from bncore.training import Run, train_together
from bncore.variants import divide_by_variance
from experiments import (
    bias,
    companions,
    dimming,
    mini_batch,
    noise,
    optimizers,
    placement,
    presets,
    regularize,
    scale,
    small_batches,
    whiteboard,
)
from experiments.grading import (
    Claim,
    Kind,
    Measured,
    Verdict,
    above,
    below,
    by_seed,
    exact,
    graded,
    graded_in_all,
)
from experiments.pair import Pair, train_pair
from experiments.shift import shift
from experiments.trained import REGIMES, accuracy

FIVE = tuple(range(5))
TEN = tuple(range(10))
FRESH = tuple(range(5, 10))  # had no say in which learning rate is best
THE_PAPER = "1502.03167"


def final(configs: Sequence[RunConfig]) -> np.ndarray:
    """(S,) test accuracy of runs trained side by side, mean of the last three records.

    Of a run that diverged its last record.
    """
    traces = train_together([replace(one, probe=1, units=1) for one in configs])
    return np.array([t.accuracy[-1 if t.diverged_at else -3 :].mean() for t in traces])


def _largest(difference: np.ndarray) -> float:
    return float(np.abs(difference).max())


# --- what follows from the formula ---


def _first_layer(seed: int, m: int = 64) -> np.ndarray:
    """z (m, n) of a batch of training images in the shipped network, float64."""
    return bias.batch(m, seed, "float64")[0] @ bias.parameters().W[0]


def _gives_back(seed: int) -> dict[str, float]:
    z = _first_layer(seed)
    n = z.shape[1]
    _, found = batch_norm_forward(z, np.ones(n), np.zeros(n))
    back, _ = batch_norm_forward(z, found.std, found.mean)
    without_eps, _ = batch_norm_forward(z, z.std(axis=0), found.mean)
    size = _largest(z)
    return {"error": _largest(back - z) / size, "error_sd": _largest(without_eps - z) / size}


def _b_cancels(seed: int) -> dict[str, float]:
    before, after = (bias.drag(1.7, m=64, seed=seed, norm=norm) for norm in ("before", "after"))
    return {"moved": before.logits_moved, "db": abs(before.db), "moved_after": after.logits_moved}


def _scale_free(seed: int) -> dict[str, float]:
    large, small = (scale.rescale(alpha, seed=seed) for alpha in (10.0, 0.001))
    return {
        "moved": large.logits_moved_exact,
        "moved_eps": large.logits_moved,
        "changed_small": small.changed,
        "moved_plain": large.plain_logits_moved,
    }


def _folds(seed: int) -> dict[str, float]:
    run = Run(RunConfig(steps=200, record_every=200, seed=seed, dtype="float64"))
    run.advance(200)
    network, x = run.network, load("digits", seed, np.float64).x_test
    there, folded = network.predict(x), fold(network).predict(x)
    said = (there.argmax(axis=1) != folded.argmax(axis=1)).mean()
    return {"error": _largest(folded - there) / _largest(there), "changed": float(said)}


def _sd_is_gamma(seed: int) -> dict[str, float]:
    p = bias.parameters()
    now = whiteboard.forward(p, bias.batch(64, seed, "float64")[0])
    z_tilde, gamma, beta = np.stack(now.z_tilde), np.stack(p.gamma), np.stack(p.beta)
    pixel = mini_batch.faint_pixel(64, seed)
    return {
        "mean_error": _largest(z_tilde.mean(axis=1) - beta),
        "short": float((1 - z_tilde.std(axis=1) / np.abs(gamma)).max()),
        "short_pixel": 1 - float(mini_batch.spread(pixel, np.array([1e-5]))[0]),
    }


def _divides_variance(seed: int) -> dict[str, float]:
    z = _first_layer(seed)
    unit, zero = np.ones(z.shape[1]), np.zeros(z.shape[1])
    _, found = batch_norm_forward(z, unit, zero)
    of_largest = np.abs(found.z_centered).argmax(axis=0), np.arange(z.shape[1])
    divisor = found.z_centered[of_largest] / found.z_norm[of_largest]
    wrong, wrong_ten = (divide_by_variance(one, unit, zero)[0].std() for one in (z, 10 * z))
    right, right_ten = (batch_norm_forward(one, unit, zero)[0].std() for one in (z, 10 * z))
    return {
        "off_sd": _largest(divisor / np.sqrt(z.var(axis=0) + 1e-5) - 1),
        "off_variance": float(np.abs(divisor / (z.var(axis=0) + 1e-5) - 1).mean()),
        "ten_times": float(right_ten / right),
        "ten_times_variance": float(wrong_ten / wrong),
    }


def standardized(z: np.ndarray) -> np.ndarray:
    """Each column by its own mean and sd: what is left is its shape."""
    return (z - z.mean(axis=0)) / z.std(axis=0)


def from_normal(z: np.ndarray) -> float:
    """Wasserstein-1 from the normal distribution in sd, mean over the columns of z (m, n)."""
    normal = np.array([NormalDist().inv_cdf(p) for p in (np.arange(len(z)) + 0.5) / len(z)])
    return float(wasserstein1(standardized(z).T, normal).mean())


def _makes_gaussian(seed: int) -> dict[str, float]:
    now = whiteboard.forward(bias.parameters(), bias.batch(256, seed, "float64")[0])
    z = np.concatenate(now.z, axis=1)
    z_norm = np.concatenate([cache.z_norm for cache in now.caches], axis=1)
    normal = np.random.default_rng(seed).standard_normal(z.shape)
    return {
        "shape_moved": _largest(standardized(z_norm) - standardized(z)),
        "before": from_normal(z),
        "after": from_normal(z_norm),
        "chance": from_normal(normal),
    }


def _unbiased_better(seed: int) -> dict[str, float]:
    m = 4
    run = Run(RunConfig(batch_size=m, lr=0.025, steps=1500, record_every=1500, seed=seed))
    run.advance(1500)
    network, data = run.network, load("digits", seed)
    unbiased = accuracy(network.predict(data.x_test), data.y_test)
    for var in network.running_var:
        var *= (m - 1) / m
    biased = accuracy(network.predict(data.x_test), data.y_test)
    gain = float(unbiased - biased)
    return {"gain": gain, "unbiased": float(unbiased), "biased": float(biased)}


def _exactly(*names: str) -> Any:
    """The rule of an identity: exact, or not true."""
    return lambda found: "exact" if exact(*(found[name] for name in names)) else "contradicted"


def _nearly_gamma(found: Measured) -> Verdict:
    if exact(found["mean_error"], found["short"]):
        return "exact"
    return "clear" if exact(found["mean_error"]) and below(found["short"], 0.01) else "weak"


def _is_variance(found: Measured) -> Verdict:
    return "contradicted" if exact(found["off_sd"]) else "weak"


def _is_normal(found: Measured) -> Verdict:
    """It comes at least half of the way to what a normal sample of that size shows."""
    way = found["before"] - found["chance"]
    come = (found["before"] - found["after"]) / way
    return graded(come, large=0.5, none=0.05)


def _of(name: str, large: float, none: float = 0.0) -> Any:
    """The rule of a sentence that says: this number is positive."""
    return lambda found: graded(found[name], large, none)


FORMULA: dict[str, Claim] = {
    "gives_back": Claim(
        "mini_batch",
        THE_PAPER,
        FIVE,
        {"error": "error", "error_sd": "error"},
        by_seed(_gives_back),
        _exactly("error"),
        cheap=True,
    ),
    "b_cancels": Claim(
        "network",
        THE_PAPER,
        FIVE,
        {"moved": "error", "db": "error", "moved_after": "number"},
        by_seed(_b_cancels),
        _exactly("moved", "db"),
        cheap=True,
    ),
    "scale_free": Claim(
        "network",
        "1706.05350",
        FIVE,
        {"moved": "error", "moved_eps": "error", "changed_small": "share", "moved_plain": "factor"},
        by_seed(_scale_free),
        _exactly("moved"),
        cheap=True,
    ),
    "folds": Claim(
        "test_time",
        THE_PAPER,
        FIVE,
        {"error": "error", "changed": "share"},
        by_seed(_folds),
        _exactly("error"),
        cheap=True,
    ),
    "sd_is_gamma": Claim(
        "mini_batch",
        THE_PAPER,
        FIVE,
        {"mean_error": "error", "short": "share", "short_pixel": "share"},
        by_seed(_sd_is_gamma),
        _nearly_gamma,
        cheap=True,
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
    ),
    "makes_gaussian": Claim(
        "mini_batch",
        THE_PAPER,
        FIVE,
        {"shape_moved": "error", "before": "number", "after": "number", "chance": "number"},
        by_seed(_makes_gaussian),
        _is_normal,
        cheap=True,
    ),
    "unbiased_better": Claim(
        "test_time",
        THE_PAPER,
        TEN,
        {"gain": "number", "unbiased": "share", "biased": "share"},
        by_seed(_unbiased_better),
        _of("gain", large=0.01, none=0.005),
    ),
}


# --- training: faster, better, whatever the start ---


@lru_cache(maxsize=len(FIVE))
def _figure1(seed: int) -> Pair:
    return train_pair(replace(presets.PRESETS["figure1"], seed=seed))


def _sooner(seed: int) -> dict[str, float]:
    """Steps to 80 %; all of them where that is not reached."""
    pair = _figure1(seed)
    plain, bn = (presets.steps_to_80(arm) or pair.config.steps for arm in (pair.plain, pair.bn))
    return {"ratio": plain / bn, "plain": plain, "bn": bn}


def _always_faster(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Steps to the target, plain over batch norm; the rates are the best of the shipped sweep."""
    sweep, ratios = optimizers.sweep(), {}
    for i, name in enumerate(optimizers.OPTIMIZERS):
        rates = sweep.rates[i][sweep.best[i]]
        plain, bn = (
            [optimizers.config(name, float(rate), norm, seed) for seed in seeds]
            for norm, rate in zip(optimizers.NORMS, rates, strict=True)
        )
        ratios[name] = _steps_to_target(plain) / _steps_to_target(bn)
    return ratios


def _steps_to_target(configs: Sequence[RunConfig]) -> np.ndarray:
    steps = [optimizers.steps_to_target(trace.loss) for trace in train_together(configs)]
    return np.nan_to_num(steps, nan=configs[0].steps)


def _best_of_placement(norm: str, activation: str, dataset: str, seeds: Sequence[int]) -> Any:
    """The runs of `placement` at the rate that is best on other seeds."""
    found = placement.over_seeds(dataset)
    cell = placement.ACTIVATIONS.index(activation), placement.NORMS.index(norm)
    rate = float(found.rates[found.best[cell]])
    return [placement.config(activation, norm, rate, seed, dataset) for seed in seeds]


def _higher_accuracy(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    found = {}
    for dataset in ("digits", "mnist"):
        plain, bn = (
            final(_best_of_placement(norm, "relu", dataset, seeds)) for norm in ("none", "before")
        )
        found |= {f"{dataset}_gain": bn - plain, f"{dataset}_plain": plain, f"{dataset}_bn": bn}
    long = [
        replace(presets.PRESETS["figure1"], steps=6000, record_every=500, seed=seed)
        for seed in seeds
    ]
    plain = np.concatenate([final([one.twin()]) for one in long])  # no gain in stacking these
    bn = np.concatenate([final([one]) for one in long])
    return found | {"long_gain": bn - plain, "long_plain": plain, "long_bn": bn}


STARTS = {"tiny": 0.01, "he": 1.0, "huge": 100.0}  # what the weights of He are multiplied by


def _any_init(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    base = RunConfig(depth=4, steps=300, record_every=20)
    found = {}
    for name, scale_ in STARTS.items():
        runs = [replace(base, init_scale=scale_, seed=seed) for seed in seeds]
        found[f"bn_{name}"] = final(runs)
        found[f"plain_{name}"] = final([run.twin() for run in runs])
    lost = found["bn_he"] - np.minimum(found["bn_tiny"], found["bn_huge"])
    return {"lost": lost, "rescued": found["bn_tiny"] - found["plain_tiny"]} | found


def _before_best(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """On MNIST, each place at its best rate; and at a rate of 3, the largest that was swept."""
    found = {}
    for activation in placement.ACTIVATIONS:
        before, after = (
            final(_best_of_placement(norm, activation, "mnist", seeds))
            for norm in ("before", "after")
        )
        found[f"{activation}_gain"] = before - after
    before, after = (
        final([placement.config("tanh", norm, 3.0, seed, "mnist") for seed in seeds])
        for norm in ("before", "after")
    )
    return found | {"tanh_3_gain": before - after}


def _every(large: float, *names: str) -> Any:
    """The rule of a sentence that says: always."""
    return lambda found: graded_in_all([found[name] for name in names], large)


def _is_faster(found: Measured) -> Verdict:
    """Twice as fast, with every optimizer."""
    return graded_in_all([found[name] - 1 for name in optimizers.OPTIMIZERS], large=1.0)


def _start_matters_not(found: Measured) -> Verdict:
    if below(found["lost"], 0.03):
        return "clear"
    return "weak" if above(found["rescued"], 0.1) else "contradicted"


TRAINING: dict[str, Claim] = {
    "sooner": Claim(
        "training",
        THE_PAPER,
        FIVE,
        {"ratio": "factor", "plain": "factor", "bn": "factor"},
        by_seed(_sooner),
        lambda found: graded(found["ratio"] - 1, large=1.0),
    ),
    "always_faster": Claim(
        "network",
        "1806.02375",
        FRESH,
        {name: "factor" for name in optimizers.OPTIMIZERS},
        _always_faster,
        _is_faster,
    ),
    "higher_accuracy": Claim(
        "training",
        THE_PAPER,
        FRESH,
        {
            f"{of}_{what}": kind
            for of in ("digits", "mnist", "long")
            for what, kind in {"gain": "number", "plain": "share", "bn": "share"}.items()
        },
        _higher_accuracy,
        _every(0.02, "digits_gain", "mnist_gain", "long_gain"),
    ),
    "any_init": Claim(
        "why",
        "1502.03167",
        FIVE,
        {"lost": "number", "rescued": "number"}
        | {f"{arm}_{start}": "share" for start in STARTS for arm in ("bn", "plain")},
        _any_init,
        _start_matters_not,
    ),
    "before_best": Claim(
        "network",
        THE_PAPER,
        FRESH,
        {name: "number" for name in ("sigmoid_gain", "tanh_gain", "relu_gain", "tanh_3_gain")},
        _before_best,
        _every(0.005, "sigmoid_gain", "tanh_gain", "relu_gain", "tanh_3_gain"),
    ),
}


# --- what moves in training ---


def _less_shift(seed: int) -> dict[str, float]:
    """Of the last hidden layer."""
    found = shift(_figure1(seed))
    plain, bn = 0, 1
    return {
        "ks_ratio": float(found.ks[plain, -1] / found.ks[bn, -1]),
        "path_ratio": float(found.w1[plain, -1] / found.w1[bn, -1]),
        "late_ratio": float(found.moved_late[plain, -1] / found.moved_late[bn, -1]),
    }


def _decay_regularizes(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """The same function as at a rising rate without decay; and what decay is good for, at .3."""
    same = [scale.decay_as_rate(seed=seed) for seed in seeds]
    runs = [replace(scale.config(0.3, 0.0, 1500, seed), record_every=50) for seed in seeds]
    without, decayed = final(runs), final([replace(run, weight_decay=0.01) for run in runs])
    return {
        "error": np.array([_largest(one.decay - one.rising) for one in same]),
        "constant": np.array([_largest(one.decay - one.constant) for one in same]),
        "gain": decayed - without,
        "without": without,
        "decayed": decayed,
    }


def _is_regularizing(found: Measured) -> Verdict:
    """It is not where the same function comes out without any decay, and nothing is gained."""
    if bool((found["error"] < 1e-6).all()) and not above(found["gain"], 0.005):
        return "contradicted"
    return graded(found["gain"], large=0.01)


MOVING: dict[str, Claim] = {
    "less_shift": Claim(
        "training",
        THE_PAPER,
        FIVE,
        {"ks_ratio": "factor", "path_ratio": "factor", "late_ratio": "factor"},
        by_seed(_less_shift),
        lambda found: graded_in_all([found["ks_ratio"] - 1, found["path_ratio"] - 1], large=1.0),
    ),
    "decay_regularizes": Claim(
        "network",
        "1706.05350",
        FIVE,
        {
            "error": "error",
            "constant": "factor",
            "gain": "number",
            "without": "share",
            "decayed": "share",
        },
        _decay_regularizes,
        _is_regularizing,
    ),
}


# --- the batch: its noise, its size, its companions ---


def _like_dropout(seed: int) -> dict[str, float]:
    """First layer, m = 64, beside dropout that keeps 80 %; rms over units and two images."""
    first, second = np.random.default_rng(seed).choice(len(noise.population().t), 2, replace=False)
    units = [
        noise.shared(int(first), int(second), 0, unit, 64, seed)
        for unit in range(noise.population().t.shape[-1])
    ]
    bn = np.sqrt(np.mean([one.z_norm.var(axis=0) for one in units]))
    dropout = np.sqrt(np.mean([one.dropped.var(axis=0) for one in units]))
    return {
        "ratio": float(dropout / bn),
        "bn": float(bn),
        "dropout": float(dropout),
        "shared": float(np.mean([abs(one.correlation) for one in units])),
        "shared_dropout": abs(float(np.mean([one.dropped_correlation for one in units]))),
    }


def _is_dropout(found: Measured) -> Verdict:
    """Of like size, and as independent from one example to the next."""
    apart = found["shared"] - found["shared_dropout"]
    larger, together = above(found["ratio"], 2.0), above(apart, 0.2)
    if larger and together:
        return "contradicted"
    return "weak" if larger or together else "clear"


def _regularizes(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Statistics of groups of 8: against those of all 256 images, and against no batch norm."""
    arms = {
        "digits_gain": ("digits256", "g8", "g256"),
        "mnist_gain": ("mnist512", "g8", "plain"),
    }
    found = {}
    for name, (setting, one, other) in arms.items():
        test, beside = (regularize.measure(setting, arm, seeds)[1] for arm in (one, other))
        found[name] = test - beside
    return found


def _any_batch(seed: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for m in (2, 8):
        config = replace(small_batches.PRESETS[f"m{m}"], seed=seed)
        outcome = presets.outcome(train_pair(config))
        found |= {f"bn_{m}": outcome.accuracy_bn, f"plain_{m}": outcome.accuracy_plain}
    behind = {f"behind_{m}": found[f"plain_{m}"] - found[f"bn_{m}"] for m in (2, 8)}
    return behind | found


def _own_batch(seed: int) -> dict[str, float]:
    found = companions.by_batch_size(seed, (2, 50))
    sorted_ = float(found.sorted[1])
    return {
        "lost_2": found.running - float(found.accuracy[0]),
        "lost_50": found.running - float(found.accuracy[1]),
        "lost_sorted": found.running - sorted_,
        "running": found.running,
    }


def _costs(most: float, large: float, *names: str) -> Any:
    """The rule of a sentence that says: nowhere is anything lost."""

    def rule(found: Measured) -> Verdict:
        losses = [found[name] for name in names]
        if all(below(loss, most) for loss in losses):
            return "clear"
        return "contradicted" if any(above(loss, large) for loss in losses) else "weak"

    return rule


BATCHES: dict[str, Claim] = {
    "like_dropout": Claim(
        "noise",
        "1809.00846",
        TEN,
        {
            "ratio": "factor",
            "bn": "number",
            "dropout": "number",
            "shared": "number",
            "shared_dropout": "number",
        },
        by_seed(_like_dropout),
        _is_dropout,
        cheap=True,
    ),
    "regularizes": Claim(
        "noise",
        "1809.00846",
        tuple(range(8)),
        {"digits_gain": "number", "mnist_gain": "number"},
        _regularizes,
        _every(0.02, "digits_gain", "mnist_gain"),
    ),
    "any_batch": Claim(
        "noise",
        "1803.08494",
        FIVE,
        {f"behind_{m}": "number" for m in (2, 8)}
        | {f"{arm}_{m}": "share" for m in (2, 8) for arm in ("bn", "plain")},
        by_seed(_any_batch),
        _costs(0.02, 0.1, "behind_2", "behind_8"),
    ),
    "own_batch": Claim(
        "test_time",
        THE_PAPER,
        FIVE,
        {"lost_2": "number", "lost_50": "number", "lost_sorted": "number", "running": "share"},
        by_seed(_own_batch),
        _costs(0.02, 0.1, "lost_2", "lost_50", "lost_sorted"),
        cheap=True,
    ),
}


# --- data that has shifted ---


@lru_cache(maxsize=len(FIVE))
def _dimmed(seed: int) -> dict[str, float]:
    """Test accuracy of a pair on the digits, at full light and at three tenths of it."""
    found = dimming.train_and_sweep(replace(REGIMES["slow"], seed=seed), (64,))[0]
    bright, dark = (list(found.a).index(a) for a in (1.0, 0.3))
    return {
        "bright": float(found.frozen[bright]),
        "plain": float(found.plain[dark]),
        "frozen": float(found.frozen[dark]),
        "reestimated": float(found.reestimated[dark]),
    }


def _protects(seed: int) -> dict[str, float]:
    found = _dimmed(seed)
    return {"gain": found["frozen"] - found["plain"]} | found


def _reestimated(seed: int) -> dict[str, float]:
    found = _dimmed(seed)
    gap = found["bright"] - found["frozen"]
    return {"repaired": (found["reestimated"] - found["frozen"]) / gap} | found


DARK: dict[str, Kind] = {
    name: "share" for name in ("bright", "plain", "frozen", "reestimated")
}

SHIFTED: dict[str, Claim] = {
    "protects": Claim(
        "test_time",
        "2006.16971",
        FIVE,
        {"gain": "number"} | DARK,
        by_seed(_protects),
        _of("gain", large=0.05),
        cheap=True,
    ),
    "reestimated": Claim(
        "test_time",
        "2006.16971",
        FIVE,
        {"repaired": "number"} | DARK,
        by_seed(_reestimated),
        _of("repaired", large=0.8),
    ),
}
