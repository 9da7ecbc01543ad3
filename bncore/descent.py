"""The one training loop: gradient, a look, update.

Whoever iterates looks into the network between a gradient and its update; what is not looked at
costs nothing. `training` records runs by it, experiments see every gradient.

    >>> from bncore.losses import one_hot
    >>> from bncore.network import Network
    >>> from bncore.optimizers import SGD
    >>> network = Network((2, 3, 2))
    >>> batch = np.ones((4, 2), np.float32), one_hot(np.zeros(4, int), 2)
    >>> for loss in descend(network, [batch] * 2, SGD(network.params, 0.1)):
    ...     print(loss.round(2), network.grads.any())
    0.69 True
    0.64 True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from bncore.network import Network
from bncore.optimizers import Optimizer

Batch = tuple[np.ndarray, np.ndarray]


def descend(
    network: Network,
    batches: Iterable[Batch],
    optimizer: Optimizer,
    *,
    weight_decay: float = 0.0,
    rngs: Sequence[np.random.Generator] = (),
    before: Callable[[], None] = lambda: None,
) -> Iterator[np.ndarray]:
    """Train on each batch, x and one-hot targets; yields its loss, one per run.

    When it yields, `grads` belong to the parameters as they stand, before weight decay and before
    the update, which takes them as whoever iterates leaves them. `before()` is called ahead of each
    gradient, while the network's buffers hold nothing that is still needed. `rngs` are those of
    `Network.gradient`. A run whose loss is no longer finite goes on.
    """
    for x, targets in batches:
        with np.errstate(all="ignore"):
            before()
            loss = network.gradient(x, targets, rngs)
        yield loss
        with np.errstate(all="ignore"):
            if weight_decay:
                network.flat_dW += weight_decay * network.flat_W
            network.track()
            optimizer.update(network.params, network.grads)
