"""RunConfig -> Run -> Trace: a descent, and what is recorded of it on the way.

A run always stands between the gradient of its next mini-batch and the update made from it (see
`descent`). A record is taken there, so that everything in it belongs to the same parameters, and
costs no extra pass but that of the probe, which goes ahead of the gradient.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from bncore.batches import DROPOUT, WEIGHTS, Feed, stream
from bncore.config import RunConfig
from bncore.descent import descend
from bncore.errors import InputError
from bncore.model import locked
from bncore.network import Network
from bncore.optimizers import OPTIMIZERS
from bncore.recording import Recorder
from bncore.trace import Trace

__all__ = ["Run", "RunConfig", "Stack", "Trace", "train", "train_together"]

MAY_DIFFER = ("seed", "lr")  # between the runs of a stack


class Stack:
    """Runs that differ in seed or lr alone, trained side by side on a leading axis."""

    def __init__(self, configs: Sequence[RunConfig]) -> None:
        check_alike(configs)
        self._start(tuple(configs), (len(configs),))

    def _start(self, configs: tuple[RunConfig, ...], runs: tuple[int, ...]) -> None:
        self.configs, self.config = configs, configs[0]
        self.step = 0
        self._feed = Feed(configs, runs)
        self._network = initial_network(configs, self._feed, runs)
        self._w0 = [_sha256(W) for W in self._network.flat_W.reshape(len(configs), -1)]
        lr = np.array([c.lr for c in configs], self.config.dtype)[:, None]
        optimizer = OPTIMIZERS[self.config.optimizer]
        self._loss = np.empty((self.config.steps, len(configs)))
        self._digests = np.empty((self.config.steps, len(configs)), np.uint32)
        self._diverged_at: list[int | None] = [None] * len(configs)
        self._recorder = Recorder(self.config, runs)
        self._descent = descend(
            self._network,
            self._feed,
            optimizer(self._network.params, lr if runs else self.config.lr),
            weight_decay=self.config.weight_decay,
            rngs=[stream(c, DROPOUT) for c in configs],
            before=self._look_ahead,
        )
        self._go_on()

    @property
    def done(self) -> bool:
        """All steps done, or no run left whose loss is finite."""
        return self._all_diverged or self.step >= self.config.steps

    @property
    def _all_diverged(self) -> bool:
        return None not in self._diverged_at

    @property
    def network(self) -> Network:
        """A copy of the network as it stands."""
        return self._network.copy()

    def advance(self, n: int) -> None:
        """Train n more steps, fewer if the run ends before."""
        stop = min(self.step + n, self.config.steps)
        while self.step < stop and not self._all_diverged:
            self._loss[self.step] = self._next_loss
            self._digests[self.step] = self._feed.digests
            self.step += 1
            self._go_on()

    def _go_on(self) -> None:
        """The update, if there is one to be made, and the gradient of the next mini-batch."""
        self._next_loss = next(self._descent)
        if not np.isfinite(self._next_loss).all():
            self._note_divergence(self._next_loss)
        if self._due and not self._all_diverged:
            if self.config.sample == "batch":
                self._recorder.keep_z(self._network)
            self._recorder.keep(self.step, self._network, *self._tested)

    @property
    def _due(self) -> bool:
        """Whether the step is one to be recorded."""
        return self.step % self.config.record_every == 0 or self.step == self.config.steps

    def _look_ahead(self) -> None:
        """Of a record, what takes a pass of its own."""
        if not self._due:
            return
        self._tested = self._network.evaluate(self._feed.x_test, self._feed.y_test)
        if self.config.sample == "fixed":
            self._network.forward(self._feed.probe)
            self._recorder.keep_z(self._network)

    def _note_divergence(self, loss: np.ndarray) -> None:
        for r, finite in enumerate(np.isfinite(loss).flat):
            if not finite and self._diverged_at[r] is None:
                self._diverged_at[r] = self.step

    def traces(self) -> list[Trace]:
        """What has been recorded so far, a Trace per run."""
        return [self._trace(r) for r in range(len(self.configs))]

    def _trace(self, r: int) -> Trace:
        ends = [self._diverged_at[r], self._recorder.first_overflow(r)]
        diverged_at = min((end for end in ends if end is not None), default=None)
        steps = self.step if diverged_at is None else diverged_at
        records = self._recorder.of_run(r)
        kept = int(np.searchsorted(records["step"], steps, side="right"))
        return Trace(
            config=self.configs[r],
            **{name: array[:kept] for name, array in records.items()},
            loss=locked(self._loss[:steps, r]),
            batch_digest=locked(self._digests[:steps, r]),
            w0_digest=self._w0[r],
            diverged_at=diverged_at,
            complete=diverged_at is not None or self.step >= self.config.steps,
        )


class Run(Stack):
    """One run, to be advanced as far as one likes: `run.advance(n)`, `run.trace()`."""

    def __init__(self, config: RunConfig) -> None:
        self._start((config,), ())

    @property
    def accuracy(self) -> float:
        """The latest recorded test accuracy; NaN if the run broke down before the first."""
        return float(self._recorder.accuracy)

    def trace(self) -> Trace:
        """What has been recorded so far."""
        return self._trace(0)


def train(
    config: RunConfig,
    *,
    progress: Callable[[int, int, float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Trace:
    """Train one network from beginning to end.

    `progress(step, steps, accuracy)` is called about a hundred times, and `should_stop()` asked
    as often; a stopped run returns what it has, with `complete=False`.
    """
    run = Run(config)
    chunk = max(1, config.steps // 100)
    while not run.done and not (should_stop is not None and should_stop()):
        run.advance(chunk)
        if progress is not None:
            progress(run.step, config.steps, run.accuracy)
    return run.trace()


def train_together(configs: Sequence[RunConfig]) -> list[Trace]:
    """Train runs that differ in seed or lr alone as one; each equals `train` to rounding.

    Worth it for small networks, where the arithmetic is less than its overhead. Raises
    InputError "config" where another field differs.
    """
    stack = Stack(configs)
    stack.advance(stack.config.steps)
    return stack.traces()


def check_alike(configs: Sequence[RunConfig]) -> None:
    """Raises InputError unless they can run side by side."""
    if not configs:
        raise InputError("config", {"field": "configs", "expected": "at least one", "got": 0})
    first = configs[0].to_dict()
    for config in configs[1:]:
        for name, value in config.to_dict().items():
            if name not in MAY_DIFFER and value != first[name]:
                fields = {"field": name, "expected": first[name], "got": value}
                raise InputError("config", fields)


def initial_network(configs: Sequence[RunConfig], feed: Feed, runs: tuple[int, ...]) -> Network:
    """The network before its first step; runs that may differ in seed or lr on a leading axis."""
    config = configs[0]
    network = Network(
        (feed.inputs, *[config.width] * config.depth, feed.classes),
        config.activation,
        config.norm,
        config.eps,
        config.momentum,
        config.keep_bias,
        config.dtype,
        runs,
        config.group,
        config.keep,
    )
    network.initialize(config.init, config.init_scale, [stream(c, WEIGHTS) for c in configs])
    return network


def _sha256(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()
