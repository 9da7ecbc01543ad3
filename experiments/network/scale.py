"""Scale invariance: batch norm forgets how large W is, and what follows for training.

z = xW scaled by α has α times the mean and α times the standard deviation: z_norm stays, but for
ε (α²σ² + ε is not α²(σ² + ε)), and so does the loss. Then its gradient shrinks: L(αW) = L(W) for
all α means dL/dW(αW) = dL/dW(W)/α, and that the gradient is at right angles to W. From this

    ‖W − lr g‖² = ‖W‖² + lr²‖g‖²,

so that under SGD W never stops growing, and the step's size against W, the effective learning rate
lr/‖W‖², falls. Weight decay shrinks W, and so raises it: where batch norm follows, decay does
nothing to the function that a learning rate would not do (`decay_as_rate`).

Source: van Laarhoven 2017, arXiv 1706.05350.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.data import load
from bncore.model import Model
from bncore.network import Network
from bncore.trace import Trace
from experiments import rates, whiteboard
from experiments.descent import descend
from experiments.evidence import Arrays, Evidence
from experiments.network.bias import batch, parameters
from experiments.trained import trained
from experiments.whiteboard import put

ALPHAS = tuple(float(f"{alpha:.3g}") for alpha in np.geomspace(1e-3, 1e3, 25))
SEEDS = range(10)
RATES = (0.1, 0.3, 1.0, 3.0)
DECAYS = (0.0, 0.001, 0.003, 0.01)
STEPS, EVERY = 1500, 25
TRIED = rates.HALF_DECADES  # for the best rate with each decay
LOOKS, APART = 10, 50  # accuracy "at the end" is the mean of so many looks, so many steps apart
BESIDE = 150  # steps in which decay is held against a rising rate
LIVE_RATES = (0.03, *RATES, 10.0)  # a live run may go beyond the shipped ones
LIVE_DECAYS = (*DECAYS, 0.03)
VANISHED = 1e-30  # of ‖W‖ at the start: squares of such numbers are below what float32 can hold


# --- W → αW, by hand ---


@dataclass(frozen=True, eq=False)
class Rescaled:
    """The trained network with αW in L hidden layers, against itself with W, on one batch."""

    alpha: float
    layers: tuple[int, ...]  # those that were scaled, counted from 0
    logits_moved: float  # largest |change|
    changed: float  # share of the images that are called another digit
    logits_moved_exact: float  # the same where ε was scaled too, by α²: rounding is left
    plain_logits_moved: float  # of the network without batch norm, for comparison
    plain_changed: float
    grad_ratio: np.ndarray  # (L,) ‖dW‖ over what it was; 1/α in the scaled layers
    cosine: np.ndarray  # (L,) of the angle between W and dW; ε alone makes it differ from 0
    var_ratio: np.ndarray  # (L,) α²σ²/ε of the unit that varies least: ε counts where it is small


def rescale(
    alpha: float,
    layer: int | None = None,
    m: int = 128,
    seed: int = 0,
    eps: float = 1e-5,
    dtype: str = "float64",
) -> Rescaled:
    """alpha > 0. One hidden layer, counted from 0, or None for all. By the batch's statistics."""
    base = _base(m, seed, eps, dtype)
    p, x = base.parameters, base.x
    layers = tuple(range(len(p.gamma))) if layer is None else (layer,)
    scaled = _scaled(p, alpha, layers)
    exact = tuple(e * alpha**2 if at in layers else e for at, e in enumerate(p.eps))
    now = whiteboard.with_caches(scaled, x)
    dW = whiteboard.backward(now, base.targets).dW
    plain = _plain(alpha, layers, x)
    return Rescaled(
        alpha=alpha,
        layers=layers,
        logits_moved=_largest(now.logits - base.logits),
        changed=_changed(now.logits, base.logits),
        logits_moved_exact=_largest(
            whiteboard.with_caches(replace(scaled, eps=exact), x).logits - base.logits
        ),
        plain_logits_moved=_largest(plain - base.plain_logits),
        plain_changed=_changed(plain, base.plain_logits),
        grad_ratio=_norms(dW) / base.grad_norms,
        cosine=np.array([_cosine(*pair) for pair in zip(scaled.W, dW, strict=True)][:-1]),
        var_ratio=np.array([float(cache.var.min()) / eps for cache in now.caches]),
    )


