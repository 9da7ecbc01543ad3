"""A network at rest: frozen parameters, and one way through them that leaves nothing behind.

`Network` computes the same for training, fast, in buffers of its own. Here nothing is shared and
nothing is overwritten: any number of threads may go through one model at once, and whoever wants
to know what would happen if z were another lends a hand on the way (`Hook`).

    >>> model = Model(W=(np.eye(2), np.ones((2, 1))), b=(None, np.zeros(1)), gamma=(np.ones(2),),
    ...               beta=(np.zeros(2),), eps=1e-12)
    >>> now = model.forward(np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> now.mean[0], now.var[0], now.logits[:, 0].round(3)
    (array([2., 5.]), array([1., 0.]), array([0., 1.]))
    >>> moved = model.forward(np.array([[1.0, 5.0], [3.0, 5.0]]), hook=lambda layer, z, a: z + 7)
    >>> (moved.logits == now.logits).all()  # batch norm takes the offset away
    np.True_

`Model.fit` trains one, `predict` and `score` ask it.

    >>> from bncore import data
    >>> moons = data.load("moons")
    >>> model = Model.fit(moons.x_train, moons.y_train, hidden=(16, 16), steps=200, seed=0)
    >>> model
    Model(sizes=(2, 16, 16, 2), activation='relu', norm='before', eps=1e-05, dtype='float32')
    >>> model.predict(moons.x_test[:3]), model.score(moons.x_test, moons.y_test) > 0.9
    (array([1, 1, 0]), True)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from bncore import checks
from bncore.activations import ACTIVATIONS
from bncore.batchnorm import row
from bncore.errors import InputError
from bncore.normalizers import NORMALIZERS, OVER, normalized

Rows = tuple[np.ndarray, ...]
PerLayer = Sequence[ArrayLike] | np.ndarray
Statistics = str | tuple[PerLayer, PerLayer]

MOST_CLASSES = 1024  # a label beyond is a mistake, and would ask for that many outputs

# of a model, a layer each
ARRAYS = ("W", "b", "gamma", "beta", "running_mean", "running_var", "alpha")

# Where batch norm sits among the stages of a hidden layer.
PLACEMENTS: dict[str, tuple[str, ...]] = {
    "none": ("dense", "activate"),
    "before": ("dense", "norm", "activate"),
    "after": ("dense", "activate", "norm"),
}


class Pass(NamedTuple):
    """What a batch came by: one read-only array per hidden layer, and the logits.

    mean and var are those that batch norm took, whatever their source; none without batch norm, or
    where a rival is in its place.
    """

    z: Rows  # (..., m, n) pre-activations, as the hook left them
    u: Rows  # (..., m, n) what enters the activation
    a: Rows  # (..., m, n) what the next layer is given
    mean: Rows  # (..., n)
    var: Rows  # (..., n) biased
    logits: np.ndarray  # (..., m, classes)


@dataclass(frozen=True)
class Hook:
    """What is done to a batch on its way, in any hidden layer; layers count from 0.

    Each gives back an array like the one that it is given, changed or not.
    """

    # (layer, z, a) → z, right behind the dense part; a is what the layer was given
    z: Callable[[int, np.ndarray, np.ndarray], np.ndarray] | None = None
    # (layer, y) → normalized y, mean (..., n), var (..., n): in place of the model's batch norm
    norm: Callable[[int, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]] | None = None
    # (layer, y) → y, behind batch norm; behind z where there is none
    y: Callable[[int, np.ndarray], np.ndarray] | None = None


Hooked = Hook | Callable[[int, np.ndarray, np.ndarray], np.ndarray] | None
NONE = Hook()


@dataclass(frozen=True, eq=False)
class Model:
    """Parameters of a classifier, an entry per layer; the output layer has no batch norm.

    An array that could be written to is copied, so that nothing changes afterwards; to change one,
    `dataclasses.replace` makes another model. With runs in front of W there are as many networks
    side by side. Raises InputError for widths that do not fit and for unknown names.
    """

    W: Rows  # (..., inputs, units), of the output layer too
    b: tuple[np.ndarray | None, ...]  # (..., units) likewise; None where there is none
    gamma: Rows = ()  # (..., units) of the hidden layers, like all that follow
    beta: Rows = ()
    running_mean: Rows = ()
    running_var: Rows = ()
    eps: Any = 1e-5  # one float for all layers, or a tuple of one for each; kept as a tuple
    activation: str = "relu"
    norm: str = "before"
    normalizer: str = "batch"  # or a rival that takes the place of batch norm (`normalizers`)
    alpha: Rows = ()  # (..., 1) of the hidden layers, where DyT is that rival

    def __post_init__(self) -> None:
        checks.one_of(self.activation, "activation", tuple(ACTIVATIONS))
        checks.one_of(self.norm, "norm", tuple(PLACEMENTS))
        for name in ARRAYS:
            frozen = tuple(_frozen(each, name) for each in getattr(self, name))
            object.__setattr__(self, name, frozen)
        check_normalizer(self.normalizer, self.norm, [W.shape[-1] for W in self.W[:-1]])
        _check_widths(self)
        given = self.eps if isinstance(self.eps, tuple) else (self.eps,) * self.depth
        checks.count(given, "eps", self.depth)
        eps = tuple(checks.epsilon(each, self.W[0].dtype) for each in given)
        object.__setattr__(self, "eps", eps)

    @classmethod
    def fit(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        hidden: Sequence[int] = (50, 50),
        *,
        activation: str = "relu",
        norm: str = "before",
        optimizer: str = "sgd",
        lr: float = 0.1,
        batch_size: int | None = None,
        steps: int = 500,
        init: str = "he",
        init_scale: float = 1.0,
        eps: float = 1e-5,
        momentum: float = 0.1,
        weight_decay: float = 0.0,
        keep: float = 1.0,
        seed: int = 0,
        dtype: DTypeLike = np.float32,
    ) -> Model:
        """Train a network on examples x (m, inputs) and their class numbers y (m,), from 0.

        `hidden` are the units of each hidden layer; the settings are those of `RunConfig`, a
        mini-batch has 64 examples, or all where there are fewer. The same seed gives the same
        model. Raises InputError for what cannot be trained on or with, and "overflow" where the
        training diverges.
        """
        settings = dict(locals())
        for name in ("cls", "x", "y", "hidden"):
            del settings[name]
        from bncore.fitting import fit  # which builds on this module

        return fit(x, y, hidden, settings)

    def __repr__(self) -> str:
        sizes = (self.inputs, *(W.shape[-1] for W in self.W))
        assert isinstance(self.eps, tuple)
        eps = self.eps[0] if len(set(self.eps)) == 1 else self.eps
        said = [f"sizes={sizes}", f"activation={self.activation!r}", f"norm={self.norm!r}"]
        said += [f"eps={eps!r}"] if self.norm != "none" else []
        said += [f"normalizer={self.normalizer!r}"] if self.normalizer != "batch" else []
        said += [f"dtype={self.W[0].dtype.name!r}"] + ([f"runs={self.runs}"] if self.runs else [])
        return f"Model({', '.join(said)})"

    @property
    def depth(self) -> int:
        """Hidden layers."""
        return len(self.W) - 1

    @property
    def classes(self) -> int:
        """What it tells apart."""
        return self.W[-1].shape[-1]

    @property
    def inputs(self) -> int:
        """Features of an example."""
        return self.W[0].shape[-2]

    @property
    def runs(self) -> tuple[int, ...]:
        """The axes of networks side by side; () for a single one."""
        return self.W[0].shape[:-2]

    def astype(self, dtype: DTypeLike) -> Model:
        """The same parameters in another dtype."""
        cast: dict[str, Any] = {
            name: tuple(
                each if each is None else each.astype(dtype) for each in getattr(self, name)
            )
            for name in ARRAYS
        }
        return replace(self, **cast)

    def forward(
        self,
        x: ArrayLike,
        statistics: Statistics = "batch",
        hook: Hooked = None,
        keep: bool = True,
    ) -> Pass:
        """See `forward`."""
        return forward(self, x, statistics, hook, keep)

    def predict(self, x: ArrayLike) -> np.ndarray:
        """The class number of each example, (..., m), by the running statistics."""
        return self._logits(x).argmax(axis=-1)

    def predict_proba(self, x: ArrayLike) -> np.ndarray:
        """The probability of each class, (..., m, classes), likewise: the softmax of the logits."""
        logits = self._logits(x)
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return p / p.sum(axis=-1, keepdims=True)

    def score(self, x: ArrayLike, y: ArrayLike) -> Any:
        """The share of examples whose class number is y's (m,): a number, or one per run."""
        found = self.predict(x)
        right = found == checks.labels(y, "y", found.shape[-1], MOST_CLASSES - 1)
        return right.mean(axis=-1) if right.ndim > 1 else float(right.mean())

    def _logits(self, x: ArrayLike) -> np.ndarray:
        """By the running statistics; refused where they overflow, since they name no class."""
        logits = forward(self, x, "running", keep=False).logits
        checks.results(logits=logits)
        return logits


