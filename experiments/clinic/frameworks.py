"""The same trained weights under another library's defaults: what they change in the answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from bncore.conventions import CONVENTIONS
from experiments.at_test_time.running import follow
from experiments.clinic.answers import Answers
from experiments.trained import trained, unbiased

MOVED = ("momentum", "divisor", "eps")
PYTORCH, KERAS = CONVENTIONS["pytorch"], CONVENTIONS["keras"]


@dataclass(frozen=True, eq=False)
class Ported:
    """The network as PyTorch has it, and with one setting taken over as Keras writes it."""

    pytorch: Answers
    other: Answers

    @property
    def difference(self) -> float:
        """The largest of a logit."""
        return float(np.abs(self.other.logits - self.pytorch.logits).max())

    @property
    def answered_otherwise(self) -> int:
        """How many images are called another digit."""
        return int((self.other.said != self.pytorch.said).sum())


@lru_cache(maxsize=8)
def ported(moved: str) -> Ported:
    """One setting moved: the number that Keras calls momentum, its variance, or its ε.

    KeyError if there is no such setting.
    """
    net = trained()
    m, x, y = net.config.batch_size, net.data.x_test, net.data.y_test
    corrected = unbiased(net.batch_var, m)
    momentum, var, eps = {
        "momentum": (float(KERAS.momentum or 0), corrected, PYTORCH.eps),
        "divisor": (float(PYTORCH.momentum or 0), net.batch_var, PYTORCH.eps),
        "eps": (float(PYTORCH.momentum or 0), corrected, KERAS.eps),
    }[moved]
    running = follow(net.batch_mean, var, 1 - momentum)
    model = replace(net.model, eps=eps)
    other = model.forward(x, (running.mean[-1], running.var[-1]), keep=False).logits
    return Ported(Answers.of(net.network.predict(x), y), Answers.of(other, y))
