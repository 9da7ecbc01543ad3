"""A network with batch norm so small that every number can be seen: 2-3-3-2 on two half moons.

A `Little` is the network between two mini-batches: `lines` takes the next one step by step,
`next_batch` and `next_epoch` go on. The loop that runs is that of `loop`, watched by `watch`; the
same loop also trains at the size of the digits, with `start(dataset="digits", m=64)`.

    >>> little = start(seed=0, m=6)
    >>> [line.code for line in lines(little) if "loss" in line.values][-1]
    'loss = -(y * log_p).sum() / m'
    >>> next_batch(little).batch
    2
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from bncore import data
from bncore.activations import ACTIVATIONS
from bncore.batchnorm import batch_norm_backward, batch_norm_forward
from bncore.errors import InputError
from bncore.losses import one_hot
from bncore.network import INITS
from bncore.optimizers import OPTIMIZERS
from experiments.network import loop
from experiments.network.loop import Layers, Net
from experiments.network.watch import Line, Watch

SIZES = {"moons": (2, 3, 3, 2), "digits": (64, 50, 50, 50, 10)}
EXAMPLES = {"moons": 96, "digits": 1347}  # few, so that an epoch of the little one is soon over
WEIGHTS, ORDER = 1, 2  # streams of random numbers
PATHS = ("z_norm", "var", "mean")
NUDGE = 1e-5  # of a central difference


@dataclass(frozen=True)
class Settings:
    """What decides all numbers; hashable. Raises InputError "config" for what cannot be."""

    seed: int = 0
    m: int = 6
    activation: str = "tanh"
    norm: str = "before"
    optimizer: str = "sgd"
    lr: float = 0.1
    dataset: str = "moons"
    eps: float = 1e-5
    momentum: float = 0.1

    def __post_init__(self) -> None:
        choices: dict[str, Any] = {"dataset": SIZES, "activation": ACTIVATIONS, "norm": loop.PASSES}
        for name, known in (choices | {"optimizer": OPTIMIZERS}).items():
            if getattr(self, name) not in known:
                raise self._refused(name, tuple(known))
        if not 2 <= self.m <= EXAMPLES[self.dataset]:  # one example has no unbiased variance
            raise self._refused("m", (2, EXAMPLES[self.dataset]))
        if not (math.isfinite(self.lr) and self.lr > 0):
            raise self._refused("lr", "lr > 0")

    def _refused(self, name: str, expected: Any) -> InputError:
        fields = {"field": name, "expected": expected, "got": getattr(self, name)}
        return InputError("config", fields)

    @property
    def sizes(self) -> tuple[int, ...]:
        """(inputs, hidden units ..., classes)."""
        return SIZES[self.dataset]

    @property
    def batches(self) -> int:
        """In an epoch; the last, incomplete one is dropped."""
        return EXAMPLES[self.dataset] // self.m


@dataclass(frozen=True, eq=False)
class Little:
    """The network before mini-batch `batch` of epoch `epoch`, both from 1.

    `net` is shared and its arrays are read-only.
    """

    settings: Settings
    net: Net
    epoch: int = 1
    batch: int = 1
    losses: tuple[float, ...] = ()  # of all mini-batches before this one
    diverged: bool = False  # the next step would leave the range of numbers; it is not taken

    @property
    def rows(self) -> np.ndarray:
        """Which training examples the mini-batch holds, (m,)."""
        m = self.settings.m
        return self.order[(self.batch - 1) * m : self.batch * m]

    @property
    def order(self) -> np.ndarray:
        """This epoch's shuffle of all training examples."""
        rng = np.random.default_rng((self.settings.seed, ORDER, self.epoch))
        return rng.permutation(EXAMPLES[self.settings.dataset])

    @property
    def x(self) -> np.ndarray:
        """The mini-batch, (m, inputs)."""
        return examples(self.settings.dataset, self.settings.seed).x[self.rows]

    @property
    def y(self) -> np.ndarray:
        """Its classes, a 1 in each row, (m, classes)."""
        return examples(self.settings.dataset, self.settings.seed).y[self.rows]

    @property
    def left(self) -> int:
        """Mini-batches left in this epoch, this one included."""
        return self.settings.batches - self.batch + 1

    @property
    def step(self) -> int:
        """Mini-batches done."""
        return len(self.losses)


