"""The same numbers as PyTorch, from values stored by tests/fixtures/make_torch_reference.py."""

from pathlib import Path

import numpy as np
import pytest

from bncore import BatchNorm, Network
from bncore.losses import one_hot
from bncore.optimizers import OPTIMIZERS

FIXTURE = Path(__file__).parents[1] / "fixtures" / "torch_reference.npz"
with np.load(FIXTURE) as file:
    REFERENCE = {name: file[name] for name in file.files}
NETS = sorted({name.split("/")[1] for name in REFERENCE if name.startswith("net/")})
LR = {"sgd": 0.3, "momentum": 0.05, "rmsprop": 0.01, "adam": 0.02}


def part(prefix):
    return {k.removeprefix(prefix): v for k, v in REFERENCE.items() if k.startswith(prefix)}


def test_the_layer_forward_backward_running_and_evaluated():
    ref = part("bn/")
    bn = BatchNorm(4, eps=1e-3, momentum=0.2)
    bn.gamma[:], bn.beta[:] = ref["gamma"], ref["beta"]
    for t, z in enumerate(ref["z"]):
        found = {"z_tilde": bn.forward(z)}
        found |= dict(zip(("dz", "dgamma", "dbeta"), bn.backward(ref["dz_tilde"][t]), strict=True))
        found |= {"running_mean": bn.running_mean, "running_var": bn.running_var}
        for name, array in found.items():
            np.testing.assert_allclose(array, ref[name][t], rtol=1e-12, atol=1e-14, err_msg=name)
    np.testing.assert_allclose(
        bn.forward(ref["z"][0], training=False), ref["evaluated"], rtol=1e-12
    )


def views(net: Network, kind: str = "") -> dict[str, np.ndarray]:
    """The network's parameters (kind "") or gradients (kind "d") under the fixture's names."""
    names = {f"{kind}{name}": name for name in ("W", "b", "gamma", "beta")}
    if not kind:
        names |= {"running_mean": "running_mean", "running_var": "running_var"}
    return {
        f"{name}{layer}": view if name == "W" else view[0]
        for attribute, name in names.items()
        for layer, view in enumerate(getattr(net, attribute))
        if view is not None
    }


@pytest.mark.parametrize("name", NETS)
def test_thirty_steps_of_a_network(name):
    ref = part(f"net/{name}/")
    norm, activation, optimizer = name.split("-")
    net = Network((6, 5, 5, 3), activation, norm, dtype=np.float64)
    for key, value in part(f"net/{name}/start/").items():
        views(net)[key][...] = value
    step = OPTIMIZERS[optimizer](net.params, LR[optimizer])
    losses = []
    for x, labels in zip(ref["x"], ref["labels"], strict=True):
        losses.append(net.gradient(x, one_hot(labels, 3, np.float64)))
        if len(losses) == 1:
            gradients = part(f"net/{name}/gradient/")
            assert gradients.keys() == views(net, "d").keys()
            for key, value in gradients.items():
                found = views(net, "d")[key]
                np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-13, err_msg=key)
        net.track()
        step.update(net.params, net.grads)
    np.testing.assert_allclose(losses, ref["loss"], rtol=1e-8)
    end = part(f"net/{name}/end/")
    assert end.keys() == views(net).keys()
    for key, value in end.items():
        np.testing.assert_allclose(views(net)[key], value, rtol=1e-7, atol=1e-9, err_msg=key)
    np.testing.assert_allclose(net.predict(ref["x"][0]), ref["evaluated"], rtol=1e-7, atol=1e-9)


def test_the_fixture_is_worth_comparing_with():
    assert len(NETS) == 7 and {n.split("-")[2] for n in NETS} == set(LR) <= set(OPTIMIZERS)
    for name in NETS:
        ref = part(f"net/{name}/")
        moved = [np.abs(ref[f"end/{k}"] - v).max() for k, v in part(f"net/{name}/start/").items()]
        assert min(moved) > 1e-3 and len(ref["loss"]) == 30
