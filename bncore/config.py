"""One run's settings, all defaults in one place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from bncore import checks
from bncore.activations import ACTIVATIONS
from bncore.data import DATASETS
from bncore.errors import InputError
from bncore.network import INITS, MOST_SEED, PLACEMENTS
from bncore.optimizers import OPTIMIZERS

# What each field may be: the keys of a registry, whatever is in it by then, or the ends of a range
# (both allowed).
CHOICES: dict[str, Collection[str]] = {
    "dataset": DATASETS,
    "activation": ACTIVATIONS,
    "norm": PLACEMENTS,
    "optimizer": OPTIMIZERS,
    "init": INITS,
    "dtype": ("float32", "float64"),
    "sample": ("fixed", "batch"),
}
COUNTABLE = MOST_SEED
WHOLE: dict[str, tuple[int, int]] = {
    "depth": (1, 64),
    "width": (1, 1024),
    "batch_size": (1, 4096),
    "steps": (1, 100_000),
    "seed": (0, COUNTABLE),
    "record_every": (1, 100_000),
    "probe": (1, 4096),
    "units": (0, 1024),
    "n_train": (0, COUNTABLE),  # and no more than the data set has
    "group": (0, 4096),
    "classes_per_batch": (0, COUNTABLE),  # likewise
}
REAL: dict[str, tuple[float, float]] = {
    "lr": (1e-12, 1e12),
    "init_scale": (1e-12, 1e12),
    "eps": (1e-300, 1e12),
    "momentum": (0.0, 1.0),
    "weight_decay": (0.0, 1e12),
    "keep": (1e-3, 1.0),
}
RECORD_LIMIT = 2**27  # pre-activations that one run may record: 512 MB in float32


@dataclass(frozen=True)
class RunConfig:
    """What decides a run, down to the last bit; equal configs give equal runs.

    Raises InputError "config" (with field, expected, got) for whatever cannot be run. NumPy
    numbers become Python's own.
    """

    dataset: str = "digits"
    depth: int = 3  # hidden layers
    width: int = 50  # units in each
    activation: str = "relu"
    norm: str = "before"  # where batch norm sits: none, before or after the activation
    optimizer: str = "sgd"
    lr: float = 0.1
    batch_size: int = 64
    init: str = "he"
    init_scale: float = 1.0  # a factor on he and xavier; the standard deviation for normal
    steps: int = 500
    seed: int = 0  # fixes split, initial W, batch order and probe
    record_every: int = 4  # step 0, every k-th step after it, and the last are recorded
    eps: float = 1e-5
    momentum: float = 0.1  # of the running statistics; weighs the new batch
    keep_bias: bool = False  # keep b where batch norm follows and cancels it
    weight_decay: float = 0.0  # times W is added to the gradient of W; b, gamma, beta are spared
    dtype: str = "float32"
    sample: str = "fixed"  # pre-activations of the same images each time, or of the step's "batch"
    probe: int = 128  # how many such images
    units: int = 8  # hidden units recorded per layer, the first ones; 0 for all
    n_train: int = 0  # train on so many images, each class with its share; 0 for all
    classes_per_batch: int = 0  # images of so many classes in each mini-batch; 0: however it falls
    group: int = 0  # in training, batch norm over groups of so many examples; 0: over all of them
    keep: float = 1.0  # dropout: the share of hidden units kept in training

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if not isinstance(getattr(self, name), str) or getattr(self, name) not in choices:
                raise self._refused(name, tuple(choices))
            self._set(name, str(getattr(self, name)))
        for name, whole_range in WHOLE.items():
            self._set(name, int(self._number(name, whole_range, whole=True)))
        for name, real_range in REAL.items():
            self._set(name, self._number(name, real_range))
        if type(self.keep_bias).__name__ not in ("bool", "bool_"):
            raise self._refused("keep_bias", (False, True))
        self._set("keep_bias", bool(self.keep_bias))
        self._check_sizes()

    def _number(self, name: str, limits: tuple[float, float], whole: bool = False) -> float:
        value = checks.number(getattr(self, name))
        if not limits[0] <= value <= limits[1] or (whole and not value.is_integer()):
            raise self._refused(name, limits)
        return value

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # the dataclass is frozen for everyone else

    def _refused(self, name: str, expected: Any) -> InputError:
        fields = {"field": name, "expected": expected, "got": getattr(self, name)}
        return InputError("config", fields)

    def _check_sizes(self) -> None:
        source = DATASETS[self.dataset]
        if self.n_train > source.n_train:
            raise self._refused("n_train", (0, source.n_train))
        if self.batch_size > self.images:
            raise self._refused("batch_size", (1, self.images))
        if self.group and self.batch_size % self.group:
            raise self._refused("group", f"a divisor of {self.batch_size}")
        classes = min(source.n_classes, self.batch_size)
        if self.classes_per_batch > classes:
            raise self._refused("classes_per_batch", (0, classes))
        records = len(self.record_steps)
        if records * self.depth * self.examples * self.recorded_units > RECORD_LIMIT:
            raise self._refused("record_every", f"at most {RECORD_LIMIT} recorded numbers")

    @property
    def record_steps(self) -> range | tuple[int, ...]:
        """The steps that are recorded, counted in updates done."""
        regular = range(0, self.steps + 1, self.record_every)
        return regular if regular[-1] == self.steps else (*regular, self.steps)

    @property
    def images(self) -> int:
        """Training examples."""
        return self.n_train or DATASETS[self.dataset].n_train

    @property
    def examples(self) -> int:
        """Examples in each recorded sample."""
        if self.sample == "batch":
            return self.batch_size
        return min(self.probe, self.images)

    @property
    def recorded_units(self) -> int:
        """Hidden units recorded per layer."""
        return min(self.units, self.width) if self.units else self.width

    def twin(self) -> RunConfig:
        """The same run without batch norm: same split, initial W, probe and batch order."""
        return replace(self, norm="none", group=0)

    def to_dict(self) -> dict[str, Any]:
        """Plain Python values by field name; `RunConfig(**config.to_dict())` is equal."""
        return asdict(self)


FIELDS = tuple(field.name for field in fields(RunConfig))
