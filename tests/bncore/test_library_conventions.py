"""The conventions of PyTorch, MLX, Keras and Flax, against what the libraries themselves computed.

Each library was given the same batches, one after another (tests/fixtures/following.py), and
asked after each for z_tilde, its running statistics, and an evaluation by them.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bncore import CONVENTIONS, BatchNorm

FIXTURES = Path(__file__).parents[1] / "fixtures"
CASES = {  # how a library's layer was made: the convention that it follows
    ("torch", "default"): "pytorch",
    ("torch", "chosen"): "pytorch",
    ("torch", "average"): "paper",  # momentum=None
    ("mlx", "default"): "pytorch",
    ("mlx", "chosen"): "pytorch",
    ("keras", "default"): "keras",
    ("keras", "chosen"): "keras",
    ("flax", "default"): "flax",
    ("flax", "chosen"): "flax",
}
LIBRARIES = ["torch", "mlx", "keras", "flax"]
SIZES = {"torch": (2, 5, 32), "mlx": (2, 5, 32), "keras": (1, 2, 5, 32), "flax": (1, 2, 5, 32)}
STEPS = [(library, case, m) for library, case in CASES for m in SIZES[library]]
UNITS = 4
TOLERANCE = 2e-6  # of the largest value: float32 rounds by 2e-7 here


def stored(library, prefix=""):
    """The arrays whose name starts with `prefix`, without it."""
    prefix = ("convention/" if library == "torch" else "") + prefix
    with np.load(FIXTURES / f"{library}_reference.npz") as file:
        return {k.removeprefix(prefix): file[k] for k in file.files if k.startswith(prefix)}


def layer(library, case, **changed):
    """bncore's layer for a case, with its defaults, or as chosen in the library's own words."""
    convention = CASES[library, case]
    bn = BatchNorm.under(convention, UNITS, np.float32)
    if case == "chosen":
        ref = stored(library, "chosen/")
        old = CONVENTIONS[convention].weighs == "old"
        bn.eps, bn.momentum = float(ref["eps"]), abs(old - float(ref["momentum"]))
    for name, value in changed.items():
        setattr(bn, name, value)
    return bn


def follow(bn, given, m):
    """What the libraries were asked, asked of bncore."""
    bn.gamma[:], bn.beta[:] = given["gamma"], given["beta"]
    rows = {"z_tilde": [], "running_mean": [], "running_var": [], "evaluated": []}
    for z in given[f"z{m}"]:
        rows["z_tilde"].append(bn.forward(z))
        rows["running_mean"].append(bn.running_mean)
        rows["running_var"].append(bn.running_var)
        rows["evaluated"].append(bn.forward(given["z"], training=False))
    return {name: np.stack(arrays) for name, arrays in rows.items()}


def misfit(library, case, m, **changed):
    """How far bncore is from the library's values, for each kind of them."""
    ref = stored(library, f"{case}/{m}/")
    found = follow(layer(library, case, **changed), stored(library), m)
    assert ref.keys() == found.keys()
    assert all(found[name].dtype == ref[name].dtype == np.float32 for name in ref)
    return {name: np.abs(found[name] - ref[name]).max() / np.abs(ref[name]).max() for name in ref}


@pytest.mark.parametrize("library, case, m", STEPS)
def test_batch_by_batch(library, case, m):
    assert max(misfit(library, case, m).values()) < TOLERANCE


@pytest.mark.parametrize(
    "library, name",
    [("torch", "pytorch"), ("mlx", "pytorch"), ("keras", "keras"), ("flax", "flax")],
)
def test_the_defaults_are_the_librarys(library, name):
    ref, rule = stored(library, "default/"), CONVENTIONS[name]
    assert (rule.momentum, rule.eps) == (float(ref["momentum"]), float(ref["eps"]))


@pytest.mark.parametrize("library, case, m", [step for step in STEPS if step[2] > 1])
def test_the_other_variance_does_not_fit(library, case, m, monkeypatch):
    name = CASES[library, case]
    flipped = replace(CONVENTIONS[name], unbiased=not CONVENTIONS[name].unbiased)
    monkeypatch.setitem(CONVENTIONS, name, flipped)
    found = misfit(library, case, m)
    assert min(found["running_var"], found["evaluated"]) > 1000 * TOLERANCE
    assert max(found["z_tilde"], found["running_mean"]) < TOLERANCE  # these say nothing about it


@pytest.mark.parametrize("library, case, m", [s for s in STEPS if s[1] != "average"])
def test_the_other_side_of_momentum_does_not_fit(library, case, m):
    swapped = misfit(library, case, m, momentum=1 - layer(library, case).momentum)
    assert min(swapped["running_mean"], swapped["running_var"], swapped["evaluated"]) > 0.05


@pytest.mark.parametrize("library, other", [("torch", 1e-3), ("keras", 1e-5), ("flax", 1e-3)])
def test_another_eps_does_not_fit(library, other):
    found = misfit(library, "default", 2, eps=other)
    assert min(found["z_tilde"], found["evaluated"]) > 50 * TOLERANCE
    assert max(found["running_mean"], found["running_var"]) < TOLERANCE  # eps is not in them


@pytest.mark.parametrize("m", [2, 5, 32])
def test_the_libraries_differ_by_m_over_m_minus_one(m):
    """What the first batch adds to running_var, read from the libraries' values alone."""
    added = {}
    for library in LIBRARIES:
        new = layer(library, "chosen").momentum
        first = stored(library, f"chosen/{m}/")["running_var"][0].astype(np.float64)
        added[library] = (first - (1 - new)) / new
    np.testing.assert_allclose(added["torch"] / added["keras"], m / (m - 1), rtol=1e-4)
    np.testing.assert_allclose(added["mlx"], added["torch"], rtol=1e-4)
    np.testing.assert_allclose(added["flax"], added["keras"], rtol=1e-4)


def test_one_example_pytorch_and_mlx_refuse_to_train_on():
    assert not stored("torch")["trains_on_one"]
    refused = str(stored("torch")["refusal_of_one"])
    assert refused.startswith("ValueError: Expected more than 1 value per channel when training")
    assert str(stored("mlx")["refusal_of_one"]).startswith("ValueError: BatchNorm training")


@pytest.mark.parametrize("library", ["keras", "flax"])
def test_one_example_makes_the_others_forget_the_variance(library):
    given, ref = stored(library), stored(library, "default/1/")
    z_tilde, running_var = ref["z_tilde"][:, 0], ref["running_var"]
    np.testing.assert_allclose(z_tilde, np.broadcast_to(given["beta"], z_tilde.shape), atol=1e-4)
    kept = float(stored(library, "default/")["momentum"]) ** np.arange(1, len(running_var) + 1)
    np.testing.assert_allclose(running_var, np.outer(kept, np.ones(UNITS)), rtol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_fixture_is_worth_comparing_with(library):
    given, first = stored(library), stored("torch")
    for name in ("z1", "z2", "z5", "z32", "z", "gamma", "beta"):
        np.testing.assert_array_equal(given[name], first[name])  # all were given the same
    assert given["z2"].shape == (6, 2, UNITS)
    assert np.abs(given["gamma"] - 1).min() > 0.1 < np.abs(given["beta"]).min()
    with np.load(FIXTURES / f"{library}_reference.npz") as file:
        assert str(file["version"])