def forward(
    model: Model,
    x: ArrayLike,
    statistics: Statistics = "batch",
    hook: Hooked = None,
    keep: bool = True,
) -> Pass:
    """Examples x (..., m, inputs) through a model, which is left as it was, like x.

    Batch norm takes the statistics of the batch itself, as in training ("batch"), the model's
    running ones ("running"), or a given pair (mean, var) with an entry (..., n) for each hidden
    layer: those of a `Pass`, for instance. Its rivals need none: x has all that they take. A hook
    changes what it wants on the way; a plain function is taken for `Hook.z`. Without `keep` the
    pass has no z, u, a, and needs less memory.

    Results have the wider dtype of x and the model. What overflows on the way comes out infinite
    or NaN, as in training. Raises InputError for an x that the model cannot take, for an unknown
    name, and for statistics that do not fit.
    """
    x = checks.batch(x, units=model.inputs, field="x")
    taken = _statistics(model, statistics, _lead(model, x))
    found = through(model, x, taken, hook if isinstance(hook, Hook) else Hook(z=hook), keep)
    z, u, a, mean, var = (tuple(locked(each) for each in part) for part in found[:-1])
    return Pass(z, u, a, mean, var, locked(found.logits))


def deviation(var: float | np.ndarray, eps: float | np.ndarray) -> Any:
    """√(σ² + ε), what batch norm divides by."""
    return np.sqrt(var + eps)


