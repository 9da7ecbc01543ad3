"""Softmax cross-entropy, averaged over the batch, and its gradient."""

from __future__ import annotations

import numpy as np


def softmax_cross_entropy(
    logits: np.ndarray, one_hot: np.ndarray, out: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The mean of -log p(label), and its gradient with respect to the logits.

    logits and one_hot (..., m, classes). Returns the loss, one number per run (...), and
    dlogits = (softmax(logits) - one_hot) / m, written to `out` if given. The largest logit is
    subtracted first, so that no exponential overflows.
    """
    m, classes = logits.shape[-2:]
    by_class = np.ascontiguousarray(logits.swapaxes(-1, -2))  # a copy, but max is far faster there
    shifted = np.subtract(logits, by_class.max(axis=-2)[..., None], out=out)
    of_label = (shifted * one_hot).sum(axis=(-2, -1))
    p = np.exp(shifted, out=shifted)
    total = p @ np.ones((classes, 1), p.dtype)  # a sum over classes, through BLAS
    loss = (np.log(total).sum(axis=(-2, -1)) - of_label) / m
    p /= total
    p -= one_hot
    p *= 1 / m
    return loss, p


def one_hot(labels: np.ndarray, classes: int, dtype: np.dtype | type = np.float32) -> np.ndarray:
    """Integer labels (...) as rows with a single 1, (..., classes)."""
    return np.eye(classes, dtype=dtype)[labels]
