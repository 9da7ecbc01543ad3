"""The training loop laid bare, for those who want to see every gradient.

`bncore.training` records what most lessons ask for. Here a stack of runs is trained one update at
a time, and whoever iterates looks into the network between its gradient and its update.

    >>> from bncore import RunConfig
    >>> for network, loss in descend([RunConfig(steps=2, seed=s) for s in range(3)]):
    ...     print(network.dW[0].shape, loss.shape)
    (3, 64, 50) (3,)
    (3, 64, 50) (3,)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bncore.batches import Feed
from bncore.config import RunConfig
from bncore.network import Network
from bncore.optimizers import OPTIMIZERS
from bncore.training import Stack


def descend(configs: Sequence[RunConfig]) -> Iterator[tuple[Network, np.ndarray]]:
    """The same numbers as `train_together`, without dropout and without stopping at divergence.

    Yields, once for each step, one network that carries all R runs on a leading axis, and the loss
    (R,) of the step's batches. `grads` belong to the parameters as they stand, before weight decay
    and before the update, which takes them as whoever iterates leaves them. After the last step the
    network, if kept, stands at the end of its runs.
    """
    config = configs[0]
    network, feed = Stack(configs).network, Feed(configs, (len(configs),))
    lr = np.array([one.lr for one in configs], config.dtype)[:, None]
    optimizer = OPTIMIZERS[config.optimizer](network.params, lr)
    for _ in range(config.steps):
        feed.next()
        with np.errstate(all="ignore"):
            loss = network.gradient(feed.x, feed.targets)
        yield network, loss
        with np.errstate(all="ignore"):
            network.flat_dW += config.weight_decay * network.flat_W
            network.track()
            optimizer.update(network.params, network.grads)