@dataclass(frozen=True, eq=False)
class _Base:
    """The network as it was, on the batch: what every α is compared with. Only read."""

    parameters: Model
    x: np.ndarray
    targets: np.ndarray
    logits: np.ndarray
    plain_logits: np.ndarray
    grad_norms: np.ndarray


@lru_cache(maxsize=32)
def _base(m: int, seed: int, eps: float, dtype: str) -> _Base:
    x, targets = batch(m, seed, dtype)
    p = parameters("before", dtype)
    p = replace(p, eps=(eps,) * len(p.eps))
    now = whiteboard.with_caches(p, x)
    grad_norms = _norms(whiteboard.backward(now, targets).dW)
    return _Base(p, x, targets, now.logits, _plain(1.0, (), x), grad_norms)


def curve(layer: int | None = None, eps: float = 1e-5) -> list[Rescaled]:
    """For all of ALPHAS. Some 0.1 s the first time for a layer and an ε."""
    return list(_curve(layer, eps))


@cache
def _curve(layer: int | None, eps: float) -> tuple[Rescaled, ...]:
    return tuple(rescale(alpha, layer, eps=eps) for alpha in ALPHAS)


def _scaled(p: Model, alpha: float, layers: Sequence[int]) -> Model:
    W = p.W
    for layer in layers:
        W = put(W, layer, W[layer] * W[layer].dtype.type(alpha))
    return replace(p, W=W)


def _plain(alpha: float, layers: Sequence[int], x: np.ndarray) -> np.ndarray:
    """Logits of the twin without batch norm, its W scaled likewise."""
    twin = trained().plain
    assert twin is not None
    scaled = _scaled(twin.model().astype(x.dtype), alpha, layers)
    return scaled.forward(x, keep=False).logits


def _norms(matrices: Sequence[np.ndarray]) -> np.ndarray:
    """(L,) of the hidden layers."""
    return np.array([np.linalg.norm(matrix) for matrix in matrices[:-1]])


def _changed(a: np.ndarray, b: np.ndarray) -> float:
    return float((a.argmax(axis=1) != b.argmax(axis=1)).mean())


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float((a * b).sum() / (np.linalg.norm(a) * np.linalg.norm(b)))


def _largest(difference: np.ndarray) -> float:
    return float(np.abs(difference).max())


# --- W in training ---


@dataclass(frozen=True, eq=False)
class Growth:
    """‖W‖² of the L hidden layers of a run of SGD at T of its steps, and what predicts it.

    `predicted` starts at ‖W‖² and from there on knows the gradients alone: each step multiplies by
    (1 − lr·decay)² and adds lr²‖g‖². That is exact as far as W and g are at right angles.
    `effective` is lr ‖W(0)‖²/‖W‖², the learning rate that would do the same to W(0).
    """

    step: np.ndarray  # (T,)
    square: np.ndarray  # (T, L)
    predicted: np.ndarray  # (T, L)
    effective: np.ndarray  # (T, L)


def config(
    lr: float = 1.0, weight_decay: float = 0.0, steps: int = 500, seed: int = 0
) -> RunConfig:
    """A live run whose trace `growth` understands: every step is recorded."""
    return RunConfig(
        lr=lr,
        weight_decay=weight_decay,
        steps=steps,
        seed=seed,
        record_every=1,
        probe=1,
        units=1,
    )


