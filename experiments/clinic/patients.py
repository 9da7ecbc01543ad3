"""Networks for the doctor: healthy ones, and the same with a fault planted whose name is known.

Each network is trained here, small and briefly, with running statistics kept in several ways at
once: they change nothing in training. A fault is then what a person would have done: statistics
that stood still, a weight taken for its complement, another scaling of the inputs. `measure_all`
asks `doctor.examine` about all of them and counts how many faults are named, over seeds that its
thresholds were not chosen with; assets/evidence/doctor.npz keeps what came out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from bncore import data
from bncore.descent import descend
from bncore.losses import one_hot
from bncore.model import Model
from bncore.network import Network
from bncore.optimizers import OPTIMIZERS
from experiments import evidence
from experiments.clinic.doctor import Finding, Layer, Patient, examine


@dataclass(frozen=True)
class Setting:
    """How a network is trained, and how large a batch is taken of it afterwards."""

    dataset: str = "digits"
    hidden: tuple[int, ...] = (32, 24)
    activation: str = "relu"
    optimizer: str = "sgd"
    lr: float = 0.1
    m: int = 64
    steps: int = 300
    eps: float = 1e-5
    taken: int = 256  # examples of the batch; 0 for the last one trained with


#: weight of the newest batch, and from where to where it averages, by the way statistics are kept
WAYS: Mapping[str, tuple[float, slice]] = {
    "usual": (0.1, slice(None)),
    "complement": (0.9, slice(None)),
    "slow": (0.001, slice(None)),
    "still": (0.1, slice(0, 20)),
    "biased": (0.1, slice(None)),
}


class Trained(NamedTuple):
    """Networks of one setting, a seed each: models, statistics by way, the last batch."""

    setting: Setting
    models: list[Model]
    kept: dict[str, list[tuple[np.ndarray, np.ndarray]]]  # by way: a layer each, (runs, n)
    last: np.ndarray  # (runs, m, inputs)
    data: data.Dataset


def train(setting: Setting, seeds: Sequence[int]) -> Trained:
    """All seeds side by side, on batches of their own."""
    known = data.load(setting.dataset)
    sizes = (known.n_features, *setting.hidden, known.n_classes)
    network = Network(
        sizes, setting.activation, eps=setting.eps, dtype=np.float32, runs=(len(seeds),)
    )
    rngs = [np.random.default_rng([seed, 0xC11C]) for seed in seeds]
    network.initialize("he", 1.0, rngs)
    batches = [_batches(known, setting, rng) for rng in rngs]
    pairs = [(known.x_train[rows], known.y_train[rows]) for rows in np.stack(batches, axis=1)]
    targets = [(x, one_hot(y, known.n_classes, np.float32)) for x, y in pairs]
    kept = {way: [[np.zeros_like(g), np.ones_like(g)] for g in network.gamma] for way in WAYS}
    optimizer = OPTIMIZERS[setting.optimizer](network.params, setting.lr)
    for step, _ in enumerate(descend(network, targets, optimizer)):
        for way, (weight, span) in WAYS.items():
            if span.stop is not None and step >= span.stop:
                continue
            unbias = 1.0 if way == "biased" else setting.m / (setting.m - 1)
            for layer, (mean, var) in enumerate(kept[way]):
                mean += weight * (network.batch_mean[layer] - mean)
                var += weight * (unbias * network.batch_var[layer] - var)
    whole = network.model()
    statistics = {
        way: [(mean[:, 0], var[:, 0]) for mean, var in layers] for way, layers in kept.items()
    }
    models = [_one(whole, run, statistics["usual"]) for run in range(len(seeds))]
    return Trained(setting, models, statistics, pairs[-1][0], known)


def _batches(known: data.Dataset, setting: Setting, rng: np.random.Generator) -> np.ndarray:
    """(steps, m) rows of the training set, epoch by epoch."""
    each = len(known.x_train) // setting.m
    epochs = -(-setting.steps // each)
    rows = [rng.permutation(len(known.x_train))[: each * setting.m] for _ in range(epochs)]
    return np.concatenate(rows).reshape(-1, setting.m)[: setting.steps]


def _one(whole: Model, run: int, kept: list[tuple[np.ndarray, np.ndarray]]) -> Model:
    """A single network of those side by side."""

    def row(arrays: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(None if array is None else array[run] for array in arrays)

    means, vars_ = zip(*kept, strict=True)
    return replace(
        whole,
        W=row(whole.W),
        b=row(whole.b),
        gamma=row(whole.gamma),
        beta=row(whole.beta),
        running_mean=row(means),
        running_var=row(vars_),
    )


@dataclass(frozen=True, eq=False)
class Case:
    """One network on its way to the doctor; a fault changes what it needs to."""

    trained: Trained
    run: int
    model: Model
    x: np.ndarray  # the batch that is taken along
    rng: np.random.Generator

    def patient(self) -> Patient:
        """As a file would have it: what is kept, z in training mode, answers in both."""
        model = self.model
        training = model.forward(self.x, "batch")
        layers = tuple(
            Layer(
                f"bn{k + 1}",
                gamma=model.gamma[k],
                beta=model.beta[k],
                running_mean=model.running_mean[k],
                running_var=model.running_var[k],
                eps=model.eps[k],
                z=training.z[k],
            )
            for k in range(model.depth)
        )
        answers = model.forward(self.x, "running").logits
        return Patient(layers, self.trained.setting.m, training.logits, answers)

    def keeping(self, way: str) -> Case:
        """With statistics that were kept in another way."""
        means, vars_ = zip(*self.trained.kept[way], strict=True)
        mine = {"running_mean": means, "running_var": vars_}
        rows: dict[str, Any] = {
            name: tuple(array[self.run] for array in arrays) for name, arrays in mine.items()
        }
        return replace(self, model=replace(self.model, **rows))

    def with_last(self) -> Case:
        """With the batch that was trained with last."""
        return replace(self, x=self.trained.last[self.run])

    def changing(self, name: str, change: Callable[[np.ndarray], None], layer: int = 0) -> Case:
        """With another array in a layer."""
        arrays = [np.array(array) for array in getattr(self.model, name)]
        change(arrays[layer])
        mine: dict[str, Any] = {name: tuple(arrays)}
        return replace(self, model=replace(self.model, **mine))

    def some(self, count: int, layer: int = 0) -> np.ndarray:
        """Units of a layer, drawn."""
        n = self.trained.setting.hidden[layer]
        return self.rng.choice(n, count, replace=False)


def case(trained: Trained, run: int, seed: int) -> Case:
    """A healthy network, with a batch of images that it has not trained with."""
    rng = np.random.default_rng([seed, 0xD0C])
    taken = trained.setting.taken
    if not taken:
        return Case(trained, run, trained.models[run], trained.last[run], rng)
    rows = rng.choice(len(trained.data.x_test), taken, replace=False)
    return Case(trained, run, trained.models[run], trained.data.x_test[rows], rng)


# --- faults ---


def _weak(found: Case) -> Patient:
    """Two units whose weights are a thousandth: their variance is near ε, in all they keep."""
    units = found.some(2)
    for name, power in (("W", 1), ("running_mean", 1), ("running_var", 2)):

        def shrink(array: np.ndarray, power: int = power) -> None:
            array[..., units] *= 1e-3**power

        found = found.changing(name, shrink)
    return found.patient()


def _still(found: Case) -> Patient:
    """Three units without weights: z is the same for all, and was for the last hundred batches."""
    units = found.some(3, layer=1)
    for name in ("W", "running_mean", "running_var"):

        def still(array: np.ndarray, name: str = name) -> None:
            array[..., units] *= 0 if name != "running_var" else 0.9**100

        found = found.changing(name, still, layer=1)
    return found.patient()


def _set(name: str, value: float, count: int) -> Callable[[Case], Patient]:
    """Some units of the second layer have this in an array."""

    def plant(found: Case) -> Patient:
        units = found.some(count, layer=1)

        def put(array: np.ndarray) -> None:
            array[units] = value

        return found.changing(name, put, layer=1).patient()

    return plant


def _begin(found: Case) -> Patient:
    """Statistics of a network that never ran in training mode: 0 and 1."""
    for layer in range(found.model.depth):
        found = found.changing("running_mean", lambda array: array.fill(0), layer)
        found = found.changing("running_var", lambda array: array.fill(1), layer)
    return found.patient()


def _root(found: Case) -> Patient:
    """Standard deviations in the place of variances."""
    for layer in range(found.model.depth):
        found = found.changing("running_var", lambda a: np.sqrt(a, out=a), layer)
    return found.patient()


def _scaled(found: Case) -> Patient:
    """At test time the inputs are scaled otherwise: twice as large, as pixels in 0..2."""
    return replace(found, x=2 * found.x).patient()


def _averaged(found: Case) -> Patient:
    """The mean of two networks' weights and statistics, which are then those of neither."""
    other = found.trained.models[(found.run + 1) % len(found.trained.models)]
    names = ("W", "gamma", "beta", "running_mean", "running_var")
    arrays: dict[str, Any] = {
        name: tuple(
            (one + two) / 2
            for one, two in zip(getattr(found.model, name), getattr(other, name), strict=True)
        )
        for name in names
    }
    return replace(found, model=replace(found.model, **arrays)).patient()


