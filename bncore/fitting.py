"""Training on whatever examples one has: what stands behind `Model.fit`.

The same descent as a run's (`training`), with the same random streams, and nothing recorded: on a
shipped data set `Model.fit` ends where the run with the same settings ends, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bncore import checks
from bncore.batches import DROPOUT, ORDER, WEIGHTS, BatchOrder
from bncore.config import CHOICES, REAL, WHOLE
from bncore.descent import Batch, descend
from bncore.errors import InputError
from bncore.losses import one_hot
from bncore.model import MOST_CLASSES, Model
from bncore.network import Network
from bncore.optimizers import OPTIMIZERS

USUAL_BATCH = 64


def fit(x: ArrayLike, y: ArrayLike, hidden: Sequence[int], settings: dict[str, Any]) -> Model:
    """See `Model.fit`, whose settings these are, all of them."""
    dtype = checks.float_dtype(settings["dtype"])
    x = checks.examples(x, "x", dtype)
    y = checks.labels(y, "y", len(x), MOST_CLASSES - 1)
    now = _checked(settings | {"dtype": dtype.name}, len(x))
    m, seed, steps = now.pop("batch_size"), now.pop("seed"), now.pop("steps")
    classes = max(int(y.max()) + 1, 2)

    sizes = checks.sizes((x.shape[1], *_units(hidden), classes), "hidden")
    names = ("activation", "norm", "eps", "momentum", "dtype", "keep")
    network = Network(sizes, **{name: now[name] for name in names})
    weights, order, dropout = (np.random.default_rng((seed, p)) for p in (WEIGHTS, ORDER, DROPOUT))
    network.initialize(now["init"], now["init_scale"], [weights])
    losses = descend(
        network,
        _batches(x, one_hot(y, classes, dtype), BatchOrder(len(x), m, order), steps),
        OPTIMIZERS[now["optimizer"]](network.params, now["lr"]),
        weight_decay=now["weight_decay"],
        rngs=[dropout],
    )
    for step, loss in enumerate(losses):
        if not np.isfinite(loss):
            raise _diverged(float(loss), step)
    if not np.isfinite(network.params).all():  # by the last update, which has no loss behind it
        raise _diverged(np.inf, steps)
    return network.model()


def _batches(x: np.ndarray, targets: np.ndarray, order: BatchOrder, steps: int) -> Iterator[Batch]:
    for _ in range(steps):
        rows = order.next()
        yield x[rows], targets[rows]


def _checked(settings: dict[str, Any], examples: int) -> dict[str, Any]:
    """The settings within the limits of `RunConfig`'s, as Python's own numbers."""
    now = dict(settings)
    if now["batch_size"] is None:
        now["batch_size"] = min(USUAL_BATCH, examples)
    for name, value in now.items():
        if name in CHOICES:
            checks.one_of(value, name, CHOICES[name])
        elif name in WHOLE:
            most = examples if name == "batch_size" else WHOLE[name][1]
            now[name] = checks.whole(value, name, WHOLE[name][0], most)
        else:
            now[name] = checks.real(value, name, *REAL[name])
    return now


def _units(hidden: Any) -> tuple[Any, ...]:
    if isinstance(hidden, str) or not np.iterable(hidden):
        expected = "the units of each hidden layer, such as (50, 50)"
        raise InputError("config", {"field": "hidden", "expected": expected, "got": hidden})
    return tuple(hidden)


def _diverged(loss: float, step: int) -> InputError:
    fields = {"field": "loss", "expected": "finite: a smaller lr may help", "got": loss}
    return InputError("overflow", fields | {"at": step})