def growth(trace: Trace) -> Growth:
    """Of a run of SGD recorded at every step, with batch norm before its activations.

    Raises ValueError for another run.
    """
    c = trace.config
    if (c.optimizer, c.norm, c.record_every) != ("sgd", "before", 1):
        raise ValueError("needs SGD, batch norm before the activation, and a record of every step")
    return _as_if(trace)


def _as_if(trace: Trace) -> Growth:
    """Of a run in which W and g may be at any angle."""
    c = trace.config
    # float64: what a network without batch norm may come to has no square in float32
    square, g2 = (
        np.square(norm[:, :-1], dtype=np.float64) for norm in (trace.w_norm, trace.grad_norm)
    )
    return _growth(np.asarray(trace.step), square, g2, c.lr, c.weight_decay)


def _growth(
    step: np.ndarray, square: np.ndarray, g2: np.ndarray, lr: float | np.ndarray, decay: float
) -> Growth:
    predicted = np.empty_like(square)
    predicted[0] = square[0]
    for t in range(len(square) - 1):
        predicted[t + 1] = (1 - lr * decay) ** 2 * predicted[t] + lr**2 * g2[t]
    return Growth(step, square, predicted, lr * square[0] / square)


@dataclass(frozen=True, eq=False)
class Measured:
    """A run of `config` with batch norm, or of its twin without, at T of its steps.

    Lengths are those of all hidden layers together, over the start.
    """

    step: np.ndarray  # (T,) each EVERY-th, and the last
    length: np.ndarray  # (T,) ‖W‖
    predicted: np.ndarray  # (T,) what the gradients alone say it is
    effective: np.ndarray  # (T,) the learning rate; says something with batch norm only
    misfit: float  # largest relative error of the predicted ‖W‖² of a layer, over all steps
    accuracy: float  # at the end, on the test set: see `at_end`
    diverged_at: int | None


def measured(trace: Trace) -> Measured:
    """Reduce a run that was recorded at every step to what is shown of it.

    Where W has all but VANISHED, the prediction is not held against it.
    """
    found = _as_if(trace)
    start = found.square[0]
    there = found.square > VANISHED**2 * start
    error = np.abs(found.predicted - found.square)[there] / found.square[there]
    last = len(found.step) - 1
    kept = np.unique([*range(0, last, EVERY), last])
    length, predicted = (
        np.sqrt(square[kept].sum(axis=-1) / start.sum())
        for square in (found.square, found.predicted)
    )
    with np.errstate(divide="ignore", over="ignore"):
        effective = trace.config.lr / length**2
    return Measured(
        step=found.step[kept],
        length=length,
        predicted=predicted,
        effective=effective,
        misfit=float(error.max()),
        accuracy=at_end(trace),
        diverged_at=trace.diverged_at,
    )


def last_looks(steps: int) -> list[int]:
    """The steps whose accuracy is averaged; of a short run the last alone.

    With weight decay the effective learning rate is large, and the accuracy goes up and down from
    step to step: a single one says little.
    """
    if steps < LOOKS * APART:
        return [steps]
    return list(range(steps - (LOOKS - 1) * APART, steps + 1, APART))


def at_end(trace: Trace) -> float:
    """Test accuracy, mean of the last looks; of a run that diverged its last."""
    if trace.diverged_at is not None:
        return float(trace.accuracy[-1])
    looks = np.isin(trace.step, last_looks(int(trace.step[-1])))
    return float(trace.accuracy[looks].mean())


@dataclass(frozen=True, eq=False)
class DecayAsRate:
    """Three runs of S steps from one start, on the same batches; their mini-batch losses (S,)."""

    decay: np.ndarray  # W of the hidden layers decays, at a constant learning rate
    rising: np.ndarray  # nothing decays, and their learning rate rises as `rate` says
    constant: np.ndarray  # nothing decays and nothing rises
    rate: np.ndarray  # (S,)


