"""Sentences that say which way a measurement went, held to the evidence that ships.

Their figures come by placeholder and follow the evidence; the words around them do not.
"""

from __future__ import annotations

import numpy as np

from experiments.claims.board import board
from experiments.claims.grading import above, below
from experiments.network import optimizers
from experiments.noise import ablation, regularize
from experiments.training import gradient_shift


def test_batch_norm_brings_optimizers_together_on_the_digits_only() -> None:
    """`inside/optimized`: most steps over fewest, of four optimizers each at its best rate."""
    apart = {}
    for dataset in optimizers.GRIDS:
        steps = optimizers.sweep(dataset).judged.mean(axis=-1)  # (O, 2)
        apart[dataset] = steps.max(axis=0) / steps.min(axis=0)
    plain, bn = apart["digits"]
    assert bn < plain / 1.2
    plain, bn = apart["mnist"]
    assert abs(np.log(bn / plain)) < np.log(1.2)


def test_gradients_change_more_in_one_network_and_less_in_the_other() -> None:
    """`training/gradients`: over the whole run, and in its last quarter."""
    ratios = board()["less_gradient_shift"].numbers  # plain over batch norm
    for name in ("ratio", "late_ratio"):
        assert below(ratios[f"figure1_{name}"], 1.0, "factor")
        assert above(ratios[f"relu_{name}"], 1.0, "factor")
    found = gradient_shift.shipped().found
    still = found["figure1"].relative[0, :, :5, gradient_shift.LAST]
    assert still.max() < 0.1  # while it stands on its plateau
    rates = dict(zip(gradient_shift.ARMS, found["relu"].rates, strict=True))
    assert rates["bn"] > rates["plain"]


def test_normalizing_makes_networks_depend_less_on_the_mean_of_a_unit() -> None:
    """`noise/ablated`: what fixing at 0 costs more than fixing at the mean."""
    found = ablation.load()

    def by_mean(arm: str) -> float:
        return found.worst(arm, "zero").mean - found.worst(arm, "mean").mean

    assert 0 < by_mean("bn_all") < by_mean("plain_all") / 4
    for less, more in (("g256", "g8"), ("g8", "dropout8")):
        difference = found.worst(less, "zero", over=more)
        assert difference.mean > difference.half, (less, more)


def test_too_much_noise_ruins_every_network() -> None:
    """`noise.questions.helps`; and dropout, made for it, is not sure to bring more on any data."""
    for setting in regularize.SETTINGS:
        found = regularize.load(setting)
        assert found.gain(f"g{regularize.GROUPS[0]}").mean < -0.2
        more = found.gain("dropout", over=found.best)
        assert more.mean < more.half


def test_a_repaired_start_bears_far_smaller_rates() -> None:
    """`why.scenes.once.say`, `why.claims.every_step`, `why.claims.larger_rates`."""
    whole = board()["larger_rates"].numbers["ratio"]
    left = board()["every_step"].numbers["rate_ratio"]
    assert above(left, 2.0, "factor")
    assert np.log(left).mean() > np.log(whole).mean() / 2  # most of it


def test_what_verdicts_add_to_their_rule() -> None:
    """Parts of sentences on the board that no rule looks at."""
    numbers = {name: row.numbers for name, row in board().items()}
    assert below(numbers["less_shift"]["late_ratio"], 1.0, "factor")
    relu = numbers["exploding"]["factor_plain"]
    assert above(relu, 0.95, "factor") and below(relu, 1.05, "factor")
    start = numbers["any_init"]
    assert below(start["bn_huge_all"] - start["plain_huge_all"], 0.0)
    digits = [name for name in numbers["regularizes"] if name.startswith("digits")]
    assert all(above(numbers["regularizes"][name], 0.0) for name in digits)
    gain = numbers["decay_regularizes"]["best_gain"]
    assert not above(gain, 0.0) and not below(gain, 0.0)


def test_none_of_the_shifts_costs_clearly_less_with_batch_norm() -> None:
    """`why/apart`; and in orange and yellow ink it does worse."""
    gains = board()["protects"].numbers.values()
    assert not any(above(gain, 0.02) for gain in gains)
    assert sum(below(gain, -0.02) for gain in gains) > 1
    inks = board()["other_colours"].numbers
    assert all(below(inks[f"{ink}_gain"], 0.0) for ink in ("orange", "yellow"))
