"""A fully connected classifier with batch norm before or after each activation, or without.

All parameters stand in one flat buffer, all gradients in another, running statistics in a
third; `W`, `b`, `gamma`, `beta`, `running_mean`, `running_var` are lists of views, one per
layer. With `runs=(R,)` every array has R networks in front, which never touch each other.

    >>> net = Network((64, 50, 50, 10), activation="relu", norm="before", seed=0)
    >>> net
    Network((64, 50, 50, 10), activation='relu', norm='before')
    >>> net.predict(np.zeros((5, 64), np.float32)).shape
    (5, 10)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from inspect import signature
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from bncore import checks
from bncore.activations import ACTIVATIONS
from bncore.kernels import kernel_for
from bncore.layers import Activate, Dense, Drop, Jolt, NormEach, NormInGroups, Stage
from bncore.losses import one_hot, softmax_cross_entropy
from bncore.model import PLACEMENTS as PLACEMENTS
from bncore.model import Model, Rows, check_normalizer, locked, through
from bncore.normalizers import ALPHA

# Standard deviation of the initial weights of a layer, from its inputs, its units and a scale.
INITS: dict[str, Callable[[int, int, float], float]] = {
    "he": lambda inputs, units, scale: scale * math.sqrt(2 / inputs),
    "xavier": lambda inputs, units, scale: scale * math.sqrt(2 / (inputs + units)),
    "normal": lambda inputs, units, scale: scale,
}

STILL = (0.0, 1.0)  # no jolts: offset 0, factor 1

Seed = int | np.random.Generator
MOST_SEED = 2**53 - 1  # what a browser counts to


class Network:
    """sizes = (inputs, hidden units ..., classes). The output layer has b and no batch norm.

    What holds in training alone is done by `gradient`: batch norm over groups of `group` examples
    of a batch (0 for all of it), dropout at the end of each hidden layer, where `keep` < 1, and
    jolts (`layers.Jolt`) behind batch norm, or z where there is none: up to ±jolt[0], × jolt[1].

    A `normalizer` other than "batch" takes the place of batch norm (`normalizers`): it has gamma
    and beta, "dyt" also `alpha`, and no running statistics.

    All W are 0 until `initialize` draws them. A `seed` draws them at once, "he" with scale 1: run r
    by a generator from seed + r, or all runs in turn by the generator that is given.

    `forward`, `gradient` and `track` work in buffers of the network: one thread at a time. Raises
    InputError for settings that cannot be, unknown names, and an x that has not its width.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "relu",
        norm: str = "before",
        eps: float = 1e-5,
        momentum: float = 0.1,
        keep_bias: bool = False,
        dtype: DTypeLike = np.float32,
        runs: tuple[int, ...] = (),
        group: int = 0,
        keep: float = 1.0,
        jolt: tuple[float, float] = STILL,
        normalizer: str = "batch",
        seed: Seed | None = None,
    ) -> None:
        self.settings: dict[str, Any] = dict(locals())
        for name in ("self", "seed"):  # a copy draws nothing
            del self.settings[name]
        checks.one_of(activation, "activation", tuple(ACTIVATIONS))
        checks.one_of(norm, "norm", tuple(PLACEMENTS))
        self.sizes, self.runs = checks.sizes(sizes), runs
        self.normalizer = check_normalizer(normalizer, norm, self.sizes[1:-1])
        self.dtype = checks.float_dtype(dtype)
        self.activation, self.norm = ACTIVATIONS[activation], norm
        self.eps = checks.epsilon(eps, self.dtype)
        self.momentum = np.array(checks.weight(momentum), self.dtype)
        self.group, self.keep, self.jolt = group, keep, jolt
        self._passes: dict[tuple[int, bool], Stages] = {}
        self._lay_out(keep_bias or norm == "none")
        self._as_it_stands = self._model(locked)  # looks into the buffers
        if seed is not None:
            self.initialize("he", 1.0, generators(seed, math.prod(runs)))

    def __repr__(self) -> str:
        """As one would make it: what it is, and what differs from the defaults."""
        usual = signature(Network).parameters
        plain = self.settings | {"sizes": self.sizes, "dtype": self.dtype.name}
        said = [f"activation={plain['activation']!r}", f"norm={self.norm!r}"]
        for name in list(plain)[3:]:
            default = usual[name].default
            if plain[name] != (np.dtype(default).name if name == "dtype" else default):
                said.append(f"{name}={plain[name]!r}")
        return f"Network({self.sizes}, {', '.join(said)})"

    def _lay_out(self, hidden_bias: bool) -> None:
        hidden, classes = self.sizes[1:-1], self.sizes[-1]
        normed = hidden if self.norm != "none" else ()
        pairs = list(pairwise(self.sizes))
        biases = [(1, n) for n in hidden if hidden_bias] + [(1, classes)]
        rows = [(1, n) for n in normed]
        alphas = [(1, 1) for _ in normed if self.normalizer == "dyt"]
        counts = np.cumsum([len(pairs), len(biases), len(rows), len(rows)])

        shapes = pairs + biases + rows + rows + alphas
        self.params, views = self._flat(shapes)
        self.grads, grad_views = self._flat(shapes)
        self.W, b, self.gamma, self.beta, self.alpha = _split(views, counts)
        self.dW, db, self.dgamma, self.dbeta, self.dalpha = _split(grad_views, counts)
        missing = [None] * (len(pairs) - len(biases))
        self.b: list[np.ndarray | None] = missing + b
        self.db: list[np.ndarray | None] = missing + db

        weights = sum(inputs * units for inputs, units in pairs)  # W of all layers come first
        self.flat_W, self.flat_dW = self.params[..., :weights], self.grads[..., :weights]

        rows = rows if self.normalizer == "batch" else []
        self.running, running = self._flat(rows + rows)
        self.batch, batch = self._flat(rows + rows)  # statistics of the last training forward
        self.running_mean, self.running_var = running[: len(rows)], running[len(rows) :]
        self.batch_mean, self.batch_var = batch[: len(rows)], batch[len(rows) :]
        half = self.running.shape[-1] // 2  # means of all layers first, then variances
        self._batch_vars, self._running_vars = self.batch[..., half:], self.running[..., half:]
        for start_at_one in self.gamma + self.running_var:
            start_at_one[...] = 1
        for alpha in self.alpha:
            alpha[...] = ALPHA

    def _flat(self, shapes: list[tuple[int, int]]) -> tuple[np.ndarray, list[np.ndarray]]:
        """One buffer (*runs, total) of zeros, and a view (*runs, *shape) for each shape."""
        ends = np.cumsum([0] + [rows * columns for rows, columns in shapes])
        flat = np.zeros((*self.runs, int(ends[-1])), self.dtype)
        views = [
            flat[..., start:end].reshape(*self.runs, *shape)
            for start, end, shape in zip(ends[:-1], ends[1:], shapes, strict=True)
        ]
        assert all(view.size == 0 or np.shares_memory(view, flat) for view in views)
        return flat, views

    @property
    def depth(self) -> int:
        """Hidden layers."""
        return len(self.sizes) - 2

    def initialize(self, kind: str, scale: float, rngs: Sequence[np.random.Generator]) -> None:
        """Draw W ~ N(0, sd^2) with a generator for each run.

        The draws depend on sizes alone, so networks with and without batch norm start alike,
        in float32 and float64.
        """
        checks.one_of(kind, "init", tuple(INITS))
        for W in self.W:
            inputs, units = W.shape[-2:]
            sd = INITS[kind](inputs, units, scale)
            for one, rng in zip(W.reshape(-1, inputs, units), rngs, strict=True):
                one[...] = sd * rng.standard_normal(one.shape)

    def copy(self) -> Network:
        """An independent network with the same parameters and running statistics."""
        twin = Network(**self.settings)
        twin.params[...] = self.params
        twin.running[...] = self.running
        return twin

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Logits (..., m, classes) with batch norm by the statistics of x itself, all of it.

        A buffer, overwritten by the next call with the same m. Leaves `running` alone.
        """
        checks.width(x, "x", self.sizes[0])
        self._last = self._pass(x.shape[-2])
        return self._last.forward(x)

    def _pass(self, m: int, training: bool = False) -> Stages:
        noisy = self.group > 0 or self.keep < 1 or self.jolt != STILL
        key = m, training and noisy
        if key not in self._passes:
            self._passes[key] = Stages(self, *key)
        return self._passes[key]

    def backward(self, dlogits: np.ndarray) -> None:
        """Fill `grads` for the last `forward`."""
        self._last.backward(dlogits)

    def gradient(
        self, x: np.ndarray, targets: np.ndarray, rngs: Sequence[np.random.Generator] = ()
    ) -> np.ndarray:
        """Fill `grads` for a batch with one-hot `targets`; the loss, one per run.

        `rngs`, one per run, say which units drop out, and how units are jolted. `group` must
        divide m.
        """
        self._last = now = self._pass(x.shape[-2], training=True)
        drawn: list[Drop | Jolt] = [*now.drops, *now.jolts]
        for stage in drawn:
            stage.draw(rngs)
        loss, dlogits = softmax_cross_entropy(now.forward(x), targets, out=now.dlogits)
        now.backward(dlogits)
        return loss

    @property
    def jolts(self) -> list[Jolt]:
        """Of each hidden layer in the last `gradient`, if there are any; drawn anew by the next."""
        return self._last.jolts

    @property
    def z(self) -> list[np.ndarray]:
        """Pre-activations of each hidden layer in the last `forward`, (..., m, n): buffers."""
        return self._last.z

    def copy_z(self, out: np.ndarray) -> None:
        """Copy `z` to out (..., L, m, k): all units, or the first k."""
        k, block = out.shape[-1], self._last.z_block
        if block is not None:
            out[...] = block[..., :k]
            return
        for layer, z in enumerate(self._last.z):
            out[..., layer, :, :] = z[..., :k]

    def track(self) -> None:
        """Move the running statistics toward those of the last batch, as PyTorch does.

        Those of groups are averaged. A batch, or a group, of one has no unbiased variance, and
        leaves `running_var` alone.
        """
        if self._last.sample > 1:
            self._batch_vars *= self._last.unbias
        else:
            self._batch_vars[...] = self._running_vars
        self.batch -= self.running
        self.batch *= self.momentum
        self.running += self.batch

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Logits by the running statistics, for any number of examples."""
        checks.width(x, "x", self.sizes[0])
        now = self._as_it_stands
        return through(now, x, (now.running_mean, now.running_var), keep=False).logits

    def evaluate(self, x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Accuracy and loss by the running statistics, one number per run.

        The loss is infinite where a logit overflowed.
        """
        logits = self.predict(x)
        accuracy = (logits.argmax(axis=-1) == labels).mean(axis=-1)
        targets = one_hot(labels, self.sizes[-1], self.dtype)
        loss = softmax_cross_entropy(logits, targets)[0]
        return accuracy, np.where(np.isnan(loss), np.inf, loss)  # NaN is infinity less infinity

    def model(self) -> Model:
        """What it computes at rest, frozen as it stands; training goes on without it."""
        return self._model(lambda view: view)

    def _model(self, take: Callable[[np.ndarray], np.ndarray]) -> Model:
        """A model copies what can be written to, and keeps what cannot."""

        def rows(views: Sequence[np.ndarray]) -> Rows:
            return tuple(take(view[..., 0, :]) for view in views)

        return Model(
            W=tuple(take(W) for W in self.W),
            b=tuple(None if b is None else take(b[..., 0, :]) for b in self.b),
            gamma=rows(self.gamma),
            beta=rows(self.beta),
            running_mean=rows(self.running_mean),
            running_var=rows(self.running_var),
            eps=self.eps,
            activation=self.settings["activation"],
            norm=self.norm,
            normalizer=self.normalizer,
            alpha=rows(self.alpha),
        )


class Stages:
    """The stages of a network and all their buffers, for batches of m.

    With `noisy` batch norm keeps to the network's groups, units drop out, and are jolted.
    """

    def __init__(self, network: Network, m: int, noisy: bool = False) -> None:
        self.m, self.noisy = m, noisy
        self.sample = network.group if noisy and network.group else m  # behind each statistic
        self.unbias = np.array(self.sample / max(self.sample - 1, 1), network.dtype)
        self.drops: list[Drop] = []
        self.jolts: list[Jolt] = []
        self.z, self.z_block = self._pre_activations(network)
        self.stages: list[Stage] = []
        for layer in range(network.depth):
            self.stages += self._hidden(network, layer)
        self.dlogits = np.empty((*network.runs, m, network.sizes[-1]), network.dtype)
        self.stages.append(self._dense(network, network.depth, np.empty_like(self.dlogits)))

    def _pre_activations(self, network: Network) -> tuple[list[np.ndarray], np.ndarray | None]:
        """A buffer for each hidden layer; layers of one width share a block, copied at once."""
        runs, hidden = network.runs, network.sizes[1:-1]
        if len(set(hidden)) != 1:
            return [np.empty((*runs, self.m, n), network.dtype) for n in hidden], None
        block = np.empty((len(hidden), *runs, self.m, hidden[0]), network.dtype)
        return list(block), np.moveaxis(block, 0, -3)

    def _hidden(self, network: Network, layer: int) -> list[Stage]:
        z = self.z[layer]
        make: dict[str, Callable[[], Stage]] = {
            "dense": lambda: self._dense(network, layer, z),
            "norm": lambda: self._norm(network, layer),
            "activate": lambda: Activate(network.activation, z.shape, network.dtype),
        }
        names = PLACEMENTS[network.norm]
        stages = [make[name]() for name in names]
        if self.noisy and network.jolt != STILL:
            self.jolts.append(Jolt(*network.jolt, z.shape, network.dtype))
            behind = "norm" if "norm" in names else "dense"
            stages.insert(names.index(behind) + 1, self.jolts[-1])
        if self.noisy and network.keep < 1:
            self.drops.append(Drop(network.keep, z.shape, network.dtype))
            stages.append(self.drops[-1])
        return stages

    @staticmethod
    def _dense(network: Network, layer: int, z: np.ndarray) -> Dense:
        W, dW = network.W[layer], network.dW[layer]
        return Dense(W, dW, network.b[layer], network.db[layer], z, first=layer == 0)

    def _norm(self, network: Network, layer: int) -> Stage:
        if network.normalizer != "batch":
            return self._rival(network, layer)
        of_all = (
            network.gamma,
            network.beta,
            network.dgamma,
            network.dbeta,
            network.batch_mean,
            network.batch_var,
        )
        views = [of_layers[layer] for of_layers in of_all]
        if self.sample < self.m:
            return NormInGroups(self.m, self.sample, network.eps, *views)
        return kernel_for(self.m, network.eps, *views)

    @staticmethod
    def _rival(network: Network, layer: int) -> NormEach:
        named = [network.gamma, network.beta, network.dgamma, network.dbeta, network.dalpha]
        views = [of_layers[layer] for of_layers in named if of_layers]
        alpha = network.alpha[layer] if network.alpha else None
        return NormEach(network.normalizer, network.eps, *views, alpha=alpha)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Through all stages."""
        for stage in self.stages:
            x = stage.forward(x)
        return x

    def backward(self, dy: np.ndarray) -> None:
        """And back."""
        for stage in reversed(self.stages):
            dy = stage.backward(dy)


def generators(seed: Seed, runs: int) -> list[np.random.Generator]:
    """One for each run: from seed, seed + 1, ...; or one and the same, where one is given."""
    if isinstance(seed, np.random.Generator):
        return [seed] * runs
    first = checks.whole(seed, "seed", 0, MOST_SEED)
    return [np.random.default_rng(first + r) for r in range(runs)]


def _split(views: list[np.ndarray], ends: np.ndarray) -> list[list[np.ndarray]]:
    starts = [0, *ends]
    stops = [*ends, len(views)]
    return [views[a:b] for a, b in zip(starts, stops, strict=True)]
