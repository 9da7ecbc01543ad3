"""Two networks on the way down, layer by layer: one picture for several scenes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pages.conv import LESSON, runs
from ui import drag
from ui.scenes import Moment
from ui.text import t

FEW = 2  # layers that are known before the answer

_component = drag.component("deep")


@dataclass(frozen=True, eq=False)
class Panel:
    """A plot: by arm an entry for each layer."""

    name: str
    values: Mapping[str, np.ndarray]
    ends: tuple[float, float]
    log: bool = False
    share: bool = False
    filled: bool = False


def picture(now: Moment, control: str, panels: Sequence[Panel]) -> None:
    """Mount it; the slider sets `control`, whose options are the layers from 1."""
    drag.mount(
        _component,
        LESSON,
        (control,),
        key=f"deep-{now.name}",
        words={name: t(f"{LESSON}.deep.{name}", depth="{depth}") for name in ("across", "spoken")},
        told=now.seen,
        locked=not now.seen,
        start={control: 0.0},
        control=control,
        panels=[_panel(now, panel) for panel in panels],
    )


def _panel(now: Moment, panel: Panel) -> dict[str, object]:
    return {
        "name": panel.name,
        "ends": panel.ends,
        "log": panel.log,
        "share": panel.share,
        "filled": panel.filled,
        "arms": [
            {
                "idea": runs.LOOKS[arm][0],
                "name": runs.named(arm),
                "values": [float(f"{x:.5g}") for x in (values if now.seen else values[:FEW])],
            }
            for arm, values in panel.values.items()
        ],
    }
