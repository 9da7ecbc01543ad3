"""Batch norm inside a network small enough to see every number of."""

from __future__ import annotations

from ui.lesson import Lesson
from ui.state import Choice, Control, Integer, Number


def controls() -> tuple[Control, ...]:
    from bncore.optimizers import OPTIMIZERS
    from experiments.network import optimizers, placement, scale, walkthrough
    from pages.network.formulas import FUNCTIONS

    return (
        Choice("activation", "tanh", tuple(FUNCTIONS)),
        Choice("optimizer", "sgd", tuple(OPTIMIZERS)),
        Choice("node", "bn1", walkthrough.NODES),
        Integer("epoch", 1, 1, walkthrough.EPOCHS),
        Integer("batch", 1, 1, max(walkthrough.BATCHES.values())),
        Integer("line", 1, 1, walkthrough.LINES),
        Choice("drop", "nothing", tuple(walkthrough.DROPS)),
        Number("b", 2.0, -4.0, 4.0, step=0.1),
        Number("shift", 0.0, -2.0, 2.0, step=0.1),
        Choice("nonlinearity", "sigmoid", placement.ACTIVATIONS),
        Choice("images", "mnist", tuple(placement.SEEDS)),
        Choice("rate", 1.0, placement.RATES),
        Choice("rule", "adam", optimizers.shipped()),
        Choice("alpha", 10.0, scale.ALPHAS),
        Choice("m", walkthrough.M, tuple(walkthrough.BATCHES)),
        Integer("seed", 0, 0, 9999),
        Integer("run", 10, 0, 9999),  # the seed of live runs: the first that no shipped run has
        Choice("rung", 10, tuple(range(1, 1 + len(optimizers.rates("sgd"))))),
        Choice("lr", 3.0, scale.LIVE_RATES),
        Choice("decay", 0.0, scale.LIVE_DECAYS),
        Choice("norm", "before", ("before", "after", "none")),  # decides which nodes there are
    )


LESSON = Lesson("network", ":material/account_tree:", controls)
