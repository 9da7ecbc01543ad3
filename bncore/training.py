"""RunConfig -> Run -> Trace: the training loop, and what it records on the way.

A run alternates two halves: `_gradient` takes the next mini-batch forward and back, `_update`
tracks the running statistics and moves the parameters. A record is taken between the two, so
that everything in it belongs to the same parameters, and costs no extra pass but that of the
probe.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bncore import data
from bncore.config import RunConfig
from bncore.errors import InputError
from bncore.losses import one_hot
from bncore.network import Network
from bncore.optimizers import OPTIMIZERS
from bncore.trace import Trace

__all__ = ["Run", "RunConfig", "Stack", "Trace", "train", "train_together"]

# Each purpose has its own random stream, so that none shifts another.
WEIGHTS, ORDER, PROBE = 1, 2, 3
MAY_DIFFER = ("seed", "lr")  # between the runs of a stack


class BatchOrder:
    """Mini-batches by index: a fresh shuffle each epoch, whose incomplete last batch is dropped."""

    def __init__(self, n_train: int, m: int, seed: int) -> None:
        self.rng = np.random.default_rng((seed, ORDER))
        self.n_train, self.m = n_train, m
        self.at = n_train
        self.digest = 0

    def next(self) -> np.ndarray:
        """The indices of the next mini-batch, (m,)."""
        if self.at + self.m > self.n_train:
            self.shuffled = self.rng.permutation(self.n_train)
            self.at = 0
        batch = self.shuffled[self.at : self.at + self.m]
        self.at += self.m
        self.digest = zlib.crc32(batch.tobytes(), self.digest)
        return batch


class Examples:
    """One run's data: training images with one-hot targets, test set, probe, batch order."""

    def __init__(self, config: RunConfig) -> None:
        dtype = np.dtype(config.dtype)
        split = data.load(config.dataset, config.seed, dtype)
        self.x, self.x_test, self.y_test = split.x_train, split.x_test, split.y_test
        self.classes = split.n_classes
        self.targets = one_hot(split.y_train, self.classes, dtype)
        rng = np.random.default_rng((config.seed, PROBE))
        size = min(config.probe, len(self.x))
        self.probe = self.x[rng.choice(len(self.x), size, replace=False)]
        self.order = BatchOrder(len(self.x), config.batch_size, config.seed)


