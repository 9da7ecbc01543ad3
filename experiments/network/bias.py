"""The bias b in front of batch norm: cancelled by the mean, and left to its rounding noise.

z = xW + b moves with b, and so does its mean: z − μ, and all that follows, stays. So dL/db = 0,
exactly; β adds what b would have added. In floating point db is the rounding error of a sum that
ought to be zero. SGD does nothing with so small a number. Adam and RMSprop divide each gradient by
its own recent size, and so take long steps along the noise: b wanders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.losses import one_hot
from bncore.model import Model
from bncore.network import Network
from experiments import whiteboard
from experiments.descent import descend
from experiments.evidence import Arrays, Evidence, under
from experiments.trained import trained
from experiments.whiteboard import Backward, Forward, put

SEEDS = range(5)
DTYPES = ("float32", "float64")
# Learning rates at which each optimizer trains this network well.
RATES = {"sgd": 0.1, "momentum": 0.03, "rmsprop": 0.003, "adam": 0.003}
STEPS, EVERY, UNITS = 500, 5, 12
M = 32  # training images that b is dragged on


# --- b by hand ---


@dataclass(frozen=True, eq=False)
class Drag:
    """One unit of a batch, with b and β as they were set, and what b alone has moved.

    "moved" is the largest |change| from b = 0 to b, at the same β.
    """

    z: np.ndarray  # (m,)
    z_tilde: np.ndarray  # (m,) of batch norm, wherever it sits
    z_at_zero: np.ndarray  # (m,) at b = 0 and the β of training
    z_tilde_at_zero: np.ndarray  # (m,)
    mean: float  # of what enters batch norm
    dz: np.ndarray  # (m,)
    db: float  # the sum of dz
    dbeta: float
    gamma: float
    beta: float  # in all
    beta_at_zero: float  # the β of training
    eps: float
    loss: float
    loss_at_zero: float
    z_moved: float
    z_tilde_moved: float
    logits_moved: float  # of the whole network


def drag(
    b: float,
    beta: float = 0.0,
    layer: int = 0,
    unit: int = 0,
    m: int = M,
    seed: int = 0,
    norm: str = "before",
    dtype: str = "float64",
) -> Drag:
    """The trained network on m training images, drawn by the seed, with b put into one unit.

    `beta` is added to the unit's own β. layer and unit count from 0. norm="after" takes the same
    weights with batch norm after the activation: there b is not cancelled.
    """
    x, targets = batch(m, seed, dtype)
    p = parameters(norm, dtype)
    shifted = _add(p, "beta", layer, unit, beta)
    zero = whiteboard.with_caches(p, x)
    only_beta = whiteboard.with_caches(shifted, x)
    dragged = _add(shifted, "b", layer, unit, b)
    now = whiteboard.with_caches(dragged, x)
    return Drag(
        z=now.z[layer][:, unit],
        z_tilde=now.z_tilde[layer][:, unit],
        z_at_zero=zero.z[layer][:, unit],
        z_tilde_at_zero=zero.z_tilde[layer][:, unit],
        mean=float(now.caches[layer].mean[unit]),
        **_gradients(whiteboard.backward(now, targets), layer, unit),
        gamma=float(p.gamma[layer][unit]),
        beta=float(dragged.beta[layer][unit]),
        beta_at_zero=float(p.beta[layer][unit]),
        eps=p.eps[layer],
        loss_at_zero=whiteboard.backward(zero, targets).loss,
        **_moved(now, only_beta, layer, unit),
    )


def _gradients(back: Backward, layer: int, unit: int) -> dict[str, Any]:
    return {
        "dz": back.dz[layer][:, unit],
        "db": float(back.db[layer][unit]),
        "dbeta": float(back.dbeta[layer][unit]),
        "loss": back.loss,
    }


def _moved(now: Forward, then: Forward, layer: int, unit: int) -> dict[str, Any]:
    return {
        "z_moved": _largest(now.z[layer][:, unit] - then.z[layer][:, unit]),
        "z_tilde_moved": _largest(now.z_tilde[layer] - then.z_tilde[layer]),
        "logits_moved": _largest(now.logits - then.logits),
    }


def _add(p: Model, name: str, layer: int, unit: int, amount: float) -> Model:
    rows = getattr(p, name)
    changed = rows[layer].copy()
    changed[unit] += changed.dtype.type(amount)
    more: dict[str, Any] = {name: put(rows, layer, changed)}
    return replace(p, **more)


def parameters(norm: str = "before", dtype: str = "float64") -> Model:
    """Of the trained network of `experiments.trained`, with b = 0 in the hidden layers."""
    return of_network(trained().network, norm, dtype)


def of_network(network: Network, norm: str, dtype: str) -> Model:
    """Of a network, in another dtype, batch norm before or after the activation."""
    model = network.model().astype(dtype)
    b = [np.zeros(W.shape[-1], dtype) for W in model.W[:-1]]
    return replace(model, b=(*b, model.b[-1]), norm=norm)


def batch(m: int, seed: int, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """m training images (m, 64), and their digits as rows with a single 1, (m, 10)."""
    data = trained().data
    rows = np.random.default_rng(seed).permutation(len(data.x_train))[:m]
    return data.x_train[rows].astype(dtype), one_hot(data.y_train[rows], 10, np.dtype(dtype))


def _largest(difference: np.ndarray) -> float:
    return float(np.abs(difference).max())


# --- b left to an optimizer ---


@dataclass(frozen=True, eq=False)
class Drift:
    """A b that nobody needs, trained by one optimizer in one dtype: S seeds, T of the steps.

    "largest": over all hidden units. The path is of the first U units of layer 1, first seed.
    """

    optimizer: str
    dtype: str
    lr: float
    step: np.ndarray  # (T,)
    b: np.ndarray  # (S, T) largest |b|; it starts at 0
    db: np.ndarray  # (S, T) largest |dL/db|
    dbeta: np.ndarray  # (S, T) largest |dL/dβ|, for comparison
    beta: np.ndarray  # (S, T) largest |β|; it starts at 0 too
    path: np.ndarray  # (T, U) b
    logits_moved: np.ndarray  # (S,) largest |change| when b is set back to 0 at the end


def config(
    optimizer: str, dtype: str = "float32", seed: int = 0, keep_bias: bool = True
) -> RunConfig:
    """The run whose b drifts; without `keep_bias` the one that the rest of the project trains."""
    return RunConfig(
        optimizer=optimizer,
        lr=RATES[optimizer],
        dtype=dtype,
        seed=seed,
        keep_bias=keep_bias,
        steps=STEPS,
    )


@cache
def drift(optimizer: str = "adam", dtype: str = "float32") -> Drift:
    """The shipped runs; trains nothing. KeyError for another optimizer or dtype."""
    found = under(EVIDENCE.shipped, f"{optimizer}.{dtype}")
    return Drift(optimizer, dtype, RATES[optimizer], **found)


@cache
def shipped() -> tuple[str, ...]:
    """The optimizers that were left to drift, in the order of RATES."""
    return tuple(dict.fromkeys(key.split(".")[0] for key in EVIDENCE.shipped))


def let_drift(configs: list[RunConfig], every: int = EVERY) -> dict[str, np.ndarray]:
    """Train, and keep by name what `Drift` wants."""
    steps, rows, path = [], [], []
    for step, (network, _) in enumerate(descend(configs)):
        if step % every == 0:
            b, db = _of_hidden(network.b), _of_hidden(network.db)
            rows.append([_largest_by_run(each) for each in (b, db, network.dbeta, network.beta)])
            path.append(b[0][0, 0, :UNITS].copy())
            steps.append(step)
    largest = np.array(rows).transpose(1, 2, 0)
    return {
        "step": np.array(steps),
        **dict(zip(("b", "db", "dbeta", "beta"), largest, strict=True)),
        "path": np.array(path, np.float32),
        "logits_moved": _without_b(network, configs),
    }


def _of_hidden(rows: Sequence[np.ndarray | None]) -> list[np.ndarray]:
    """The hidden layers' part: each has a b, since nothing here is trained without."""
    return [row for row in rows[:-1] if row is not None]


