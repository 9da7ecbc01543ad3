"""The programs to take home print the numbers of the screen.

NumPy's run here in fresh processes; PyTorch's and Keras's where they are installed, and else
count by what they printed when tests/fixtures/make_export_reference.py ran them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from experiments.network.export import PROGRAMS, numpy_program, printed
from experiments.network.little import Little, advance, lines, numbers, parameters, start
from tests.fixtures.make_export_reference import CASES, network, run, taken_apart

FIXTURE = Path(__file__).parents[2] / "fixtures" / "export_reference.npz"
NAMES = ["-".join(map(str, case)) for case in CASES]
INSIDE = ("z_centered", "dz_norm", "dstd", "dmean")  # inside of batch norm alone
TOLERANCE = {  # relative, absolute
    "numpy": (1e-7, 1e-8),  # what eight printed digits allow
    "torch": (1e-9, 1e-12),
    "keras": (1e-5, 1e-5),  # single precision; RMSprop and Adam divide by small gradients
}

with np.load(FIXTURE) as file:
    REFERENCE = {name: file[name] for name in file.files}


def wanted(little: Little) -> dict[str, np.ndarray]:
    """Of the step-through, and the running variance as Keras keeps it."""
    steps, new = numbers(lines(little)), little.settings.momentum
    biased = {
        f"biased_running_var{layer}": (1 - new) * old + new * steps[f"var{layer}"]
        for layer, old in little.net.running_var.items()
    }
    return steps | biased


def compare(found: dict[str, np.ndarray], little: Little, library: str) -> set[str]:
    """The names found, each the same as on the screen."""
    expected, (relative, absolute) = wanted(little), TOLERANCE[library]
    for name, value in found.items():
        np.testing.assert_allclose(
            value, expected[name], rtol=relative, atol=absolute, err_msg=f"{library} {name}"
        )
    return set(found)


def updated(little: Little) -> set[str]:
    return {f"{name}{layer}" for name, layer in parameters(little.net)}


def must_print(little: Little, library: str) -> set[str]:
    """All numbers of the step but what has a name inside of batch norm or of the loss alone."""
    norm, names = little.settings.norm, set(numbers(lines(little)))
    if library == "numpy":
        hidden = ("z_tilde", *INSIDE) if norm == "after" else INSIDE
        return {name for name in names if name.rstrip("123") not in hidden}
    layers = updated(little) | {f"{name}{k}" for name in "za" for k in "12"} | {"logits", "loss"}
    tilde = {"none": (), "before": ("z_tilde1", "z_tilde2"), "after": ("a_tilde1", "a_tilde2")}
    layers |= set(tilde[norm])
    running = {f"running_{name}{k}" for name in ("mean", "var") for k in little.net.gamma}
    if library == "keras":
        return layers | {name.replace("running_var", "biased_running_var") for name in running}
    of_batch = {f"{name}{k}" for name in ("mean", "var", "z_norm") for k in little.net.gamma}
    gradients = {f"d{name}" for name in layers if name != "loss"} & names
    return layers | running | of_batch | gradients | {"p"}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_numpy_program_prints_the_screen_in_a_fresh_process(case: tuple) -> None:
    little = network(*case)
    assert compare(run(numpy_program(little)), little, "numpy") == must_print(little, "numpy")


def test_the_numpy_program_needs_nothing_but_numpy() -> None:
    for case in CASES:
        tree = ast.parse(numpy_program(network(*case)))
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        modules |= {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        outside = {m.split(".")[0] for m in modules} - set(sys.stdlib_module_names)
        assert outside == {"numpy"}
        assert "checks" not in ast.unparse(tree) and "@quiet" not in ast.unparse(tree)


@pytest.mark.parametrize(
    "right, wrong, name",
    [
        ("row(gamma) * z_norm", "z_norm", "z_tilde1"),
        ("/ std + dstd * z_norm / m + dmean / m", "/ std", "dz1"),
        ("/ (m - 1)", "/ m", "running_var1"),
        ("(1 - self.beta1**self.t)", "1", "W1"),
    ],
)
def test_a_wrong_program_is_noticed(right: str, wrong: str, name: str) -> None:
    little = network(*CASES[0])
    program = numpy_program(little)
    assert program.count(right) == 1
    found = run(program.replace(right, wrong))
    compare({"z1": found["z1"]}, little, "numpy")
    with pytest.raises(AssertionError, match=name):
        compare({name: found[name]}, little, "numpy")


def test_the_numpy_program_holds_every_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its literals are the network: run here up to the step, nothing is rounded."""
    little = advance(start(2, 7, "relu", "before", "adam"), 5)
    program, names = numpy_program(little), {"__name__": "take_home"}
    monkeypatch.setitem(sys.modules, "take_home", ModuleType("take_home"))
    exec(program[: program.rindex("train_step(x, y, net)")], names)
    np.testing.assert_array_equal(names["x"], little.x)
    np.testing.assert_array_equal(names["y"], little.y)
    for kind in ("W", "b", "gamma", "beta", "running_mean", "running_var"):
        for layer, array in getattr(little.net, kind).items():
            np.testing.assert_array_equal(getattr(names["net"], kind)[layer], array)
    for key, optimizer in little.net.optimizer.items():
        other = names["net"].optimizer[key]
        assert (other.t, other.lr) == (5, optimizer.lr)
        np.testing.assert_array_equal(other.first, optimizer.first)
        np.testing.assert_array_equal(other.second, optimizer.second)


