"""What the tools that train say about how their files were made."""

from __future__ import annotations

import platform
from typing import Any

import numpy as np


def versions() -> dict[str, str]:
    """What decides the last bits."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "machine": platform.machine(),
    }


def rounded(value: Any) -> Any:
    """Numbers with six digits, at any depth."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