@dataclass(frozen=True, eq=False)
class Examples:
    """Training and test set; x (N, inputs), y (N, classes) with a 1 in each row, float64."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


@lru_cache(maxsize=16)
def examples(dataset: str, seed: int) -> Examples:
    """The points of the plane are standardized by the mean and deviation of the training set."""
    split = data.load(dataset, seed, np.float64)
    rows = data.shares(split.y_train, EXAMPLES[dataset])
    x, x_test = split.x_train[rows], split.x_test
    if dataset == "moons":
        mean, sd = x.mean(axis=0), x.std(axis=0)
        x, x_test = (x - mean) / sd, (x_test - mean) / sd
    targets = [one_hot(y, split.n_classes, np.float64) for y in (split.y_train[rows], split.y_test)]
    return Examples(x, targets[0], x_test, targets[1])


def start(
    seed: int = 0,
    m: int = 6,
    activation: str = "tanh",
    norm: str = "before",
    optimizer: str = "sgd",
    lr: float = 0.1,
    dataset: str = "moons",
    eps: float = 1e-5,
    momentum: float = 0.1,
) -> Little:
    """The network before its first mini-batch: W drawn by He's (ReLU) or Xavier's rule."""
    settings = Settings(seed, m, activation, norm, optimizer, lr, dataset, eps, momentum)
    return Little(settings, _frozen(_initial(settings)))


def _initial(settings: Settings) -> Net:
    """gamma 1, beta 0, b 0; the same W whatever the placement of batch norm."""
    rng = np.random.default_rng((settings.seed, WEIGHTS))
    deviation = INITS["he" if settings.activation == "relu" else "xavier"]
    sizes = list(pairwise(settings.sizes))
    W = {
        layer: deviation(*size, 1.0) * rng.standard_normal(size)
        for layer, size in enumerate(sizes, start=1)
    }
    units = {layer: size[1] for layer, size in enumerate(sizes, start=1)}
    normed = [layer for layer in units if layer < len(W) and settings.norm != "none"]
    biased = [layer for layer in units if layer not in normed]

    def each(layers: list[int], value: float) -> Layers:
        return {layer: np.full(units[layer], value) for layer in layers}

    net = Net(
        W=W,
        b=each(biased, 0.0),
        gamma=each(normed, 1.0),
        beta=each(normed, 0.0),
        running_mean=each(normed, 0.0),
        running_var=each(normed, 1.0),
        norm=settings.norm,
        g=ACTIVATIONS[settings.activation],
        eps=settings.eps,
        momentum=settings.momentum,
    )
    make = OPTIMIZERS[settings.optimizer]
    net.optimizer = {key: make(array, settings.lr) for key, array in parameters(net).items()}
    return net


def parameters(net: Net) -> dict[tuple[str, int], np.ndarray]:
    """By name and layer: ("W", 1), ("gamma", 1) and so on, layer after layer."""
    kinds = {name: getattr(net, name) for name in ("W", "b", "gamma", "beta")}
    return {
        (name, layer): arrays[layer]
        for layer in net.W
        for name, arrays in kinds.items()
        if layer in arrays
    }


def _frozen(net: Net) -> Net:
    for arrays in (net.W, net.b, net.gamma, net.beta, net.running_mean, net.running_var):
        for array in arrays.values():
            array.flags.writeable = False
    return net


def thawed(net: Net) -> Net:
    """A copy to be trained on."""
    return copy.deepcopy(net)


def functions(settings: Settings) -> dict[str, Callable[..., Any]]:
    """The functions of one step that are watched, by name, for showing their source."""
    forward, backward = loop.PASSES[settings.norm]
    found: list[Callable[..., Any]] = [loop.train_step, forward]
    found += [batch_norm_forward] if settings.norm != "none" else []
    found += [loop.cross_entropy, backward]
    found += [batch_norm_backward, loop.track] if settings.norm != "none" else []
    return {function.__name__: function for function in [*found, loop.update]}


def lines(little: Little) -> tuple[Line, ...]:
    """All lines that the next mini-batch runs, in order, with what each computed.

    Raises InputError where numbers leave their range.
    """
    return _watched(little)[0]


def _watched(little: Little) -> tuple[tuple[Line, ...], Net]:
    net, watch = thawed(little.net), Watch(functions(little.settings).values())
    x, y = little.x, little.y
    with np.errstate(all="ignore"), watch.watching():
        loop.train_step(x, y, net)
    return tuple(watch.lines), _frozen(net)


def numbers(steps: Sequence[Line]) -> dict[str, Any]:
    """Every number of a step by its name: z1, mean1, var1, …, loss, …, dW1, W1 (the new one).

    Where a name appears twice, as dz1 in batch norm's own function and in the one that calls it,
    the caller's counts.
    """
    found: dict[str, Any] = {}
    for line in sorted(steps, key=lambda line: line.depth):
        for name, value in line.values.items():
            found.setdefault(name, value)
    return found


PHASES = ("forward", "cross_entropy", "backward", "track", "update")


def phase(line: Line) -> str:
    """Which of PHASES it belongs to."""
    name = (line.calls or "") if line.depth == 0 else line.function
    return next(phase for phase in PHASES if phase in name)


def next_batch(little: Little) -> Little:
    """After the step on the current mini-batch, before the next one."""
    return advance(little, 1)


def next_epoch(little: Little) -> Little:
    """At the first mini-batch of the next epoch."""
    return advance(little, little.left)


def advance(little: Little, steps: int) -> Little:
    """So many mini-batches later; fewer if it diverges."""
    while steps > 0 and not little.diverged:
        chunk = min(steps, little.left)
        later = _train(little, chunk)
        if later.diverged and chunk > 1:  # find out where, step by step
            steps, later = steps - chunk, little
            while not later.diverged:
                later = _train(later, 1)
            return later
        little, steps = later, steps - chunk
    return little


def _train(little: Little, steps: int) -> Little:
    """Over so many mini-batches of this epoch; what it was, but marked, if numbers overflow."""
    settings, net = little.settings, thawed(little.net)
    known = examples(settings.dataset, settings.seed)
    begin = (little.batch - 1) * settings.m
    order = little.order[begin : begin + steps * settings.m]
    try:
        with np.errstate(all="ignore"):
            losses = loop.train_epoch(known.x, known.y, order, settings.m, net)
    except InputError:  # batch norm refuses to normalize infinity
        return replace(little, diverged=True)
    everything: list[Any] = [losses, *parameters(net).values()]
    if not all(np.isfinite(array).all() for array in everything):
        return replace(little, diverged=True)
    done = little.batch - 1 + steps
    return replace(
        little,
        net=_frozen(net),
        epoch=little.epoch + done // settings.batches,
        batch=done % settings.batches + 1,
        losses=(*little.losses, *map(float, losses)),
    )


@dataclass(frozen=True)
class Score:
    """On the test set, by the running statistics."""

    loss: float
    accuracy: float


def evaluate(little: Little) -> Score:
    """The network as it stands."""
    known = examples(little.settings.dataset, little.settings.seed)
    logits = loop.predict(known.x_test, little.net)
    right = logits.argmax(axis=1) == known.y_test.argmax(axis=1)
    return Score(float(loop.cross_entropy(logits, known.y_test)[0]), float(right.mean()))


@dataclass(frozen=True, eq=False)
class Dropped:
    """A gradient with paths left out, beside the true one."""

    dz: np.ndarray
    difference: float  # the largest |dz - numerical|
    share: float  # of the largest |numerical|


@dataclass(frozen=True, eq=False)
class Paths:
    """The gradient's ways back through one batch norm, all arrays (m, n).

    `name` is what batch norm took (z, or a where it stands after the activation), `upstream` the
    gradient that arrives at what it gave, `through` the parts of `dz` by path: what moves one
    example's z moves its own z_norm, and through var and mean those of all others.
    """

    name: str
    upstream: np.ndarray
    through: dict[str, np.ndarray]
    dz: np.ndarray
    numerical: np.ndarray  # of the loss, by central differences

    def without(self, *dropped: str) -> Dropped:
        """dz with some of PATHS left out; ("var", "mean") treats both as constants."""
        kept = [self.through[path] for path in PATHS if path not in dropped]
        dz = np.sum(kept, axis=0) if kept else np.zeros_like(self.dz)
        difference = float(np.abs(dz - self.numerical).max())
        largest = float(np.abs(self.numerical).max())
        return Dropped(dz, difference, difference / largest if largest else math.nan)


def paths(little: Little, layer: int) -> Paths:
    """For hidden layer `layer` (from 1) on the current mini-batch. Raises InputError without BN."""
    norm = little.settings.norm
    if norm == "none":
        fields = {"field": "norm", "expected": ("before", "after"), "got": norm}
        raise InputError("config", fields)
    inside = {
        name: value
        for line in lines(little)
        if line.layer == layer and line.function == "batch_norm_backward"
        for name, value in line.values.items()
    }
    every = numbers(lines(little))
    name, upstream = ("z", "dz_tilde") if norm == "before" else ("a", "da_tilde")
    dz_norm, dstd, dmean, std = (
        inside[f"{key}{layer}"] for key in ("dz_norm", "dstd", "dmean", "std")
    )
    m, z_norm = little.settings.m, inside[f"z_norm{layer}"]
    through = {
        "z_norm": dz_norm / std,
        "var": dstd * z_norm / m,
        "mean": np.broadcast_to(dmean / m, dz_norm.shape),
    }
    numerical = _central(
        lambda z: loss_behind(little.net, layer, z, little.y), every[f"{name}{layer}"]
    )
    return Paths(name, every[f"{upstream}{layer}"], through, inside[f"dz{layer}"], numerical)


def loss_behind(net: Net, layer: int, z: np.ndarray, y: np.ndarray) -> float:
    """The loss when hidden layer `layer` puts z into its batch norm."""
    a = batch_norm_forward(z, net.gamma[layer], net.beta[layer], net.eps)[0]
    if net.norm == "before":
        a = net.g.forward(a)
    forward, _ = loop.PASSES[net.norm]
    return float(loop.cross_entropy(forward(a, _behind(net, layer))[2], y)[0])


def _behind(net: Net, layer: int) -> Net:
    """The layers after `layer`, as a network of their own."""

    def rest(arrays: Layers) -> Layers:
        return {at - layer: array for at, array in arrays.items() if at > layer}

    return replace(net, W=rest(net.W), b=rest(net.b), gamma=rest(net.gamma), beta=rest(net.beta))


def _central(f: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """df/dx by central differences, one number at a time."""
    gradient = np.empty_like(at)
    for i in np.ndindex(at.shape):
        x = at.copy()
        x[i] = at[i] + NUDGE
        above = f(x)
        x[i] = at[i] - NUDGE
        gradient[i] = (above - f(x)) / (2 * NUDGE)
    return gradient


@dataclass(frozen=True)
class Count:
    """Numbers of one layer: learned ones by name, and running statistics."""

    layer: int
    W: int
    b: int
    gamma: int
    beta: int
    running: int

    @property
    def learned(self) -> int:
        """All parameters."""
        return self.W + self.b + self.gamma + self.beta


def parameter_counts(
    sizes: Sequence[int], norm: str = "before", keep_bias: bool = False
) -> tuple[Count, ...]:
    """Layer by layer; a hidden layer with batch norm has b only if it is kept."""
    found = []
    for layer, (inputs, units) in enumerate(pairwise(sizes), start=1):
        normed = units if layer < len(sizes) - 1 and norm != "none" else 0
        b = units if not normed or keep_bias else 0
        found.append(Count(layer, inputs * units, b, normed, normed, 2 * normed))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Node:
    """A place in the diagram of the network.

    `kind` names its formula; `values` what belongs there (of "bn": mean, var, std, z_norm, gamma,
    beta), `gradients` the same of the way back; the source of `shown` computes it.
    """

    id: str
    kind: str
    layer: int | None
    values: dict[str, Any]
    gradients: dict[str, Any]
    shown: Callable[..., Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the first value."""
        return np.shape(next(iter(self.values.values())))


