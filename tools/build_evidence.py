"""Build assets/evidence/: what experiments trained once, so that no page has to.

    make evidence
    python tools/build_evidence.py test_time   # only that

Each entry of EVIDENCE returns its arrays, and what is to be known of them: configs, seeds,
outcome. The arrays go to <name>.npz, the rest with the versions to <name>.json.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from experiments import trained
from experiments.at_test_time import dimming
from experiments.evidence import FOLDER
from experiments.network import bias, optimizers, placement, scale
from experiments.noise import ablation, one_class, regularize
from experiments.why import (
    cats,
    coloured,
    disturb,
    input_scaling,
    limits,
    noisy,
    once,
    smoothness,
    tolerance,
)
from tools.provenance import rounded, versions

Evidence = tuple[Mapping[str, np.ndarray], dict[str, Any]]

EVIDENCE: dict[str, Callable[[], Evidence]] = {
    "ablation": ablation.build,
    "bias": bias.build,
    "cats": cats.build,
    "coloured": coloured.build,
    "dimming": dimming.build,
    "disturb": disturb.build,
    "input_scaling": input_scaling.build,
    "limits": limits.build,
    "noisy": noisy.build,
    "once": once.build,
    "one_class": one_class.build,
    "optimizers": optimizers.build,
    "placement": placement.build,
    "regularize": regularize.build,
    "scale": scale.build,
    "smoothness": smoothness.build,
    "test_time": trained.build,
    "tolerance": tolerance.build,
}


def write(name: str) -> None:
    """Build one, and say how large it is."""
    arrays, about = EVIDENCE[name]()
    path = FOLDER / f"{name}.npz"
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]  # none is called allow_pickle
    text = json.dumps(rounded({"versions": versions()} | about), indent=1)
    path.with_suffix(".json").write_text(text + "\n", "utf-8")
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - set(EVIDENCE)
    if unknown:
        raise SystemExit(f"no evidence named {', '.join(unknown)}; there is {', '.join(EVIDENCE)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or EVIDENCE:
        write(name)
