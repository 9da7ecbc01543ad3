"""train() with few images in a batch; with a single one, z − μ is 0, and every image gets β."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.clinic.answers import Answers, in_batches
from experiments.trained import trained

SIZES = (1, 2, 4, 8, 16, 64)


@dataclass(frozen=True, eq=False)
class Alone:
    """The test images in eval(), and in train() in batches of m."""

    evaluated: Answers
    train: Answers
    only: int | None  # the digit that every image is called, if there is but one


def alone(m: int) -> Alone:
    """The trained network, asked in both modes."""
    net = trained()
    x, y = net.data.x_test, net.data.y_test
    train = Answers.of(in_batches(net.model, x, m), y)
    digits = np.unique(train.said)
    return Alone(
        Answers.of(net.network.predict(x), y), train, int(digits[0]) if len(digits) == 1 else None
    )


def of_beta_alone() -> np.ndarray:
    """The logits (10,) that follow from the last layer's β, whatever the image is."""
    model = trained().model
    beta, bias = model.beta[-1], model.b[-1]
    assert bias is not None
    return np.maximum(beta, 0) @ model.W[-1] + bias
