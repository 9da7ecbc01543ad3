"""RunConfig -> Run -> Trace: the training loop, and what it records on the way.

A run alternates two halves: `_gradient` takes the next mini-batch forward and back, `_update`
tracks the running statistics and moves the parameters. A record is taken between the two, so
that everything in it belongs to the same parameters, and costs no extra pass but that of the
probe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from bncore.batches import DROPOUT, WEIGHTS, Feed, stream
from bncore.config import RunConfig
from bncore.errors import InputError
from bncore.network import Network
from bncore.optimizers import OPTIMIZERS
from bncore.recording import Recorder, locked
from bncore.trace import Trace

__all__ = ["Run", "RunConfig", "Stack", "Trace", "train", "train_together"]

MAY_DIFFER = ("seed", "lr")  # between the runs of a stack


class Stack:
    """Runs that differ in seed or lr alone, trained side by side on a leading axis."""

    def __init__(self, configs: Sequence[RunConfig]) -> None:
        _check_alike(configs)
        self._start(tuple(configs), (len(configs),))

    def _start(self, configs: tuple[RunConfig, ...], runs: tuple[int, ...]) -> None:
        self.configs, self.config = configs, configs[0]
        self.step = 0
        self._feed = Feed(configs, runs)
        self._network = _initial_network(configs, self._feed, runs)
        self._dropout = [stream(c, DROPOUT) for c in configs]
        self._w0 = [_sha256(W) for W in self._network.flat_W.reshape(len(configs), -1)]
        lr = np.array([c.lr for c in configs], self.config.dtype)[:, None]
        optimizer = OPTIMIZERS[self.config.optimizer]
        self._optimizer = optimizer(self._network.params, lr if runs else self.config.lr)
        self._pending: np.ndarray | None = None  # the loss of a gradient not yet applied
        self._loss = np.empty((self.config.steps, len(configs)))
        self._digests = np.empty((self.config.steps, len(configs)), np.uint32)
        self._diverged_at: list[int | None] = [None] * len(configs)
        self._recorder = Recorder(self.config, runs)
        with np.errstate(all="ignore"):
            self._record_if_due()

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
        with np.errstate(all="ignore"):
            while self.step < stop and not self._all_diverged:
                self._gradient()
                if not self._all_diverged:
                    self._update()
                    self._record_if_due()

    def _gradient(self) -> None:
        """Take the next mini-batch forward and back, unless that is done already."""
        if self._pending is not None:
            return
        self._feed.next()
        self._pending = self._network.gradient(self._feed.x, self._feed.targets, self._dropout)
        if not np.isfinite(self._pending).all():
            self._note_divergence(self._pending)

    def _update(self) -> None:
        """Apply that gradient."""
        network = self._network
        self._loss[self.step] = self._pending
        self._digests[self.step] = self._feed.digests
        self._pending = None
        if self.config.weight_decay:
            network.flat_dW += self.config.weight_decay * network.flat_W
        network.track()
        self._optimizer.update(network.params, network.grads)
        self.step += 1

    def _record_if_due(self) -> None:
        if self.step % self.config.record_every and self.step != self.config.steps:
            return
        network, feed = self._network, self._feed
        accuracy, test_loss = network.evaluate(feed.x_test, feed.y_test)
        if self.config.sample == "fixed":
            network.forward(feed.probe)
            self._recorder.keep_z(network)
        self._gradient()  # last, since `_update` goes on from here
        if self.config.sample == "batch":
            self._recorder.keep_z(network)
        if not self._all_diverged:
            self._recorder.keep(self.step, network, accuracy, test_loss)

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


def _check_alike(configs: Sequence[RunConfig]) -> None:
    if not configs:
        raise InputError("config", {"field": "configs", "expected": "at least one", "got": 0})
    first = configs[0].to_dict()
    for config in configs[1:]:
        for name, value in config.to_dict().items():
            if name not in MAY_DIFFER and value != first[name]:
                fields = {"field": name, "expected": first[name], "got": value}
                raise InputError("config", fields)


def _initial_network(configs: Sequence[RunConfig], feed: Feed, runs: tuple[int, ...]) -> Network:
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