def gain(gamma: ArrayLike, var: float | np.ndarray, eps: float | np.ndarray) -> Any:
    """γ/√(σ² + ε), what it multiplies by in all."""
    return gamma / deviation(var, eps)


def moments(y: np.ndarray, out: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance (..., n) of y (..., m, n) over its examples; y − mean into `out`."""
    mean = y.mean(axis=-2, keepdims=True)
    centered = np.subtract(y, mean, out=out)
    return mean[..., 0, :], np.einsum("...mn,...mn->...n", centered, centered) / y.shape[-2]


def locked(array: np.ndarray) -> np.ndarray:
    """A view that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def through(
    model: Model,
    x: np.ndarray,
    taken: tuple[Rows, Rows] | None,
    hook: Hook = NONE,
    keep: bool = True,
) -> Pass:
    """`forward` without its checks, and with arrays that may be written to.

    `taken` are the statistics, None for those of the batch.
    """
    in_place = not keep and hook == NONE  # then a layer needs one array; a hook's are its own
    seen: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    statistics: list[tuple[np.ndarray, np.ndarray]] = []
    a = x
    with np.errstate(all="ignore"):
        for layer in range(model.depth):
            z = _dense(model, layer, a)
            if hook.z is not None:
                z = _like(z, hook.z(layer, z, a))
            u = y = z if model.norm != "none" else _hooked_y(hook, layer, z)
            for stage in PLACEMENTS[model.norm][1:]:
                if stage == "activate":
                    u = y
                    y = ACTIVATIONS[model.activation].forward(u, out=u if in_place else None)
                elif model.normalizer != "batch" and hook.norm is None:
                    y = _hooked_y(hook, layer, _by_rival(model, layer, y))
                else:
                    y, mean, var = _normalized(model, layer, y, taken, hook, in_place)
                    y = _hooked_y(hook, layer, y)
                    statistics.append((mean, var))
            a = y
            if keep:
                seen.append((z, u, a))
        logits = _dense(model, model.depth, a)
    zs, us, activations = zip(*seen, strict=True) if seen else ((), (), ())
    means, vars_ = zip(*statistics, strict=True) if statistics else ((), ())
    return Pass(zs, us, activations, means, vars_, logits)


def _dense(model: Model, layer: int, a: np.ndarray) -> np.ndarray:
    W, b = model.W[layer], model.b[layer]
    if W.ndim > 2:
        z = a @ W
    else:  # as one matrix product, whatever axes there are in front
        z = (a.reshape(-1, a.shape[-1]) @ W).reshape(*a.shape[:-1], W.shape[-1])
    if b is not None:
        z += row(b)
    return z


def _normalized(
    model: Model,
    layer: int,
    y: np.ndarray,
    taken: tuple[Rows, Rows] | None,
    hook: Hook,
    in_place: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Batch norm of y, its mean and its var."""
    if hook.norm is not None:
        normalized, mean, var = hook.norm(layer, y)
        return _like(y, normalized), mean, var
    out = y if in_place else np.empty_like(y)
    if taken is None:
        mean, var = moments(y, out=out)
    else:
        mean, var = taken[0][layer], taken[1][layer]
        np.subtract(y, row(mean), out=out)
    assert isinstance(model.eps, tuple)
    out *= gain(row(model.gamma[layer]), row(var), model.eps[layer])
    out += row(model.beta[layer])
    return out, mean, var


def _by_rival(model: Model, layer: int, y: np.ndarray) -> np.ndarray:
    """y as what stands in the place of batch norm makes it."""
    assert isinstance(model.eps, tuple)
    alpha = row(model.alpha[layer]) if model.alpha else None
    gamma, beta = row(model.gamma[layer]), row(model.beta[layer])
    return normalized(model.normalizer, y, gamma, beta, model.eps[layer], alpha)[0]


def _hooked_y(hook: Hook, layer: int, y: np.ndarray) -> np.ndarray:
    return y if hook.y is None else _like(y, hook.y(layer, y))


def _like(before: np.ndarray, after: Any) -> np.ndarray:
    """What a hook made of `before`: it must have the same shape."""
    array = checks.floats(after, "hook")
    checks.shape(array, "hook", before.shape)
    return array


# --- what is asked of arguments ---


def _statistics(
    model: Model, statistics: Statistics, lead: tuple[int, ...]
) -> tuple[Rows, Rows] | None:
    """Those given or running, (mean, var); None for those of the batch."""
    if model.normalizer != "batch":
        return None
    if isinstance(statistics, str) and statistics == "batch":
        return None
    if isinstance(statistics, str) and statistics == "running":
        checks.count(model.running_mean, "running_mean", len(model.gamma))
        return model.running_mean, model.running_var
    if not isinstance(statistics, (tuple, list)) or len(statistics) != 2:
        known = ("batch", "running", "(mean, var)")
        raise InputError(
            "config", {"field": "statistics", "expected": known, "got": repr(statistics)}
        )
    of_layers = []
    for name, rows in zip(("mean", "var"), statistics, strict=True):
        checks.count(rows, name, len(model.gamma))
        pairs = zip(rows, model.gamma, strict=True)
        of_layers.append(
            tuple(checks.of_units(each, name, gamma.shape[-1], lead) for each, gamma in pairs)
        )
    return of_layers[0], of_layers[1]


def _lead(model: Model, x: np.ndarray) -> tuple[int, ...]:
    """The axes in front of what comes out: those of x and those of the runs must meet."""
    try:
        return np.broadcast_shapes(x.shape[:-2], model.runs)
    except ValueError:
        fields = {"field": "x", "expected": (*model.runs, *x.shape[-2:]), "got": x.shape}
        raise InputError("shape", fields) from None


def _frozen(array: Any, name: str) -> np.ndarray | None:
    """A copy that cannot be written to; what cannot be written to already is kept."""
    if array is None and name == "b":
        return None
    found = checks.floats(array, name)
    return locked(found.copy() if found.flags.writeable else found)


def _check_widths(model: Model) -> None:
    normed = model.depth if model.norm != "none" else 0
    checks.count(model.W, "W", max(len(model.W), 1))
    checks.count(model.b, "b", len(model.W))
    for below, above in zip(model.W, model.W[1:], strict=False):
        checks.shape(above, "W", (*model.runs, below.shape[-1], above.shape[-1]))
    for name in ("b", "gamma", "beta", "running_mean", "running_var"):
        rows: Rows = getattr(model, name)
        if name != "b" and (rows or not name.startswith("running")):
            checks.count(rows, name, normed)
        for each, W in zip(rows, model.W, strict=False):
            if each is not None:
                checks.shape(each, name, (*model.runs, W.shape[-1]))
    checks.count(model.alpha, "alpha", normed if model.normalizer == "dyt" else 0)
    for alpha in model.alpha:
        checks.shape(alpha, "alpha", (*model.runs, 1))


def check_normalizer(normalizer: str, norm: str, hidden: Sequence[int]) -> str:
    """It, if it is known and has a place and, where it is "group", its groups come out even."""
    checks.one_of(normalizer, "normalizer", NORMALIZERS if norm != "none" else NORMALIZERS[:1])
    if normalizer == "group" and (odd := [n for n in hidden if n % OVER["group"].groups]):
        expected = f"hidden units in {OVER['group'].groups} groups"
        raise InputError("config", {"field": "normalizer", "expected": expected, "got": odd[0]})
    return normalizer
