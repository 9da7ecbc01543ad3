"""Two networks that differ in batch norm alone, while they train."""

from __future__ import annotations

from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Control, Integer

#: the controls that decide a run
SETTINGS = (
    *("dataset", "depth", "width", "activation", "optimizer", "lr", "batch_size"),
    *("init", "init_scale", "steps", "seed"),
)


def controls() -> tuple[Control, ...]:
    from bncore.activations import ACTIVATIONS
    from bncore.data import DATASETS
    from bncore.network import INITS
    from bncore.optimizers import OPTIMIZERS

    # The settings' defaults are the first preset's, so that a fresh page shows what they say.
    return (
        Choice("preset", "figure1", ("figure1", "plain_dead", "deep_relu", "bn_loses", "own")),
        Choice("dataset", "mnist", tuple(name for name in DATASETS if DATASETS[name].image_shape)),
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
        Choice("shown", "u", ("z", "u"), was="view"),
        Choice("speed", 50, (100, 50, 25, 10)),  # % of 60 frames a second
    )


def _watched(name: str, question: str, options: tuple[str, ...], right: str, preset: str) -> Scene:
    """A preset that is asked about before it plays."""
    return Scene(
        name,
        question=Question(question, options, right),
        sets={"preset": preset},
        owns={"preset": (preset,)},
    )


SCENES = (
    Scene(
        "one_unit",
        minutes=2,
        question=Question("predict", ("higher", "steps", "gaussian", "still"), "steps"),
    ),
    Scene("all_layers", minutes=2, wide=True, owns={"preset": ("figure1",)}),
    _watched("dead", "dead", ("later", "nothing", "diverges"), "nothing", "plain_dead"),
    _watched("diverges", "diverges", ("slower", "stuck", "breaks"), "breaks", "deep_relu"),
    _watched("loses", "loses", ("bn", "level", "plain"), "plain", "bn_loses"),
    Scene(
        "own",
        minutes=3,
        wide=True,
        owns=("preset", *SETTINGS),  # where a link names no preset of another scene
    ),
    Scene(
        "shift",
        minutes=3,
        deep=True,
        question=Question("cause", ("yes", "no", "never"), "no"),
    ),
)

LESSON = Lesson("training", ":material/movie:", controls, scenes=SCENES)
