"""The record of a run: named arrays, nothing drawn. Training records, figures draw."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from os import PathLike
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.model import gain


@dataclass(frozen=True, eq=False)
class Trace:
    """T recorded steps of a run with L hidden layers; S steps were done.

    A step counts updates: what stands at step s was measured with the parameters after s
    updates. All numbers are finite; a run whose loss stops being finite ends there.
    """

    config: RunConfig
    step: np.ndarray  # (T,)
    loss: np.ndarray  # (S,) of each mini-batch, before the update made from it
    accuracy: np.ndarray  # (T,) on the test set, batch norm by its running statistics
    test_loss: np.ndarray  # (T,) likewise; infinite if a logit overflowed
    z: np.ndarray  # (T, L, P, K) pre-activations of P examples in the first K units
    mean: np.ndarray  # (T, L, K) of z over the P examples
    var: np.ndarray  # (T, L, K) likewise, biased
    gamma: np.ndarray  # (T, L, width); 1 without batch norm
    beta: np.ndarray  # (T, L, width); 0 without batch norm
    running_mean: np.ndarray  # (T, L, width); (T, L, 0) without batch norm
    running_var: np.ndarray  # (T, L, width); (T, L, 0) without batch norm
    grad_norm: np.ndarray  # (T, L + 1) of dL/dW on the next mini-batch
    w_norm: np.ndarray  # (T, L + 1) of W
    batch_digest: np.ndarray  # (S,) CRC of all indices of the batches up to and with this one
    w0_digest: str  # SHA-256 of the initial W
    diverged_at: int | None  # updates done when the loss was first not finite
    complete: bool  # all steps done, or diverged

    @property
    def u(self) -> np.ndarray:
        """(T, L, P, K), what enters the activation: z_tilde where batch norm comes before it.

        As in training, batch norm uses the statistics of the P examples themselves.
        """
        if self.config.norm != "before":
            return self.z
        k = self.z.shape[-1]
        scale = gain(self.gamma[..., :k], self.var, self.config.eps)
        u = (self.z - self.mean[:, :, None]) * scale[:, :, None]
        return (u + self.beta[:, :, None, :k]).astype(self.z.dtype)

    def upto(self, step: int) -> Trace:
        """What was recorded up to `step`, as if the run had been stopped there."""
        end = self.config.steps if self.diverged_at is None else self.diverged_at
        if step >= end:
            return self
        kept = int(np.searchsorted(self.step, step, side="right"))
        cut: dict[str, Any] = {name: getattr(self, name)[:kept] for name in PER_RECORD}
        cut |= {name: getattr(self, name)[: max(step, 0)] for name in PER_STEP}
        return replace(self, **cut, diverged_at=None, complete=False)

    def save(self, path: str | PathLike[str], z_dtype: str | None = None) -> None:
        """Write an .npz without pickles.

        `z_dtype="float16"` halves the file (z then keeps 3 digits, and must be below 65504).
        """
        arrays = {name: getattr(self, name) for name in PER_RECORD + PER_STEP}
        if z_dtype is not None:
            arrays["z"] = self.z.astype(z_dtype)
        about = {
            "config": self.config.to_dict(),
            "w0_digest": self.w0_digest,
            "diverged_at": self.diverged_at,
            "complete": self.complete,
        }
        np.savez_compressed(path, about=np.array(json.dumps(about)), **arrays)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Trace:
        """A trace that `save` wrote; z comes back in the run's dtype."""
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in PER_RECORD + PER_STEP}
            about = json.loads(str(file["about"]))
        config = RunConfig(**about.pop("config"))
        arrays["z"] = arrays["z"].astype(config.dtype)
        return cls(config=config, **arrays, **about)


PER_STEP = ("loss", "batch_digest")
OTHERS = ("config", "w0_digest", "diverged_at", "complete")
PER_RECORD = tuple(field.name for field in fields(Trace) if field.name not in (*PER_STEP, *OTHERS))
