"""In a convolution, and deep: which numbers share a mean there, and what it is good for."""

from __future__ import annotations

from ui.lesson import Lesson, Question, Scene
from ui.state import Choice, Control, Integer, Number


def controls() -> tuple[Control, ...]:
    from experiments.conv import branch, net, rank, twin

    return (
        Choice("channel", 1, tuple(range(1, net.CHANNELS[0] + 1))),
        Number("gamma", 1.0, -3.0, 3.0),
        Number("beta", 0.0, -3.0, 3.0),
        Choice("axis", "shared", ("shared", "own")),
        Integer("step", 4, 1, 4),
        Integer("example", 1, 1, 256),
        Choice("rate", "own", twin.SETTINGS),
        Integer("run", 0, 0, 9999),
        Choice("depth", 50, tuple(range(1, branch.BLOCKS + 1))),
        Choice("layer", 50, tuple(range(1, rank.DEPTH + 1))),
        Choice("activation", "relu", rank.ACTIVATIONS),
    )


LESSON = Lesson(
    "conv",
    ":material/layers:",
    controls,
    part="beyond",
    scenes=(
        Scene(
            "channel",
            2,
            Question("gammas", ("channel", "pixel", "image"), "channel"),
            sets={"step": 1},
            owns=("channel", "gamma", "beta", "axis", "step", "example"),
        ),
        Scene("twin", 2, Question("twin", ("level", "behind", "chance"), "behind"), owns=("run",)),
        Scene(
            "branch",
            2,
            Question("share", ("alike", "smaller", "larger"), "smaller"),
            owns=("depth",),
        ),
        Scene("necessary", 2, Question("necessary", ("chance", "nearly", "level"), "nearly")),
        Scene(
            "rank",
            2,
            Question("rank", ("apart", "alike", "opposite"), "alike"),
            deep=True,
            owns=("layer", "activation"),
        ),
        Scene("affine", 2, Question("affine", ("chance", "some", "most"), "most"), deep=True),
    ),
)
