"""What a network answers on the test images: one arm of a comparison between healthy and ill.

The network is the trained one of `experiments.trained`: 64-50-50-50-10 on the 8×8 digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bncore.model import Model


@dataclass(frozen=True, eq=False)
class Answers:
    """Of N images: the digit that is answered, the logits it comes from, the share that is right.

    A NaN is no digit: where a logit is one, the answer is -1.
    """

    said: np.ndarray  # (N,)
    logits: np.ndarray  # (N, 10)
    right: float

    @classmethod
    def of(cls, logits: np.ndarray, labels: np.ndarray) -> Answers:
        """From logits (N, 10) and the digits (N,) that the images show."""
        known = np.isfinite(logits).all(axis=-1)
        said = np.where(known, logits.argmax(axis=-1), -1)
        return cls(said, logits, float((said == labels).mean()))


def in_batches(model: Model, x: np.ndarray, m: int, seed: int = 0) -> np.ndarray:
    """Logits (N, 10) of images x (N, 64) in train(): in shuffled batches of m, the last shorter.

    Where the last would be one image alone, it joins the batch before it.
    """
    logits = np.empty((len(x), model.classes), x.dtype)
    order = np.random.default_rng((seed, m)).permutation(len(x))
    ends = list(range(m, len(x), m))
    if m > 1 and ends and len(x) - ends[-1] == 1:
        ends.pop()
    for rows in np.split(order, ends):
        logits[rows] = model.forward(x[rows], keep=False).logits
    return logits
