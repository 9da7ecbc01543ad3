"""What moves in covariate shift, and what moves in the internal one."""

from __future__ import annotations

import numpy as np

from bncore.batches import Examples
from experiments import presets
from experiments.why.two_shifts import DARK, measured


def width(percentiles: np.ndarray) -> np.ndarray:
    return percentiles[..., 2] - percentiles[..., 0]


def test_the_world_of_training_stands_still_and_the_test_is_from_another() -> None:
    found = measured()
    wander = np.ptp(found.inputs[:, 1])
    jump = abs(found.dark[1] - found.inputs[:, 1].mean())
    assert wander < 0.2 * width(found.inputs).mean()
    assert jump > 5 * wander


def test_inside_the_same_images_do_not_give_the_same_values() -> None:
    """In units of how far the images are apart: many of them at first without batch norm."""
    found = measured()
    travelled = [np.ptp(arm[:, 1]) / width(arm)[0] for arm in (found.plain, found.bn)]
    assert travelled[0] > 10 > 1 > travelled[1] > 0.05


def test_the_mini_batches_are_those_of_the_run() -> None:
    pair, found = presets.load("figure1"), measured()
    examples = Examples(pair.config)
    first = np.concatenate(
        [examples.x[examples.order.next()].mean(axis=1) for _ in range(int(found.steps[1]))]
    )
    assert examples.order.digest == pair.bn.batch_digest[int(found.steps[1]) - 1]
    np.testing.assert_allclose(found.inputs[0], np.percentile(first, (15, 50, 85)), rtol=1e-5)
    dark = DARK * examples.x_test.mean(axis=1)
    np.testing.assert_allclose(found.dark, np.percentile(dark, (15, 50, 85)), rtol=1e-5)
