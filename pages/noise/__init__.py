"""The noise that a mini-batch brings: how large, what it is like, what it does."""

from __future__ import annotations

from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Control, Integer


def controls() -> tuple[Control, ...]:
    from experiments.noise import ablation, regularize, small_batches

    return (
        Choice("m", 4, (2, 4, 8, 16, 32, 64, 128, 256)),
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


LESSON = Lesson(
    "noise",
    ":material/blur_on:",
    controls,
    scenes=(
        Scene("draw", 2, Question("stays", ("still", "little", "moves"), "moves")),
        Scene(
            "kinds",
            2,
            Question("zero", ("both", "mean", "none"), "mean"),
            # a batch that is left large or tiny shows no noise, or nothing but noise
            sets={"m": 4},
            owns=("keep",),
        ),
        Scene(
            "regularize", 2, Question("helps", ("more", "little", "none"), "little"), owns=("data",)
        ),
        Scene("m2", 2, Question("use", ("yes", "no", "none"), "no"), owns=("batches", "run")),
        Scene("law", 2, Question("size", ("double", "four", "same"), "double"), deep=True),
        Scene("beside", 2, deep=True, wide=True),
        Scene(
            "together",
            2,
            Question("shared", ("same", "own", "opposite"), "same"),
            deep=True,
            sets={"m": 16},
            owns=("other",),
        ),
        Scene("ablation", 2, deep=True, owns=("way",)),
        Scene(
            "sorted",
            2,
            deep=True,
            picture="m2",
            sets={"batches": "sorted1"},
            owns=("longer",),
        ),
    ),
)
