"""On what a claim was measured: data, networks, training, and how the learning rate was chosen.

It is gathered from the very configs that the measure trains, so that a card cannot say another
size than the one that was used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bncore.config import RunConfig

Chosen = Literal[
    "set",  # by hand, one for all arms; where a lesson shows the same, so that the effect shows
    "swept",  # for each arm the fastest of several in training, by other seeds
    "validated",  # for each arm the best of several on a validation split, by other seeds
    "mixed",  # so, but where the claim names another
    "varied",  # it is what the claim is about
    "none",  # nothing is trained
]


@dataclass(frozen=True)
class Scope:
    """Each field holds every value that occurs, in order, once."""

    data: tuple[tuple[str, int], ...]  # data set, and how many examples of it are trained with
    activations: tuple[str, ...]
    depths: tuple[int, ...]  # hidden layers
    widths: tuple[int, ...]  # units in each
    optimizers: tuple[str, ...]
    batch_sizes: tuple[int, ...]
    steps: tuple[int, ...]  # 0: nothing is trained
    rates: tuple[float, ...]
    chosen: Chosen

    @classmethod
    def of(cls, configs: Iterable[RunConfig], chosen: Chosen = "set") -> Scope:
        """Of the runs that are compared; `chosen` is how their learning rates were."""
        runs = list(configs)
        trained = chosen != "none"
        return cls(
            data=_each((c.dataset, c.images) for c in runs),
            activations=_each(c.activation for c in runs),
            depths=_each(c.depth for c in runs),
            widths=_each(c.width for c in runs),
            optimizers=_each(c.optimizer for c in runs) if trained else (),
            batch_sizes=_each(c.batch_size for c in runs) if trained else (),
            steps=_each(c.steps for c in runs) if trained else (0,),
            rates=_each(c.lr for c in runs) if trained else (),
            chosen=chosen,
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it: lists for tuples."""
        return {
            name: [list(one) if isinstance(one, tuple) else one for one in value]
            if isinstance(value, tuple)
            else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Scope:
        """What `to_dict` gave."""
        return cls(
            **{
                name: tuple(tuple(one) if isinstance(one, list) else one for one in value)
                if isinstance(value, list)
                else value
                for name, value in stored.items()
            }
        )


def _each(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(values)))
