"""Something is wrong with my network: what it looks like, why, and what to do."""

from __future__ import annotations

from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Control, Integer


def controls() -> tuple[Control, ...]:
    from experiments.clinic import (
        accumulated,
        averaged,
        bias,
        constant,
        decay,
        dropout,
        eval_worse,
        exported,
        few_images,
        frameworks,
        one_example,
        other_answer,
        running_nan,
    )

    return (
        Choice("updates", 20, eval_worse.UPDATES),
        Choice("momentum", 0.01, eval_worse.MOMENTA),
        Choice("m", 1, one_example.SIZES),
        Integer("image", 12, 1, 450),
        Choice("company", 8, other_answer.SIZES),
        Choice("freeze", "none", few_images.FREEZE),
        Choice("few", 2, few_images.SIZES),
        Choice("light", "same", few_images.LIGHTS),
        Choice("moved", "momentum", frameworks.MOVED),
        Choice("poison", "nan", running_nan.POISON),
        Choice("parts", 8, accumulated.PARTS),
        Choice("export", "folded", exported.EXPORT),
        Choice("weights", 11, averaged.COUNTS),
        Choice("statistics", "last", averaged.STATISTICS),
        Choice("constant", 12345.6, constant.CONSTANTS),
        Choice("b", 100, bias.BIASES),
        Choice("keep", 0.5, dropout.KEEP),
        Choice("on", "affine", decay.ON),
        Choice("decay", 0.01, decay.DECAYS),
        Choice("patient", "ill", ("ill", "healthy", "own")),
    )


LESSON = Lesson(
    "clinic",
    ":material/stethoscope:",
    controls,
    part="tools",
    scenes=(
        Scene("finder", 1, wide=True),
        Scene("eval_worse", 2, Question("worse", ("overfit", "off", "late"), "late")),
        Scene("one_example", 2, Question("single", ("nan", "running", "beta"), "beta")),
        Scene(
            "other_answer", 2, Question("changes", ("rounding", "weights", "company"), "company")
        ),
        Scene("few_images", 2, Question("spoiled", ("overfit", "affine", "stats"), "stats")),
        Scene(
            "frameworks",
            2,
            Question("copied", ("eps", "divisor", "momentum"), "momentum"),
            deep=True,
        ),
        Scene("running_nan", 2, Question("again", ("next", "slowly", "never"), "never"), deep=True),
        Scene(
            "accumulated", 2, Question("summed", ("same", "factor", "other"), "other"), deep=True
        ),
        Scene(
            "exported", 2, Question("where", ("lost", "measures", "folded"), "folded"), deep=True
        ),
        Scene("averaged", 2, Question("lacks", ("fewer", "fit", "own"), "own"), deep=True),
        Scene("dropout", 2, Question("behind", ("same", "small", "large"), "large"), deep=True),
        Scene("decay", 2, Question("decayed", ("worse", "better", "little"), "little"), deep=True),
        Scene("constant", 1, Question("becomes", ("zero", "nan", "one"), "one"), deep=True),
        Scene("bias", 1, Question("moves", ("much", "less", "none"), "none"), deep=True),
        Scene("layer", 3, deep=True, wide=True, owns=("patient",)),
    ),
)
