"""A network leaves its library: batch norm folded into the weights, left out, or in train()."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from experiments.at_test_time.folding import folded
from experiments.clinic.answers import Answers, in_batches
from experiments.trained import trained

EXPORT = ("folded", "dropped", "train")


@dataclass(frozen=True, eq=False)
class Exported:
    """The test images before and after."""

    before: Answers  # in eval()
    after: Answers

    @property
    def difference(self) -> float:
        """The largest of a logit."""
        return float(np.abs(self.after.logits - self.before.logits).max())


@lru_cache(maxsize=4)
def exported(how: str) -> Exported:
    """ "folded" in eval(); with batch norm "dropped"; in "train", asked one image at a time.

    KeyError for another way.
    """
    net = trained()
    x, y, model = net.data.x_test, net.data.y_test, net.model
    without = replace(
        model,
        W=model.W,
        b=(*(None for _ in model.gamma), model.b[-1]),
        norm="none",
        gamma=(),
        beta=(),
        running_mean=(),
        running_var=(),
    )
    logits = {
        "folded": lambda: folded().predict(x),
        "dropped": lambda: without.forward(x, keep=False).logits,
        "train": lambda: in_batches(model, x, 1),
    }[how]()
    return Exported(Answers.of(net.network.predict(x), y), Answers.of(logits, y))
