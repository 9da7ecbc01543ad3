"""Who keeps running statistics how, and with which defaults; each with where it says so."""

from __future__ import annotations

from bncore.conventions import CONVENTIONS
from pages.reference import LESSON, common
from ui.numbers import number
from ui.scenes import Moment
from ui.tables import Cell, exact, table
from ui.text import t

STAYS = True
#: in the order of the table: where each says so, and the convention that it follows
SOURCES = {
    "pytorch": "https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html",
    "mlx": "https://ml-explore.github.io/mlx/build/html/python/nn/_autosummary/mlx.nn.BatchNorm.html",
    "keras": "https://keras.io/api/layers/normalization_layers/batch_normalization/",
    "flax": "https://flax.readthedocs.io/en/latest/api_reference/flax.nnx/nn/normalization.html",
    "onnx": "https://onnx.ai/onnx/operators/onnx__BatchNormalization.html",
    "cs231n": "https://cs231n.github.io/assignments2024/assignment2/",
    "paper": "https://arxiv.org/abs/1502.03167",
    "lecture": "https://www.coursera.org/learn/deep-neural-network",
}
FOLLOWS = {"mlx": "pytorch"}  # asked itself, it does the same: tests/bncore
COLUMNS = ("weighs", "momentum", "new_weight", "eps", "unbiased")


def picture(now: Moment) -> None:
    """The table; a row's name leads to the page that says it."""
    heads = [Cell(""), *(Cell(t(f"{LESSON}.columns.{column}")) for column in COLUMNS)]
    table(heads, [_row(name) for name in SOURCES], name="conventions", lesson=LESSON)


def said(now: Moment) -> dict[str, object]:
    """One pair of numbers that are the same rule."""
    keras = CONVENTIONS["keras"]
    return {"keras": number(keras.momentum or 0), "pytorch": number(keras.new_weight)}


def more(now: Moment) -> None:
    """Where the rules are shown with numbers, and what else differs."""
    scenes = (("test_time", "conventions"), ("test_time", "divisor"), ("test_time", "averages"))
    common.show(
        '<ul class="ways">'
        + "".join(f"<li>{common.scene_link(*at)}</li>" for at in scenes)
        + "</ul>"
    )


def _row(name: str) -> list[Cell]:
    rule, word = CONVENTIONS[FOLLOWS.get(name, name)], f"{LESSON}.cells"
    new = None if rule.weighs == "average" else rule.new_weight
    return [
        Cell(t(f"{LESSON}.sources.{name}"), link=SOURCES[name]),
        Cell(t(f"{word}.{rule.weighs}")),
        *(_number(value) for value in (rule.momentum, new, rule.eps)),
        Cell(t(f"{word}.{'unbiased' if rule.unbiased else 'biased'}")),
    ]


def _number(value: float | None) -> Cell:
    return Cell(t(f"{LESSON}.cells.none")) if value is None else exact(value)
