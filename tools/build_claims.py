"""Run the experiments behind the verdict board again: assets/evidence/claims.json.

    make claims                                  # all of them, over all their seeds
    make claims ONLY="sooner any_init"           # only these
    python tools/build_claims.py --check         # compare with the committed table, write nothing
    python tools/build_claims.py --bands         # measure too how far another machine may be off
    python tools/build_claims.py --unchanged     # measure nothing: the numbers would be the same

Says each claim's verdict, and where a number leaves the band that the committed table states for
it, or a verdict is another; then the exit code is 1. What was measured is written all the same,
so that `git diff` shows it.

Of each claim it says what its seeds draw and how many there are, on what it was measured, and of
each number the mean and its 95 % interval.

Bands: the matrix kernels of a machine decide the last bits, and a chaotic run makes much of them.
So OpenBLAS is asked for the kernels of other machines, and NumPy to leave its widest instructions
alone. The band of a mean follows from the largest distance that this made, in the mean and seed by
seed, and from how far it would be off with other seeds (`experiments.claims.grading.band`).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from experiments.claims.board import TABLE, differences, row_of
from experiments.claims.grading import FLOORS, SAFETY, apart, band, may_differ
from experiments.claims.registry import CLAIMS, group_of
from experiments.evidence import FOLDER
from experiments.intervals import Kind, interval, mean
from tools.provenance import fingerprint, rounded, versions

FILE = FOLDER / f"{TABLE}.json"
Measured = dict[str, np.ndarray]

# What another machine may bring, by name.
MACHINES: dict[str, dict[str, str]] = {
    "Haswell": {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL"},
    "Nehalem": {"OPENBLAS_CORETYPE": "Nehalem"},
    "Prescott": {
        "OPENBLAS_CORETYPE": "Prescott",
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL",
    },
}


def measure(name: str) -> Measured:
    """Over all seeds. ValueError if it gives other numbers than it says, or one is not finite."""
    claim = CLAIMS[name]
    found = {key: np.asarray(values, float) for key, values in claim.measure(claim.seeds).items()}
    if set(found) != set(claim.numbers):
        raise ValueError(f"{name} measures {list(found)}, and says {list(claim.numbers)}")
    if not all(np.isfinite(v).all() and v.shape == (len(claim.seeds),) for v in found.values()):
        raise ValueError(f"{name}: a number is missing: {found}")
    return {key: np.array([float(f"{v:.6g}") for v in found[key]]) for key in claim.numbers}


def entry(name: str, found: Measured, bands: dict[str, float]) -> dict[str, Any]:
    """What the table says of a claim."""
    claim = CLAIMS[name]
    return {
        "verdict": claim.verdict(found),
        **told(name),
        "versions": versions(),
        "fingerprint": fingerprint_now(name),
        "numbers": {
            key: {
                "kind": claim.numbers[key],
                **summed_up(claim.numbers[key], values),
                "band": bands[key],
                "values": values.tolist(),
            }
            for key, values in found.items()
        },
    }


def summed_up(kind: Kind, values: np.ndarray) -> dict[str, float]:
    """The mean and its interval, in the unit of the kind."""
    low, high = interval(values, kind)
    return {"mean": mean(values, kind), "low": low, "high": high}


def told(name: str) -> dict[str, Any]:
    """What the table says of a claim without measuring it."""
    claim = CLAIMS[name]
    return {
        "group": group_of(name),
        "lesson": claim.lesson,
        "place": claim.place,
        "paper": claim.paper,
        "seeds": list(claim.seeds),
        "varied": claim.varied,
        "scope": None if claim.scope is None else claim.scope().to_dict(),
    }


def fingerprint_now(name: str) -> dict[str, str]:
    """Of seeds and numbers, and of the code that would measure the claim today."""
    claim = CLAIMS[name]
    settings = {"seeds": claim.seeds, "numbers": claim.numbers}
    return fingerprint(settings, claim.measure.__module__)


def older(name: str) -> list[str]:
    """What has changed since it was measured: "settings", "code"; empty if nothing has."""
    then = stored()[name]["fingerprint"]
    return [what for what, now in fingerprint_now(name).items() if then[what] != now]


def unchanged(name: str, old: dict[str, Any]) -> dict[str, Any]:
    """What the table is to say where the numbers would be the same."""
    claim = CLAIMS[name]
    values = {key: np.array(one["values"]) for key, one in old["numbers"].items()}
    numbers = {
        key: {
            "kind": claim.numbers[key],
            **summed_up(claim.numbers[key], values[key]),
            "band": _of_the_mean(claim.numbers[key], one),
            "values": one["values"],
        }
        for key, one in old["numbers"].items()
    }
    new = {"verdict": claim.verdict(values), **told(name), "versions": old["versions"]}
    return new | {"fingerprint": fingerprint_now(name), "numbers": numbers}


def _of_the_mean(kind: Kind, old: dict[str, Any]) -> float:
    """The band, where the table still has that of single values: three times the largest distance.

    What a seed is off, the mean of n is off by less: as chance has it, by its part of √n.
    """
    if "sd" not in old:
        return old["band"]
    seen = 0.0 if kind == "error" else old["band"] / SAFETY / np.sqrt(len(old["values"]))
    return band(kind, np.array(old["values"]), float(seen))


def stored() -> dict[str, Any]:
    """The committed table by claim; empty if there is none."""
    return json.loads(FILE.read_text("utf-8"))["claims"] if FILE.exists() else {}


def write(table: dict[str, Any]) -> None:
    """In the order of CLAIMS; what is no claim any more goes."""
    claims = {name: rounded(table[name]) for name in CLAIMS if name in table}
    machines = {"machines": MACHINES, "safety": SAFETY, "floors": FLOORS}
    text = json.dumps({"bands": machines, "claims": claims}, indent=1)
    FILE.write_text(_short_lists(text) + "\n", "utf-8")


def _short_lists(text: str) -> str:
    """JSON with each list of numbers on one line."""
    return re.sub(r"\[\s[^\[\]{}]*\]", _on_one_line, text)


def _on_one_line(found: re.Match[str]) -> str:
    return "[" + " ".join(found[0].strip("[]").split()) + "]"


# --- bands ---


def bands(name: str, found: Measured) -> dict[str, float]:
    """Measure it as other machines would, and see how far they are off."""
    kinds = CLAIMS[name].numbers
    there = [elsewhere(name, machine) for machine in MACHINES]

    def most(key: str, distance: Callable[[Kind, np.ndarray, np.ndarray], float]) -> float:
        return max(distance(kinds[key], found[key], other[key]) for other in there)

    return {
        key: band(kinds[key], values, most(key, apart), most(key, may_differ))
        for key, values in found.items()
    }


def elsewhere(name: str, machine: str) -> Measured:
    """The same in a process of its own that calculates as that machine would."""
    done = subprocess.run(
        [sys.executable, __file__, "--numbers", name],
        env=os.environ | MACHINES[machine],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return {key: np.array(values) for key, values in json.loads(done.stdout).items()}


# --- the command ---


def said(name: str, new: dict[str, Any], seconds: float) -> str:
    """A claim as measured: what varied and how often, on what, and each mean with its interval."""
    lines = [
        f"{name:18} {new['verdict']:13} {seconds:6.1f} s",
        f"  varied: {new['varied']} × {len(new['seeds'])}",
        f"  scope:  {_in_a_line(new['scope'])}",
    ]
    for key, one in new["numbers"].items():
        means = f"{one['mean']:.4g} ({one['low']:.4g} to {one['high']:.4g})"
        lines.append(f"  {key:20} {one['kind']:7} {means}; band {one['band']:.3g}")
    return "\n".join(lines)


def _in_a_line(scope: dict[str, Any] | None) -> str:
    return "; ".join(f"{key} {value}" for key, value in (scope or {}).items() if value != [])


def run(name: str, old: dict[str, Any] | None, again: bool) -> tuple[dict[str, Any], list[str]]:
    """Measure a claim: what the table is to say of it, and where that differs from the old one.

    A claim without bands, or with other numbers than before, gets its bands measured.
    """
    began = perf_counter()
    found = measure(name)
    seconds = perf_counter() - began
    known = old is not None and list(old["numbers"]) == list(found)
    known = known and old["seeds"] == list(CLAIMS[name].seeds)
    if again or not known:
        new = entry(name, found, bands(name, found))
    else:
        new = entry(name, found, {key: one["band"] for key, one in old["numbers"].items()})
    print(said(name, new, seconds), flush=True)
    if not known:
        return new, []
    off = differences(row_of(name, old), found, CLAIMS[name].seeds)
    if old["verdict"] != new["verdict"]:
        off.insert(0, f"{name}: {new['verdict']} here, {old['verdict']} in the table")
    return new, off


def main(arguments: list[str]) -> int:
    """0 if everything is as the committed table says, else 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="claim", help="all, if none is named")
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--bands", action="store_true", help="measure the bands again")
    parser.add_argument("--unchanged", action="store_true", help="write new fingerprints alone")
    parser.add_argument(
        "--numbers", action="store_true", help="print what is measured of one claim as JSON"
    )
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(CLAIMS)
    if unknown:
        parser.error(f"no claim named {', '.join(sorted(unknown))}; there is {', '.join(CLAIMS)}")
    if asked.numbers:
        found = measure(*asked.names)
        print(json.dumps({key: values.tolist() for key, values in found.items()}))
        return 0
    names = asked.names or list(CLAIMS)
    if asked.unchanged:
        table = stored()
        if missing := [name for name in names if name not in table]:
            parser.error(f"not measured yet: {', '.join(missing)}")
        write(table | {name: unchanged(name, table[name]) for name in names})
        return 0
    return build(names, asked.check, asked.bands)


def build(names: list[str], check: bool, again: bool) -> int:
    """Measure these claims and write the table, unless it is only to be checked."""
    table, off = stored(), []
    began = perf_counter()
    for name in names:
        table[name], differs = run(name, table.get(name), again)
        off += differs
        if not check:
            write(table)
    print(f"{len(names)} claims, {perf_counter() - began:.0f} s")
    for line in off:
        print(f"differs: {line}", file=sys.stderr)
    return 1 if off else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