def _same(found: Case) -> Patient:
    """What is called evaluation was answered in training mode."""
    patient = found.patient()
    return replace(patient, evaluation=patient.training)


class Fault(NamedTuple):
    """How it is planted, what the doctor should call it, and how the network is trained."""

    plant: Callable[[Case], Patient]
    code: str
    setting: Setting = Setting()


FAULTS: dict[str, Fault] = {
    "gamma_zero": Fault(_set("gamma", 0.0, 3), "gamma_zero"),
    "weak": Fault(_weak, "var_eps"),
    "dead": Fault(_still, "dead"),
    "nan": Fault(_set("running_var", np.nan, 1), "not_finite"),
    "infinite": Fault(_set("running_mean", np.inf, 1), "not_finite"),
    "negative": Fault(_set("running_var", -0.01, 1), "negative_var"),
    "start": Fault(_begin, "start"),
    "slow": Fault(lambda found: found.keeping("slow").patient(), "warming"),
    "complement": Fault(
        lambda found: found.keeping("complement").with_last().patient(), "momentum"
    ),
    "biased": Fault(lambda found: found.keeping("biased").patient(), "biased", Setting(m=4)),
    "stood_still": Fault(lambda found: found.keeping("still").patient(), "disagree"),
    "scaled": Fault(_scaled, "disagree"),
    "averaged": Fault(_averaged, "disagree"),
    "root": Fault(_root, "sd_for_var"),
    "same": Fault(_same, "same_modes"),
}
#: what healthy networks are trained like, as many seeds of each
HEALTHY: tuple[Setting, ...] = (
    Setting(),
    Setting(taken=0),
    Setting(taken=32),
    Setting(taken=450),
    Setting(m=4),
    Setting(m=16, steps=400, taken=64),
    Setting(activation="sigmoid", lr=0.3),
    Setting(activation="tanh", hidden=(50, 50, 50), taken=0),
    Setting(optimizer="adam", lr=0.01),
    Setting(dataset="moons", hidden=(16, 16), taken=128),
)
SEEDS = range(1000, 1020)  # of the faults; thresholds were chosen with 0 to 39
HEALTHY_SEEDS = range(1000, 1010)
#: the example that a page shows: statistics of the first layer that stood still, γ = 0 in some
#: units of the last one
EXAMPLE = Setting(hidden=(32, 24, 16), taken=128)
EXAMPLE_SEED = 7


