"""The package as a whole: what is public, what importing it costs, same bits anywhere."""

import os
import subprocess
import sys
from pathlib import Path

import bncore

ROOT = Path(bncore.__file__).parents[1]


def fresh(program: str, **environment: str) -> str:
    """What a program prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.strip()


def test_everything_public_is_there_and_described():
    for name in bncore.__all__:
        assert getattr(bncore, name).__doc__ or isinstance(getattr(bncore, name), dict), name


def test_importing_loads_numpy_alone_and_sets_nothing():
    program = """
import os, sys, numpy, numpy.random, numpy.typing
before, environment, errors = set(sys.modules), dict(os.environ), numpy.geterr()
import bncore
assert dict(os.environ) == environment and numpy.geterr() == errors
outside = {name.split(".")[0] for name in set(sys.modules) - before}
print(sorted(outside - set(sys.stdlib_module_names)))
"""
    assert fresh(program) == "['bncore']"


def test_the_same_bits_in_another_process():
    program = """
import hashlib
from bncore import RunConfig, train
filler = [bytearray({size}) for _ in range(50)]  # other addresses in memory
trace = train(RunConfig(steps=40, norm="{norm}", optimizer="adam", lr=0.01))
digest = hashlib.sha256()
for array in (trace.loss, trace.z, trace.mean, trace.var, trace.running_var, trace.grad_norm):
    digest.update(array.tobytes())
print(digest.hexdigest())
"""
    for norm in ("before", "none"):
        runs = [(8, "1"), (100_001, "2"), (1037, "3")]
        found = {fresh(program.format(norm=norm, size=n), PYTHONHASHSEED=h) for n, h in runs}
        assert len(found) == 1