def _largest_by_run(arrays: list[np.ndarray]) -> np.ndarray:
    return np.max([np.abs(array).max(axis=(-2, -1)) for array in arrays], axis=0)


def _without_b(network: Network, configs: list[RunConfig]) -> np.ndarray:
    """(S,) how far logits move on a batch when b is taken away."""
    x = batch(256, 0, configs[0].dtype)[0]
    x = np.broadcast_to(x, (len(configs), *x.shape))
    there = network.forward(x).copy()
    for b in _of_hidden(network.b):
        b[...] = 0
    return np.abs(network.forward(x) - there).max(axis=(-2, -1))


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    arrays: dict[str, np.ndarray] = {}
    outcome: dict[str, Any] = {}
    for optimizer in RATES:
        for dtype in DTYPES:
            found = let_drift([config(optimizer, dtype, seed) for seed in SEEDS])
            arrays |= {f"{optimizer}.{dtype}.{name}": array for name, array in found.items()}
            outcome[f"{optimizer}.{dtype}"] = {
                "largest_db": found["db"].max(axis=1).tolist(),
                "largest_b": found["b"][:, -1].tolist(),
                "largest_dbeta": found["dbeta"].max(axis=1).tolist(),
                "logits_moved": found["logits_moved"].tolist(),
            }
    return arrays, {"outcome": outcome}


EVIDENCE: Evidence[Arrays] = Evidence(
    "bias",
    {
        "configs": {optimizer: config(optimizer).to_dict() for optimizer in RATES},
        "seeds": list(SEEDS),
    },
    measure_all,
)
