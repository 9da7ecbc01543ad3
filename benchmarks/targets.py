"""The list of targets, and the table of what was found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import starmap
from typing import NamedTuple

import numpy as np

from benchmarks import subjects
from benchmarks.measure import ROUNDS, Clock, Ratio, Work, ratio
from benchmarks.subjects import FIGURE_1, SMALL, Net
from bncore import batch_norm_forward

try:
    from benchmarks import pytorch
except ModuleNotFoundError:
    pytorch = None  # type: ignore[assignment]

RUNS = 32
LARGE = (65536, 256)
FEW = 15  # rounds, where each takes its time


class Target(NamedTuple):
    """`top` / `bottom` should be at most, or at least, `bound`; both are made when needed."""

    name: str
    top: Callable[[], Work]
    bottom: Callable[[], Work]
    at_most: bool
    bound: float
    per_run: int = 1  # one call of `bottom` does this many runs
    needs_torch: bool = False
    rounds: int = ROUNDS
    clock: Clock = time.process_time

    def met_by(self, found: float) -> bool:
        return found <= self.bound if self.at_most else found >= self.bound


def targets() -> Iterator[Target]:
    """All but T6, which is no matter of time, and T11, which is a rate."""
    yield from starmap(_batch_norm, ((32, 32, 0.65), (60, 100, 0.8), (256, 256, 1.3)))
    for passes, bound in (("forward", 5.5), ("backward", 7.5)):
        yield from _large(passes, bound)
    for m, n, bound in ((60, 100, 0.9), (256, 512, 1.6)):
        yield from _layer(m, n, bound)
    yield from _steps()
    yield Target(
        f"T4 small net: alone / one of {RUNS}",
        lambda: subjects.step(SMALL),
        lambda: subjects.step(SMALL, runs=(RUNS,)),
        False,
        3.5,
        RUNS,
    )
    yield Target(
        f"T4 small net: torch fused / one of {RUNS}",
        lambda: pytorch.step(SMALL, "adam fused"),
        lambda: subjects.step(SMALL, "adam", runs=(RUNS,)),
        False,
        10,
        RUNS,
        True,
    )
    for name, net, bound in (("Figure 1", FIGURE_1, 1.3), ("small", SMALL, 2.0)):
        yield _recording(name, net)
        yield _with_batch_norm(name, net, bound)
    yield Target(
        "T8 a sweep, on two free cores: one process / two",
        lambda: subjects.sweep(1),
        lambda: subjects.sweep(2),
        False,
        1.6,
        rounds=FEW,
        clock=time.perf_counter,
    )
    yield Target(
        "T10 Figure 1 net, a pair: shown live / not",
        lambda: subjects.shown_live(watched=True),
        lambda: subjects.shown_live(watched=False),
        True,
        1.3,
        rounds=FEW,
    )


def _recording(name: str, net: Net) -> Target:
    return Target(
        f"T5 {name} net: recording / not",
        lambda: subjects.steps_on_one_network(net)[0],
        lambda: subjects.steps_on_one_network(net)[1],
        True,
        1.05,
    )


def _with_batch_norm(name: str, net: Net, bound: float) -> Target:
    return Target(
        f"T7 {name} net: with batch norm / without",
        lambda: subjects.step(net),
        lambda: subjects.step(net._replace(norm="none")),
        True,
        bound,
    )


def _batch_norm(m: int, n: int, bound: float) -> Target:
    return Target(
        f"T1 batch norm ({m}, {n}): ours / torch",
        lambda: subjects.batch_norm(m, n),
        lambda: pytorch.batch_norm(m, n),
        True,
        bound,
        needs_torch=True,
    )


def _large(passes: str, bound: float) -> Iterator[Target]:
    """A batch far beyond every cache."""

    def ours() -> Work:
        return subjects.batch_norm(*LARGE, passes)

    name = f"T2 batch norm {LARGE}, {passes}: ours"
    yield Target(f"{name} / memcpy", ours, lambda: subjects.memcpy(*LARGE), True, bound, rounds=FEW)
    yield Target(
        f"{name} / torch",
        ours,
        lambda: pytorch.batch_norm(*LARGE, passes),
        True,
        0.65,
        needs_torch=True,
        rounds=FEW,
    )


def _layer(m: int, n: int, of_torch: float) -> Iterator[Target]:
    """The checked layer, beside a textbook's without checks and PyTorch's."""
    of_textbook = {"forward": 1.6, "backward": 0.8, "both": 1.1}  # a forward pays for all checks
    for passes, bound in of_textbook.items():
        yield Target(
            f"T9 layer ({m}, {n}), {passes}: ours / textbook",
            partial(subjects.layer, m, n, passes),
            partial(subjects.textbook, m, n, passes),
            True,
            bound,
        )
    yield Target(
        f"T9 layer ({m}, {n}), both: ours / torch",
        lambda: subjects.layer(m, n),
        lambda: pytorch.layer(m, n),
        True,
        of_torch,
        needs_torch=True,
    )


def _steps() -> Iterator[Target]:
    wanted: list[tuple[str, Net, dict[str, float]]] = [
        ("Figure 1", FIGURE_1, {"adam": 1.8, "adam fused": 1.35, "sgd": 1.5}),
        ("small", SMALL, {"adam": 4, "adam fused": 2.5, "sgd": 2.3}),
    ]
    for name, net, bounds in wanted:
        for optimizer, bound in bounds.items():
            yield _step(name, net, optimizer, bound)


def _step(name: str, net: Net, optimizer: str, bound: float) -> Target:
    return Target(
        f"T3 {name} net: torch {optimizer} / ours",
        lambda: pytorch.step(net, optimizer),
        lambda: subjects.step(net, optimizer.split()[0]),
        False,
        bound,
        needs_torch=True,
    )


def stability() -> tuple[float, float]:
    """T6: the error of float32 at mean 1e4 and sd 1e-2, and the output for a constant unit."""
    z = np.random.default_rng(0).normal(1e4, 1e-2, (60, 100)).astype(np.float32)
    ones, zeros = np.ones(100), np.zeros(100)
    exact, _ = batch_norm_forward(z.astype(np.float64), ones, zeros)
    found, _ = batch_norm_forward(z, ones, zeros)
    constant, _ = batch_norm_forward(np.full_like(z, 1e4 + 0.1), ones, zeros)
    return float(np.abs(found - exact).max()), float(np.abs(constant).max())


def show() -> None:
    """Measure everything and print the table."""
    print(
        f"NumPy {np.__version__}, {_pytorch_version()}; processor time, one thread on each side\n"
    )
    head = ("", "target", "median", "min", "max", "top", "bottom", "")
    print("{:55} {:>8} {:>7} {:>7} {:>7} {:>9} {:>9} {}".format(*head))
    for target in targets():
        if pytorch is None and target.needs_torch:
            continue
        found = ratio(target.top(), target.bottom(), target.rounds, target.clock)
        print(_line(target, found), flush=True)
    subjects.stop_workers()
    error, constant = stability()
    print(f"{'T6 float32 error at mean 1e4, sd 1e-2':55} <= 2e-06 {error:7.0e} ", end="")
    print(f"{_word(error <= 2e-6):>36}")
    frames, kilobytes = subjects.live_rate()
    name = f"T11 frames a second shown live ({kilobytes:.0f} kB)"
    print(f"{name:55} >= {20:5.2f} {frames:7.1f} {_word(frames >= 20):>36}")
    print(f"{'T6 a constant unit':55} {'= 0':>8} {constant:7g} {_word(constant == 0):>37}")


def _pytorch_version() -> str:
    if pytorch is None:
        return "PyTorch is not installed and not compared with"
    return f"PyTorch {pytorch.torch.__version__}"


def _line(target: Target, found: Ratio) -> str:
    median, low, high = (r * target.per_run for r in found[:3])
    sign = "<=" if target.at_most else ">="
    microseconds = f"{found.top * 1e6:7.0f}us {found.bottom * 1e6 / target.per_run:7.0f}us"
    numbers = f"{sign} {target.bound:5.2f} {median:7.2f} {low:7.2f} {high:7.2f} {microseconds}"
    return f"{target.name:55} {numbers} {_word(target.met_by(median))}"


def _word(met: bool) -> str:
    return "met" if met else "MISSED"
