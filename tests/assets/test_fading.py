"""The closed form by which the bars of the averages move is what the experiment keeps."""

from __future__ import annotations

import json

import numpy as np
import pytest

from experiments.at_test_time import running
from tests.assets.node import needed, run
from ui import modules

STARTS = {"zero_one": [0.0, 1.0], "zeros": [0.0, 0.0]}


@needed
@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("decay", [0.5, 0.9, 0.9999])
def test_the_browser_averages_as_the_experiment_does(
    decay: float, start: str, corrected: bool
) -> None:
    batches = np.random.default_rng(0).normal([[2.0], [3.0]], 0.5, (2, 60))
    found = running.follow(*batches, decay, start, corrected)
    given = f"{json.dumps(batches.tolist())}, {json.dumps(STARTS[start])}"
    mine = json.loads(
        run(
            f"const {{ averages, weights }} = {modules.value('fading/weights.js')};"
            f"const [both, begin] = [{given}], corrected = {json.dumps(corrected)};"
            f"const {{ start, batches }} = weights({decay}, both[0].length, corrected);"
            f"const kept = both.map((of, k) => averages(of, begin[k], {decay}, corrected));"
            "console.log(JSON.stringify({ kept, start, batches }));"
        )
    )
    np.testing.assert_allclose(mine["kept"], [found.mean, found.var], rtol=1e-9)
    weighed = mine["start"] * np.array(STARTS[start]) + batches @ np.array(mine["batches"])
    np.testing.assert_allclose(weighed, [found.mean[-1], found.var[-1]], rtol=1e-9)
    assert mine["start"] + sum(mine["batches"]) == pytest.approx(1)
