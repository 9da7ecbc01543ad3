"""What was trained once and ships in assets/evidence/: reading it trains nothing.

`tools/build_evidence.py` writes <name>.npz and, beside it, <name>.json, which says how it was made:
versions, configs, seeds, outcome.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parents[1] / "assets" / "evidence"


def arrays(name: str) -> dict[str, np.ndarray]:
    """By name, read-only."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        found = {key: file[key] for key in file.files}
    for array in found.values():
        array.flags.writeable = False
    return found


def under(name: str, head: str) -> dict[str, np.ndarray]:
    """Those that are called <head>.<something>, by that something. KeyError if there are none."""
    found = {key: array for key, array in arrays(name).items() if key.startswith(f"{head}.")}
    if not found:
        raise KeyError(head)
    return {key.removeprefix(f"{head}."): array for key, array in found.items()}


def about(name: str) -> dict[str, Any]:
    """How it was made."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
