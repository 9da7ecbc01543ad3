"""Node, to run modules without a page: the one that Playwright brings along, or an installed one.

Playwright for Python is itself a program for Node and has one in its package, so whoever can run
the tests in a browser can run these.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import playwright
import pytest


def _found() -> str | None:
    driver = Path(playwright.__file__).parent / "driver"
    own = next((file for name in ("node", "node.exe") if (file := driver / name).is_file()), None)
    return str(own) if own else shutil.which("node")


NODE = _found()
needed = pytest.mark.skipif(NODE is None, reason="no Node, neither installed nor in Playwright")


def run(script: str, *args: str) -> str:
    """What a module printed."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, "--input-type=module", "-", *args],
        input=script,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