def nodes(little: Little) -> tuple[Node, ...]:
    """From x to the loss in the order of computation, with the numbers of this mini-batch."""
    known = numbers(lines(little)) | _given(little)
    forward, _ = loop.PASSES[little.settings.norm]
    return tuple(_node(*place, known, forward) for place in diagram(little.settings))


def diagram(settings: Settings) -> Iterator[tuple[str, int | None]]:
    """(kind, layer) of every node, in the order of computation."""
    hidden = {
        "none": ("W", "b", "z", "a"),
        "before": ("W", "z", "bn", "z_tilde", "a"),
        "after": ("W", "z", "a", "bn", "a_tilde"),
    }[settings.norm]
    last = len(settings.sizes) - 1
    yield "x", None
    for layer in range(1, last):
        yield from ((kind, layer) for kind in hidden)
    yield from (("W", last), ("b", last))
    yield from ((kind, None) for kind in ("logits", "p", "y", "loss"))


INSIDE_BN = ("mean", "var", "std", "z_norm", "gamma", "beta")


def _node(kind: str, layer: int | None, known: dict[str, Any], forward: Callable[..., Any]) -> Node:
    number = "" if layer is None else str(layer)
    names = [f"{name}{number}" for name in (INSIDE_BN if kind == "bn" else (kind,))]
    shown: dict[str, Callable[..., Any]] = {"bn": batch_norm_forward}
    shown |= {"p": loop.cross_entropy, "loss": loop.cross_entropy}
    return Node(
        f"{kind}{number}",
        kind,
        layer,
        {name: known[name] for name in names},
        {f"d{name}": known[f"d{name}"] for name in names if f"d{name}" in known},
        shown.get(kind, forward),
    )


