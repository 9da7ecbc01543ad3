"""Build assets/evidence/: what experiments trained once, so that no page has to.

    make evidence
    python tools/build_evidence.py test_time     # only that
    python tools/build_evidence.py --older       # say what is older than settings or code
    python tools/build_evidence.py --unchanged   # the numbers would be the same: not older

Of each `EVIDENCE` in experiments/ the arrays go to <name>.npz, and what is to be known of them with
versions and fingerprint to <name>.json. --unchanged trains nothing and writes new fingerprints
alone: after a change of the code that cannot move a number.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from experiments.evidence import FOLDER, Evidence, registry
from tools.provenance import fingerprint, rounded, versions


def fingerprint_now(one: Evidence[Any]) -> dict[str, str]:
    """Of its settings, and of the code that would measure it today."""
    return fingerprint(one.settings, one.measure.__module__)


def older(one: Evidence[Any]) -> list[str]:
    """What has changed since it was built: "settings", "code"; empty if nothing has."""
    then = one.about["fingerprint"]
    return [what for what, now in fingerprint_now(one).items() if then[what] != now]


def write(one: Evidence[Any]) -> None:
    """Build one, and say how large it is."""
    arrays, about = one.build()
    path = FOLDER / f"{one.name}.npz"
    np.savez_compressed(path, allow_pickle=False, **arrays)
    record(one, {"versions": versions()} | about)
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


def record(one: Evidence[Any], about: Mapping[str, Any]) -> None:
    """Write what is known of it, with a fingerprint of today after the versions."""
    head = {"versions": about["versions"], "fingerprint": fingerprint_now(one)}
    text = json.dumps(rounded(head | {k: v for k, v in about.items() if k not in head}), indent=1)
    (FOLDER / f"{one.name}.json").write_text(text + "\n", "utf-8")


def main(arguments: list[str]) -> int:
    """1 if something was asked to be older and is, else 0."""
    evidence = registry()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help="all, if none is named")
    asks = parser.add_mutually_exclusive_group()
    asks.add_argument("--older", action="store_true", help="say what is older than its code")
    asks.add_argument("--unchanged", action="store_true", help="write new fingerprints alone")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - set(evidence):
        known = ", ".join(evidence)
        parser.error(f"no evidence named {', '.join(sorted(unknown))}; there is {known}")
    chosen = [evidence[name] for name in asked.names or evidence]
    if asked.older:
        found = {one.name: what for one in chosen if (what := older(one))}
        for name, what in found.items():
            print(f"{name}: other {' and '.join(what)} than it was built with")
        return 1 if found else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for one in chosen:
        if asked.unchanged:
            record(one, one.about)
        else:
            write(one)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