def test_at_the_size_of_the_digits_it_runs_too() -> None:
    little = start(m=32, activation="relu", dataset="digits")
    program = numpy_program(little).replace(
        'print(f"{name}{layer} ="', 'np.size(value) > 500 or print(f"{name}{layer} ="'
    )
    found = compare(run(program), little, "numpy")
    assert {"loss", "logits", "p", "gamma3", "b4", "dbeta1"} <= found


@pytest.mark.parametrize("case", CASES, ids=NAMES)
@pytest.mark.parametrize("library", ["torch", "keras"])
def test_the_libraries_printed_the_screen(library: str, case: tuple) -> None:
    little, prefix = network(*case), f"{library}/{'-'.join(map(str, case))}/"
    stored = {k.removeprefix(prefix): v for k, v in REFERENCE.items() if k.startswith(prefix)}
    text, given = str(stored.pop("digest")), stored.pop("numbers")
    assert compare(stored, little, library) == must_print(little, library)
    again = "the program has changed: run tests/fixtures/make_export_reference.py"
    text_now, given_now = taken_apart(PROGRAMS[library](little))
    assert text_now == text, again
    np.testing.assert_allclose(given_now, given, rtol=1e-7, atol=1e-12, err_msg=again)


@pytest.mark.parametrize("library", ["torch", "keras"])
def test_the_libraries_print_the_screen_where_they_are_installed(library: str) -> None:
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed; its stored numbers are compared above")
    for case in CASES[::3]:  # each needs a process that imports all of the library
        little = network(*case)
        found = run(PROGRAMS[library](little))
        assert compare(found, little, library) == must_print(little, library)


def test_the_fixture_is_worth_comparing_with() -> None:
    assert str(REFERENCE["torch/version"]) and str(REFERENCE["keras/version"])
    assert {case[0] for case in CASES} == {"none", "before", "after"}
    assert {case[1] for case in CASES} == {"tanh", "relu", "sigmoid"}
    assert {case[2] for case in CASES} == {"sgd", "momentum", "rmsprop", "adam"}
    for library, case in [(lib, case) for lib in ("torch", "keras") for case in CASES]:
        little = network(*case)
        for name in updated(little):  # every parameter has moved, by more than the tolerance
            old = {f"{n}{k}": array for (n, k), array in parameters(little.net).items()}[name]
            new = REFERENCE[f"{library}/{'-'.join(map(str, case))}/{name}"]
            assert np.abs(new - old).max() > 10 * TOLERANCE[library][1]


def test_what_is_printed_can_be_read_back() -> None:
    found = printed("z1 = [[1.5, -2.0e-05],\n [ 3. ,  4. ]]\nloss = 0.25\n")
    np.testing.assert_array_equal(found["z1"], [[1.5, -2e-5], [3, 4]])
    assert found["loss"] == 0.25


@pytest.mark.parametrize("program", PROGRAMS.values())
def test_no_line_is_too_long_to_read(program: Callable[[Little], str]) -> None:
    for case in CASES:
        rows = program(network(*case)).splitlines()
        assert max(map(len, rows)) < 140
        assert program(network(*case)).startswith('"""One step of training in ')
