"""The registry of lessons, in the order of the menu, and every control that a lesson has.

A lesson is `pages/lessons/<id>.py`, one entry here, and `assets/locales/<language>/<id>/`. A
control registered here is read from the URL, written to it, worded by the locale files
(`<lesson>/labels.toml`, table `controls.<name>`) and covered by the tests.

A lesson's controls are a function here, which is called when the lesson is first opened: what it
takes options from is imported inside it, so that a lesson nobody has opened costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from ui.state import Choice, Control, Integer, Number, Numbers, Switch


@dataclass(frozen=True)
class Lesson:
    """An entry of the menu: a Material icon and the controls that travel in its links.

    `titled` is the control whose chosen option stands in the tab's title, where a lesson has parts.
    """

    icon: str
    declare: Callable[[], tuple[Control, ...]] = tuple
    titled: str = ""

    @cached_property
    def controls(self) -> tuple[Control, ...]:
        return self.declare()

    def control(self, name: str) -> Control:
        return next(control for control in self.controls if control.name == name)


def home() -> tuple[Control, ...]:
    return (
        Choice("run", "figure1", ("figure1", "plain_dead", "bn_loses")),
        Integer("frame", 0, 0, 100),  # where its picture rests; at 0 it plays by itself
    )


def mini_batch() -> tuple[Control, ...]:
    return (
        Choice(
            "source",
            "digits",
            ("digits", "skewed", "bimodal", "outlier", "constant", "single", "own"),
        ),
        Choice("layer", 1, (1, 2, 3)),
        Integer("unit", 1, 1, 16),
        Integer("m", 32, 1, 256),
        Integer("seed", 0, 0, 9999),
        Numbers("z", (), most=256, limit=1e12),
        Number("eps", 1e-5, 1e-12, 10.0, log=True),
        Number("gamma", 1.0, -1e13, 1e13),  # has room for the γ and β that give any z back
        Number("beta", 0.0, -1e13, 1e13),
        Choice("axis", "shared", ("shared", "own")),
        Integer("step", 4, 1, 4),
        Integer("example", 1, 1, 256),
        Choice("eps_case", "constant", ("constant", "single", "faint", "shown")),
        Choice(
            "broken",
            "divide_by_variance",
            ("divide_by_variance", "unbiased_variance", "pooled_units"),
        ),
        Choice("activation", "sigmoid", ("sigmoid", "relu")),
    )


def network() -> tuple[Control, ...]:
    from bncore.optimizers import OPTIMIZERS
    from experiments import optimizers, placement, scale, walkthrough

    return (
        Choice("activation", "tanh", ("tanh", "relu")),
        Choice("optimizer", "sgd", tuple(OPTIMIZERS)),
        Choice("node", "bn1", walkthrough.NODES),
        Integer("epoch", 1, 1, walkthrough.EPOCHS),
        Integer("batch", 1, 1, max(walkthrough.BATCHES.values())),
        Integer("line", 1, 1, walkthrough.LINES),
        Choice("drop", "nothing", tuple(walkthrough.DROPS)),
        Number("b", 2.0, -4.0, 4.0, step=0.1),
        Number("shift", 0.0, -2.0, 2.0, step=0.1),
        Choice("nonlinearity", "sigmoid", placement.ACTIVATIONS),
        Choice("images", "mnist", tuple(placement.SEEDS)),
        Choice("rate", 1.0, placement.RATES),
        Choice("rule", "adam", tuple(OPTIMIZERS)),
        Choice("alpha", 10.0, scale.ALPHAS),
        Choice("m", walkthrough.M, tuple(walkthrough.BATCHES)),
        Integer("seed", 0, 0, 9999),
        Integer("run", 10, 0, 9999),  # the seed of live runs: the first that no shipped run has
        Choice("rung", 10, tuple(range(1, 1 + len(optimizers.rates("sgd"))))),
        Choice("lr", 3.0, scale.LIVE_RATES),
        Choice("decay", 0.0, scale.LIVE_DECAYS),
        Choice("norm", "before", ("before", "after", "none")),  # decides which nodes there are
    )


def training() -> tuple[Control, ...]:
    from bncore.activations import ACTIVATIONS
    from bncore.network import INITS
    from bncore.optimizers import OPTIMIZERS

    # The settings' defaults are the first preset's, so that a fresh page shows what they say.
    return (
        Choice("preset", "figure1", ("figure1", "plain_dead", "deep_relu", "bn_loses", "own")),
        Choice("dataset", "mnist", ("digits", "mnist")),
        Integer("depth", 3, 1, 8),
        Choice("width", 100, (16, 32, 50, 64, 100, 128)),
        Choice("activation", "sigmoid", tuple(ACTIVATIONS)),
        Choice("optimizer", "sgd", tuple(OPTIMIZERS)),
        Choice("lr", 0.5, (0.001, 0.003, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1.0, 3.0, 10.0)),
        Choice("batch_size", 60, (2, 3, 4, 8, 16, 32, 50, 60, 64, 100, 128, 256)),
        Choice("init", "normal", tuple(INITS)),
        Choice("init_scale", 0.1, (0.001, 0.003, 0.01, 0.02, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)),
        Choice("steps", 1500, (100, 200, 300, 500, 600, 1000, 1500, 2000, 3000)),
        Integer("seed", 0, 0, 9999),
        Integer("frame", 0, 0, 200),
        Integer("layer", 0, 0, 8),  # 0 is the last hidden layer
        Choice("view", "u", ("z", "u")),
        Choice("speed", 50, (100, 50, 25, 10)),  # % of 60 frames a second
    )


def why() -> tuple[Control, ...]:
    from ui.why_claims import CLAIMS

    # Those of one part stand together, in the order of the page.
    return (
        Choice("part", "inputs", ("inputs", "shift", "layers", "speed", "board")),
        Choice(
            "lr",
            0.0098,
            (0.0003, 0.001, 0.003, 0.006, 0.009, 0.0098, 0.01, 0.03, 0.1, 0.3, 0.6, 1.0, 1.5, 1.6),
        ),
        Choice("nonlinearity", "sigmoid", ("sigmoid", "tanh", "relu")),
        Integer("seed", 0, 0, 9999),
        Choice("coat", 0.0, (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
        Choice("learner", "none", ("none", "before")),
        Choice("ink", "orange", ("black", "grey", "orange", "yellow", "inverted")),
        Choice("kind", "scale", ("scale", "offset", "noise", "swap")),
        Integer("strength", 4, 0, 6),
        Integer("draw", 0, 0, 9999),  # of disturbances, live runs, gradients
        Choice("test", "noisy", ("noisy", "once", "smooth", "rates", "flow", "loses")),
        Choice("noisy", "three", ("three", "five")),
        Choice("once", "figure1", ("figure1", "five", "deep")),
        Choice("smooth", "relu", ("relu", "slow", "sigmoid")),
        Choice("depth", 8, (1, 2, 4, 8, 16, 24)),
        Choice("rate", 0.3, (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)),
        Choice("layers", 20, (2, 5, 10, 20, 30, 50)),
        Choice("claim", "b_cancels", CLAIMS),
        Switch("all", False),
    )


def test_time() -> tuple[Control, ...]:
    from bncore.conventions import CONVENTIONS

    return (
        Integer("image", 12, 1, 450),
        Choice("m", 8, (1, 2, 4, 8, 16, 32, 64, 128)),
        Choice("order", "random", ("random", "same_class")),
        Integer("seed", 0, 0, 9999),
        Choice("regime", "slow", ("slow", "fast")),
        Choice("decay", 0.99, (0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999)),
        Choice("stop", 50, (5, 10, 20, 30, 50, 75, 100, 150, 200, 250, 300, 400, 500, 600)),
        Choice("start", "zero_one", ("zero_one", "zeros", "first")),
        Switch("corrected", False),
        Choice("layer", 1, (1, 2, 3)),
        Integer("unit", 1, 1, 50),
        Choice("convention", "pytorch", tuple(CONVENTIONS)),
        Choice("batch", 2, (2, 4, 8, 16, 32, 64)),
        Choice("mode", "train_1", ("eval", "train_1", "train_64")),
        Choice("dim", 0.3, (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05)),
        Choice("k", 64, (4, 8, 16, 32, 64, 128, 256)),
    )


def noise() -> tuple[Control, ...]:
    from experiments import ablation, regularize, small_batches

    return (
        Choice("m", 64, (2, 4, 8, 16, 32, 64, 128, 256)),
        Integer("image", 1, 1, 1347),
        Choice("layer", 1, (1, 2, 3)),
        Integer("unit", 18, 1, 50),
        Integer("seed", 0, 0, 9999),
        Choice("keep", 0.8, (0.5, 0.6, 0.7, 0.8, 0.9)),
        Integer("other", 4, 1, 1347),
        Choice("data", "digits256", tuple(regularize.SETTINGS)),
        Choice("way", "zero", ablation.WAYS),
        Choice("batches", "m2", tuple(small_batches.PRESETS)),
        Integer("run", 0, 0, 9999),
        Choice("longer", 1, (1, 3, 10)),
    )


HOME = "home"
LESSONS: dict[str, Lesson] = {
    HOME: Lesson(":material/home:", home),
    "mini_batch": Lesson(":material/scatter_plot:", mini_batch),
    "network": Lesson(":material/account_tree:", network),
    "training": Lesson(":material/movie:", training),
    "why": Lesson(":material/lightbulb:", why, titled="part"),
    "test_time": Lesson(":material/balance:", test_time),
    "noise": Lesson(":material/blur_on:", noise),
}