@lru_cache(maxsize=32)
def decay_as_rate(
    lr: float = 0.3, decay: float = 0.01, steps: int = BESIDE, seed: int = 0
) -> DecayAsRate:
    """Weight decay on normalized layers is a rising learning rate, and nothing else.

    With k = 1 − lr·decay, W after t steps is kᵗ V, where V is trained without decay at the rate
    lr/k²ᵗ⁺¹: the same function at each step. float64 and an ε of 1e-12, since ε spoils the
    invariance. The output layer, which no batch norm follows, is left alone in all three. Some
    0.2 s the first time.
    """
    run = RunConfig(lr=lr, steps=steps, seed=seed, dtype="float64", eps=1e-12)
    rate = lr * (1 - lr * decay) ** -(2 * np.arange(steps) + 1.0)
    losses = np.empty((3, steps))
    for t, (network, loss) in enumerate(descend([run])):
        losses[0, t] = loss[0]
        for dW, W in zip(network.dW[:-1], network.W[:-1], strict=True):
            dW += decay * W
    for t, (network, loss) in enumerate(descend([run])):
        losses[1, t] = loss[0]
        for dW in network.dW[:-1]:
            dW *= rate[t] / lr
    losses[2] = [loss[0] for _, loss in descend([run])]
    decaying, rising, constant = losses
    return DecayAsRate(decaying, rising, constant, rate)


# --- over learning rates, decays and seeds ---


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """D weight decays × R learning rates × S seeds, T of the steps, L hidden layers. See Growth."""

    decays: np.ndarray  # (D,)
    rates: np.ndarray  # (R,)
    seeds: np.ndarray  # (S,)
    step: np.ndarray  # (T,)
    square: np.ndarray  # (D, R, S, T, L)
    predicted: np.ndarray  # (D, R, S, T, L)
    accuracy: np.ndarray  # (D, R, S) on the test set, at the end: mean of `last_looks`
    loss: np.ndarray  # (D, R, S) mean of the last 50 mini-batches
    held_accuracy: np.ndarray  # (R, S) where, without decay, the effective rate is held: `hold`
    held_loss: np.ndarray  # (R, S)
    score: np.ndarray  # (D, Q, P) validation accuracy at each of TRIED, of the seeds that pick

    def best(self, decay: float) -> float:
        """The learning rate that is best with this decay: see `experiments.rates`."""
        return rates.Search(np.array(TRIED), self.score[DECAYS.index(decay)]).best

    @property
    def growth(self) -> np.ndarray:
        """(D, R, S, T) ‖W‖ of all hidden layers over what it was."""
        total = self.square.sum(axis=-1)
        return np.sqrt(total / total[..., :1])

    @property
    def effective(self) -> np.ndarray:
        """(D, R, S, T) the learning rate that would do the same to the W of the start."""
        return self.rates[:, None, None] / self.growth**2

    def place(self, lr: float, decay: float) -> tuple[int, int] | None:
        """Which decay and which rate these are; None where no run was shipped."""
        if lr not in self.rates or decay not in self.decays:
            return None
        return int(np.flatnonzero(self.decays == decay)[0]), int(
            np.flatnonzero(self.rates == lr)[0]
        )


def over_seeds() -> OverSeeds:
    """The shipped runs; trains nothing."""
    return EVIDENCE.shipped


def follow(
    configs: Sequence[RunConfig], every: int = EVERY, hold: bool = False
) -> dict[str, np.ndarray]:
    """Train a stack of C runs of SGD, and keep by name what `OverSeeds` wants, C in front.

    Every `every`-th step is kept; it must divide the steps. `hold` takes the effect of the growth
    away: each hidden layer's learning rate is multiplied by ‖W‖²/‖W(0)‖².
    """
    squares, gradients, losses, accuracy = [], [], [], []
    looks = last_looks(configs[0].steps)
    for step, (network, loss) in enumerate(descend(configs)):
        if step in looks:
            accuracy.append(_test_accuracy(network, configs))
        squares.append(_of_hidden(network.W))
        if hold:
            _multiply(network.dW, squares[-1] / squares[0])
        gradients.append(_of_hidden(network.dW))
        losses.append(loss)
    squares.append(_of_hidden(network.W))
    accuracy.append(_test_accuracy(network, configs))
    square, g2 = np.array(squares), np.array(gradients)
    lr = np.array([[c.lr] for c in configs])
    found = _growth(np.arange(len(square)), square, g2, lr, configs[0].weight_decay)
    return {
        "square": found.square[::every].swapaxes(0, 1),
        "predicted": found.predicted[::every].swapaxes(0, 1),
        "accuracy": np.mean(accuracy, axis=0),
        "loss": np.mean(losses[-50:], axis=0),
    }