def named(fault: Fault, seeds: Sequence[int]) -> np.ndarray:
    """Whether the doctor calls it by its name, a seed each."""
    trained = train(fault.setting, seeds)
    patients = [fault.plant(case(trained, run, seed)) for run, seed in enumerate(seeds)]
    return np.array([fault.code in codes(examine(patient)) for patient in patients])


def alarms(setting: Setting, seeds: Sequence[int]) -> np.ndarray:
    """Whether anything at all is found in healthy networks, a seed each."""
    trained = train(setting, seeds)
    return np.array(
        [bool(examine(case(trained, k, seed).patient())) for k, seed in enumerate(seeds)]
    )


def codes(findings: Sequence[Finding]) -> set[str]:
    """What was found, by name."""
    return {one.code for one in findings}


def _copy(values: np.ndarray, array: np.ndarray) -> None:
    array[...] = values


def example() -> tuple[Patient, Patient]:
    """A network as it was trained, and the same with two faults."""
    healthy = case(train(EXAMPLE, [EXAMPLE_SEED, EXAMPLE_SEED + 1]), 0, EXAMPLE_SEED)
    still = healthy.keeping("still").model
    last = len(EXAMPLE.hidden) - 1
    ill = healthy
    for name in ("running_mean", "running_var"):
        stood = getattr(still, name)[0]
        ill = ill.changing(name, partial(_copy, stood))
    units = healthy.some(3, last)
    ill = ill.changing("gamma", lambda array: array.__setitem__(units, 0.0), last)
    return healthy.patient(), ill.patient()


