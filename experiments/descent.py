"""The training loop, for those who want to see every gradient of the runs that configs say.

`bncore.training` records what most lessons ask for. Here a stack of runs goes down by the same
loop (`bncore.descent`), and whoever iterates looks into the network between its gradient and its
update.

    >>> from bncore import RunConfig
    >>> for network, loss in descend([RunConfig(steps=2, seed=s) for s in range(3)]):
    ...     print(network.dW[0].shape, loss.shape)
    (3, 64, 50) (3,)
    (3, 64, 50) (3,)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from bncore import descent
from bncore.batches import DROPOUT, Feed, stream
from bncore.config import RunConfig
from bncore.network import Network
from bncore.optimizers import OPTIMIZERS
from bncore.training import check_alike, initial_network


def descend(
    configs: Sequence[RunConfig], network: Network | None = None
) -> Iterator[tuple[Network, np.ndarray]]:
    """The same numbers as `train_together`, without stopping at divergence.

    `network`, with the R runs in front, is trained in place of the one that the configs say.

    Yields, once for each step, one network that carries all R runs on a leading axis, and the loss
    (R,) of the step's batches. `grads` belong to the parameters as they stand, before weight decay
    and before the update, which takes them as whoever iterates leaves them. After the last step the
    network, if kept, stands at the end of its runs.
    """
    config = configs[0]
    network = initial(configs) if network is None else network
    feed, rngs = Feed(configs, (len(configs),)), [stream(one, DROPOUT) for one in configs]
    lr = np.array([one.lr for one in configs], config.dtype)[:, None]
    losses = descent.descend(
        network,
        itertools.islice(feed, config.steps),
        OPTIMIZERS[config.optimizer](network.params, lr),
        weight_decay=config.weight_decay,
        rngs=rngs,
    )
    for loss in losses:
        yield network, loss


def initial(configs: Sequence[RunConfig]) -> Network:
    """The network before its first step, all runs in front."""
    check_alike(configs)
    runs = (len(configs),)
    return initial_network(configs, Feed(configs, runs), runs)


def settle(network: Network, x: np.ndarray) -> None:
    """Give a network the exact statistics of x (R, N, inputs), taken as one batch, to predict by.

    In place of its running ones, which training does not ask for. Their variance is biased.
    """
    if network.norm != "none":
        with np.errstate(all="ignore"):
            network.forward(x)
        network.running[...] = network.batch
