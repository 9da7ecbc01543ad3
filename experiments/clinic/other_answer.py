"""The same image asked again and again: in eval(), and in train() each time in other company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.at_test_time.companions import Meetings, meet
from experiments.clinic.answers import Answers
from experiments.trained import trained

SIZES = (2, 4, 8, 16, 32, 64)
CALLS = 400


@dataclass(frozen=True, eq=False)
class Asked:
    """One image, `CALLS` times in each mode."""

    evaluated: Answers
    train: Answers
    digit: int  # what it shows

    @property
    def changed(self) -> int:
        """How many calls in train() answer otherwise than eval()."""
        return int((self.train.said != self.evaluated.said).sum())


def asked(image: int, m: int, seed: int = 0) -> Asked:
    """Test image `image` (from 0) of the trained network, in batches of m."""
    net = trained()
    found: Meetings = meet(image, m, seed, CALLS)
    once = net.network.predict(net.data.x_test[[image]])
    labels = np.full(CALLS, found.digit)
    return Asked(
        Answers.of(np.repeat(once, CALLS, axis=0), labels),
        Answers.of(found.logits, labels),
        found.digit,
    )
