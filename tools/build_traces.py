"""Build assets/traces/: a trained pair for each preset of the lessons on training and on noise.

    make traces
    python tools/build_traces.py small_batches   # only those of that experiment

Trains the presets, and each again with other seeds, and refuses to write one whose claim does not
hold for all of them. On one machine the same versions give the same numbers.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from experiments import presets
from experiments.noise import small_batches
from experiments.pair import Pair, train_pair
from experiments.presets import Outcome, outcome
from tools.provenance import rounded, versions

SEEDS = range(5)
# Each has PRESETS, CLAIMS and BANDS by id, the folder TRACES, and PROVENANCE in it.
EXPERIMENTS: dict[str, ModuleType] = {"presets": presets, "small_batches": small_batches}


def over_seeds(outcomes: list[Outcome]) -> dict[str, Any]:
    """Each number by seed, with mean and standard deviation where every seed has one."""
    table: dict[str, Any] = {"seeds": list(SEEDS)}
    for name in asdict(outcomes[0]):
        values = [getattr(o, name) for o in outcomes]
        table[name] = {"values": values}
        if None not in values:
            table[name] |= {"mean": np.mean(values), "sd": np.std(values, ddof=1)}
    return table


def build(experiment: ModuleType, name: str) -> dict[str, Any]:
    """Train, check, write the trace; returns the preset's provenance."""
    config = experiment.PRESETS[name]
    pairs: dict[int, Pair] = {
        seed: train_pair(replace(config, seed=seed)) for seed in {*SEEDS, config.seed}
    }
    outcomes = {seed: outcome(pair) for seed, pair in pairs.items()}
    against = [seed for seed, o in outcomes.items() if not experiment.CLAIMS[name](o)]
    if against:
        raise SystemExit(f"{name}: what it is shown for does not hold with seeds {against}")
    path = experiment.TRACES / f"{name}.npz"
    pairs[config.seed].save(path)
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, {outcomes[config.seed]}")
    return {
        "versions": versions(),
        "config": config.to_dict(),
        "outcome": asdict(outcomes[config.seed]),
        "over_seeds": over_seeds([outcomes[seed] for seed in SEEDS]),
        "bands": {arm: asdict(bands) for arm, bands in experiment.BANDS[name].items()},
    }


if __name__ == "__main__":
    for chosen in sys.argv[1:] or EXPERIMENTS:
        experiment = EXPERIMENTS[chosen]
        experiment.TRACES.mkdir(parents=True, exist_ok=True)
        made = {name: rounded(build(experiment, name)) for name in experiment.PRESETS}
        experiment.PROVENANCE.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
