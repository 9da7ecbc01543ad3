"""How libraries, a course and the paper keep running statistics: one line each.

They all store something like `(1 - new) * running + new * batch`, and differ in which side
their "momentum" weighs, in its default and that of eps, and in whether the running variance is
the biased one (divided by m), by which the batch itself is normalized, or the unbiased one.
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
        """The weight of batch number `batches` (from 1); an average knows no momentum."""
        return 1 / batches if self.weighs == "average" else momentum

    def variance(self, var: np.ndarray, running_var: np.ndarray, m: int) -> np.ndarray:
        """What a batch of m with biased variance `var` adds to the running variance.

        One example has no unbiased variance: the running one then stands for it, and stays.
        """
        if not self.unbiased:
            return var
        return var * (m / (m - 1)) if m > 1 else running_var


CONVENTIONS = {
    "pytorch": Convention("new", 0.1, 1e-5, unbiased=True),
    "keras": Convention("old", 0.99, 1e-3, unbiased=False),
    "flax": Convention("old", 0.99, 1e-5, unbiased=False),
    "cs231n": Convention("old", 0.9, 1e-5, unbiased=False),
    "onnx": Convention("old", 0.9, 1e-5, unbiased=False),
    "paper": Convention("average", None, None, unbiased=True),
    "lecture": Convention("old", 0.9, None, unbiased=False),
}
