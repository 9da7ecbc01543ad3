"""Only γ and β are trained; every weight stays as it was drawn.

In the hidden layers γ and β choose among random features, and make new ones by bending the units
elsewhere. Beside it two controls: the last layer alone is trained, on random features, with batch
norm at γ = 1 and β = 0; and everything is trained.

Source: Frankle, Schwab & Morcos 2021, arXiv 2003.00152, who freeze the output layer too, and train
deep residual networks on CIFAR-10.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from bncore.batches import WEIGHTS, stream
from bncore.config import RunConfig
from bncore.network import Network
from experiments.conv.net import Arms, Kind, arms_of, each_at_its_best, stored
from experiments.evidence import Arrays, Evidence

ARMS = ("all", "affine", "last")
SEEDS = range(6)
EVERY = 20
CONFIG = RunConfig(depth=3, width=100, steps=500)
RATES = (0.1, 0.3, 1.0, 3.0, 10.0)  # γ and β alone were tried at 20 and 30, too: lower


class Partly(Network):
    """A network of which a part is trained: the gradient of all else is 0."""

    trained = "all"

    def gradient(
        self, x: np.ndarray, targets: np.ndarray, rngs: Sequence[np.random.Generator] = ()
    ) -> np.ndarray:
        """Like the network's."""
        loss = super().gradient(x, targets, rngs)
        if self.trained == "affine":
            kept = [*self.dgamma, *self.dbeta]
        elif self.trained == "last":
            kept = [self.dW[-1], *(db for db in self.db[-1:] if db is not None)]
        else:
            return loss
        values = [each.copy() for each in kept]
        self.grads[...] = 0
        for view, value in zip(kept, values, strict=True):
            view[...] = value
        return loss

    @property
    def count(self) -> int:
        """How many numbers are trained."""
        n = {
            "all": self.params.shape[-1],
            "affine": sum(each.shape[-1] for each in (*self.gamma, *self.beta)),
            "last": self.W[-1][..., :, :].shape[-2] * self.sizes[-1] + self.sizes[-1],
        }
        return n[self.trained]


def partly(trained: str, configs: Sequence[RunConfig]) -> Partly:
    """Before the first step, a run for each config in front; all arms begin alike."""
    config = configs[0]
    network = Partly(
        (64, *[config.width] * config.depth, 10),
        config.activation,
        config.norm,
        config.eps,
        config.momentum,
        runs=(len(configs),),
    )
    network.trained = trained
    network.initialize(config.init, config.init_scale, [stream(one, WEIGHTS) for one in configs])
    return network


KINDS = {arm: Kind(CONFIG, partial(partly, arm), RATES) for arm in ARMS}


def counts() -> dict[str, int]:
    """Numbers that each arm trains."""
    return {arm: partly(arm, [CONFIG]).count for arm in ARMS}


def load() -> Arms:
    """What shipped; trains nothing. Arms in the order of ARMS."""
    return EVIDENCE.shipped


def _far_more_than_nothing(found: Arms) -> bool:
    """γ and β alone: nearly everything that they could learn."""
    return bool((found.last[1] > 0.8).all())


def _less_than_all(found: Arms) -> bool:
    """But less than all weights."""
    return bool(found.mean[1] < found.mean[0])


def _no_more_than_the_last_layer(found: Arms) -> bool:
    """The last layer alone does about as well: within two points."""
    return bool(abs(found.mean[2] - found.mean[1]) < 0.02)


CLAIMS: dict[str, Callable[[Arms], bool]] = {
    "far_more_than_nothing": _far_more_than_nothing,
    "less_than_all": _less_than_all,
    "no_more_than_the_last_layer": _no_more_than_the_last_layer,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Each arm at its best rate."""
    found, about = each_at_its_best(KINDS, SEEDS, EVERY)
    return stored(found, "arms"), about


def read(arrays: Arrays) -> Arms:
    """What ships."""
    return arms_of(arrays, "arms")


EVIDENCE = Evidence(
    "conv_affine",
    {"config": CONFIG.to_dict(), "seeds": list(SEEDS), "rates": list(RATES)},
    measure_all,
    CLAIMS,
    read,
)
