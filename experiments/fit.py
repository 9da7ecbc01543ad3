"""A network trained on examples that are no data set of the core: wines, coloured digits, cats.

Plain SGD unless another optimizer is named, and nothing recorded. A seed draws initial weights and
batch order; arms that get the same seed and as many examples start alike and meet the same batches.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from bncore.batches import ORDER, WEIGHTS, BatchOrder
from bncore.data import Dataset
from bncore.descent import Batch, descend
from bncore.losses import one_hot
from bncore.network import Network
from bncore.optimizers import OPTIMIZERS

Rates = float | Sequence[float]


def fit(
    data: Dataset,
    hidden: Sequence[int],
    norm: str,
    lr: Rates,
    steps: int,
    batch_size: int,
    seed: int,
    prepare: Callable[[np.ndarray], np.ndarray] = np.asarray,
    optimizer: str = "sgd",
) -> Network:
    """ReLU and He's initial weights; `prepare` is given each mini-batch before the network is.

    With several learning rates as many networks are trained side by side, on a leading axis. A run
    that overflows goes on with NaN.
    """
    network, rates = start(data, hidden, norm, lr, seed)
    batches = itertools.islice(_batches(data, network, batch_size, seed, prepare), steps)
    for _ in descend(network, batches, OPTIMIZERS[optimizer](network.params, rates)):
        pass
    return network


def _batches(
    data: Dataset, network: Network, m: int, seed: int, prepare: Callable[[np.ndarray], np.ndarray]
) -> Iterator[Batch]:
    """The same mini-batch for all runs of the network."""
    order = BatchOrder(len(data.x_train), m, np.random.default_rng((seed, ORDER)))
    x = np.empty((*network.runs, m, data.n_features), network.dtype)
    targets = np.empty((*network.runs, m, data.n_classes), network.dtype)
    of_all = one_hot(data.y_train, data.n_classes)
    while True:
        batch = order.next()
        x[...], targets[...] = prepare(data.x_train[batch]), of_all[batch]
        yield x, targets


def start(
    data: Dataset, hidden: Sequence[int], norm: str, lr: Rates, seed: int
) -> tuple[Network, float | np.ndarray]:
    """The network before the first step, and its learning rates as the optimizer wants them."""
    runs = () if isinstance(lr, float) else (len(lr),)
    sizes = (data.n_features, *hidden, data.n_classes)
    network = Network(sizes, norm=norm, dtype=data.x_train.dtype, runs=runs)
    rngs = [np.random.default_rng((seed, WEIGHTS)) for _ in range(max(1, *runs, 1))]
    network.initialize("he", 1.0, rngs)
    return network, lr if isinstance(lr, float) else np.array(lr, network.dtype)[:, None]


def right(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Share of right answers by the running statistics, one for each run. NaN takes class 0."""
    with np.errstate(all="ignore"):
        return (network.predict(x).argmax(axis=-1) == y).mean(axis=-1)