# --- what ships ---


class Shipped(NamedTuple):
    """How many faults of each kind were named, alarms in healthy networks, and the example."""

    named: dict[str, np.ndarray]  # by fault, a seed each
    alarms: np.ndarray  # (settings, seeds)
    healthy: Patient
    ill: Patient

    def counted(self, fault: str) -> tuple[int, int]:
        """Named, of how many."""
        return int(self.named[fault].sum()), len(self.named[fault])


STATISTICS = ("gamma", "beta", "running_mean", "running_var", "z")


def measure_all() -> tuple[evidence.Arrays, dict[str, Any]]:
    """All faults, all healthy settings, and the example: arrays, and what came out."""
    arrays: dict[str, np.ndarray] = {}
    for name, fault in FAULTS.items():
        arrays[f"named.{name}"] = named(fault, SEEDS)
    arrays["alarms"] = np.stack([alarms(setting, HEALTHY_SEEDS) for setting in HEALTHY])
    for state, patient in zip(("healthy", "ill"), example(), strict=True):
        arrays |= packed(state, patient)
    told = {name: int(arrays[f"named.{name}"].sum()) for name in FAULTS}
    return arrays, {"named": told, "alarms": int(arrays["alarms"].sum())}


def packed(state: str, patient: Patient) -> dict[str, np.ndarray]:
    """A patient as arrays."""
    found = {
        f"{state}.{k}.{name}": np.asarray(getattr(layer, name), np.float32)
        for k, layer in enumerate(patient.layers)
        for name in STATISTICS
    }
    answers = {"training": patient.training, "evaluation": patient.evaluation}
    return found | {f"{state}.{mode}": np.asarray(array) for mode, array in answers.items()}


def unpacked(arrays: Mapping[str, np.ndarray]) -> Patient:
    """And back."""
    layers = []
    for k in range(len(EXAMPLE.hidden)):
        rows: dict[str, Any] = {name: arrays[f"{k}.{name}"] for name in STATISTICS}
        layers.append(Layer(f"bn{k + 1}", eps=EXAMPLE.eps, **rows))
    return Patient(tuple(layers), EXAMPLE.m, arrays["training"], arrays["evaluation"])


def read(arrays: evidence.Arrays) -> Shipped:
    """What a page shows."""
    patients = [unpacked(evidence.under(arrays, state)) for state in ("healthy", "ill")]
    return Shipped(evidence.under(arrays, "named"), arrays["alarms"], *patients)


def _named(found: Shipped) -> bool:
    """Of ten kinds and more, each is named in 9 of 10 networks at least."""
    rates = [float(each.mean()) for each in found.named.values()]
    return len(rates) >= 10 and min(rates) >= 0.9


def _quiet(found: Shipped) -> bool:
    """In 100 healthy networks there is at most one in which anything is found."""
    return found.alarms.size == 100 and int(found.alarms.sum()) <= 1


def _example(found: Shipped) -> bool:
    """The example has the two faults that were planted, where they were; its twin has none."""
    told = [(one.code, one.layer) for one in examine(found.ill)]
    return told == [("disagree", 0), ("gamma_zero", 2)] and not examine(found.healthy)


CLAIMS: dict[str, Callable[[Shipped], bool]] = {
    "named": _named,
    "quiet": _quiet,
    "example": _example,
}
EVIDENCE = evidence.Evidence(
    "doctor",
    {
        "faults": {name: asdict(fault.setting) for name, fault in FAULTS.items()},
        "ways": {way: [weight, span.stop] for way, (weight, span) in WAYS.items()},
        "healthy": [asdict(setting) for setting in HEALTHY],
        "seeds": list(SEEDS),
        "healthy_seeds": list(HEALTHY_SEEDS),
        "example": asdict(EXAMPLE) | {"seed": EXAMPLE_SEED},
    },
    measure_all,
    CLAIMS,
    read,
)
