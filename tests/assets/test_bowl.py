"""The closed form by which a dragged start shows its ways down is what the descent comes to."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest

from experiments.why import inputs
from pages.mini_batch import LESSON, bowl
from tests.assets.node import needed, run
from ui import modules

#: the ends of the controls, and where they begin
CONTROLS = [LESSON.control(name) for name in bowl.START]
STARTS = list(product(*((one.low, one.default, one.high) for one in CONTROLS)))


@needed
@pytest.mark.parametrize("scaled", [False, True])
def test_the_browser_goes_down_as_python_does(scaled: bool) -> None:
    place = bowl._drawn(scaled)
    cases = list(product(STARTS, LESSON.options("lr")))
    given = [[(np.array(start) * place["units"]).tolist(), lr] for start, lr in cases]
    limits = {"steps": bowl.PATIENCE, "drawn": bowl.DRAWN, "far": bowl.FAR, "close": inputs.CLOSE}
    mine = json.loads(
        run(
            f"const {{ descend }} = {modules.value('bowl/descent.js')};"
            f"const place = {json.dumps(place)}, limits = {json.dumps(limits)};"
            f"const ways = {json.dumps(given)}.map(([w, lr]) => descend(place, w, lr, limits));"
            "console.log(JSON.stringify(ways));"
        )
    )
    for (start, lr), here in zip(cases, mine, strict=True):
        down = inputs.descent(scaled, lr, bowl.PATIENCE, start=start)
        assert here["diverged"] == down.diverged and here.get("close") == down.steps_to_close
        w = down.w[: len(here["w"])]
        np.testing.assert_allclose(here["w"], w, rtol=1e-6, atol=1e-9 * np.abs(w).max())
