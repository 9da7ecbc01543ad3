"""How libraries, a course and the paper keep running statistics: one line each.

Libraries store something like `(1 - new) * running + new * batch`, and differ in which side
their "momentum" weighs, in its default and that of eps, and in whether the running variance is
the biased one (divided by m), by which the batch itself is normalized, or the unbiased one. The
paper has no momentum: it takes the plain average over many batches, here kept as one goes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Convention:
    """`momentum` and `eps` are the defaults as written there; None where none is stated."""

    weighs: str  # what its momentum weighs: "new", "old", or "average" over all batches
    momentum: float | None
    eps: float | None
    unbiased: bool

    @property
    def new_weight(self) -> float:
        """The default weight of the new batch, which is `momentum` everywhere in bncore."""
        if self.momentum is None:
            return 0.1
        return self.momentum if self.weighs == "new" else 1 - self.momentum

    def step(self, momentum: float, batches: int) -> float:
        """The weight of batch number `batches` (from 1) of those that measured this statistic.

        An average knows no momentum: its first batch takes all, whatever stood there before.
        """
        return 1 / batches if self.weighs == "average" else momentum

    def measures_variance(self, m: int) -> bool:
        """Whether a batch of m has the variance that is kept: one example has no unbiased one."""
        return m > 1 or not self.unbiased

    def variance(self, var: np.ndarray, running_var: np.ndarray, m: int) -> np.ndarray:
        """What a batch of m with biased variance `var` adds to the running variance.

        Where it measures none, the running one stands for it, and stays.
        """
        if not self.measures_variance(m):
            return running_var
        return var * (m / (m - 1)) if self.unbiased else var


CONVENTIONS = {
    "pytorch": Convention("new", 0.1, 1e-5, unbiased=True),
    "keras": Convention("old", 0.99, 1e-3, unbiased=False),
    "flax": Convention("old", 0.99, 1e-5, unbiased=False),
    "cs231n": Convention("old", 0.9, 1e-5, unbiased=False),
    "onnx": Convention("old", 0.9, 1e-5, unbiased=False),
    "paper": Convention("average", None, None, unbiased=True),
    "lecture": Convention("old", 0.9, None, unbiased=False),
}