def _multiply(matrices: Sequence[np.ndarray], factors: np.ndarray) -> None:
    """Those of the hidden layers, in place, by (C, L) factors."""
    for layer in range(factors.shape[-1]):
        matrices[layer][...] *= factors[:, layer, None, None]


def _of_hidden(matrices: Sequence[np.ndarray]) -> np.ndarray:
    """(C, L) squared norms."""
    of_layers = [np.square(W, dtype=np.float64).sum(axis=(-2, -1)) for W in matrices[:-1]]
    return np.stack(of_layers, axis=-1)


def _test_accuracy(network: Network, configs: Sequence[RunConfig]) -> np.ndarray:
    data = [load(c.dataset, c.seed, c.dtype) for c in configs]
    x, y = np.stack([d.x_test for d in data]), np.stack([d.y_test for d in data])
    return network.evaluate(x, y)[0]


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    shape = len(RATES), len(SEEDS)
    runs = {d: [long(lr, d, seed) for lr in RATES for seed in SEEDS] for d in DECAYS}
    by_decay = [follow(configs) for configs in runs.values()]
    held = follow(runs[0.0], hold=True)
    stacked = {
        name: np.stack([found[name].reshape(*shape, *found[name].shape[1:]) for found in by_decay])
        for name in by_decay[0]
    }
    stacked |= {f"held_{name}": held[name].reshape(shape) for name in ("accuracy", "loss")}
    stacked["score"] = np.stack([search(decay).score for decay in DECAYS])
    small = {name: array.astype(np.float32) for name, array in stacked.items()}
    grid = {"decays": np.array(DECAYS), "rates": np.array(RATES), "seeds": np.array(SEEDS)}
    arrays = grid | {"step": np.arange(0, STEPS + 1, EVERY)} | small
    return arrays, {"outcome": _outcome(read(arrays))}


def read(arrays: Arrays) -> OverSeeds:
    """What ships."""
    return OverSeeds(**arrays)


def search(decay: float) -> rates.Search:
    """Which rate is best with this decay."""
    looks = [step - STEPS for step in last_looks(STEPS)]
    return rates.search(long(1.0, decay, 0), looks, TRIED)


def long(lr: float, decay: float, seed: int) -> RunConfig:
    """A run that ships: STEPS of them, and nothing is recorded but by `follow`."""
    return replace(config(lr, decay, STEPS, seed), record_every=STEPS)


def _outcome(found: OverSeeds) -> dict[str, Any]:
    """Over seeds, (D, R): mean and standard deviation at the end."""
    at_end = {
        "growth": found.growth[..., -1],
        "effective": found.effective[..., -1],
        "accuracy": found.accuracy,
        "loss": found.loss,
        "held_accuracy": found.held_accuracy,
        "held_loss": found.held_loss,
        "prediction_error": np.abs(found.predicted / found.square - 1).max(axis=(-2, -1)),
    }
    over_seeds = {
        name: {"mean": array.mean(axis=-1).tolist(), "sd": array.std(axis=-1, ddof=1).tolist()}
        for name, array in at_end.items()
    }
    return over_seeds | {"best_lr": [found.best(decay) for decay in DECAYS]}


EVIDENCE = Evidence("scale", {"config": long(1.0, 0.0, 0).to_dict()}, measure_all, read=read)