class Stack:
    """Runs that differ in seed or lr alone, trained side by side on a leading axis."""

    def __init__(self, configs: Sequence[RunConfig]) -> None:
        self.configs = tuple(configs)
        self._check_alike()
        self._build((len(self.configs),))

    def _check_alike(self) -> None:
        if not self.configs:
            raise InputError("config", {"field": "configs", "expected": ">= 1", "got": 0})
        first = self.configs[0].to_dict()
        for other in self.configs[1:]:
            for name, value in other.to_dict().items():
                if name not in MAY_DIFFER and value != first[name]:
                    fields = {"field": name, "expected": first[name], "got": value}
                    raise InputError("config", fields)

    def _build(self, runs: tuple[int, ...]) -> None:
        config = self.configs[0]
        self.config = config
        self.step = 0
        self._runs = runs
        self._examples = [Examples(c) for c in self.configs]
        self._network = self._make_network(config, runs)
        rates = np.array([c.lr for c in self.configs], config.dtype)[:, None]
        lr = rates if runs else config.lr
        self._optimizer = OPTIMIZERS[config.optimizer](self._network.params, lr)
        weights = self._network.weights
        self._W, self._dW = (
            flat[..., :weights] for flat in (self._network.params, self._network.grads)
        )
        self._w0 = [_sha(w) for w in self._W.reshape(len(self.configs), -1)]
        self._make_inputs(config, runs)
        self._pending: np.ndarray | None = None  # the loss of a gradient not yet applied
        self._loss = np.empty((config.steps, len(self.configs)))
        self._digests = np.empty((config.steps, len(self.configs)), np.uint32)
        self._diverged_at: list[int | None] = [None] * len(self.configs)
        self._recorder = Recorder(config, self._network)
        self._stopped = False
        with np.errstate(all="ignore"):
            self._record_if_due()

    def _make_network(self, config: RunConfig, runs: tuple[int, ...]) -> Network:
        data = self._examples[0]
        sizes = (data.x.shape[1], *[config.width] * config.depth, data.classes)
        network = Network(
            sizes,
            config.activation,
            config.norm,
            config.eps,
            config.momentum,
            config.keep_bias,
            config.dtype,
            runs,
        )
        rngs = [np.random.default_rng((c.seed, WEIGHTS)) for c in self.configs]
        network.initialize(config.init, config.init_scale, rngs)
        return network

    def _make_inputs(self, config: RunConfig, runs: tuple[int, ...]) -> None:
        data = self._examples[0]
        self._x = np.empty((*runs, config.batch_size, data.x.shape[1]), config.dtype)
        self._t = np.empty((*runs, config.batch_size, data.classes), config.dtype)
        slots = list(zip(self._x, self._t, strict=True)) if runs else [(self._x, self._t)]
        self._slots = list(zip(self._examples, slots, strict=True))
        parts = [(e.probe, e.x_test, e.y_test) for e in self._examples]
        gathered = [np.stack(p) if runs else p[0] for p in zip(*parts, strict=True)]
        self._probe, self._x_test, self._y_test = gathered

    @property
    def done(self) -> bool:
        """All steps done, or no run left whose loss is finite."""
        return self._stopped or self.step >= self.config.steps

    @property
    def accuracy(self) -> np.ndarray:
        """The latest test accuracy, one number per run."""
        return self._recorder.latest_accuracy

    @property
    def network(self) -> Network:
        """A copy of the network as it stands."""
        return self._network.copy()

    def advance(self, n: int) -> None:
        """Train n more steps, fewer if the run ends before."""
        stop = min(self.step + n, self.config.steps)
        with np.errstate(all="ignore"):
            while self.step < stop and not self._stopped:
                self._gradient()
                if not self._stopped:
                    self._update()
                    self._record_if_due()

    def _gradient(self) -> None:
        """Draw the next mini-batch and take it forward and back, unless that is done already."""
        if self._pending is not None:
            return
        for examples, (x, targets) in self._slots:
            index = examples.order.next()
            np.take(examples.x, index, axis=0, out=x, mode="clip")
            np.take(examples.targets, index, axis=0, out=targets, mode="clip")
        self._pending = self._network.gradient(self._x, self._t)
        finite = np.isfinite(self._pending)
        if not finite.all():
            self._note_divergence(finite)

    def _note_divergence(self, finite: np.ndarray) -> None:
        for r, still_finite in enumerate(finite.reshape(-1)):
            if not still_finite and self._diverged_at[r] is None:
                self._diverged_at[r] = self.step
        self._stopped = None not in self._diverged_at

    def _update(self) -> None:
        assert self._pending is not None
        self._loss[self.step] = self._pending
        self._digests[self.step] = [e.order.digest for e in self._examples]
        self._pending = None
        if self.config.weight_decay:
            self._dW += self.config.weight_decay * self._W
        self._network.track()
        self._optimizer.update(self._network.params, self._network.grads)
        self.step += 1

    def _record_if_due(self) -> None:
        config = self.config
        if self.step % config.record_every and self.step != config.steps:
            return
        network = self._network
        accuracy, test_loss = network.evaluate(self._x_test, self._y_test)
        if config.sample == "fixed":
            network.forward(self._probe)
            self._recorder.keep_z(network)
        self._gradient()  # last, since `_update` goes on from here
        if self._stopped:
            return
        if config.sample == "batch":
            self._recorder.keep_z(network)
        self._recorder.keep(self.step, network, accuracy, test_loss)

    def traces(self) -> list[Trace]:
        """What has been recorded so far, a Trace per run."""
        return [self._trace(r) for r in range(len(self.configs))]

    def _trace(self, r: int) -> Trace:
        run = r if self._runs else ...
        arrays = self._recorder.arrays(run)
        diverged_at = self._diverged_at[r]
        keep = _finite_records(arrays)
        if keep < len(arrays["step"]):  # the sample overflowed before the mini-batch did
            first = int(arrays["step"][keep])
            diverged_at = first if diverged_at is None else min(first, diverged_at)
        done = self.step if diverged_at is None else diverged_at
        keep = min(keep, int(np.searchsorted(arrays["step"], done, side="right")))
        return Trace(
            config=self.configs[r],
            **{name: _locked(array[:keep]) for name, array in arrays.items()},
            loss=_locked(self._loss[:done, r]),
            batch_digest=_locked(self._digests[:done, r]),
            w0_digest=self._w0[r],
            diverged_at=diverged_at,
            complete=diverged_at is not None or self.step >= self.config.steps,
        )