def _given(little: Little) -> dict[str, np.ndarray]:
    """What the step starts from: x, y and the parameters before their update."""
    given = {f"{name}{layer}": array for (name, layer), array in parameters(little.net).items()}
    return given | {"x": little.x, "y": little.y}


def shapes(sizes: Sequence[int], m: int, norm: str = "before") -> dict[str, tuple[int, ...]]:
    """Of every array between x and the loss, by name and layer, for a network of any size."""
    found: dict[str, tuple[int, ...]] = {"x": (m, sizes[0])}
    for layer, (inputs, units) in enumerate(pairwise(sizes), start=1):
        last = layer == len(sizes) - 1
        normed = norm != "none" and not last
        found[f"W{layer}"] = (inputs, units)
        found |= {} if normed else {f"b{layer}": (units,)}
        examples_first = ("logits", "p", "y") if last else (f"z{layer}", f"a{layer}")
        found |= dict.fromkeys(examples_first, (m, units))
        if normed:
            of_unit = ("mean", "var", "std", "gamma", "beta")
            tilde = "z_tilde" if norm == "before" else "a_tilde"
            found |= {f"{name}{layer}": (units,) for name in of_unit}
            found |= {f"{name}{layer}": (m, units) for name in ("z_norm", tilde)}
    return found | {"loss": ()}