class Run(Stack):
    """One run, to be advanced as far as one likes: `run.advance(n)`, `run.trace()`."""

    def __init__(self, config: RunConfig) -> None:
        self.configs = (config,)
        self._build(())

    def trace(self) -> Trace:
        """What has been recorded so far."""
        return self._trace(0)


class Recorder:
    """Preallocated arrays, first axis the recorded steps, then the runs of a stack."""

    def __init__(self, config: RunConfig, network: Network) -> None:
        self.config, self.runs = config, network.runs
        self.count = 0
        self.summarized = 0
        L, K, width = config.depth, config.recorded_units, config.width
        statistics = width if config.norm != "none" else 0
        shapes: dict[str, tuple[tuple[int, ...], Any]] = {
            "step": ((), np.int64),
            "accuracy": ((), np.float64),
            "test_loss": ((), np.float64),
            "z": ((L, config.examples, K), config.dtype),
            "mean": ((L, K), np.float64),
            "var": ((L, K), np.float64),
            "gamma": ((L, width), config.dtype),
            "beta": ((L, width), config.dtype),
            "running_mean": ((L, statistics), config.dtype),
            "running_var": ((L, statistics), config.dtype),
            "grad_norm": ((L + 1,), np.float64),
            "w_norm": ((L + 1,), np.float64),
        }
        records = len(config.record_steps)
        self.all = {
            name: np.empty((records, *self.runs, *shape), dtype)
            for name, (shape, dtype) in shapes.items()
        }
        if config.norm == "none":
            self.all["gamma"][...] = 1
            self.all["beta"][...] = 0

    @property
    def latest_accuracy(self) -> np.ndarray:
        """Of the last record; NaN before the first."""
        if self.count == 0:
            return np.full(self.runs, np.nan)
        return self.all["accuracy"][self.count - 1]

    def keep_z(self, network: Network) -> None:
        """Copy the pre-activations of the network's last forward pass."""
        network.copy_z(self.all["z"][self.count])

    def keep(
        self, step: int, network: Network, accuracy: np.ndarray, test_loss: np.ndarray
    ) -> None:
        """Complete the record begun by `keep_z`."""
        now = {name: array[self.count, ...] for name, array in self.all.items()}
        now["step"][...] = step
        now["accuracy"][...] = accuracy
        now["test_loss"][...] = test_loss
        for name in ("gamma", "beta", "running_mean", "running_var"):
            for layer, row in enumerate(getattr(network, name)):
                now[name][..., layer, :] = row[..., 0, :]
        for name, matrices in (("grad_norm", network.dW), ("w_norm", network.W)):
            for layer, W in enumerate(matrices):
                now[name][..., layer] = _norm(W)
        self.count += 1

    def arrays(self, run: Any) -> dict[str, np.ndarray]:
        """All records so far of one run."""
        self._summarize()
        taken = {}
        for name, array in self.all.items():
            shared = name == "step"
            part = array[: self.count]
            taken[name] = part if run is ... else part[:, run]
            if shared and run is not ...:
                taken[name] = part[:, 0]
        return taken

    def _summarize(self) -> None:
        """mean and var of the z recorded since the last call; reading needs them, training not."""
        with np.errstate(all="ignore"):
            for t in range(self.summarized, self.count):
                z = self.all["z"][t].astype(np.float64)
                self.all["mean"][t] = z.mean(axis=-2)
                self.all["var"][t] = z.var(axis=-2)
        self.summarized = self.count


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
            progress(run.step, config.steps, float(run.accuracy))
    return run.trace()


def train_together(configs: Sequence[RunConfig]) -> list[Trace]:
    """Train runs that differ in seed or lr alone as one; each equals `train` to rounding.

    Worth it for small networks, where the arithmetic is less than its overhead. Raises
    InputError "config" where another field differs.
    """
    stack = Stack(configs)
    stack.advance(stack.config.steps)
    return stack.traces()


def _finite_records(arrays: dict[str, np.ndarray]) -> int:
    """How many records stand before the first with anything NaN or infinite in it."""
    names = [n for n in arrays if n not in ("test_loss", "z")]  # mean and var speak for z
    bad = [~np.isfinite(arrays[n]).all(axis=tuple(range(1, arrays[n].ndim))) for n in names]
    broken = np.logical_or.reduce(bad)
    return int(broken.argmax()) if broken.any() else len(broken)


def _norm(W: np.ndarray) -> np.ndarray:
    return np.sqrt(np.square(W, dtype=np.float64).sum(axis=(-2, -1)))


def _sha(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


def _locked(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False
    return view
